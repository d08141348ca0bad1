//! Internal names of properties and events: lower case, digits and underscores.

use waystation_kit::prelude::*;

/// A name in the alphabet of HubSpot: each sign that is not in it becomes an underscore. A sign beyond the basic
/// plane becomes two, as everywhere that counts in UTF-16.
#[must_use]
pub fn internal_name(name: &str, also_allowed: &[char]) -> String {
    let mut cleaned = String::with_capacity(name.len());
    for sign in name.chars().flat_map(char::to_lowercase) {
        if sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == '_' || also_allowed.contains(&sign) {
            cleaned.push(sign);
        } else {
            cleaned.extend(std::iter::repeat_n('_', sign.len_utf16()));
        }
    }
    cleaned
}

/// The internal name of a property.
///
/// # Errors
/// It does not start with a letter, so that HubSpot cannot have such a property.
pub fn property_name(name: &str) -> Result<String> {
    let name = internal_name(name, &[]);
    if name.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Ok(name);
    }
    Err(Error::payload(format!(
        "\"{name}\" cannot be the name of a property: names start with a letter from a to z"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cleaned() {
        assert_eq!(property_name("Seats Left!").unwrap(), "seats_left_");
        assert_eq!(property_name("plan-ÄÖ🎉").unwrap(), "plan_____");
        assert_eq!(internal_name("Order-Completed 2", &['-']), "order-completed_2");
    }

    #[test]
    fn names_start_with_a_letter() {
        for name in ["1st", "_x", "żółć", ""] {
            let error = property_name(name).unwrap_err();
            assert!(matches!(error, Error::PayloadValidation(_)), "{name}: {error:?}");
        }
    }
}
