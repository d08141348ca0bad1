//! Countries by their codes of [ISO 3166-1](https://www.iso.org/iso-3166-country-codes.html) and by their names.

use std::collections::HashMap;
use std::sync::LazyLock;

use iso_country::data;

/// Names in common use, and those that the standard had or has got, besides the ones that the table of codes knows.
const COMMON_NAMES: [(&str, &str); 68] = [
    ("alandislands", "AX"),
    ("bolivia", "BO"),
    ("bosnia", "BA"),
    ("britishvirginislands", "VG"),
    ("brunei", "BN"),
    ("burma", "MM"),
    ("capeverde", "CV"),
    ("cocosislands", "CC"),
    ("congodemocraticrepublic", "CD"),
    ("congothedemocraticrepublicofthe", "CD"),
    ("cotedivoire", "CI"),
    ("curacao", "CW"),
    ("czechia", "CZ"),
    ("democraticrepublicofthecongo", "CD"),
    ("easttimor", "TL"),
    ("england", "GB"),
    ("eswatini", "SZ"),
    ("falklandislandsmalvinas", "FK"),
    ("greatbritain", "GB"),
    ("heardislandmcdonaldislands", "HM"),
    ("holyseevaticancitystate", "VA"),
    ("iran", "IR"),
    ("ivorycoast", "CI"),
    ("korea", "KR"),
    ("laos", "LA"),
    ("libyanarabjamahiriya", "LY"),
    ("macau", "MO"),
    ("macedonia", "MK"),
    ("micronesia", "FM"),
    ("moldova", "MD"),
    ("netherlandsantilles", "AN"),
    ("northernireland", "GB"),
    ("northkorea", "KP"),
    ("northmacedonia", "MK"),
    ("palestine", "PS"),
    ("palestinianterritoryoccupied", "PS"),
    ("republicofkorea", "KR"),
    ("republicofthecongo", "CG"),
    ("reunion", "RE"),
    ("russia", "RU"),
    ("saintbarthelemy", "BL"),
    ("sainthelena", "SH"),
    ("saintmartin", "MF"),
    ("saintvincentandgrenadines", "VC"),
    ("scotland", "GB"),
    ("sintmaarten", "SX"),
    ("southgeorgiaandsandwichisl", "GS"),
    ("southkorea", "KR"),
    ("syria", "SY"),
    ("sãotoméandpríncipe", "ST"),
    ("taiwan", "TW"),
    ("taiwanprovinceofchina", "TW"),
    ("tanzania", "TZ"),
    ("thebahamas", "BS"),
    ("thegambia", "GM"),
    ("thenetherlands", "NL"),
    ("turkiye", "TR"),
    ("türkiye", "TR"),
    ("uae", "AE"),
    ("uk", "GB"),
    ("unitedkingdom", "GB"),
    ("unitedstates", "US"),
    ("unitedstatesoutlyingislands", "UM"),
    ("usvirginislands", "VI"),
    ("vatican", "VA"),
    ("vaticancity", "VA"),
    ("venezuela", "VE"),
    ("wales", "GB"),
];

/// The two letters of each country by its name and by its three letters, both in their [plain] form.
static CODES: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut codes: HashMap<String, &'static str> = HashMap::new();
    for country in data::all() {
        codes.insert(plain(country.name), country.alpha2);
        codes.insert(plain(country.alpha3), country.alpha2);
        codes.insert(plain(country.alpha2), country.alpha2);
    }
    codes.extend(COMMON_NAMES.map(|(name, code)| (name.to_owned(), code)));
    codes
});

/// All countries: their two letters and their names, in the order of the letters.
#[must_use]
pub fn all() -> Vec<(&'static str, &'static str)> {
    let mut countries: Vec<_> = data::all()
        .into_iter()
        .map(|country| (country.alpha2, country.name))
        .collect();
    countries.sort_unstable();
    countries
}

/// The two letters of a country, in capitals, by its English name or by its two or three letters. Case, spaces and
/// punctuation do not matter.
///
/// ```
/// # use waystation_kit::country::alpha2;
/// for text in ["United States", "united states of america", "USA", "u.s.", "us"] {
///     assert_eq!(alpha2(text), Some("US"), "{text}");
/// }
/// assert_eq!(alpha2("Ruritania"), None);
/// ```
#[must_use]
pub fn alpha2(text: &str) -> Option<&'static str> {
    CODES.get(&plain(text)).copied()
}

/// Letters in lower case, without anything between them.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_letters_lead_to_codes() {
        for (text, code) in [
            ("Afghanistan", "AF"),
            ("United Kingdom", "GB"),
            ("uk", "GB"),
            ("GBR", "GB"),
            ("South Korea", "KR"),
            ("Korea, Republic of", "KR"),
            ("Turkey", "TR"),
            ("Türkiye", "TR"),
            ("Côte d'Ivoire", "CI"),
            ("Bolivia, Plurinational State of", "BO"),
            ("Czech Republic", "CZ"),
            ("Swaziland", "SZ"),
            ("Eswatini", "SZ"),
            ("pol", "PL"),
            ("zw", "ZW"),
        ] {
            assert_eq!(alpha2(text), Some(code), "{text}");
        }
        for text in ["", "X", "zz", "usb", "Ruritania", "amber birch"] {
            assert_eq!(alpha2(text), None, "{text}");
        }
    }

    #[test]
    fn common_names_are_plain_and_known_nowhere_else() {
        for (name, code) in COMMON_NAMES {
            assert_eq!(plain(name), name);
            let known = data::all()
                .iter()
                .any(|country| plain(country.name) == name && country.alpha2 == code);
            assert!(!known, "{name}");
        }
    }
}
