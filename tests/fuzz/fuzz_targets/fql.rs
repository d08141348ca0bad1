//! A subscription of any text: parsed or refused, printed so that it parses back to the same tree, and asked
//! of any event without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use waystation_fql::Subscription;

fuzz_target!(|input: &[u8]| {
    let (text, event) = match input.iter().position(|byte| *byte == 0) {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (input, &b"{}"[..]),
    };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let Ok(subscription) = Subscription::parse(text) else { return };
    let event: Value = serde_json::from_slice(event).unwrap_or_default();
    let matched = subscription.matches(&event);
    let printed = subscription.to_string();
    let again = Subscription::parse(&printed).expect("what we print parses");
    assert_eq!(matched, again.matches(&event), "{text:?} and {printed:?} differ");
});
