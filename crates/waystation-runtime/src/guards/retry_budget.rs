//! How many retries a connection may make, measured by its traffic.
//!
//! A limit on attempts alone multiplies the traffic to a failing partner by that limit, when it can bear it
//! least. A budget keeps it at a share beyond the deliveries themselves (the idea of tower's `TpsBudget`, whose
//! shares are rounded to one in a whole number).

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::settings::RetryBudgetSettings;
use super::window::{Counts, Window};

/// The time over which deliveries and retries are weighed against each other.
const SPAN: Duration = Duration::from_secs(10);

/// Deliveries and retries of the last seconds.
#[derive(Debug)]
pub(super) struct RetryBudget {
    settings: RetryBudgetSettings,
    /// Deliveries are counted; retries are marked.
    window: Mutex<Window>,
}

impl RetryBudget {
    pub(super) fn new(settings: RetryBudgetSettings) -> Self {
        Self {
            settings,
            window: Mutex::new(Window::new(SPAN, Instant::now())),
        }
    }

    /// A delivery begins.
    pub(super) fn deposit(&self) {
        self.with(|window, now| window.add(now, Counts { all: 1, marked: 0 }));
    }

    /// Whether one more retry is possible; it counts as made if so.
    pub(super) fn withdraw(&self) -> bool {
        self.with(|window, now| {
            let Counts {
                all: deliveries,
                marked: retries,
            } = window.sum(now);
            let floor = f64::from(self.settings.floor_per_second) * SPAN.as_secs_f64();
            let allowed = f64::from(deliveries) * self.settings.share.get() + floor;
            let is_possible = f64::from(retries) + 1.0 <= allowed;
            if is_possible {
                window.add(now, Counts { all: 0, marked: 1 });
            }
            is_possible
        })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Window, Instant) -> T) -> T {
        // Counting cannot panic half way.
        let mut window = self.window.lock().unwrap_or_else(PoisonError::into_inner);
        act(&mut window, Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::super::settings::Share;
    use super::*;

    fn possible_retries(settings: RetryBudgetSettings, deliveries: usize) -> usize {
        let budget = RetryBudget::new(settings);
        (0..deliveries).for_each(|_| budget.deposit());
        (0..1_000).take_while(|_| budget.withdraw()).count()
    }

    #[tokio::test(start_paused = true)]
    async fn retries_are_a_share_of_deliveries_and_a_floor() {
        let settings = |hundredths, floor_per_second| RetryBudgetSettings {
            share: Share::percent(hundredths),
            floor_per_second,
        };
        assert_eq!(possible_retries(settings(20, 0), 100), 20);
        assert_eq!(possible_retries(settings(90, 0), 100), 90);
        assert_eq!(possible_retries(settings(0, 2), 100), 20);
        assert_eq!(possible_retries(settings(20, 1), 100), 30);
        assert_eq!(possible_retries(settings(20, 0), 0), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn retries_of_a_while_ago_no_longer_count() {
        let budget = RetryBudget::new(RetryBudgetSettings {
            share: Share::percent(0),
            floor_per_second: 1,
        });
        assert_eq!((0..20).filter(|_| budget.withdraw()).count(), 10);
        tokio::time::sleep(SPAN).await;
        assert_eq!((0..20).filter(|_| budget.withdraw()).count(), 10);
    }
}
