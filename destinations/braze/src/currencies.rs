//! The currencies of shop events.

use waystation_kit::prelude::*;

/// The codes of [ISO 4217](https://www.iso.org/iso-4217-currency-codes.html), funds codes included.
pub const CODES: [&str; 169] = [
    "AFN", "EUR", "ALL", "DZD", "USD", "AOA", "XCD", "XAD", "ARS", "AMD", "AWG", "AUD", "AZN", "BSD", "BHD",
    "BDT", "BBD", "BYN", "BZD", "XOF", "BMD", "INR", "BTN", "BOB", "BOV", "BAM", "BWP", "NOK", "BRL", "BND",
    "BGN", "BIF", "CVE", "KHR", "XAF", "CAD", "KYD", "CLP", "CLF", "CNY", "COP", "COU", "KMF", "CDF", "NZD",
    "CRC", "CUP", "XCG", "CZK", "DKK", "DJF", "DOP", "EGP", "SVC", "ERN", "SZL", "ETB", "FKP", "FJD", "XPF",
    "GMD", "GEL", "GHS", "GIP", "GTQ", "GBP", "GNF", "GYD", "HTG", "HNL", "HKD", "HUF", "ISK", "IDR", "XDR",
    "IRR", "IQD", "ILS", "JMD", "JPY", "JOD", "KZT", "KES", "KPW", "KRW", "KWD", "KGS", "LAK", "LBP", "LSL",
    "ZAR", "LRD", "LYD", "CHF", "MOP", "MGA", "MWK", "MYR", "MVR", "MRU", "MUR", "XUA", "MXN", "MXV", "MDL",
    "MNT", "MAD", "MZN", "MMK", "NAD", "NPR", "NIO", "NGN", "MKD", "OMR", "PKR", "PAB", "PGK", "PYG", "PEN",
    "PHP", "PLN", "QAR", "RON", "RUB", "RWF", "SHP", "WST", "STN", "SAR", "RSD", "SCR", "SLE", "SGD", "XSU",
    "SBD", "SOS", "SSP", "LKR", "SDG", "SRD", "SEK", "CHE", "CHW", "SYP", "TWD", "TJS", "TZS", "THB", "TOP",
    "TTD", "TND", "TRY", "TMT", "UGX", "UAH", "AED", "USN", "UYU", "UYI", "UYW", "UZS", "VUV", "VES", "VED",
    "VND", "YER", "ZMW", "ZWG",
];

/// The codes as the choices of a field.
#[must_use]
pub fn choices() -> Vec<Choice> {
    CODES.into_iter().map(Choice::from).collect()
}

#[cfg(test)]
mod tests {
    use waystation_kit::currency::is_currency_code;

    use super::*;

    #[test]
    fn every_choice_is_a_currency() {
        for code in CODES {
            assert!(is_currency_code(code), "{code}");
        }
    }
}
