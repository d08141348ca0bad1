//! Headers and a body of any bytes, of an answer that asks for a rest: the wait that is read from them is at least a
//! second and at most a year, or there is none.
//!
//! An input is a byte for the status, lines of headers (`name: value`), an empty line, and the body.
#![no_main]

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use libfuzzer_sys::fuzz_target;
use waystation_fuzz::{STATUSES, pick};
use waystation_kit::request::Answer;
use waystation_kit::retry::{wait_in_headers, wanted_wait};
use waystation_kit::services::Millis;
use waystation_kit::{Error, ItemError, Response};

/// 2026-11-22T00:00:00Z
const NOW: i64 = 1_795_305_600_000;

fuzz_target!(|input: &[u8]| {
    let [status, rest @ ..] = input else { return };
    let end = rest.windows(2).position(|pair| pair == b"\n\n");
    let (head, body) = end.map_or((rest, &b""[..]), |end| (&rest[..end], &rest[end + 2..]));
    let mut headers = HeaderMap::new();
    for line in head.split(|byte| *byte == b'\n') {
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { continue };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name), HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    for now in [NOW, i64::MIN, i64::MAX] {
        let answer = Answer {
            status: pick(&STATUSES, *status),
            reason: None,
            headers: headers.clone(),
            url: "https://partner.test/".parse().expect("an address"),
            body: body.to_vec().into(),
        };
        let error = Error::Http(Box::new(Response::new(answer, Millis(now))));
        let waits = [wanted_wait(&error), wait_in_headers(&headers, now), ItemError::from_error(&error).retry_after];
        for wait in waits.into_iter().flatten() {
            assert!(wait >= Duration::from_secs(1), "{wait:?}");
            assert!(wait <= Duration::from_secs(366 * 86_400), "{wait:?}");
        }
        let _ = error.to_string();
    }
});
