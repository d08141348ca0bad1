//! Hiding secrets in everything that is shown: exchanges, messages, log lines.
//!
//! Secrets are known in two ways: by value, for the connection's credentials are at hand; and by the names
//! behind which credentials are kept, for partners hand out new ones. By value they are found in whatever way they are
//! written: escaped for addresses, JSON, JavaScript or HTML, even several times, in hexadecimal, and in base64 with
//! anything around them.

mod addresses;
mod beginning;
mod encoded;
mod escapes;
mod named;
pub(crate) mod names;
mod reference;
mod remembered;
mod untouched;
mod values;

use std::borrow::Cow;

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};
use waystation_json::read::from_str;
use waystation_kit::Secret;
use waystation_kit::request::BasicCredentials;

use values::{Forms, KnownValues};

pub use named::secrets_by_name;
pub use remembered::Redactors;

/// What stands in place of a secret.
pub const REDACTED: &str = "<redacted>";

/// How deep texts that are JSON themselves are looked into.
const DEEPEST_NESTING: usize = 4;

/// Which names hide their values. Known secrets are hidden in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NameRules {
    /// Names of credentials, in headers, queries and bodies, both ways.
    #[default]
    Credentials,
    /// The request headers that the reference's development server hides, and nothing else: for answers that
    /// have to equal the reference's.
    Reference,
}

/// Hides the secrets of one connection. Made once per connection, used for all that is shown of it.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    known: KnownValues,
    names: NameRules,
}

/// Collects the secrets of a connection.
#[derive(Default)]
pub struct RedactorBuilder {
    forms: Forms,
    names: NameRules,
}

impl RedactorBuilder {
    /// A secret: a setting of the password type, a token, a key. Texts of less than four bytes are hidden by
    /// name only.
    #[must_use]
    pub fn secret(mut self, secret: &Secret) -> Self {
        self.forms.add(secret);
        self
    }

    /// Several secrets.
    #[must_use]
    pub fn secrets<'s>(self, secrets: impl IntoIterator<Item = &'s Secret>) -> Self {
        secrets.into_iter().fold(self, Self::secret)
    }

    /// Basic credentials: the password, and both together as the header carries them. The user name is only
    /// hidden if it was given as a secret.
    #[must_use]
    pub fn basic(mut self, credentials: &BasicCredentials) -> Self {
        self.forms.add_basic(&credentials.username, &credentials.password);
        self.secret(&credentials.password)
    }

    /// Which names hide their values.
    #[must_use]
    pub fn names(mut self, names: NameRules) -> Self {
        self.names = names;
        self
    }

    /// The redactor.
    #[must_use]
    pub fn build(&self) -> Redactor {
        Redactor {
            known: KnownValues::new(&self.forms),
            names: self.names,
        }
    }
}

/// Which way headers went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the partner.
    Request,
    /// From the partner.
    Response,
}

impl Redactor {
    /// Starts to collect secrets.
    #[must_use]
    pub fn builder() -> RedactorBuilder {
        RedactorBuilder::default()
    }

    /// A text without known secrets, and without the credentials in its addresses.
    #[must_use]
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let known = self.known.hide(text);
        if self.names != NameRules::Credentials {
            return known;
        }
        let credentials = addresses::credentials(&known);
        match credentials.is_empty() {
            true => known,
            false => Cow::Owned(values::replace(&known, &credentials).into_owned()),
        }
    }

    /// Headers as texts by lower-case name; those that come several times are joined by commas.
    #[must_use]
    pub fn headers(&self, headers: &HeaderMap, direction: Direction) -> Map<String, Value> {
        headers
            .keys()
            .map(|name| {
                let shown = if self.hides_header(name.as_str(), direction) {
                    REDACTED.to_owned()
                } else {
                    self.text(&joined(headers, name)).into_owned()
                };
                (name.as_str().to_owned(), Value::String(shown))
            })
            .collect()
    }

    /// A JSON value without secrets: texts behind names of credentials are hidden whole, others as far as they
    /// are known secrets.
    #[must_use]
    pub fn value(&self, value: &Value) -> Value {
        self.redacted(value, Hidden::No, DEEPEST_NESTING)
    }

    /// A body as text, read by its content type: JSON and forms are looked into by name.
    #[must_use]
    pub fn body<'b>(&self, headers: &HeaderMap, body: &'b [u8]) -> Cow<'b, str> {
        match String::from_utf8_lossy(body) {
            Cow::Borrowed(text) if is_form(headers) => self.pairs(text),
            Cow::Borrowed(text) => self.structured(text, DEEPEST_NESTING),
            Cow::Owned(text) => Cow::Owned(self.text(&text).into_owned()),
        }
    }

    /// Whether both are one, made once.
    #[cfg(test)]
    fn is_same(&self, other: &Self) -> bool {
        match (&self.known, &other.known) {
            (KnownValues::Some(one), KnownValues::Some(other)) => std::sync::Arc::ptr_eq(one, other),
            _ => false,
        }
    }

    fn hides(&self, name: &str) -> bool {
        self.names == NameRules::Credentials && names::is_secret(name)
    }

    fn hides_header(&self, name: &str, direction: Direction) -> bool {
        match (self.names, direction) {
            (NameRules::Credentials, _) => names::is_secret(name),
            (NameRules::Reference, Direction::Request) => reference::hides_request_header(name),
            (NameRules::Reference, Direction::Response) => false,
        }
    }

    /// A text that may be JSON. It stays as it was written unless something in it is hidden.
    fn structured<'t>(&self, text: &'t str, nesting: usize) -> Cow<'t, str> {
        if self.leaves_untouched(text, nesting) {
            return self.text(text);
        }
        let shown = parsed(text, nesting).and_then(|value| {
            let shown = self.redacted(&value, Hidden::No, nesting - 1);
            (shown != value).then(|| shown.to_string())
        });
        shown.map_or_else(|| self.text(text), Cow::Owned)
    }

    fn redacted(&self, value: &Value, hidden: Hidden, nesting: usize) -> Value {
        match value {
            Value::String(text) if hidden == Hidden::Yes && !text.is_empty() => REDACTED.into(),
            Value::String(text) => self.structured(text, nesting).into(),
            Value::Number(number) => match self.text(&number.to_string()) {
                Cow::Owned(shown) => shown.into(),
                Cow::Borrowed(_) => value.clone(),
            },
            Value::Array(items) => items
                .iter()
                .map(|item| self.redacted(item, hidden, nesting))
                .collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, member)| {
                    let hidden = if self.hides(name) { Hidden::Yes } else { hidden };
                    (
                        self.text(name).into_owned(),
                        self.redacted(member, hidden, nesting),
                    )
                })
                .collect::<Map<_, _>>()
                .into(),
            Value::Null | Value::Bool(_) => value.clone(),
        }
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|content_type| content_type.to_str().ok())
        .is_some_and(|content_type| content_type.starts_with("application/x-www-form-urlencoded"))
}

/// Whether a value stands behind the name of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hidden {
    Yes,
    No,
}

/// The value of a text that is a JSON object or list, as long as it may be looked into.
fn parsed(text: &str, nesting: usize) -> Option<Value> {
    may_be_json(text, nesting).then(|| from_str(text).ok()).flatten()
}

fn may_be_json(text: &str, nesting: usize) -> bool {
    nesting > 0 && text.trim_start().starts_with(['{', '['])
}

fn joined(headers: &HeaderMap, name: &http::HeaderName) -> String {
    headers
        .get_all(name)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests;
