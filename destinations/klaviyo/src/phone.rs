//! Phone numbers in the only form that Klaviyo takes: [E.164](https://www.itu.int/rec/T-REC-E.164), for
//! example `+14155552671`.

use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat, Region};
use waystation_kit::prelude::*;

/// The digits that a number has after its `+`.
const DIGITS: std::ops::RangeInclusive<usize> = 2..=15;

/// A phone number in the form of E.164.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// Takes a number that is in the form of E.164 already as it is. Any other has to be a valid number of
    /// the country, and is brought into the form.
    ///
    /// # Errors
    /// There is no such number in the country, or no country is given.
    pub fn read(text: String, country: Option<&str>) -> Result<Self> {
        if is_e164(&text) {
            return Ok(Self(text));
        }
        let converted = country.and_then(|country| convert(&text, country));
        converted.map(Self).ok_or_else(|| {
            Error::payload(format!(
                "{text} is not a phone number in the form of E.164 and cannot be converted into one"
            ))
        })
    }

    /// As [`read`](Self::read), where there may be no number.
    ///
    /// # Errors
    /// As there.
    pub fn read_some(text: Option<String>, country: Option<&str>) -> Result<Option<Self>> {
        let given = text.filter(|text| !text.is_empty());
        given.map(|text| Self::read(text, country)).transpose()
    }

    /// The number, for example `+14155552671`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text is a `+` with at most 15 digits, the first of which is not 0.
fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        DIGITS.contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Reads a number as somebody in the country would dial it.
fn convert(text: &str, country: &str) -> Option<String> {
    let region: Region = country.parse().ok()?;
    let number = PHONE_NUMBER_UTIL.parse(text, Some(region)).ok()?;
    // The library's own check does not look at the country code.
    let is_of_region = PHONE_NUMBER_UTIL.get_country_code_for_region(region) == Some(number.country_code)
        && PHONE_NUMBER_UTIL.is_valid_number_for_region(&number, region);
    is_of_region.then(|| {
        PHONE_NUMBER_UTIL
            .format(&number, PhoneNumberFormat::E164)
            .into_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, country: Option<&str>) -> Option<String> {
        let number = PhoneNumber::read(text.to_owned(), country).ok()?;
        Some(number.as_str().to_owned())
    }

    #[test]
    fn numbers_in_the_form_are_taken_as_they_are() {
        for text in ["+48601445120", "+12", "+123456789012345"] {
            assert_eq!(read(text, None).as_deref(), Some(text));
            assert_eq!(
                read(text, Some("US")).as_deref(),
                Some(text),
                "whatever the country"
            );
        }
        for text in [
            "48601445120",
            "+48 601 445 120",
            "+0123456789",
            "+1",
            "+1234567890123456",
            "+4860144512x",
            "+４８６０１４４５１２０",
            "+",
        ] {
            assert_eq!(read(text, None), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_read_as_dialled_in_the_country() {
        for (text, country, expected) in [
            ("601 445 120", "PL", Some("+48601445120")),
            ("+48 601 445 120", "PL", Some("+48601445120")),
            ("(415) 555-2671", "US", Some("+14155552671")),
            ("1-800-FLOWERS", "US", Some("+18003569377")),
            ("090-1234-5678", "JP", Some("+819012345678")),
            ("030 1234567", "DE", Some("+49301234567")),
            ("02 1234 5678", "IT", Some("+390212345678")),
            ("8 (912) 345-67-89", "RU", Some("+79123456789")),
            ("0049 30 1234567", "PL", None),
            ("+48 601 445 120", "DE", None),
            // A number of Guernsey, which shares the country code.
            ("07911 123456", "GB", None),
            ("07911 123456", "GG", Some("+447911123456")),
            ("555-26", "US", None),
            ("12", "US", None),
            ("601445120", "XX", None),
            ("bad", "PL", None),
        ] {
            assert_eq!(
                read(text, Some(country)).as_deref(),
                expected,
                "{text} in {country}"
            );
        }
    }

    #[test]
    fn no_number_is_no_mistake() {
        assert_eq!(PhoneNumber::read_some(None, Some("US")).unwrap(), None);
        assert_eq!(PhoneNumber::read_some(Some(String::new()), None).unwrap(), None);
        assert!(PhoneNumber::read_some(Some("1".to_owned()), None).is_err());
    }
}
