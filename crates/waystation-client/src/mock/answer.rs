//! One scripted answer.

use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use waystation_kit::NetworkFailure;
use waystation_kit::request::{Answer, OutgoingRequest};

use super::script::TextBodies;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const PLAIN_TEXT: HeaderValue = HeaderValue::from_static("text/plain");

/// What the partner does, and after how long.
#[derive(Debug)]
pub(super) struct ScriptedAnswer {
    pub(super) behaviour: Behaviour,
    pub(super) delay: Duration,
}

#[derive(Debug)]
pub(super) enum Behaviour {
    /// It answers.
    Answer(Content),
    /// The connection fails.
    Fail(NetworkFailure),
    /// It never answers.
    Silence,
}

/// An answer without the address that gave it.
#[derive(Debug)]
pub(super) struct Content {
    status: u16,
    reason: Option<String>,
    headers: HeaderMap,
    body: Bytes,
}

/// Why an answer of a script cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// A key is unknown, or a value of the wrong type.
    #[error("{0}")]
    Shape(#[from] serde_json::Error),
    /// No such status can be sent.
    #[error("the status {0} is not between 100 and 999")]
    Status(u16),
    /// A header cannot be sent.
    #[error(
        "the header \"{0}\" cannot be sent: its name or its value has characters that no header may have"
    )]
    Header(String),
    /// Two keys say what the body is, or a broken connection has an answer.
    #[error("\"{0}\" and \"{1}\" exclude each other")]
    Contradiction(&'static str, &'static str),
}

/// An answer as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenAnswer {
    /// `METHOD /path`: the only requests that this answer is for.
    pub(super) on: Option<String>,
    status: Option<u16>,
    reason: Option<String>,
    #[serde(default)]
    headers: serde_json::Map<String, Value>,
    #[serde(default, deserialize_with = "present")]
    json: Option<Value>,
    #[serde(default, deserialize_with = "present")]
    body: Option<Value>,
    #[serde(default)]
    delay_ms: u64,
    #[serde(default)]
    close: bool,
    network_error: Option<WrittenFailure>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
enum WrittenFailure {
    #[serde(rename = "ECONNREFUSED")]
    Refused,
    #[serde(rename = "ECONNRESET")]
    Reset,
    #[serde(rename = "ENOTFOUND")]
    NotFound,
    #[serde(rename = "timeout", alias = "ETIMEDOUT")]
    Timeout,
}

/// Tells `null` from nothing.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

impl WrittenAnswer {
    /// Checks and prepares what was written.
    pub(super) fn compile(self, text_bodies: TextBodies) -> Result<ScriptedAnswer, AnswerError> {
        let delay = Duration::from_millis(self.delay_ms);
        let behaviour = match (self.close, self.network_error) {
            (true, Some(_)) => return Err(AnswerError::Contradiction("close", "network_error")),
            (true, None) => Behaviour::Fail(NetworkFailure::ConnectionReset),
            (false, Some(WrittenFailure::Timeout)) => Behaviour::Silence,
            (false, Some(WrittenFailure::Refused)) => Behaviour::Fail(NetworkFailure::ConnectionRefused),
            (false, Some(WrittenFailure::Reset)) => Behaviour::Fail(NetworkFailure::ConnectionReset),
            (false, Some(WrittenFailure::NotFound)) => Behaviour::Fail(NetworkFailure::NameNotFound),
            (false, None) => Behaviour::Answer(self.content(text_bodies)?),
        };
        Ok(ScriptedAnswer { behaviour, delay })
    }

    fn content(self, text_bodies: TextBodies) -> Result<Content, AnswerError> {
        let status = self.status.unwrap_or(200);
        if !(100..=999).contains(&status) {
            return Err(AnswerError::Status(status));
        }
        let mut headers = header_map(&self.headers)?;
        let (body, content_type) = match (self.json, self.body) {
            (Some(_), Some(_)) => return Err(AnswerError::Contradiction("json", "body")),
            (Some(json), None) => (serialised(&json), Some(JSON)),
            (None, Some(Value::String(text))) => (Bytes::from(text), text_bodies.content_type()),
            (None, Some(json)) => (serialised(&json), Some(JSON)),
            (None, None) => (Bytes::new(), None),
        };
        if let Some(content_type) = content_type {
            headers.entry(CONTENT_TYPE).or_insert(content_type);
        }
        Ok(Content {
            status,
            reason: self.reason,
            headers,
            body,
        })
    }
}

impl TextBodies {
    fn content_type(self) -> Option<HeaderValue> {
        match self {
            Self::PlainText => Some(PLAIN_TEXT),
            Self::Untyped => None,
        }
    }
}

fn serialised(json: &Value) -> Bytes {
    Bytes::from(json.to_string())
}

/// Values are texts, numbers, or lists of them for a header that comes several times.
fn header_map(written: &serde_json::Map<String, Value>) -> Result<HeaderMap, AnswerError> {
    let mut headers = HeaderMap::new();
    for (name, value) in written {
        let values = match value {
            Value::Array(values) => values.as_slice(),
            value => std::slice::from_ref(value),
        };
        for value in values {
            let (name, value) = header(name, value).ok_or_else(|| AnswerError::Header(name.clone()))?;
            headers.append(name, value);
        }
    }
    Ok(headers)
}

fn header(name: &str, value: &Value) -> Option<(HeaderName, HeaderValue)> {
    let value = match value {
        Value::String(text) => HeaderValue::from_bytes(text.as_bytes()).ok()?,
        Value::Number(number) => HeaderValue::try_from(number.to_string()).ok()?,
        _ => return None,
    };
    Some((HeaderName::from_bytes(name.as_bytes()).ok()?, value))
}

impl Content {
    /// The answer to a request: like any server's, without a body where HTTP allows none.
    pub(super) fn to_answer(&self, request: &OutgoingRequest) -> Answer {
        let bodiless = request.method == Method::HEAD || matches!(self.status, 100..=199 | 204 | 304);
        Answer {
            status: self.status,
            reason: self.reason.clone(),
            headers: self.headers.clone(),
            url: request.url.clone(),
            body: if bodiless { Bytes::new() } else { self.body.clone() },
        }
    }
}

/// What a request gets that the script does not know.
pub(super) fn not_found(request: &OutgoingRequest) -> Answer {
    Answer {
        status: 404,
        reason: None,
        headers: HeaderMap::new(),
        url: request.url.clone(),
        body: Bytes::new(),
    }
}
