//! The form that Meta wants personal data in before it is hashed: two spellings of the same have to come to the
//! same hash. `None` where nothing is left.

use std::borrow::Cow;

use waystation_kit::hashing::is_sha256_hex;
use waystation_kit::json::number::is_js_space;

use crate::places;

/// Lower case without any spaces.
#[must_use]
pub fn plain(text: &str) -> Option<String> {
    let dense: Cow<'_, str> = if text.contains(is_js_space) {
        text.split(is_js_space).collect()
    } else {
        text.into()
    };
    non_empty(dense.to_lowercase())
}

/// The digits of a phone number from the country code on: no symbols, no letters, no zeros in front. A hash stays
/// as it is.
#[must_use]
pub fn phone(text: &str) -> Option<String> {
    if let Some(hash) = hash(text) {
        return Some(hash);
    }
    let digits = text.chars().filter(char::is_ascii_digit);
    non_empty(digits.skip_while(|digit| *digit == '0').collect())
}

/// `f` or `m`; Meta knows no others. A hash stays as it is.
#[must_use]
pub fn gender(text: &str) -> Option<String> {
    match plain(text)?.as_str() {
        "f" | "female" => Some("f".to_owned()),
        "m" | "male" => Some("m".to_owned()),
        other => hash(other),
    }
}

/// The two letters of a state of the USA; other states as they are called.
#[must_use]
pub fn state(text: &str) -> Option<String> {
    let name = plain(text)?;
    Some(places::us_state_code(&name).map_or(name, str::to_owned))
}

/// The two letters of a country; a country that is not known as it is called.
#[must_use]
pub fn country(text: &str) -> Option<String> {
    let name = plain(text)?;
    Some(places::country_code(&name).map_or(name, str::to_owned))
}

fn hash(text: &str) -> Option<String> {
    let text = text.trim_matches(is_js_space);
    is_sha256_hex(text).then(|| text.to_ascii_lowercase())
}

fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_forms(normal_form: fn(&str) -> Option<String>, forms: &[(&str, Option<&str>)]) {
        for (text, expected) in forms {
            assert_eq!(normal_form(text).as_deref(), *expected, "{text:?}");
        }
    }

    #[test]
    fn spaces_and_capitals_do_not_matter() {
        assert_forms(
            plain,
            &[
                (" Ada@Example.COM\u{a0}", Some("ada@example.com")),
                ("Menlo\tPark\n", Some("menlopark")),
                ("ŻAK-O'Hara", Some("żak-o'hara")),
                (" \u{feff}", None),
                ("", None),
            ],
        );
    }

    #[test]
    fn phone_numbers_are_digits() {
        assert_forms(
            phone,
            &[
                ("+1 (650) 555-1212", Some("16505551212")),
                ("0049 30 123", Some("4930123")),
                ("tel:+44-20", Some("4420")),
                ("000", None),
                ("none", None),
                ("٤٤", None),
            ],
        );
    }

    #[test]
    fn genders_are_letters() {
        assert_forms(
            gender,
            &[
                ("f", Some("f")),
                (" Female ", Some("f")),
                ("MALE", Some("m")),
                ("M", Some("m")),
                ("nb", None),
                ("", None),
            ],
        );
    }

    #[test]
    fn places_are_two_letters_where_they_are_known() {
        assert_forms(
            state,
            &[
                ("New York", Some("ny")),
                ("ca", Some("ca")),
                ("Małopolska", Some("małopolska")),
                (" ", None),
            ],
        );
        assert_forms(
            country,
            &[
                ("United States", Some("us")),
                ("PL", Some("pl")),
                ("Côte d'Ivoire", Some("ci")),
                ("Ruritania", Some("ruritania")),
                ("", None),
            ],
        );
    }
}
