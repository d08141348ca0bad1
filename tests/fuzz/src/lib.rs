//! What the targets share.
#![forbid(unsafe_code)]

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue};
use waystation_kit::services::Transaction;

/// Statuses of partners.
pub const STATUSES: [u16; 32] = [
    200, 201, 202, 204, 207, 226, 300, 301, 304, 307, 400, 401, 402, 403, 404, 405, 408, 409, 410, 412, 413, 415, 418,
    422, 423, 429, 500, 501, 502, 503, 504, 599,
];

/// How many sets of headers there are.
pub const HEADERS: usize = 8;

/// The one of these that a byte stands for.
pub fn pick<T: Copy>(of: &[T], byte: u8) -> T {
    of[usize::from(byte) % of.len()]
}

/// The set of headers of this number.
pub fn headers(number: usize) -> HeaderMap {
    let json = ("content-type", "application/json");
    let set: &[(&'static str, &'static str)] = match number {
        0 => &[json],
        1 => &[],
        2 => &[("content-type", "text/html; charset=utf-8")],
        3 => &[("content-type", "application/problem+json"), ("x-request-id", "req-1")],
        4 => &[json, ("retry-after", "120")],
        5 => &[json, ("retry-after", "Fri, 31 Dec 2027 23:59:59 GMT")],
        6 => &[json, ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795305700")],
        _ => &[("content-type", "text/plain"), ("retry-after", "-1e308")],
    };
    set.iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
        .collect()
}

/// What an earlier action of the event noted.
#[derive(Debug)]
pub struct Notes;

impl Transaction for Notes {
    fn values(&self) -> BTreeMap<String, String> {
        [("contact_id".to_owned(), "101".to_owned())].into()
    }

    fn set(&self, _: &str, _: &str) {}
}
