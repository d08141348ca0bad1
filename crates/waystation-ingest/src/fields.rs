//! JSON objects taken apart without being read: the names of their fields and the texts of the values.
//!
//! The ingest looks at a dozen fields and has no business with the rest, so the rest is copied as it was sent.
//! That is faster than writing it anew, and numbers keep all of their digits.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::value::RawValue;

/// An object's fields in their order. A name that stands twice counts where it stands last, as everywhere
/// in JSON; both stay.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields<'text>(Vec<(Cow<'text, str>, Cow<'text, str>)>);

impl<'text> Fields<'text> {
    /// Takes an object apart.
    pub(crate) fn parse(text: &'text str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// The JSON text of a field's value.
    pub(crate) fn get(&self, name: &str) -> Option<&Cow<'text, str>> {
        self.0
            .iter()
            .rev()
            .find_map(|(known, value)| (known == name).then_some(value))
    }

    /// The JSON text of a field's value, unless it is null.
    pub(crate) fn given(&self, name: &str) -> Option<&Cow<'text, str>> {
        self.get(name).filter(|value| *value != "null")
    }

    /// Puts a value, given as JSON text, in the place of the one that stands under the name, or at the end.
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<Cow<'text, str>>) {
        let value = value.into();
        match self.0.iter_mut().rev().find(|(known, _)| known == name) {
            Some((_, place)) => *place = value,
            None => self.0.push((name.into(), value)),
        }
    }

    /// Drops every value under the name.
    pub(crate) fn remove(&mut self, name: &str) {
        self.0.retain(|(known, _)| known != name);
    }

    /// Adds a field that is known not to be there.
    pub(crate) fn push(&mut self, name: Cow<'text, str>, value: Cow<'text, str>) {
        self.0.push((name, value));
    }

    /// Names and JSON texts of values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// How many bytes the object has as JSON text, without spaces between its fields.
    pub(crate) fn size(&self) -> usize {
        let punctuation = r#""":,"#.len();
        let fields = self
            .iter()
            .map(|(name, value)| name.len() + value.len() + punctuation);
        // The braces, but for the comma that the last field does not have.
        fields.sum::<usize>() + 1
    }

    /// The object as JSON text.
    pub(crate) fn to_text(&self) -> String {
        let mut text = String::with_capacity(self.size());
        text.push('{');
        for (index, (name, value)) in self.0.iter().enumerate() {
            if index > 0 {
                text.push(',');
            }
            match name {
                // It was sent without escapes.
                Cow::Borrowed(name) => text.extend(["\"", name, "\""]),
                Cow::Owned(name) => text.push_str(&quoted(name)),
            }
            text.push(':');
            text.push_str(value);
        }
        text.push('}');
        text
    }
}

/// A text as JSON.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The text that a JSON text stands for; `None` if it is no string.
pub(crate) fn unquoted(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    match inner.contains('\\') {
        false => Some(Cow::Borrowed(inner)),
        true => serde_json::from_str(json).ok().map(Cow::Owned),
    }
}

impl<'de: 'text, 'text> Deserialize<'de> for Fields<'text> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                // Events have about ten fields.
                let mut fields = Vec::with_capacity(16);
                while let Some(Name(name)) = map.next_key()? {
                    fields.push((name, Cow::Borrowed(map.next_value::<&RawValue>()?.get())));
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

/// A name, borrowed where it stands without escapes.
struct Name<'text>(Cow<'text, str>);

impl<'de: 'text, 'text> Deserialize<'de> for Name<'text> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrow;

        impl<'de> Visitor<'de> for Borrow {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E: Error>(self, name: &'de str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Borrowed(name)))
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Name<'de>, E> {
                Ok(Name(Cow::Owned(name.to_owned())))
            }
        }

        deserializer.deserialize_str(Borrow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_looked_at_stays_as_it_was_sent() {
        let text = r#"{"a":1.10,"ä\u0041":[ 1e400 , "\u00e9\/" ],"big":12345678901234567890123,"a":-0.0}"#;
        let fields = Fields::parse(text).unwrap();
        assert_eq!(
            fields.to_text(),
            r#"{"a":1.10,"äA":[ 1e400 , "\u00e9\/" ],"big":12345678901234567890123,"a":-0.0}"#
        );
    }

    #[test]
    fn of_a_name_that_stands_twice_the_last_counts() {
        let mut fields = Fields::parse(r#"{"a":1,"b":2,"a":3}"#).unwrap();
        assert_eq!(fields.get("a").unwrap(), "3");
        fields.set("a", "4");
        fields.set("c", "5");
        assert_eq!(fields.to_text(), r#"{"a":1,"b":2,"a":4,"c":5}"#);
        fields.remove("a");
        assert_eq!(fields.to_text(), r#"{"b":2,"c":5}"#);
        assert_eq!(fields.size(), fields.to_text().len());
        assert_eq!(fields.get("a"), None);
    }

    #[test]
    fn names_are_known_by_what_they_say_not_by_how_they_are_spelled() {
        let fields = Fields::parse(r#"{"user\u0049d":"u"}"#).unwrap();
        assert_eq!(fields.get("userId").unwrap(), "\"u\"");
    }

    #[test]
    fn names_with_quotes_are_escaped_again() {
        let text = r#"{"a\"b\\":1}"#;
        assert_eq!(Fields::parse(text).unwrap().to_text(), text);
    }

    #[test]
    fn only_strings_can_be_unquoted() {
        assert_eq!(unquoted(r#""plain""#).unwrap(), "plain");
        assert_eq!(unquoted(r#""a\"b\u00e9""#).unwrap(), "a\"bé");
        for other in ["1", "null", "{}", "\"", "[\"a\"]"] {
            assert_eq!(unquoted(other), None, "{other}");
        }
    }
}
