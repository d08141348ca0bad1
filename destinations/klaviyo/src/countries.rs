//! Countries by their codes, for reading phone numbers.

use waystation_kit::country;
use waystation_kit::prelude::*;

/// Codes that the platform does not offer. Its manifests are compared, so neither does this destination.
const NOT_OFFERED: [&str; 3] = ["GS", "PS", "TW"];

/// A reserved code that the platform offers.
const UNITED_NATIONS: (&str, &str) = ("UN", "United Nations");

/// The countries as the choices of a field, in the order of their codes.
#[must_use]
pub fn choices() -> Vec<Choice> {
    let mut countries = country::all();
    countries.retain(|(code, _)| !NOT_OFFERED.contains(code));
    countries.push(UNITED_NATIONS);
    countries.sort_unstable();
    let labelled = |(code, name)| Choice::new(format!("{name} ({code})"), code);
    countries.into_iter().map(labelled).collect()
}
