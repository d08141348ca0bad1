//! The rest that a partner asks for: it concerns the whole connection, not one delivery.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use waystation_kit::error::NotSent;
use waystation_kit::request::Answer;
use waystation_kit::retry::{wait_in_headers, wanted_wait};
use waystation_kit::{Error, ItemOutcome};

use super::later;
use super::settings::HoldSettings;
use crate::layers::Delivered;

/// Until when a connection rests.
#[derive(Debug)]
pub(super) struct Hold {
    settings: HoldSettings,
    until: Mutex<Option<Instant>>,
}

impl Hold {
    pub(super) fn new(settings: HoldSettings) -> Self {
        Self {
            settings,
            until: Mutex::new(None),
        }
    }

    /// The end of the rest, if there is one.
    pub(super) fn until(&self, now: Instant) -> Option<Instant> {
        self.locked().filter(|until| *until > now)
    }

    /// Waits for the end of the rest.
    ///
    /// # Errors
    /// [`NotSent::Held`] if it ends after `patience`.
    pub(super) async fn wait(&self, patience: Instant) -> Result<(), Error> {
        // Another answer may lengthen the rest while somebody waits for its end.
        while let Some(until) = self.until(Instant::now()) {
            if until > patience {
                return Err(Error::NotSent {
                    reason: NotSent::Held,
                    after: until - Instant::now(),
                });
            }
            sleep_until(until).await;
        }
        Ok(())
    }

    /// Begins a rest if the result of an attempt asks for one. A rest under way is lengthened, never shortened.
    /// Gives back how long it is if it is new or longer.
    pub(super) fn begin(&self, result: &Result<Delivered, Error>) -> Option<Duration> {
        self.begin_for(self.wanted(result)?)
    }

    /// Begins a rest of this length, within what the settings allow; otherwise as [`Hold::begin`].
    pub(super) fn begin_for(&self, wanted: Duration) -> Option<Duration> {
        let wait = wanted.min(self.settings.longest);
        let until = later(Instant::now(), wait);
        let mut current = self.locked();
        if wait.is_zero() || current.is_some_and(|current| current >= until) {
            return None;
        }
        *current = Some(until);
        Some(wait)
    }

    fn wanted(&self, result: &Result<Delivered, Error>) -> Option<Duration> {
        match result {
            Ok(Delivered::Batch(items)) => items.iter().filter_map(|item| self.wanted_by_item(item)).max(),
            Ok(_) => None,
            // What was held back says nothing new about the partner.
            Err(Error::NotSent { .. }) => None,
            Err(error) if error.is_retryable() => self.wanted_with(error.status()?, wanted_wait(error)),
            Err(_) => None,
        }
    }

    fn wanted_by_item(&self, item: &ItemOutcome) -> Option<Duration> {
        match item {
            ItemOutcome::Error(error) if !item.is_held_back() => {
                self.wanted_with(error.status, error.retry_after)
            }
            _ => None,
        }
    }

    fn wanted_with(&self, status: u16, hint: Option<Duration>) -> Option<Duration> {
        match status {
            429 => Some(hint.unwrap_or(self.settings.without_hint)),
            503 => hint,
            _ => None,
        }
    }

    fn locked(&self) -> MutexGuard<'_, Option<Instant>> {
        // A moment is replaced as a whole.
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rest that an answer asks for: of a 429 or 503 that names a time.
pub(super) fn asked_rest(answer: &Answer, now_millis: i64) -> Option<Duration> {
    if !matches!(answer.status, 429 | 503) {
        return None;
    }
    wait_in_headers(&answer.headers, now_millis)
}

#[cfg(test)]
mod tests {
    use waystation_kit::ItemError;

    use super::*;

    fn failure(status: u16, after: Option<u64>) -> Result<Delivered, Error> {
        Err(Error::retryable("busy")
            .with_status(status)
            .with_retry_after(after.map(Duration::from_secs)))
    }

    fn rest_after(settings: HoldSettings, result: &Result<Delivered, Error>) -> Option<u64> {
        let rest = Hold::new(settings).begin(result);
        rest.map(|rest| rest.as_secs())
    }

    #[tokio::test(start_paused = true)]
    async fn only_partners_that_ask_for_it_get_a_rest() {
        let defaults = HoldSettings::default();
        for (status, after, rest) in [
            (429, Some(30), Some(30)),
            (429, None, Some(1)),
            (503, Some(30), Some(30)),
            (503, None, None),
            (500, Some(30), None),
        ] {
            assert_eq!(
                rest_after(defaults, &failure(status, after)),
                rest,
                "{status} {after:?}"
            );
        }
        let refused = Err(Error::NotSent {
            reason: NotSent::BreakerRefusing,
            after: Duration::from_secs(30),
        });
        assert_eq!(rest_after(defaults, &refused), None);
        let items = [503, 429, 200].map(|status| ItemOutcome::from(ItemError::new(status, "")));
        assert_eq!(rest_after(defaults, &Ok(Delivered::Batch(items.into()))), Some(1));
    }

    #[tokio::test(start_paused = true)]
    async fn the_settings_bound_the_rest() {
        let settings = HoldSettings {
            without_hint: Duration::from_secs(7),
            longest: Duration::from_secs(20),
        };
        assert_eq!(rest_after(settings, &failure(429, None)), Some(7));
        assert_eq!(rest_after(settings, &failure(429, Some(1_000))), Some(20));
        let none = HoldSettings {
            without_hint: Duration::ZERO,
            ..settings
        };
        assert_eq!(rest_after(none, &failure(429, None)), None);
    }

    #[tokio::test(start_paused = true)]
    async fn a_rest_is_lengthened_but_never_shortened() {
        let hold = Hold::new(HoldSettings::default());
        hold.begin(&failure(429, Some(10)));
        assert_eq!(hold.begin(&failure(429, Some(5))), None);
        let until = hold.until(Instant::now()).unwrap();
        assert_eq!((until - Instant::now()).as_secs(), 10);
        assert_eq!(hold.begin(&failure(429, Some(20))).unwrap().as_secs(), 20);
    }
}
