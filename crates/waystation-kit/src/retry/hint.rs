//! How long the partner wants to be left alone, read from its answer.
//!
//! The first that is present and readable counts: `Retry-After` (seconds or a date),
//! `X-RateLimit-Retry-After` (seconds), `X-RateLimit-Reset` and `RateLimit-Reset` (a moment or seconds from
//! now), `error.details.retryAfter` in the body (seconds). Headers are read on 429 and 503 only.

use std::time::Duration;

use waystation_json::date::parse_js_date;

use crate::error::Error;
use crate::request::Response;

/// The least wait when a partner asks for one.
const LEAST: Duration = Duration::from_secs(1);

/// From this number on, a reset header is a moment in seconds since 1970.
const EPOCH_SECONDS: f64 = 1e9;

/// From this number on, a reset header is a moment in milliseconds since 1970.
const EPOCH_MILLISECONDS: f64 = 1e12;

/// The wait that the failure asks for; at least one second.
#[must_use]
pub fn wanted_wait(error: &Error, now_millis: i64) -> Option<Duration> {
    let wanted = error
        .retry_after()
        .or_else(|| of_response(error.response()?, now_millis))?;
    Some(wanted.max(LEAST))
}

fn of_response(response: &Response, now_millis: i64) -> Option<Duration> {
    let header = |name: &str| response.header(name).map(str::trim);
    if matches!(response.status(), 429 | 503) {
        let from_headers = header("retry-after")
            .and_then(|text| seconds(text).or_else(|| until(date_millis(text)?, now_millis)))
            .or_else(|| seconds(header("x-ratelimit-retry-after")?))
            .or_else(|| reset(header("x-ratelimit-reset")?, now_millis))
            .or_else(|| reset(header("ratelimit-reset")?, now_millis));
        if from_headers.is_some() {
            return from_headers;
        }
    }
    let hint = response.data()?.get("error")?.get("details")?.get("retryAfter")?;
    from_seconds(hint.as_f64().or_else(|| hint.as_str()?.parse().ok())?)
}

fn seconds(text: &str) -> Option<Duration> {
    let digits_only = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    from_seconds(digits_only.then(|| text.parse().ok())??)
}

fn from_seconds(seconds: f64) -> Option<Duration> {
    (seconds >= 0.0).then(|| Duration::try_from_secs_f64(seconds).ok())?
}

fn reset(text: &str, now_millis: i64) -> Option<Duration> {
    let number: f64 = text.parse().ok()?;
    if number >= EPOCH_MILLISECONDS {
        until(number, now_millis)
    } else if number >= EPOCH_SECONDS {
        until(number * 1000.0, now_millis)
    } else {
        seconds(text)
    }
}

#[allow(clippy::cast_precision_loss)]
fn date_millis(text: &str) -> Option<f64> {
    // A bare number was read as seconds before; anything else without a letter is garbage, not a date.
    text.contains(|c: char| c.is_ascii_alphabetic())
        .then(|| parse_js_date(text).map(|millis| millis as f64))?
}

/// The time until a moment; `None` once it has passed.
#[allow(clippy::cast_precision_loss)]
fn until(moment_millis: f64, now_millis: i64) -> Option<Duration> {
    let wait = moment_millis - now_millis as f64;
    (wait > 0.0).then(|| Duration::try_from_secs_f64(wait / 1000.0).ok())?
}

#[cfg(test)]
mod tests {
    use bytes_of::response;

    use super::*;

    /// 2026-11-22T00:00:00Z
    const NOW: i64 = 1_795_305_600_000;

    fn wait_of(status: u16, headers: &[(&'static str, &str)]) -> Option<u64> {
        let error = Error::Http(Box::new(response(status, headers, "")));
        wanted_wait(&error, NOW).map(|wait| wait.as_secs())
    }

    #[test]
    fn every_spelling_is_read() {
        for (name, value, seconds) in [
            ("retry-after", "7", Some(7)),
            ("Retry-After", "2.5", Some(2)),
            ("retry-after", "0", Some(1)),
            ("retry-after", "Sun, 22 Nov 2026 00:01:00 GMT", Some(60)),
            ("retry-after", "Sun, 22 Nov 2020 00:01:00 GMT", None),
            ("retry-after", "-3", None),
            ("retry-after", "soon", None),
            ("retry-after", "", None),
            ("X-Ratelimit-Retry-After", "12", Some(12)),
            ("x-ratelimit-reset", "30", Some(30)),
            ("x-ratelimit-reset", "1795305645", Some(45)),
            ("ratelimit-reset", "1795305605000", Some(5)),
        ] {
            assert_eq!(wait_of(429, &[(name, value)]), seconds, "{name}: {value}");
        }
    }

    #[test]
    fn unreadable_hints_fall_to_the_next_line() {
        assert_eq!(
            wait_of(503, &[("retry-after", "-1"), ("x-ratelimit-reset", "9")]),
            Some(9)
        );
    }

    #[test]
    fn headers_count_on_429_and_503_alone() {
        assert_eq!(wait_of(500, &[("retry-after", "9")]), None);
    }

    #[test]
    fn the_body_may_say_it() {
        let body = r#"{"error":{"details":{"retryAfter":4}}}"#;
        let answer = response(429, &[("content-type", "application/json")], body);
        assert_eq!(
            wanted_wait(&Error::Http(Box::new(answer)), NOW),
            Some(Duration::from_secs(4))
        );
    }

    /// Answers made by hand.
    mod bytes_of {
        use crate::request::{Answer, Response};

        pub(super) fn response(status: u16, headers: &[(&'static str, &str)], body: &str) -> Response {
            Response::new(Answer {
                status,
                reason: None,
                headers: headers
                    .iter()
                    .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                    .collect(),
                url: "https://partner.test/".parse().unwrap(),
                body: body.to_owned().into(),
            })
        }
    }
}
