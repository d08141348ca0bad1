//! By what Klaviyo recognizes a profile.

use waystation_kit::json::utf16_len;
use waystation_kit::prelude::*;
use waystation_kit::text::non_empty;

use crate::phone::PhoneNumber;

/// The longest external ID that Klaviyo takes, in UTF-16 code units.
const MAX_EXTERNAL_ID: usize = 255;

/// What identifies a profile: at least one of these. None of them is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Identifiers {
    /// The email address.
    pub email: Option<String>,
    /// The ID in a system of yours.
    pub external_id: Option<String>,
    /// The phone number.
    pub phone_number: Option<PhoneNumber>,
}

impl Identifiers {
    /// Reads the identifiers of a payload; the country says how to read the phone number.
    ///
    /// # Errors
    /// Nobody is identified, the phone number cannot be one, or the external ID is too long.
    pub fn read(
        email: Option<String>,
        external_id: Option<String>,
        phone_number: Option<String>,
        country: Option<&str>,
    ) -> Result<Self> {
        let (email, external_id) = (non_empty(email), non_empty(external_id));
        let phone_number = PhoneNumber::read_some(phone_number, country)?;
        if email.is_none() && external_id.is_none() && phone_number.is_none() {
            return Err(Error::payload(
                "Klaviyo knows profiles by email address, phone number or external ID, and there is none",
            ));
        }
        assert_length(external_id.as_deref())?;
        Ok(Self {
            email,
            external_id,
            phone_number,
        })
    }
}

/// Asks whether an external ID is short enough.
///
/// # Errors
/// It is not.
pub fn assert_length(external_id: Option<&str>) -> Result<()> {
    if external_id.is_some_and(|id| utf16_len(id) > MAX_EXTERNAL_ID) {
        return Err(Error::payload(format!(
            "The external ID has more than {MAX_EXTERNAL_ID} characters"
        )));
    }
    Ok(())
}

/// Whether Klaviyo takes a text for an email address, as far as its form goes: ASCII, one `@`, and a domain
/// that ends in at least two letters.
#[must_use]
pub fn is_email(text: &str) -> bool {
    let is_in_domain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let is_in_mailbox = |byte: u8| is_in_domain(byte) || matches!(byte, b'_' | b'%' | b'+');
    let Some((mailbox, domain)) = text.split_once('@') else {
        return false;
    };
    let Some((host, top_level)) = domain.rsplit_once('.') else {
        return false;
    };
    !mailbox.is_empty()
        && mailbox.bytes().all(is_in_mailbox)
        && !host.is_empty()
        && host.bytes().all(is_in_domain)
        && top_level.len() >= 2
        && top_level.bytes().all(|byte| byte.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(email: &str, external_id: &str, phone_number: &str) -> Result<Identifiers> {
        let text = |text: &str| Some(text.to_owned());
        Identifiers::read(text(email), text(external_id), text(phone_number), None)
    }

    #[test]
    fn one_identifier_is_enough_and_empty_ones_are_none() {
        assert!(read("ana@example.com", "", "").is_ok());
        assert!(read("", "u-1", "").is_ok());
        assert!(read("", "", "+48601445120").is_ok());
        assert!(read("", "", "").is_err());
        assert!(
            read("ana@example.com", "", "12").is_err(),
            "a number that is none"
        );
    }

    #[test]
    fn external_ids_are_counted_in_utf_16() {
        assert!(read("", &"x".repeat(255), "").is_ok());
        assert!(read("", &"x".repeat(256), "").is_err());
        assert!(read("", &"😀".repeat(127), "").is_ok());
        assert!(read("", &"😀".repeat(128), "").is_err());
    }

    #[test]
    fn email_addresses_have_a_form() {
        for email in ["a@b.co", "zoe+orders@green-mill.example", "a_b%c@x.y.zz"] {
            assert!(is_email(email), "{email}");
        }
        for email in [
            "",
            "a",
            "@b.co",
            "a@b",
            "a@.co",
            "a@b.c",
            "a@b.c0",
            "a@b@c.co",
            "zoë@b.co",
            "a b@c.co",
        ] {
            assert!(!is_email(email), "{email}");
        }
    }
}
