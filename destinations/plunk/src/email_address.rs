//! The address that a contact is known by.

use std::fmt;

use waystation_kit::FieldValue;
use waystation_kit::fields::{FieldType, Format};
use waystation_kit::prelude::*;

/// An address, trimmed and in lower case.
///
/// `POST /contacts` stores whatever it is given, and older builds keep `A@x.test` and `a@x.test` as two
/// contacts; so the one spelling is made here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct EmailAddress(String);

/// The text has not the syntax of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected an e-mail address like ada@example.com")]
pub struct NotAnEmailAddress;

impl EmailAddress {
    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = NotAnEmailAddress;

    fn try_from(text: String) -> Result<Self, NotAnEmailAddress> {
        let address = text.trim().to_lowercase();
        if Format::Email.matches(&address) {
            Ok(Self(address))
        } else {
            Err(NotAnEmailAddress)
        }
    }
}

impl FieldValue for EmailAddress {
    const TYPE: FieldType = FieldType::String;
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Result<EmailAddress, NotAnEmailAddress> {
        text.to_owned().try_into()
    }

    #[test]
    fn one_spelling_for_one_contact() {
        assert_eq!(address(" Ada@Example.COM ").unwrap().as_str(), "ada@example.com");
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "nope", "ada@", "@example.com", "a b@example.com"] {
            assert_eq!(address(text), Err(NotAnEmailAddress), "{text}");
        }
    }
}
