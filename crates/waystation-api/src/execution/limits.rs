//! How long a caller waits, and how often is to be tried for it meanwhile.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use serde_json::Value;
use tokio_util::sync::{CancellationToken, DropGuard};
use waystation_client::record::MARGIN;
use waystation_execute::ReportLimits;
use waystation_http::ApiError;
use waystation_kit::request::Addresses;
use waystation_runtime::{CallSettings, RetrySettings};

use crate::app::App;

/// How many attempts are made at most, waits included. 1 unless said otherwise: the caller keeps its own queue.
const ATTEMPTS: HeaderName = HeaderName::from_static("waystation-attempts");

/// How long the whole call may take, in milliseconds. The deadline of `[delivery]` unless said otherwise.
const DEADLINE: HeaderName = HeaderName::from_static("waystation-deadline-ms");

/// More attempts than these are a matter for a queue.
const MOST_ATTEMPTS: u64 = 10;

/// Nobody waits longer for an answer.
const LONGEST_DEADLINE: Duration = Duration::from_secs(10 * 60);

/// How many subscriptions a caller may bring; a workspace has some dozens.
const MOST_SUBSCRIPTIONS: usize = 200;

/// How many deliveries a call may make: subscriptions times events.
const MOST_DELIVERIES: usize = 20_000;

/// How many events a list may have, whatever is done with them.
const MOST_EVENTS: usize = 20_000;

/// Refuses what multiplies: each subscription of a call maps, validates and sends each of its events.
///
/// # Errors
/// There are more subscriptions, or events for them, than one call may have.
pub(super) fn check_size(payload: &Value, subscriptions: usize) -> Result<(), ApiError> {
    let events = payload.as_array().map_or(1, Vec::len);
    let refused = |message: String, path: &'static str, limit: usize| {
        Err(ApiError::invalid_request(message)
            .with("path", path)
            .with("limit", limit))
    };
    if subscriptions > MOST_SUBSCRIPTIONS {
        let message = format!(
            "There are {subscriptions} subscriptions, of which a call may have {MOST_SUBSCRIPTIONS}: send them in several."
        );
        return refused(message, "settings.subscriptions", MOST_SUBSCRIPTIONS);
    }
    if events > MOST_EVENTS {
        let message = format!(
            "There are {events} events, of which a call may have {MOST_EVENTS}: send them in several."
        );
        return refused(message, "payload", MOST_EVENTS);
    }
    if events.saturating_mul(subscriptions) > MOST_DELIVERIES {
        let message = format!(
            "{events} events for {subscriptions} subscriptions are more than the {MOST_DELIVERIES} deliveries that a call \
             may make: send the events in several."
        );
        return refused(message, "payload", MOST_DELIVERIES);
    }
    Ok(())
}

/// What the caller asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    attempts: u32,
    deadline: Option<Duration>,
}

impl FromRequestParts<App> for Limits {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        Self::read(&parts.headers)
    }
}

impl Limits {
    fn read(headers: &HeaderMap) -> Result<Self, ApiError> {
        let longest = u64::try_from(LONGEST_DEADLINE.as_millis()).unwrap_or(u64::MAX);
        let attempts = number(headers, &ATTEMPTS, MOST_ATTEMPTS)?;
        let deadline = number(headers, &DEADLINE, longest)?;
        Ok(Self {
            attempts: attempts
                .and_then(|attempts| u32::try_from(attempts).ok())
                .unwrap_or(1),
            deadline: deadline.map(Duration::from_millis),
        })
    }

    /// How calls are made within these limits. They end when the guard is dropped, which the server does when the
    /// caller hangs up.
    pub(super) fn settings(self, app: &App) -> (CallSettings, DropGuard) {
        let delivery = &app.config().delivery;
        let time_limit = self.deadline.unwrap_or(delivery.deadline.min(LONGEST_DEADLINE));
        let cancellation = CancellationToken::new();
        let settings = CallSettings {
            retries: RetrySettings {
                attempts: self.attempts,
                budget: time_limit,
                // Taking a batch apart is trying again.
                split: delivery.retries.split.filter(|_| self.attempts > 1),
                split_too_large: self.attempts > 1,
                ..delivery.retries
            },
            unknown_outcome_tries: delivery.unknown_outcome_tries,
            time_limit: Some(time_limit),
            cancellation: cancellation.clone(),
            addresses: Addresses::PublicOnly,
            kept_bodies: Some(ReportLimits::SERVICE.body + MARGIN),
            observer: std::sync::Arc::clone(&app.api().observer),
            ..CallSettings::new((**app.api().client.load()).clone())
        };
        (settings, cancellation.drop_guard())
    }
}

/// A whole number from 1 to `most`.
fn number(headers: &HeaderMap, name: &HeaderName, most: u64) -> Result<Option<u64>, ApiError> {
    let Some(given) = headers.get(name) else {
        return Ok(None);
    };
    let number = given.to_str().ok().and_then(|given| given.trim().parse().ok());
    match number.filter(|number| (1..=most).contains(number)) {
        Some(number) => Ok(Some(number)),
        None => Err(ApiError::invalid_request(format!(
            "The header {name} must be a whole number from 1 to {most}."
        ))
        .with("header", name.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn read(pairs: &[(HeaderName, &'static str)]) -> Result<Limits, ApiError> {
        let pairs = pairs.iter();
        let headers = pairs.map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
        Limits::read(&headers.collect())
    }

    #[test]
    fn nothing_asked_for_is_one_attempt() {
        let limits = read(&[]).unwrap();
        assert_eq!((limits.attempts, limits.deadline), (1, None));
    }

    #[test]
    fn what_multiplies_is_bounded() {
        let events = |number: usize| Value::from(vec![Value::Null; number]);
        for (events, subscriptions) in [
            (events(1), 200),
            (events(100), 200),
            (events(20_000), 1),
            (Value::Null, 1),
        ] {
            assert!(check_size(&events, subscriptions).is_ok());
        }
        for (events, subscriptions, path) in [
            (events(1), 201, "settings.subscriptions"),
            (events(101), 200, "payload"),
            (events(20_001), 1, "payload"),
        ] {
            let error = check_size(&events, subscriptions).unwrap_err();
            assert!(error.message().contains("several"), "{path}");
        }
    }

    #[test]
    fn limits_are_whole_numbers_within_bounds() {
        let limits = read(&[(ATTEMPTS, "3"), (DEADLINE, " 5000 ")]).unwrap();
        assert_eq!(
            (limits.attempts, limits.deadline),
            (3, Some(Duration::from_secs(5)))
        );
        for (name, value) in [
            (ATTEMPTS, "0"),
            (ATTEMPTS, "11"),
            (ATTEMPTS, "-1"),
            (ATTEMPTS, "two"),
            (DEADLINE, "0"),
            (DEADLINE, "600001"),
            (DEADLINE, "5s"),
        ] {
            let error = read(&[(name.clone(), value)]).unwrap_err();
            assert!(error.message().contains(name.as_str()), "{name}: {value}");
        }
    }
}
