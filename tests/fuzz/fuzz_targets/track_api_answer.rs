//! An answer of Customer.io's batch endpoint, of any status and any bytes: read, or refused as unreadable.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waystation_destination_customerio::answer::read_batch_answer;
use waystation_kit::multistatus::Slots;

fuzz_target!(|input: (u16, u8, &[u8])| {
    let (status, items, body) = input;
    let mut slots = Slots::new(usize::from(items));
    if let Err(error) = read_batch_answer(200 + status % 100, body, &mut slots) {
        assert_eq!(error.status(), Some(502), "an unreadable answer is the partner's fault: {error}");
    }
    assert_eq!(slots.len(), usize::from(items));
});
