//! How many events a source may send.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::acceptor::{EventRate, SourceRef};

/// Measures every source that has a limit.
///
/// A source may send as long as there is room for one more event, and then all that the request holds: a batch
/// larger than the burst would have to wait for ever otherwise. It pays for them by waiting longer afterwards.
#[derive(Debug, Default)]
pub(crate) struct Throttle {
    /// When each source will have paid for what it has sent: the theoretical arrival time of the generic cell
    /// rate algorithm.
    paid: Mutex<HashMap<Arc<str>, Debt>>,
}

/// What a source still has to pay for, by the limit that it came under.
#[derive(Debug)]
struct Debt {
    rate: EventRate,
    until: Instant,
}

impl Throttle {
    /// Lets a request with so many events pass, or says how long to wait.
    pub(crate) fn admit(&self, source: &SourceRef, events: usize) -> Result<(), Duration> {
        let Some(rate) = source.rate_limit else {
            return Ok(());
        };
        let an_event = Duration::from_secs(1) / rate.per_second.get();
        let burst = an_event * (rate.burst.get() - 1);
        let now = Instant::now();

        let mut paid = self.paid.lock().unwrap_or_else(PoisonError::into_inner);
        let debt = paid
            .entry(source.name.clone())
            .or_insert(Debt { rate, until: now });
        // Whoever raises a limit means it at once, and not after what was sent under the old one.
        if rate.per_second > debt.rate.per_second || rate.burst > debt.rate.burst {
            debt.until = now;
        }
        debt.rate = rate;
        let until = &mut debt.until;
        let earliest = until.checked_sub(burst).unwrap_or(now);
        if earliest > now {
            return Err(earliest - now);
        }
        let events = u32::try_from(events).unwrap_or(u32::MAX);
        *until = (*until).max(now) + an_event * events;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    fn source(name: &str, per_second: u32, burst: u32) -> SourceRef {
        SourceRef {
            rate_limit: Some(EventRate {
                per_second: NonZeroU32::new(per_second).unwrap(),
                burst: NonZeroU32::new(burst).unwrap(),
            }),
            ..SourceRef::new(name)
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_and_then_the_rate_holds() {
        let throttle = Throttle::default();
        let source = source("shop", 10, 3);
        for _ in 0..3 {
            assert_eq!(throttle.admit(&source, 1), Ok(()));
        }
        assert_eq!(throttle.admit(&source, 1), Err(Duration::from_millis(100)));
        tokio::time::advance(Duration::from_millis(100)).await;
        assert_eq!(throttle.admit(&source, 1), Ok(()));
        assert_eq!(throttle.admit(&source, 1), Err(Duration::from_millis(100)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_large_batch_passes_and_is_paid_for() {
        let throttle = Throttle::default();
        let source = source("shop", 10, 1);
        assert_eq!(throttle.admit(&source, 50), Ok(()));
        assert_eq!(throttle.admit(&source, 1), Err(Duration::from_secs(5)));
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(throttle.admit(&source, 50), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn the_debt_of_a_source_ends_when_its_limit_is_raised() {
        let throttle = Throttle::default();
        assert_eq!(throttle.admit(&source("shop", 1, 1), 4_000), Ok(()));
        assert!(throttle.admit(&source("shop", 1, 1), 1).is_err());
        assert_eq!(throttle.admit(&source("shop", 100, 1), 1), Ok(()));
        // Lowering it forgives nothing.
        assert_eq!(
            throttle.admit(&source("shop", 100, 1), 4_000),
            Err(Duration::from_millis(10))
        );
        assert_eq!(
            throttle.admit(&source("shop", 1, 1), 1),
            Err(Duration::from_millis(10))
        );
    }

    #[tokio::test(start_paused = true)]
    async fn sources_do_not_pay_for_each_other() {
        let throttle = Throttle::default();
        assert_eq!(throttle.admit(&source("shop", 1, 1), 1), Ok(()));
        assert_eq!(throttle.admit(&source("blog", 1, 1), 1), Ok(()));
        assert!(throttle.admit(&source("shop", 1, 1), 1).is_err());
        assert_eq!(throttle.admit(&SourceRef::new("shop"), 1), Ok(()));
    }
}
