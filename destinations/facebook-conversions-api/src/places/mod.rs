//! Countries and states by name: Meta knows them by two letters.
//!
//! Names are looked up in lower case without spaces.

mod countries;
mod us_states;

/// The two letters of ISO 3166 for a country.
#[must_use]
pub fn country_code(name: &str) -> Option<&'static str> {
    find(&countries::CODES, name)
}

/// The two letters of the postal service for a state of the USA.
#[must_use]
pub fn us_state_code(name: &str) -> Option<&'static str> {
    find(&us_states::CODES, name)
}

fn find(codes: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    let index = codes.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    codes.get(index).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_order_and_in_normal_form() {
        for codes in [&countries::CODES[..], &us_states::CODES[..]] {
            assert!(codes.is_sorted_by(|(left, _), (right, _)| left < right));
            for (name, code) in codes {
                assert_eq!(name.to_lowercase().replace(' ', ""), *name);
                assert!(
                    code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_lowercase()),
                    "{name}"
                );
            }
        }
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
        for name in ["", "us", "ruritania"] {
            assert_eq!(country_code(name), None, "{name}");
        }
        assert_eq!(us_state_code("districtofcolumbia"), Some("dc"));
        assert_eq!(us_state_code("wyoming"), Some("wy"));
        assert_eq!(us_state_code("ontario"), None);
    }
}
