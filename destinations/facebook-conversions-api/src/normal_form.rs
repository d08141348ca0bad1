//! The form that Meta wants personal data in before it is hashed: two spellings of the same have to come to the
//! same hash. `None` where nothing is left.

use waystation_kit::country;
use waystation_kit::hashing::is_sha256_hex;
use waystation_kit::json::date::{Civil, days_in_month, parse_js_date};
use waystation_kit::json::number::is_js_space;

use crate::us_states;

/// Lower case without any spaces: e-mail addresses and your own IDs.
#[must_use]
pub fn plain(text: &str) -> Option<String> {
    without(text, is_js_space)
}

/// Lower case letters and digits without spaces and punctuation: names of people and places.
#[must_use]
pub fn name(text: &str) -> Option<String> {
    without(text, |c| is_js_space(c) || is_punctuation(c))
}

/// The digits of a phone number from the country code on: no symbols, no letters, no zeros in front, and not the zero
/// that is dialled within the country only, as in `+44 (0)20`. A hash stays as it is.
#[must_use]
pub fn phone(text: &str) -> Option<String> {
    if let Some(hash) = hash(text) {
        return Some(hash);
    }
    let dense: String = text.chars().filter(|c| !is_js_space(*c)).collect();
    let without_trunk = dense.replace("(0)", "");
    let digits = without_trunk.chars().filter(char::is_ascii_digit);
    non_empty(digits.skip_while(|digit| *digit == '0').collect())
}

/// Year, month and day of a birthday as eight digits, from any date that can be read in one way only. A hash stays as
/// it is.
#[must_use]
pub fn birthday(text: &str) -> Option<String> {
    if let Some(hash) = hash(text) {
        return Some(hash);
    }
    let (year, month, day) = year_first(text).or_else(|| spelled_out(text))?;
    let is_real = (1900..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=days_in_month(year, month)).contains(&day);
    is_real.then(|| format!("{year:04}{month:02}{day:02}"))
}

/// Dates that begin with the year: the day that is written counts, whatever the zone.
fn year_first(text: &str) -> Option<(i64, u32, u32)> {
    let text = text.trim_matches(is_js_space);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    if text.len() == 8 && digits(text) == 8 {
        return Some((
            text[..4].parse().ok()?,
            text[4..6].parse().ok()?,
            text[6..].parse().ok()?,
        ));
    }
    let mut parts = text.splitn(3, ['-', '/', '.']);
    let (year, month, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let day = &rest[..digits(rest)];
    if digits(year) != 4 || year.len() != 4 || !(1..=2).contains(&day.len()) {
        return None;
    }
    Some((year.parse().ok()?, month.parse().ok()?, day.parse().ok()?))
}

/// Dates with the month in letters. Of `05/06/1997`, nobody knows which is the month.
fn spelled_out(text: &str) -> Option<(i64, u32, u32)> {
    if !text.contains(char::is_alphabetic) {
        return None;
    }
    let date = Civil::from_millis(parse_js_date(text)?);
    Some((date.year, date.month, date.day))
}

/// The ZIP or postal code without spaces and dashes, of one of the USA the first five digits only.
#[must_use]
pub fn postal_code(text: &str, country: Option<&str>) -> Option<String> {
    let code = without(text, |c| is_js_space(c) || is_punctuation(c))?;
    let is_long_zip = code.len() == 9 && code.bytes().all(|byte| byte.is_ascii_digit());
    let may_be_of_the_usa = country.is_none_or(|country| country == "us");
    if is_long_zip && may_be_of_the_usa {
        return Some(code[..5].to_owned());
    }
    Some(code)
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
    let name = name(text)?;
    Some(us_states::code(&name).map_or(name, str::to_owned))
}

/// The two letters of a country that is told by its name, or by two or three letters; others as they are called.
#[must_use]
pub fn country_code(text: &str) -> Option<String> {
    let name = name(text)?;
    Some(country::alpha2(text).map_or(name, str::to_ascii_lowercase))
}

fn without(text: &str, is_left_out: impl Fn(char) -> bool) -> Option<String> {
    let kept: String = text.chars().filter(|c| !is_left_out(*c)).collect();
    non_empty(kept.to_lowercase())
}

/// Signs that stand between words or numbers. Signs that belong to letters, such as accents and vowels, are none.
fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(
            c,
            '\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b4}' | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}' | '\u{2bc}'
        )
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{3001}'..='\u{3003}')
        || matches!(c, '\u{3008}'..='\u{3011}' | '\u{30fb}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}')
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
                ("ada.l+news@example.com", Some("ada.l+news@example.com")),
                (" \u{feff}", None),
                ("", None),
            ],
        );
    }

    #[test]
    fn names_have_no_punctuation() {
        assert_forms(
            name,
            &[
                ("St. Louis", Some("stlouis")),
                ("O'Hara", Some("ohara")),
                ("O\u{2019}Hara-ŻAK", Some("oharażak")),
                ("Menlo\tPark\n", Some("menlopark")),
                ("Winston-Salem (NC)", Some("winstonsalemnc")),
                ("Valéry", Some("valéry")),
                ("정", Some("정")),
                ("हिन्दी", Some("हिन्दी")),
                ("e\u{301}va", Some("e\u{301}va")),
                ("-.", None),
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
                ("+44 (0)20 7946 0018", Some("442079460018")),
                ("+49 ( 0 ) 30 123", Some("4930123")),
                ("+1 (0650) 555", Some("10650555")),
                ("tel:+44-20", Some("4420")),
                ("000", None),
                ("none", None),
                ("٤٤", None),
            ],
        );
    }

    #[test]
    fn birthdays_are_eight_digits() {
        assert_forms(
            birthday,
            &[
                ("1997-12-26", Some("19971226")),
                ("19971226", Some("19971226")),
                ("1997-12-26T23:30:00-05:00", Some("19971226")),
                ("1997-12-26T00:00:00.000Z", Some("19971226")),
                (" 1997/1/5 ", Some("19970105")),
                ("1997.12.26 00:00", Some("19971226")),
                ("December 26, 1997", Some("19971226")),
                ("26 Dec 1997", Some("19971226")),
                ("2000-02-29", Some("20000229")),
                ("1999-02-29", None),
                ("1997-13-01", None),
                ("0097-12-26", None),
                ("05/06/1997", None),
                ("1997", None),
                ("d", None),
                ("", None),
            ],
        );
    }

    #[test]
    fn zip_codes_of_the_usa_have_five_digits() {
        for (code, country, expected) in [
            ("94000-1234", None, "94000"),
            ("940001234", None, "94000"),
            ("94000 - 1234", Some("us"), "94000"),
            ("94000", Some("us"), "94000"),
            ("12345-6789", Some("sa"), "123456789"),
            ("00-950", Some("pl"), "00950"),
            ("01310-100", None, "01310100"),
            ("M1 1AE", Some("gb"), "m11ae"),
        ] {
            assert_eq!(
                postal_code(code, country).as_deref(),
                Some(expected),
                "{code} {country:?}"
            );
        }
        assert_eq!(postal_code(" - ", None), None);
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
                ("Calif.", Some("calif")),
                ("Małopolska", Some("małopolska")),
                (" ", None),
            ],
        );
        assert_forms(
            country_code,
            &[
                ("United States", Some("us")),
                ("USA", Some("us")),
                ("U.S.A.", Some("us")),
                ("pol", Some("pl")),
                ("DEU", Some("de")),
                ("PL", Some("pl")),
                ("Côte d'Ivoire", Some("ci")),
                ("Ruritania", Some("ruritania")),
                ("", None),
            ],
        );
    }
}
