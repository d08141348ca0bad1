//! An answer of Customer.io's batch endpoint, of any status and any bytes: read, or an unknown outcome.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waystation_destination_customerio::answer::read_batch_answer;
use waystation_kit::Response;
use waystation_kit::multistatus::{Batch, BatchItem, Ledger};
use waystation_kit::request::Answer;

fuzz_target!(|input: (u16, u8, &[u8])| {
    let (status, items, body) = input;
    let answer = Response::new(Answer {
        status: 200 + status % 100,
        reason: None,
        headers: Default::default(),
        url: "https://track.customer.io/api/v2/batch".parse().unwrap(),
        body: body.to_vec().into(),
    });
    let (mut ledger, entries) = Ledger::open(Batch::new((0..items).map(BatchItem::new).collect()));
    let slots: Vec<_> = entries.iter().map(|entry| entry.slot).collect();
    ledger.settle(&slots, Ok(answer), |answer, slots| {
        read_batch_answer(answer.status(), answer.text().as_bytes(), slots)
    });
    match ledger.finish() {
        Ok(results) => assert_eq!(results.len(), usize::from(items)),
        Err(error) => assert!(error.outcome_is_unknown(), "nobody knows what became of the items: {error}"),
    }
});
