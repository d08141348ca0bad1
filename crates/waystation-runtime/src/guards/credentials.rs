//! Whether the partner accepts the connection's credentials.
//!
//! A partner that refuses them refuses every delivery, so the connection pauses and only a probe goes out from time to
//! time. One refusal is not enough where the partner has taken something before: an event may bring credentials of its
//! own.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;
use waystation_kit::error::NotSent;
use waystation_kit::{Error, ItemOutcome};

use super::later;
use super::settings::CredentialsSettings;
use crate::layers::Delivered;
use crate::retry::backoff::doubled;

/// So many refusals with 401 in a row pause a connection that has worked before.
const ENOUGH: u32 = 3;

/// So many with 403, which may as well be about what was sent.
const ENOUGH_FORBIDDEN: u32 = 10;

/// Whether the partner accepts the credentials.
#[derive(Debug)]
pub(crate) struct Credentials {
    settings: CredentialsSettings,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    has_worked: bool,
    refused_in_row: u32,
    forbidden_in_row: u32,
    pause: Option<Pause>,
}

#[derive(Debug)]
struct Pause {
    since: Instant,
    words: String,
    next_probe: Instant,
    vain_probes: u32,
    is_probing: bool,
}

/// A connection that is paused because its credentials are refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedCredentials {
    /// The partner's words. They may hold secrets.
    pub message: String,
    /// Milliseconds since the connection paused.
    pub for_ms: u64,
    /// Milliseconds until the next probe.
    pub next_probe_in_ms: u64,
}

/// The leave to make an attempt. A probe that is dropped without a result leaves the next one to somebody else.
#[derive(Debug)]
pub(crate) struct Leave<'credentials> {
    credentials: &'credentials Credentials,
    is_probe: bool,
}

/// What a result says about the credentials.
#[derive(Debug, PartialEq, Eq)]
enum Finding {
    Accepted,
    Refused(String),
    Forbidden(String),
    Nothing,
}

impl Credentials {
    pub(super) fn new(settings: CredentialsSettings) -> Self {
        Self {
            settings,
            state: Mutex::default(),
        }
    }

    /// Asks for leave to make an attempt.
    ///
    /// # Errors
    /// [`NotSent::CredentialsRefused`] with the time until the next probe.
    pub(crate) fn admit(&self) -> Result<Leave<'_>, Error> {
        let now = Instant::now();
        let mut state = self.locked();
        let Some(pause) = &mut state.pause else {
            return Ok(Leave {
                credentials: self,
                is_probe: false,
            });
        };
        if pause.is_probing || pause.next_probe > now {
            let left = pause.next_probe.saturating_duration_since(now);
            return Err(Error::NotSent {
                reason: NotSent::CredentialsRefused,
                after: left.max(Duration::from_secs(1)),
            });
        }
        pause.is_probing = true;
        Ok(Leave {
            credentials: self,
            is_probe: true,
        })
    }

    /// When the next probe may go out; `None` where the connection is not paused.
    pub(super) fn ready_at(&self, now: Instant) -> Option<Instant> {
        let state = self.locked();
        let pause = state.pause.as_ref()?;
        match pause.is_probing {
            // Nobody knows how long a probe takes.
            true => Some(later(now, Duration::from_secs(1))),
            false => Some(pause.next_probe).filter(|at| *at > now),
        }
    }

    /// How many attempts may begin at this moment.
    pub(super) fn room(&self, now: Instant) -> usize {
        match &self.locked().pause {
            None => usize::MAX,
            Some(pause) => usize::from(!pause.is_probing && pause.next_probe <= now),
        }
    }

    /// How the connection is paused, if it is.
    pub(super) fn refused(&self, now: Instant) -> Option<RefusedCredentials> {
        let state = self.locked();
        let pause = state.pause.as_ref()?;
        let millis = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        Some(RefusedCredentials {
            message: pause.words.clone(),
            for_ms: millis(now.saturating_duration_since(pause.since)),
            next_probe_in_ms: millis(pause.next_probe.saturating_duration_since(now)),
        })
    }

    /// Something has changed: the next attempt may be a probe at once.
    pub(super) fn probe_now(&self) {
        if let Some(pause) = &mut self.locked().pause {
            pause.next_probe = Instant::now();
            pause.vain_probes = 0;
        }
    }

    fn judge(&self, finding: Finding, is_probe: bool) {
        let mut state = self.locked();
        let has_worked = state.has_worked;
        let (words, is_enough) = match finding {
            Finding::Nothing => return,
            Finding::Accepted => {
                *state = State {
                    has_worked: true,
                    ..State::default()
                };
                return;
            }
            Finding::Refused(words) => {
                state.refused_in_row = state.refused_in_row.saturating_add(1);
                (words, !has_worked || state.refused_in_row >= ENOUGH)
            }
            Finding::Forbidden(words) => {
                state.forbidden_in_row = state.forbidden_in_row.saturating_add(1);
                (words, state.forbidden_in_row >= ENOUGH_FORBIDDEN)
            }
        };
        match &mut state.pause {
            Some(pause) if is_probe => {
                pause.vain_probes = pause.vain_probes.saturating_add(1);
                let wait = self.wait(pause.vain_probes);
                pause.next_probe = later(Instant::now(), wait);
                pause.words = words;
            }
            None if is_enough => {
                let now = Instant::now();
                // Not in the partner's words, which may repeat the credentials: the connection's state has them, redacted.
                tracing::error!("the partner refuses the credentials; the connection is paused");
                state.pause = Some(Pause {
                    since: now,
                    words,
                    next_probe: later(now, self.wait(0)),
                    vain_probes: 0,
                    is_probing: false,
                });
            }
            _ => {}
        }
    }

    fn wait(&self, vain_probes: u32) -> Duration {
        doubled(self.settings.first_wait, self.settings.longest_wait, vain_probes)
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        // Fields are replaced one by one, and nothing between them can panic.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Leave<'_> {
    /// Tells what the attempt came to.
    pub(crate) fn judge(self, result: &Result<Delivered, Error>) {
        self.credentials.judge(Finding::of(result), self.is_probe);
    }
}

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        if self.is_probe
            && let Some(pause) = &mut self.credentials.locked().pause
        {
            pause.is_probing = false;
        }
    }
}

impl Finding {
    fn of(result: &Result<Delivered, Error>) -> Self {
        match result {
            Ok(Delivered::Batch(items)) => Self::of_items(items),
            Ok(_) => Self::Accepted,
            Err(error) => Self::of_status(error.status(), || words(error)),
        }
    }

    fn of_items(items: &[ItemOutcome]) -> Self {
        let mut findings = items.iter().map(|item| match item {
            ItemOutcome::Success(_) => Self::Accepted,
            outcome if outcome.is_held_back() => Self::Nothing,
            ItemOutcome::Error(error) => Self::of_status(Some(error.status), || error.message.clone()),
        });
        let Some(first) = findings.next() else {
            return Self::Nothing;
        };
        // One item that fared better shows that it is not the credentials.
        let better =
            findings.find(|finding| std::mem::discriminant(finding) != std::mem::discriminant(&first));
        match (first, better) {
            (first, None) => first,
            (Self::Accepted, _) | (_, Some(Self::Accepted)) => Self::Accepted,
            _ => Self::Nothing,
        }
    }

    /// A partner that reads the request and refuses what is in it, accepts the credentials. One that limits or fails may
    /// not have looked at them.
    fn of_status(status: Option<u16>, words: impl FnOnce() -> String) -> Self {
        match status {
            Some(401) => Self::Refused(words()),
            Some(403) => Self::Forbidden(words()),
            Some(400 | 404 | 409 | 410 | 413 | 422) => Self::Accepted,
            _ => Self::Nothing,
        }
    }
}

fn words(error: &Error) -> String {
    let said = |error: &Error| match error.response() {
        Some(response) => waystation_kit::multistatus::partner_message(response),
        None => error.to_string(),
    };
    match error {
        // Both are the partner's: why a refresh was needed, and why there was none.
        Error::InvalidAuthentication {
            message,
            cause: Some(cause),
            ..
        } => format!("{}; {message}", said(cause)),
        other => said(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credentials() -> Credentials {
        Credentials::new(CredentialsSettings::default())
    }

    fn status(status: u16) -> Result<Delivered, Error> {
        let code = waystation_kit::ErrorCode::from_status(status);
        Err(Error::integration(format!("status {status}"), code, status))
    }

    fn taken() -> Result<Delivered, Error> {
        Ok(Delivered::Batch(vec![
            waystation_kit::ItemSuccess::new("".into(), "".into()).into(),
        ]))
    }

    fn attempt(credentials: &Credentials, result: &Result<Delivered, Error>) {
        credentials.admit().unwrap().judge(result);
    }

    fn is_paused(credentials: &Credentials) -> bool {
        credentials.refused(Instant::now()).is_some()
    }

    #[tokio::test(start_paused = true)]
    async fn credentials_that_have_never_worked_pause_the_connection_at_once() {
        let credentials = credentials();
        attempt(&credentials, &status(401));
        let refused = credentials.refused(Instant::now()).unwrap();
        assert_eq!(
            (refused.message.as_str(), refused.next_probe_in_ms),
            ("status 401", 30_000)
        );
        assert!(matches!(
            credentials.admit(),
            Err(Error::NotSent {
                reason: NotSent::CredentialsRefused,
                ..
            })
        ));
        assert_eq!(credentials.room(Instant::now()), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn credentials_that_have_worked_are_refused_three_times_in_a_row_before_that() {
        let credentials = credentials();
        attempt(&credentials, &taken());
        for result in [status(401), status(401), status(422), status(401), status(401)] {
            attempt(&credentials, &result);
            assert!(
                !is_paused(&credentials),
                "an answer to one event is not one to all"
            );
        }
        attempt(&credentials, &status(401));
        assert!(is_paused(&credentials));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_forbidden_is_so_for_ten_in_a_row_before_that() {
        let credentials = credentials();
        for _ in 0..9 {
            attempt(&credentials, &status(403));
        }
        assert!(!is_paused(&credentials));
        attempt(&credentials, &status(403));
        assert!(is_paused(&credentials));
    }

    #[tokio::test(start_paused = true)]
    async fn one_probe_at_a_time_goes_out_ever_more_rarely() {
        let credentials = credentials();
        attempt(&credentials, &status(401));
        for seconds in [30, 60, 120, 240, 480, 600, 600] {
            let at = credentials.ready_at(Instant::now()).unwrap();
            assert_eq!((at - Instant::now()).as_secs(), seconds);
            tokio::time::sleep_until(at).await;
            assert_eq!(credentials.room(Instant::now()), 1);
            let probe = credentials.admit().unwrap();
            assert!(credentials.admit().is_err());
            probe.judge(&status(401));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_healthy_probe_ends_the_pause() {
        let credentials = credentials();
        attempt(&credentials, &status(401));
        tokio::time::sleep(Duration::from_secs(30)).await;
        // One that comes to nothing leaves the next to somebody else.
        drop(credentials.admit().unwrap());
        attempt(&credentials, &status(503));
        assert!(
            is_paused(&credentials),
            "a partner that fails may not have looked at them"
        );
        attempt(&credentials, &taken());
        assert!(!is_paused(&credentials));
    }

    #[tokio::test(start_paused = true)]
    async fn a_change_lets_a_probe_out_at_once() {
        let credentials = credentials();
        attempt(&credentials, &status(401));
        credentials.probe_now();
        attempt(&credentials, &taken());
        assert!(!is_paused(&credentials));
    }
}
