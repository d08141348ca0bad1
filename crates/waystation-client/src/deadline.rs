//! One limit over a whole exchange: the request's own, the caller's deadline, or the caller giving up.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;
use waystation_kit::{Error, Result};

/// How long the caller of a destination waits, and how much of its call is remembered.
#[derive(Debug, Clone, Default)]
pub struct CallLimits {
    /// When the caller stops waiting.
    pub deadline: Option<Instant>,
    /// Cancelled when the caller gives up.
    pub cancellation: Option<CancellationToken>,
    /// How many bytes of each body stay in the record, which lasts until the call has ended, all waits included; `None`
    /// for all of them. To show a beginning of some length takes [`MARGIN`](crate::record::MARGIN) more.
    pub kept: Option<usize>,
}

impl CallLimits {
    /// Awaits an exchange until it is complete or one of the limits is reached; then it is dropped, and its
    /// connection with it. The earlier of two limits decides the error.
    pub(crate) async fn bound<T>(
        &self,
        time_limit: Option<Duration>,
        exchange: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let end = self.end(Instant::now(), time_limit)?;
        // In this order: what the caller gave up is not begun, and an answer that has come is not thrown away.
        tokio::select! {
            biased;
            () = self.cancelled() => Err(Error::Aborted),
            result = exchange => result,
            error = reached(end) => Err(error),
        }
    }

    async fn cancelled(&self) {
        match &self.cancellation {
            Some(cancellation) => cancellation.cancelled().await,
            None => std::future::pending().await,
        }
    }

    /// Which limit comes first, and what to say when it is reached.
    fn end(&self, now: Instant, time_limit: Option<Duration>) -> Result<Option<(Instant, Error)>> {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            return Err(Error::Deadline);
        }
        // A limit beyond what the clock can count is none.
        let own = time_limit.and_then(|limit| Some((now.checked_add(limit)?, Error::Timeout { limit })));
        let caller = self.deadline.map(|deadline| (deadline, Error::Deadline));
        Ok(match (own, caller) {
            (Some(own), Some(caller)) if own.0 < caller.0 => Some(own),
            (own, caller) => caller.or(own),
        })
    }
}

async fn reached(end: Option<(Instant, Error)>) -> Error {
    match end {
        Some((end, error)) => {
            sleep_until(end).await;
            error
        }
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_secs(1);
    const LONG: Duration = Duration::from_secs(5);

    fn until(deadline: Duration) -> CallLimits {
        CallLimits {
            deadline: Some(Instant::now() + deadline),
            cancellation: None,
            kept: None,
        }
    }

    async fn answer_after(delay: Duration) -> Result<&'static str> {
        tokio::time::sleep(delay).await;
        Ok("answer")
    }

    #[tokio::test(start_paused = true)]
    async fn the_earlier_limit_decides() {
        let own = until(LONG).bound(Some(SHORT), answer_after(LONG * 2)).await;
        assert!(matches!(own, Err(Error::Timeout { limit: SHORT })), "{own:?}");
        let caller = until(SHORT).bound(Some(LONG), answer_after(LONG * 2)).await;
        assert!(matches!(caller, Err(Error::Deadline)), "{caller:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn each_limit_works_alone() {
        let own = CallLimits::default().bound(Some(SHORT), answer_after(LONG)).await;
        assert!(matches!(own, Err(Error::Timeout { limit: SHORT })), "{own:?}");
        let caller = until(SHORT).bound(None, answer_after(LONG)).await;
        assert!(matches!(caller, Err(Error::Deadline)), "{caller:?}");
        let none = CallLimits::default().bound(None, answer_after(LONG)).await;
        assert!(matches!(none, Ok("answer")), "{none:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_beyond_the_clock_is_none() {
        let answer = CallLimits::default()
            .bound(Some(Duration::MAX), answer_after(LONG))
            .await;
        assert!(answer.is_ok(), "{answer:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_who_gives_up_ends_the_exchange() {
        let cancellation = CancellationToken::new();
        let limits = CallLimits {
            deadline: None,
            cancellation: Some(cancellation.clone()),
            kept: None,
        };
        let (result, ()) = tokio::join!(limits.bound(Some(LONG), answer_after(LONG * 2)), async {
            tokio::time::sleep(SHORT).await;
            cancellation.cancel();
        });
        assert!(matches!(result, Err(Error::Aborted)), "{result:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn nothing_is_begun_when_it_is_too_late() {
        let mut begun = false;
        let exchange = async {
            begun = true;
            Ok(())
        };
        let late = until(Duration::ZERO).bound(None, exchange).await;
        assert!(matches!(late, Err(Error::Deadline)), "{late:?}");
        assert!(!begun);

        let cancellation = CancellationToken::new();
        cancellation.cancel();
        let limits = CallLimits {
            deadline: None,
            cancellation: Some(cancellation),
            kept: None,
        };
        let exchange = async {
            begun = true;
            Ok(())
        };
        let given_up = limits.bound(None, exchange).await;
        assert!(matches!(given_up, Err(Error::Aborted)), "{given_up:?}");
        assert!(!begun);
    }
}
