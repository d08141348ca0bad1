//! Bodies and their content types.

use bytes::Bytes;
use http::HeaderValue;
use serde::Serialize;

/// The body of a request, already serialised.
#[derive(Debug, Clone, Default)]
pub enum Body {
    /// No body.
    #[default]
    Empty,
    /// JSON; its content type wins over a given one.
    Json(Bytes),
    /// A form; its content type gives way to a given one.
    Form(Bytes),
    /// Text or bytes as they are; sent as plain text unless a content type is given.
    Raw(Bytes),
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded;charset=UTF-8");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain;charset=UTF-8");

impl Body {
    /// Serialises a value straight to bytes.
    ///
    /// # Errors
    /// The value cannot be written as JSON.
    pub fn json(value: &(impl Serialize + ?Sized)) -> Result<Self, serde_json::Error> {
        Ok(Self::Json(serde_json::to_vec(value)?.into()))
    }

    /// Encodes pairs as a form, blanks as `+`.
    pub fn form<K: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        Self::Form(form.into())
    }

    /// The content type, and whether it replaces one that was given.
    pub(super) fn content_type(&self) -> Option<(HeaderValue, Precedence)> {
        match self {
            Self::Empty => None,
            Self::Json(_) => Some((JSON, Precedence::Wins)),
            Self::Form(_) => Some((FORM, Precedence::GivesWay)),
            Self::Raw(_) => Some((TEXT, Precedence::GivesWay)),
        }
    }

    pub(super) fn into_bytes(self) -> Option<Bytes> {
        match self {
            Self::Empty => None,
            Self::Json(bytes) | Self::Form(bytes) | Self::Raw(bytes) => Some(bytes),
        }
    }
}

/// Whether a body's own content type stands against one that the action set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Precedence {
    /// The body's content type stands.
    Wins,
    /// The action's content type stands.
    GivesWay,
}
