//! The partner's answer, parsed by its content type.

use std::borrow::Cow;
use std::sync::OnceLock;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header::CONTENT_TYPE};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;
use waystation_json::read::from_str_within;

use super::transport::Answer;
use crate::error::{Error, Result};
use crate::services::Millis;

/// How many values an answer may hold to be read as JSON: some hundred pages of a partner's lists. In memory they are up
/// to forty times as large as on the wire, which is where whoever receives a webhook could make them huge.
pub(crate) const MOST_VALUES: usize = 500_000;

/// A complete answer of the partner.
#[derive(Debug, Clone)]
pub struct Response {
    status: u16,
    reason: Option<String>,
    headers: HeaderMap,
    url: Url,
    body: Bytes,
    received_at: Millis,
    /// Parsed on first use: most successful answers are never looked at.
    data: OnceLock<Option<Value>>,
}

impl Response {
    /// Takes an answer off the wire, which came at this time.
    #[must_use]
    pub fn new(answer: Answer, received_at: Millis) -> Self {
        let Answer {
            status,
            reason,
            headers,
            url,
            body,
        } = answer;
        Self {
            status,
            reason,
            headers,
            url,
            body,
            received_at,
            data: OnceLock::new(),
        }
    }

    /// The same answer as if it had come with this status: for partners that tell in the body what the status
    /// should have told.
    #[must_use]
    pub fn with_status(&self, status: u16) -> Self {
        Self {
            status,
            reason: None,
            ..self.clone()
        }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The reason phrase on the wire; without one the standard phrase; without that the number.
    #[must_use]
    pub fn reason(&self) -> Cow<'_, str> {
        if let Some(reason) = self.reason.as_deref().filter(|reason| !reason.is_empty()) {
            return Cow::Borrowed(reason);
        }
        StatusCode::from_u16(self.status)
            .ok()
            .and_then(|status| status.canonical_reason())
            .map_or_else(|| Cow::Owned(self.status.to_string()), Cow::Borrowed)
    }

    /// The headers.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A header as text, if it is there and readable.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The address that answered, after redirects.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// When it came: what it says of times, it says as of then.
    #[must_use]
    pub fn received_at(&self) -> Millis {
        self.received_at
    }

    /// The body as it came.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body as text, without a byte order mark; bytes that are not UTF-8 are replaced.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        let body = self.body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&self.body);
        String::from_utf8_lossy(body)
    }

    /// The body as a value: parsed where the content type says JSON (absent if it does not parse or is
    /// empty), else the text.
    #[must_use]
    pub fn data(&self) -> Option<&Value> {
        self.data.get_or_init(|| self.parse()).as_ref()
    }

    /// The parsed body, else the text: what an action that returns its answer reports. A body that is the JSON
    /// `null` is reported as text, so that it cannot be taken for no answer.
    #[must_use]
    pub fn data_or_text(&self) -> Value {
        self.data()
            .filter(|data| !data.is_null())
            .cloned()
            .unwrap_or_else(|| Value::String(self.text().into_owned()))
    }

    /// Reads the body as JSON of a declared type.
    ///
    /// # Errors
    /// [An unknown outcome](Error::UnknownOutcome) when it does not fit.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        from_str_within(&self.text(), MOST_VALUES)
            .and_then(serde_json::from_value)
            .map_err(|error| self.not_understood(format!("the partner's answer cannot be read: {error}")))
    }

    /// The error of an answer that says neither that the partner took the request nor that it refused; it keeps
    /// the answer.
    #[must_use]
    pub fn not_understood(&self, message: impl Into<String>) -> Error {
        Error::UnknownOutcome {
            message: message.into(),
            answer: Some(Box::new(self.clone())),
        }
        .with_request_id(self.request_id())
    }

    /// The partner's ID of the request, from the usual headers: its support asks for it.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        const HEADERS: [&str; 6] = [
            "x-request-id",
            "request-id",
            "x-correlation-id",
            "x-hubspot-correlation-id",
            "x-fb-trace-id",
            "x-amzn-requestid",
        ];
        HEADERS
            .iter()
            .find_map(|name| self.header(name).map(str::trim).filter(|id| !id.is_empty()))
    }

    fn parse(&self) -> Option<Value> {
        if self.is_json() {
            return from_str_within(&self.text(), MOST_VALUES).ok();
        }
        Some(Value::String(self.text().into_owned()))
    }

    fn is_json(&self) -> bool {
        self.header(CONTENT_TYPE.as_str()).is_some_and(|content_type| {
            let media_type = content_type
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase();
            media_type == "application/json" || media_type.ends_with("+json")
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn response(content_type: &str, body: &'static str) -> Response {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, content_type.parse().unwrap());
        Response::new(
            Answer {
                status: 418,
                reason: None,
                headers,
                url: "https://partner.test/".parse().unwrap(),
                body: Bytes::from_static(body.as_bytes()),
            },
            Millis(0),
        )
    }

    #[test]
    fn answers_of_more_values_than_any_partner_has_stay_text() {
        let lists = format!("[{}[]]", "[],".repeat(MOST_VALUES - 2));
        let more = format!("[{}[]]", "[],".repeat(MOST_VALUES - 1));
        let answer = |body: &str| {
            let mut answer = response("application/json", "");
            answer.body = Bytes::from(body.to_owned());
            answer
        };
        assert!(answer(&lists).data().is_some());
        assert_eq!(answer(&more).data(), None);
        assert_eq!(answer(&more).data_or_text(), Value::String(more.clone()));
        assert!(answer(&more).json::<Value>().unwrap_err().outcome_is_unknown());
    }

    #[test]
    fn json_is_known_by_any_spelling_of_its_media_type() {
        for content_type in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/problem+json",
        ] {
            assert_eq!(
                response(content_type, "[1]").data(),
                Some(&json!([1])),
                "{content_type}"
            );
        }
        assert_eq!(response("text/plain", "[1]").data(), Some(&json!("[1]")));
    }

    #[test]
    fn json_is_read_past_a_byte_order_mark() {
        let response = response("application/json", "\u{feff}[1]");
        assert_eq!(response.data(), Some(&json!([1])));
        assert_eq!(response.json::<Vec<u8>>().unwrap(), [1]);
        assert_eq!(response.text(), "[1]");
    }

    #[test]
    fn broken_json_is_absent_but_its_text_is_not() {
        let response = response("application/json", "{");
        assert_eq!(response.data(), None);
        assert_eq!(response.data_or_text(), json!("{"));
    }

    #[test]
    fn a_null_is_reported_as_text() {
        let response = response("application/json", "null");
        assert_eq!(response.data(), Some(&Value::Null));
        assert_eq!(response.data_or_text(), json!("null"));
    }

    #[test]
    fn a_missing_reason_is_the_standard_one() {
        assert_eq!(response("text/plain", "").reason(), "I'm a teapot");
    }
}
