//! Exchanges as people see them, without secrets.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use waystation_kit::request::{Answer, OutgoingRequest};
use waystation_kit::services::Millis;
use waystation_kit::{Error, Response};

use super::{BodyLimits, Exchange};
use crate::redact::{Direction, Redactor};

/// An exchange without secrets.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Exchange)]
pub struct ShownExchange {
    /// What the destination asked for.
    pub request: ShownRequest,
    /// What the partner answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<ShownResponse>,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ShownError>,
    /// When it was, and how long it took.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timing: Option<ShownTiming>,
}

/// A request without secrets.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ExchangeRequest)]
pub struct ShownRequest {
    /// The address.
    pub url: String,
    /// The method.
    pub method: String,
    /// Texts by lower-case name.
    pub headers: Map<String, Value>,
    /// The body as text; empty if there is none.
    pub body: String,
}

/// An answer without secrets.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExchangeResponse)]
pub struct ShownResponse {
    /// The status.
    pub status_code: u16,
    /// The reason phrase; the standard one if none was on the wire.
    pub status_message: String,
    /// Texts by lower-case name.
    pub headers: Map<String, Value>,
    /// The body: parsed if it says that it is JSON and is, else as text.
    pub body: Value,
    /// The address that answered, if it is not the one that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirected_to: Option<String>,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ExchangeError)]
pub struct ShownError {
    /// A stable code, such as `ECONNREFUSED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What happened.
    pub message: String,
}

/// When an exchange was, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExchangeTiming)]
pub struct ShownTiming {
    /// From the beginning of the call to the request.
    pub started_ms: f64,
    /// From the request to the end of the answer.
    pub duration_ms: f64,
}

impl ShownExchange {
    /// About how many bytes it takes as JSON.
    pub(super) fn size(&self) -> usize {
        const NAMES: usize = 200;
        let headers = |headers: &Map<String, Value>| -> usize {
            let length =
                |(name, value): (&String, &Value)| name.len() + value.as_str().map_or(0, str::len) + 6;
            headers.iter().map(length).sum()
        };
        let request = self.request.url.len() + self.request.body.len() + headers(&self.request.headers);
        let response = self.response.as_ref().map_or(0, |response| {
            let redirected = response.redirected_to.as_ref().map_or(0, String::len);
            text_size(&response.body) + headers(&response.headers) + redirected
        });
        let error = self.error.as_ref().map_or(0, |error| error.message.len());
        NAMES + request + response + error
    }
}

/// About how many bytes a value takes as JSON.
#[must_use]
pub fn text_size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
        Value::String(text) => text.len() + 2,
        Value::Array(items) => 2 + items.iter().map(|item| text_size(item) + 1).sum::<usize>(),
        Value::Object(members) => {
            let size = |(name, member): (&String, &Value)| name.len() + text_size(member) + 4;
            2 + members.iter().map(size).sum::<usize>()
        }
    }
}

impl Exchange {
    /// What is known about the exchange, with no more of the bodies than these limits allow.
    pub(super) fn beginning(&self, redactor: &Redactor, limits: BodyLimits) -> ShownExchange {
        let (response, error) = match &self.outcome {
            Ok(answer) => {
                let body = limits.response.map_or(Value::Null, |limit| {
                    beginning(answer, self.sizes.response, redactor, limit)
                });
                let redirected = answer.url != self.request.url;
                let response = ShownResponse {
                    redirected_to: redirected.then(|| redactor.url(&answer.url)),
                    ..response_with(answer, redactor, body)
                };
                (Some(response), None)
            }
            Err(error) => (None, Some(shown_error(error, redactor))),
        };
        let request = &self.request;
        let sent = request.body.as_deref().unwrap_or_default();
        let sent = limits
            .request
            .map(|limit| redactor.beginning_of(&request.headers, sent, self.sizes.request, limit));
        ShownExchange {
            request: request_with(request, redactor, sent.unwrap_or_default()),
            response,
            error,
            timing: Some(self.timing()),
        }
    }

    fn timing(&self) -> ShownTiming {
        ShownTiming {
            started_ms: milliseconds(self.started),
            duration_ms: milliseconds(self.took),
        }
    }

    /// The exchange as the reference's development server shows it; `None` if it was not answered.
    pub(super) fn shown_if_answered(&self, redactor: &Redactor) -> Option<ShownExchange> {
        let answer = self.outcome.as_ref().ok()?;
        Some(ShownExchange {
            request: shown_request(&self.request, redactor),
            response: Some(shown_response(answer, redactor)),
            error: None,
            timing: None,
        })
    }
}

impl ShownRequest {
    /// A request without secrets.
    #[must_use]
    pub fn new(request: &OutgoingRequest, redactor: &Redactor) -> Self {
        shown_request(request, redactor)
    }
}

fn shown_request(request: &OutgoingRequest, redactor: &Redactor) -> ShownRequest {
    let body = request.body.as_deref().unwrap_or_default();
    let body = redactor.body(&request.headers, body).into_owned();
    request_with(request, redactor, body)
}

fn request_with(request: &OutgoingRequest, redactor: &Redactor, body: String) -> ShownRequest {
    ShownRequest {
        url: redactor.url(&request.url),
        method: request.method.to_string(),
        headers: redactor.headers(&request.headers, Direction::Request),
        body,
    }
}

fn shown_response(answer: &Answer, redactor: &Redactor) -> ShownResponse {
    let body = response_of(answer).data_or_text();
    response_with(answer, redactor, redactor.value(&body))
}

/// The beginning of an answer's body, which had this size as a whole: its value while it is short, else text.
fn beginning(answer: &Answer, size: usize, redactor: &Redactor, limit: usize) -> Value {
    match size <= limit && answer.body.len() == size {
        true => redactor.value(&response_of(answer).data_or_text()),
        false => redactor
            .beginning_of(&answer.headers, &answer.body, size, limit)
            .into(),
    }
}

/// What a partner answered, with no more of its body than is to be shown.
#[must_use]
pub fn shown_body(response: &Response, redactor: &Redactor, limit: usize) -> Value {
    match response.body().len() <= limit {
        true => redactor.value(&response.data_or_text()),
        false => redactor
            .beginning(response.headers(), response.body(), limit)
            .into(),
    }
}

/// Who reads it does not ask when it came.
fn response_of(answer: &Answer) -> Response {
    Response::new(answer.clone(), Millis::default())
}

fn response_with(answer: &Answer, redactor: &Redactor, body: Value) -> ShownResponse {
    let response = response_of(answer);
    ShownResponse {
        status_code: response.status(),
        status_message: redactor.text(&response.reason()).into_owned(),
        headers: redactor.headers(response.headers(), Direction::Response),
        body,
        redirected_to: None,
    }
}

fn shown_error(error: &Error, redactor: &Redactor) -> ShownError {
    ShownError {
        code: error.code().map(|code| code.as_str().to_owned()),
        message: redactor.text(&error.to_string()).into_owned(),
    }
}

/// To the microsecond: finer is noise.
fn milliseconds(duration: std::time::Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use http::HeaderMap;
    use serde_json::json;
    use waystation_kit::NetworkFailure;

    use super::super::{Exchanges, MARGIN};
    use super::*;
    use crate::testing::{get, post, with_header};

    fn answer(url: &str, status: u16, content_type: &str, body: &'static str) -> Answer {
        let mut headers = HeaderMap::new();
        headers.insert("content-type", content_type.parse().unwrap());
        Answer {
            status,
            reason: None,
            headers,
            url: url.parse().unwrap(),
            body: Bytes::from_static(body.as_bytes()),
        }
    }

    fn recorded(request: OutgoingRequest, outcome: Result<Answer, Error>) -> Exchanges {
        let exchanges = Exchanges::default();
        exchanges.add(Exchange {
            started: Duration::from_micros(1_500),
            took: Duration::from_millis(20),
            ..Exchange::new(request, outcome, None)
        });
        exchanges
    }

    fn redactor() -> Redactor {
        Redactor::builder().secret(&"key-12345".into()).build()
    }

    #[test]
    fn answered_exchanges_have_the_development_servers_shape() {
        let request = with_header(
            post("https://a.test/x?v=1", r#"{"m":"hello"}"#),
            "authorization",
            "Bearer key-12345",
        );
        let answer = answer(
            "https://a.test/x?v=1",
            201,
            "application/json",
            r#"{"id":1,"echo":"key-12345"}"#,
        );
        let shown = recorded(request, Ok(answer)).answered(&redactor());
        assert_eq!(
            serde_json::to_value(shown).unwrap(),
            json!([{
                "request": {
                    "url": "https://a.test/x?v=1",
                    "method": "POST",
                    "headers": {"authorization": "<redacted>"},
                    "body": "{\"m\":\"hello\"}",
                },
                "response": {
                    "statusCode": 201,
                    "statusMessage": "Created",
                    "headers": {"content-type": "application/json"},
                    "body": {"id": 1, "echo": "<redacted>"},
                },
            }])
        );
    }

    #[test]
    fn bodies_that_are_no_json_are_text() {
        for (content_type, body, expected) in [
            ("text/plain", "fine", json!("fine")),
            ("text/plain", "[1]", json!("[1]")),
            ("application/json", "{broken", json!("{broken")),
            ("application/json", "", json!("")),
        ] {
            let answer = answer("https://a.test/", 200, content_type, body);
            let shown = recorded(get("https://a.test/"), Ok(answer)).answered(&redactor());
            assert_eq!(shown[0].response.as_ref().unwrap().body, expected, "{body}");
            assert_eq!(shown[0].request.body, "");
        }
    }

    #[test]
    fn broken_exchanges_are_shown_with_their_error_and_times() {
        let error = Error::Network {
            message: "the connection to https://a.test failed".into(),
            failure: NetworkFailure::ConnectionRefused,
        };
        let exchanges = recorded(get("https://a.test/"), Err(error));
        assert!(exchanges.answered(&redactor()).is_empty());
        let shown = serde_json::to_value(exchanges.all(&redactor())).unwrap();
        assert_eq!(
            shown[0]["error"],
            json!({"code": "ECONNREFUSED", "message": "the connection to https://a.test failed"})
        );
        assert_eq!(shown[0]["timing"], json!({"startedMs": 1.5, "durationMs": 20.0}));
        assert!(shown[0].get("response").is_none());
    }

    #[test]
    fn no_more_is_kept_of_bodies_than_is_asked_for_and_nothing_that_is_cut_shows_a_secret() {
        let body = format!("{}key-12345{}", "x".repeat(90), "y".repeat(5_000));
        let request = post("https://a.test/", Box::leak(body.clone().into_boxed_str()));
        let mut answer = answer("https://a.test/", 503, "text/plain", "");
        answer.body = Bytes::from(body);
        let exchange = Exchange::new(request, Ok(answer), Some(MARGIN.min(2_000)));
        assert_eq!(exchange.outcome.as_ref().unwrap().body.len(), 2_000);
        assert_eq!(exchange.request.body.as_ref().unwrap().len(), 2_000);
        let limits = BodyLimits {
            request: Some(94),
            response: Some(94),
        };
        let shown = exchange.beginning(&redactor(), limits);
        let expected = format!("{}<red… (5005 more bytes)", "x".repeat(90));
        assert_eq!(shown.request.body, expected);
        assert_eq!(shown.response.unwrap().body, json!(expected));
        let all = exchange.beginning(&redactor(), BodyLimits::NONE);
        assert!(all.request.body.ends_with("more bytes)") && !all.request.body.contains("key-"));
    }

    #[test]
    fn a_report_of_bounded_size_leaves_later_exchanges_out() {
        let exchanges = Exchanges::default();
        for _ in 0..50 {
            let answer = answer(
                "https://a.test/",
                200,
                "text/plain",
                "0123456789".repeat(100).leak(),
            );
            exchanges.add(Exchange::new(get("https://a.test/"), Ok(answer), None));
        }
        let mut left = 10_000;
        let (shown, omitted) = exchanges.within(&redactor(), 500, &mut left);
        assert_eq!((left, shown.len() + omitted), (0, 50));
        assert!((5..20).contains(&shown.len()), "{}", shown.len());
        let size: usize = shown
            .iter()
            .map(|one| serde_json::to_string(one).unwrap().len())
            .sum();
        assert!(size < 12_000, "{size}");
    }

    #[test]
    fn redirects_tell_where_they_led() {
        let answer = answer("https://b.test/?token=t", 200, "text/plain", "");
        let exchanges = recorded(get("https://a.test/"), Ok(answer));
        let to = |shown: &[ShownExchange]| shown[0].response.as_ref().unwrap().redirected_to.clone();
        assert_eq!(
            to(&exchanges.all(&redactor())).as_deref(),
            Some("https://b.test/?token=<redacted>")
        );
        // The development server's shape has no room for it.
        assert_eq!(to(&exchanges.answered(&redactor())), None);
    }
}
