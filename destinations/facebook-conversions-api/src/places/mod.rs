//! Countries and states by name: Meta knows them by two letters.
//!
//! Names are looked up in lower case without spaces and punctuation.

mod countries;
mod us_states;

/// The two letters of ISO 3166 for a country, by its name or by its three letters.
#[must_use]
pub fn country_code(name: &str) -> Option<&'static str> {
    find(&countries::CODES, name).or_else(|| by_three_letters(name))
}

/// The two letters of the postal service for a state of the USA.
#[must_use]
pub fn us_state_code(name: &str) -> Option<&'static str> {
    find(&us_states::CODES, name)
}

fn by_three_letters(letters: &str) -> Option<&'static str> {
    let codes = countries::THREE_LETTERS.split(' ').map(|codes| codes.split_at(3));
    codes
        .filter(|(three, _)| *three == letters)
        .map(|(_, two)| two)
        .next()
}

fn find(codes: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    let index = codes.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    codes.get(index).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::normal_form;

    #[test]
    fn names_are_in_order_and_in_normal_form() {
        for codes in [&countries::CODES[..], &us_states::CODES[..]] {
            assert!(codes.is_sorted_by(|(left, _), (right, _)| left < right));
            for (name, code) in codes {
                assert_eq!(normal_form::name(name).as_deref(), Some(*name));
                assert!(
                    code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_lowercase()),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn three_letters_lead_to_two() {
        assert_eq!(countries::THREE_LETTERS.split(' ').count(), 249);
        for (three, two) in [
            ("usa", "us"),
            ("pol", "pl"),
            ("deu", "de"),
            ("zwe", "zw"),
            ("abw", "aw"),
        ] {
            assert_eq!(country_code(three), Some(two), "{three}");
        }
        assert_eq!(country_code("usb"), None);
    }

    #[test]
    fn names_lead_to_codes() {
        for (name, code) in [
            ("afghanistan", "af"),
            ("unitedkingdom", "gb"),
            ("zimbabwe", "zw"),
            ("southkorea", "kr"),
            ("turkey", "tr"),
            ("türkiye", "tr"),
        ] {
            assert_eq!(country_code(name), Some(code), "{name}");
        }
        for name in ["", "ruritania", "zz"] {
            assert_eq!(country_code(name), None, "{name}");
        }
        assert_eq!(us_state_code("districtofcolumbia"), Some("dc"));
        assert_eq!(us_state_code("wyoming"), Some("wy"));
        assert_eq!(us_state_code("ontario"), None);
    }
}
