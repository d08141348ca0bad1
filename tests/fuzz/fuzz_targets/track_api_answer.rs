//! An answer of Customer.io's batch endpoint, of any status and any bytes: read, or its outcome is unknown.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use waystation_destination_customerio::answer::read_batch_answer;
use waystation_kit::Response;
use waystation_kit::multistatus::{Batch, BatchItem, Ledger};
use waystation_kit::request::Answer;
use waystation_kit::services::Millis;

fuzz_target!(|input: (u16, u8, &[u8])| {
    let (status, items, body) = input;
    let items = (0..usize::from(items)).map(|index| BatchItem {
        payload: (),
        given: Arc::default(),
        index,
        audience_membership: None,
    });
    let (mut ledger, entries) = Ledger::open(Batch::new(items.collect()));
    let slots: Vec<_> = entries.iter().map(|entry| entry.slot).collect();
    let answer = Response::new(Answer {
        status: 200 + status % 100,
        reason: None,
        headers: Default::default(),
        url: "https://track.customer.io/".parse().expect("an address"),
        body: body.to_vec().into(),
    }, Millis::default());
    ledger.settle(&slots, Ok(answer), read_batch_answer);
    match ledger.finish() {
        Ok(results) => assert_eq!(results.len(), slots.len()),
        Err(error) => assert!(error.outcome_is_unknown(), "an unreadable answer is the partner's fault: {error}"),
    }
});
