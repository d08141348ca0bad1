//! Currencies by their codes.

/// The codes of ISO 4217 in order, with some that are no longer in use: events may be about the past.
const CODES: [&[u8; 3]; 183] = [
    b"AED", b"AFN", b"ALL", b"AMD", b"ANG", b"AOA", b"ARS", b"AUD", b"AWG", b"AZN", b"BAM", b"BBD", b"BDT",
    b"BGN", b"BHD", b"BIF", b"BMD", b"BND", b"BOB", b"BOV", b"BRL", b"BSD", b"BTN", b"BWP", b"BYN", b"BZD",
    b"CAD", b"CDF", b"CHE", b"CHF", b"CHW", b"CLF", b"CLP", b"CNY", b"COP", b"COU", b"CRC", b"CUC", b"CUP",
    b"CVE", b"CZK", b"DJF", b"DKK", b"DOP", b"DZD", b"EGP", b"ERN", b"ETB", b"EUR", b"FJD", b"FKP", b"GBP",
    b"GEL", b"GHS", b"GIP", b"GMD", b"GNF", b"GTQ", b"GYD", b"HKD", b"HNL", b"HRK", b"HTG", b"HUF", b"IDR",
    b"ILS", b"INR", b"IQD", b"IRR", b"ISK", b"JMD", b"JOD", b"JPY", b"KES", b"KGS", b"KHR", b"KMF", b"KPW",
    b"KRW", b"KWD", b"KYD", b"KZT", b"LAK", b"LBP", b"LKR", b"LRD", b"LSL", b"LYD", b"MAD", b"MDL", b"MGA",
    b"MKD", b"MMK", b"MNT", b"MOP", b"MRU", b"MUR", b"MVR", b"MWK", b"MXN", b"MXV", b"MYR", b"MZN", b"NAD",
    b"NGN", b"NIO", b"NOK", b"NPR", b"NZD", b"OMR", b"PAB", b"PEN", b"PGK", b"PHP", b"PKR", b"PLN", b"PYG",
    b"QAR", b"RON", b"RSD", b"RUB", b"RWF", b"SAR", b"SBD", b"SCR", b"SDG", b"SEK", b"SGD", b"SHP", b"SLE",
    b"SLL", b"SOS", b"SRD", b"SSP", b"STN", b"SVC", b"SYP", b"SZL", b"THB", b"TJS", b"TMT", b"TND", b"TOP",
    b"TRY", b"TTD", b"TWD", b"TZS", b"UAH", b"UGX", b"USD", b"USN", b"UYI", b"UYU", b"UYW", b"UZS", b"VED",
    b"VES", b"VND", b"VUV", b"WST", b"XAF", b"XAG", b"XAU", b"XBA", b"XBB", b"XBC", b"XBD", b"XCD", b"XCG",
    b"XDR", b"XOF", b"XPD", b"XPF", b"XPT", b"XSU", b"XTS", b"XUA", b"XXX", b"YER", b"ZAR", b"ZMW", b"ZWC",
    b"ZWG",
];

/// Whether [ISO 4217](https://www.iso.org/iso-4217-currency-codes.html) knows the code, which is written in
/// capitals.
///
/// ```
/// # use waystation_kit::currency::is_currency_code;
/// assert!(is_currency_code("EUR"));
/// assert!(!is_currency_code("eur"));
/// assert!(!is_currency_code("ABC"));
/// ```
#[must_use]
pub fn is_currency_code(code: &str) -> bool {
    <[u8; 3]>::try_from(code.as_bytes()).is_ok_and(|code| CODES.binary_search(&&code).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order() {
        assert!(CODES.is_sorted());
    }

    #[test]
    fn every_code_is_found() {
        for code in CODES {
            let code = std::str::from_utf8(code).unwrap();
            assert!(is_currency_code(code), "{code}");
        }
    }

    #[test]
    fn everything_else_is_no_code() {
        for text in ["", "US", "USDT", "usd", "AAA", "ZZZ", "€"] {
            assert!(!is_currency_code(text), "{text}");
        }
    }
}
