//! How long the partner wants to be left alone, read from its answer.
//!
//! The first that is present and readable counts:
//!
//! 1. the answer's own request to wait: `Retry-After` (seconds or a date; a number that can only be a moment is read as
//!    one), `Retry-After-Ms` and `X-Ms-Retry-After-Ms` (milliseconds), `X-Retry-After` and `X-RateLimit-Retry-After`
//!    (seconds); on every status that is worth another attempt;
//! 2. the end of the partner's window, on 429 and 503 alone, for many partners send it with every answer: `RateLimit`
//!    of the IETF's draft in its two forms (`"name";r=0;t=30`, formerly `limit=10, remaining=0, reset=30`), then
//!    `RateLimit-Reset` and its kin (a moment, a date, seconds, or a time such as `6m0s`), then the shortest window of
//!    `RateLimit-Policy` (`"name";q=100;w=60`);
//! 3. a hint in the body.

use std::time::Duration;

use http::HeaderMap;
use serde_json::Value;
use waystation_json::date::parse_js_date;

use super::is_retryable_status;
use crate::error::Error;
use crate::request::Response;

/// The least wait when a partner asks for one.
const LEAST: Duration = Duration::from_secs(1);

/// The longest wait that anybody can mean; whatever is longer counts as this. It keeps all that is computed from
/// strangers' numbers within bounds.
const LONGEST: Duration = Duration::from_hours(24 * 366);

/// The longest wait that follows from the length of a window alone.
const LONGEST_WINDOW: Duration = Duration::from_mins(1);

/// From this number on, a number is a moment in seconds since 1970: as a wait it would be 31 years.
const EPOCH_SECONDS: f64 = 1e9;

/// From this number on, a number is a moment in milliseconds since 1970.
const EPOCH_MILLISECONDS: f64 = 1e12;

/// The wait that the failure asks for; at least one second, and at most a year.
#[must_use]
pub fn wanted_wait(error: &Error) -> Option<Duration> {
    let wanted = error.retry_after().or_else(|| of_response(error.response()?))?;
    Some(within_bounds(wanted))
}

/// The wait that the headers of a 429 or 503 ask for; at least one second, and at most a year.
#[must_use]
pub fn wait_in_headers(headers: &HeaderMap, now_millis: i64) -> Option<Duration> {
    let headers = Headers { headers, now_millis };
    headers.asked().or_else(|| headers.window()).map(within_bounds)
}

fn within_bounds(wait: Duration) -> Duration {
    wait.clamp(LEAST, LONGEST)
}

fn of_response(response: &Response) -> Option<Duration> {
    let now_millis = response.received_at().0;
    let status = response.status();
    if !is_retryable_status(status) {
        return None;
    }
    let headers = Headers {
        headers: response.headers(),
        now_millis,
    };
    let limits = matches!(status, 429 | 503);
    headers
        .asked()
        .or_else(|| headers.window().filter(|_| limits))
        .or_else(|| of_body(response.data()?, now_millis))
}

/// The headers of an answer, and when it came.
struct Headers<'answer> {
    headers: &'answer HeaderMap,
    now_millis: i64,
}

impl Headers<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        Some(self.headers.get(name)?.to_str().ok()?.trim())
    }

    /// What the answer itself asks for.
    fn asked(&self) -> Option<Duration> {
        let seconds = |name| moment_or_wait(self.get(name)?, self.now_millis);
        let milliseconds = |name| from_seconds(number(self.get(name)?)? / 1000.0);
        milliseconds("retry-after-ms")
            .or_else(|| milliseconds("x-ms-retry-after-ms"))
            .or_else(|| seconds("retry-after"))
            .or_else(|| seconds("x-retry-after"))
            .or_else(|| seconds("x-ratelimit-retry-after"))
    }

    /// When the window ends in which the partner takes no more.
    fn window(&self) -> Option<Duration> {
        const RESETS: [&str; 6] = [
            "x-ratelimit-reset-after",
            "x-ratelimit-reset",
            "ratelimit-reset",
            "x-rate-limit-reset",
            "x-ratelimit-reset-requests",
            "x-ratelimit-reset-tokens",
        ];
        let reset = |name: &&str| moment_or_wait(self.get(name)?, self.now_millis);
        self.get("ratelimit")
            .and_then(of_rate_limit)
            .or_else(|| RESETS.iter().find_map(reset))
            .or_else(|| of_policy(self.get("ratelimit-policy")?))
    }
}

/// Seconds, a moment, a date, or a time with units.
fn moment_or_wait(text: &str, now_millis: i64) -> Option<Duration> {
    match number(text) {
        Some(number) => wait_or_moment(number, now_millis),
        None => with_units(text).or_else(|| until(date_millis(text)?, now_millis)),
    }
}

fn wait_or_moment(number: f64, now_millis: i64) -> Option<Duration> {
    if number >= EPOCH_MILLISECONDS {
        until(number, now_millis)
    } else if number >= EPOCH_SECONDS {
        until(number * 1000.0, now_millis)
    } else {
        from_seconds(number)
    }
}

/// A plain decimal number without a sign.
fn number(text: &str) -> Option<f64> {
    let digits_only = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    digits_only.then(|| text.parse().ok())?
}

fn from_seconds(seconds: f64) -> Option<Duration> {
    (seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(LONGEST.as_secs_f64())))
}

/// A time such as `1h2m3.5s` or `250ms`.
fn with_units(text: &str) -> Option<Duration> {
    let (mut rest, mut seconds) = (text, 0.0);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let amount = number(&rest[..digits])?;
        let unit = &rest[digits..];
        let end = unit
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(unit.len());
        seconds += amount
            * match &unit[..end] {
                "ms" => 0.001,
                "s" => 1.0,
                "m" => 60.0,
                "h" => 3_600.0,
                "d" => 86_400.0,
                _ => return None,
            };
        rest = &unit[end..];
    }
    from_seconds(seconds).filter(|_| !text.is_empty())
}

#[allow(clippy::cast_precision_loss)]
fn date_millis(text: &str) -> Option<f64> {
    // A number was read before; anything else without a letter is garbage, not a date.
    text.contains(|c: char| c.is_ascii_alphabetic())
        .then(|| parse_js_date(text).map(|millis| millis as f64))?
}

/// The time until a moment; `None` once it has passed.
#[allow(clippy::cast_precision_loss)]
fn until(moment_millis: f64, now_millis: i64) -> Option<Duration> {
    let wait = moment_millis - now_millis as f64;
    (wait > 0.0).then(|| from_seconds(wait / 1000.0))?
}

/// The `RateLimit` header: the longest wait for a quota that is used up; if none says so, the shortest of all.
fn of_rate_limit(text: &str) -> Option<Duration> {
    // The older form names the quota's parts as members of a list, which are one quota.
    let quotas: Vec<&str> = match text.contains(';') {
        true => text.split(',').collect(),
        false => vec![text],
    };
    let waits = quotas.iter().filter_map(|quota| {
        let wait = parameter(quota, &["t", "reset"])?;
        Some((parameter(quota, &["r", "remaining"]) == Some(0.0), wait))
    });
    let waits: Vec<(bool, f64)> = waits.collect();
    let used_up = waits.iter().filter(|(is_used_up, _)| *is_used_up);
    let longest = used_up.map(|(_, wait)| *wait).reduce(f64::max);
    let shortest = || waits.iter().map(|(_, wait)| *wait).reduce(f64::min);
    from_seconds(longest.or_else(shortest)?)
}

/// The `RateLimit-Policy` header: its shortest window.
fn of_policy(text: &str) -> Option<Duration> {
    let windows = text.split(',').filter_map(|policy| parameter(policy, &["w"]));
    from_seconds(windows.reduce(f64::min)?).map(|window| window.min(LONGEST_WINDOW))
}

/// A parameter of a quota, under any of these names.
fn parameter(quota: &str, names: &[&str]) -> Option<f64> {
    quota.split([';', ',']).find_map(|part| {
        let (name, value) = part.split_once('=')?;
        names.contains(&name.trim()).then(|| number(value.trim()))?
    })
}

/// A hint in the body: in the document, in its error, or in the details of these.
fn of_body(body: &Value, now_millis: i64) -> Option<Duration> {
    let listed = |value: &'_ Value| value.as_array().cloned().unwrap_or_default();
    let inner = ["error", "details", "extensions", "parameters", "meta"];
    if let Some(wait) = in_object(body, now_millis) {
        return Some(wait);
    }
    let within = |object: &Value| {
        inner.iter().find_map(|name| {
            let value = object.get(name)?;
            in_object(value, now_millis)
                .or_else(|| {
                    value
                        .as_array()?
                        .iter()
                        .find_map(|value| in_object(value, now_millis))
                })
                .or_else(|| {
                    let details = value.get("details").or_else(|| value.get("extensions"))?;
                    in_object(details, now_millis).or_else(|| {
                        details
                            .as_array()?
                            .iter()
                            .find_map(|value| in_object(value, now_millis))
                    })
                })
        })
    };
    within(body).or_else(|| {
        let errors = listed(body.get("errors")?);
        errors
            .iter()
            .find_map(|error| in_object(error, now_millis).or_else(|| within(error)))
    })
}

fn in_object(object: &Value, now_millis: i64) -> Option<Duration> {
    const SECONDS: [&str; 5] = [
        "retryAfter",
        "retry_after",
        "retryAfterSeconds",
        "retry_after_seconds",
        "retryDelay",
    ];
    const MILLISECONDS: [&str; 3] = ["retryAfterMs", "retry_after_ms", "retryAfterMillis"];
    let object = object.as_object()?;
    let seconds = SECONDS.iter().find_map(|name| match object.get(*name)? {
        Value::Number(number) => wait_or_moment(number.as_f64().filter(|number| *number >= 0.0)?, now_millis),
        Value::String(text) => moment_or_wait(text.trim(), now_millis),
        _ => None,
    });
    seconds.or_else(|| {
        MILLISECONDS.iter().find_map(|name| match object.get(*name)? {
            Value::Number(number) => from_seconds(number.as_f64()? / 1000.0),
            Value::String(text) => from_seconds(number(text.trim())? / 1000.0),
            _ => None,
        })
    })
}

#[cfg(test)]
mod tests;
