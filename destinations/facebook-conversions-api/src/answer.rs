//! What the answers of the Graph API mean
//! ([errors](https://developers.facebook.com/docs/graph-api/guides/error-handling),
//! [limits](https://developers.facebook.com/docs/graph-api/overview/rate-limiting)).

use std::time::Duration;

use waystation_kit::prelude::*;
use waystation_kit::retry::is_retryable_status;

/// The code of an answer that counts no event.
const NOT_RECEIVED: ErrorCode = ErrorCode::new("EVENT_NOT_RECEIVED");

/// The key under which Meta keeps the ID of a request.
const TRACE_ID: &str = "fbtrace_id";

/// Reads the answer to an event: Meta says how many events it received, and may complain about those all the same.
///
/// # Errors
/// No event was received, or the answer does not say.
pub fn received(answer: Response) -> Result<Output> {
    let data = answer.data().cloned().unwrap_or_default();
    if let Some(error) = GraphError::of(&answer) {
        return Err(error.into_error(&answer, 400));
    }
    let messages = words(data.get("messages"));
    let trace_id = data.get(TRACE_ID).and_then(Value::as_str);
    match data.get("events_received").and_then(Value::as_u64) {
        Some(0) => {
            let message = messages.unwrap_or_else(|| "Meta received no event".to_owned());
            Err(Error::integration(message, NOT_RECEIVED, 400).with_request_id(trace_id))
        }
        Some(_) => Ok(match messages {
            Some(messages) => Output::from(answer).with_warning(messages),
            None => answer.into(),
        }),
        None => Err(answer
            .not_understood("The answer does not say how many events Meta received")
            .with_request_id(trace_id)),
    }
}

/// Texts, or whatever else is in a list, joined; `None` if there is nothing.
fn words(messages: Option<&Value>) -> Option<String> {
    let one = |message: &Value| {
        message
            .as_str()
            .map_or_else(|| message.to_string(), str::to_owned)
    };
    let words = match messages? {
        Value::Array(messages) => messages.iter().map(one).collect::<Vec<_>>().join("; "),
        Value::Null => return None,
        message => one(message),
    };
    (!words.is_empty()).then_some(words)
}

/// Reads a failure. The Graph API answers 400 and 403 to whoever has reached a limit or has a token that no longer
/// opens anything, and to some of its own failures. Only the code tells.
#[must_use]
pub fn failure(failure: Error) -> Error {
    let Error::Http(answer) = &failure else {
        return failure;
    };
    match GraphError::of(answer) {
        Some(error) if error.is_told_by_code(answer) => {
            let (status, answer) = (answer.status(), answer.clone());
            error.into_error(&answer, status)
        }
        _ => failure,
    }
}

/// What the Graph API says about a failure.
#[derive(Debug, Deserialize)]
struct GraphError {
    #[serde(default)]
    message: String,
    #[serde(default)]
    error_user_msg: Option<String>,
    code: u32,
    #[serde(default)]
    is_transient: bool,
    #[serde(default)]
    fbtrace_id: Option<String>,
}

impl GraphError {
    fn of(answer: &Response) -> Option<Self> {
        Self::deserialize(answer.data()?.get("error")?).ok()
    }

    /// Whether the status alone would be read wrongly.
    fn is_told_by_code(&self, answer: &Response) -> bool {
        let passes = self.passing_status().is_some() && !is_retryable_status(answer.status());
        passes || self.is_about_the_token() || regained_after(answer).is_some()
    }

    /// A status that says the failure passes; `None` for the others.
    fn passing_status(&self) -> Option<u16> {
        match self.code {
            // Limits of the app, the user, the page, and of the use of an API by a business.
            4 | 17 | 32 | 341 | 613 | 80_000..=80_014 => Some(429),
            // The service is down for a moment.
            1 | 2 => Some(503),
            _ => self.is_transient.then_some(503),
        }
    }

    /// The access token has expired, was revoked, or is none.
    fn is_about_the_token(&self) -> bool {
        matches!(self.code, 102 | 190)
    }

    fn words(&self) -> String {
        match self.error_user_msg.as_deref() {
            Some(more) if !more.is_empty() && more != self.message => format!("{}: {more}", self.message),
            _ => self.message.clone(),
        }
    }

    /// The failure with Meta's own code, words and ID of the request; `status` is that of failures that stay.
    fn into_error(self, answer: &Response, status: u16) -> Error {
        let code = ErrorCode::from_partner(self.code.to_string());
        let trace_id = self.fbtrace_id.as_deref().or_else(|| answer.request_id());
        let error = if self.is_about_the_token() {
            Error::invalid_authentication(self.words()).with_code(code)
        } else if let Some(status) = self.passing_status() {
            let wait = regained_after(answer);
            Error::retryable(self.words())
                .with_status(status)
                .with_code(code)
                .with_retry_after(wait)
        } else {
            Error::integration(self.words(), code, status).with_retry_after(regained_after(answer))
        };
        error.with_request_id(trace_id)
    }
}

/// How long it takes until Meta takes requests again: minutes for each use of an API by a business, seconds for an ad
/// account.
fn regained_after(answer: &Response) -> Option<Duration> {
    let usage = |name: &str| serde_json::from_str::<Value>(answer.header(name)?).ok();
    let business = usage("x-business-use-case-usage").and_then(|usage| {
        let uses = usage.as_object()?.values().filter_map(Value::as_array).flatten();
        uses.filter_map(|usage| usage.get("estimated_time_to_regain_access")?.as_u64())
            .max()
    });
    let account = usage("x-ad-account-usage").and_then(|usage| usage.get("reset_time_duration")?.as_u64());
    let seconds = business.map(|minutes| minutes.saturating_mul(60)).max(account)?;
    (seconds > 0).then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passing_status(error: &Value) -> Option<u16> {
        GraphError::deserialize(error).unwrap().passing_status()
    }

    #[test]
    fn limits_and_outages_pass() {
        for code in [4, 17, 32, 341, 613, 80_000, 80_004, 80_014] {
            assert_eq!(passing_status(&json!({"code": code})), Some(429), "{code}");
        }
        for code in [1, 2] {
            assert_eq!(passing_status(&json!({"code": code})), Some(503), "{code}");
        }
        assert_eq!(
            passing_status(&json!({"code": 99, "is_transient": true})),
            Some(503)
        );
    }

    #[test]
    fn other_refusals_stay() {
        for code in [3, 10, 100, 190, 200, 294, 368, 79_999, 80_015] {
            let error = json!({"code": code, "is_transient": false, "fbtrace_id": "A"});
            assert_eq!(passing_status(&error), None, "{code}");
        }
    }
}
