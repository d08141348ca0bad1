//! The container of results.

use proptest::prelude::*;
use serde_json::{Value, json};
use waystation_kit::multistatus::SlotOutOfRange;
use waystation_kit::{ItemError, ItemOutcome, ItemSuccess, MultiStatusResponse};

/// What an action does to its results.
#[derive(Debug, Clone)]
enum Change {
    Set(usize, Box<ItemOutcome>),
    Unset(usize),
}

fn change() -> impl Strategy<Value = Change> {
    let outcome = prop_oneof![
        (0..100_u16).prop_map(|sent| ItemSuccess::new(sent.into(), Value::Null).into()),
        (400..600_u16).prop_map(|status| ItemError::new(status, "no").into()),
    ];
    prop_oneof![
        4 => (0..8_usize, outcome).prop_map(|(slot, outcome)| Change::Set(slot, Box::new(outcome))),
        1 => (0..8_usize).prop_map(Change::Unset),
    ]
}

proptest! {
    #[test]
    fn results_stay_in_their_slots(len in 0..6_usize, changes in proptest::collection::vec(change(), 0..20)) {
        let mut results = MultiStatusResponse::with_slots(len);
        let mut model: Vec<Option<ItemOutcome>> = vec![None; len];
        for change in changes {
            match change {
                Change::Set(slot, outcome) => {
                    let outcome = *outcome;
                    let set = results.set(slot, outcome.clone());
                    prop_assert_eq!(set, if slot < len { Ok(()) } else { Err(SlotOutOfRange { slot, len }) });
                    if let Some(place) = model.get_mut(slot) {
                        *place = Some(outcome);
                    }
                }
                Change::Unset(slot) => {
                    results.unset(slot);
                    if let Some(place) = model.get_mut(slot) {
                        *place = None;
                    }
                }
            }
        }
        prop_assert_eq!(results.len(), len);
        prop_assert!(results.iter().eq(model.iter().map(Option::as_ref)));
        let expected = model.into_iter().map(|slot| slot.unwrap_or_else(|| ItemError::missing().into()));
        prop_assert_eq!(results.into_outcomes(), expected.collect::<Vec<_>>());
    }
}

#[test]
fn an_empty_slot_is_an_error_that_is_tried_again() {
    let outcomes = MultiStatusResponse::with_slots(1).into_outcomes();
    assert!(outcomes[0].is_retryable());
    assert_eq!(outcomes[0].to_node()["errorreporter"], "INTEGRATIONS");
}

#[test]
fn the_reporter_is_who_saw_the_item() {
    let error = || ItemError::new(400, "no");
    assert_eq!(error().reporter(), "INTEGRATIONS");
    assert_eq!(
        error().with_exchange(json!(""), Value::Null).reporter(),
        "INTEGRATIONS"
    );
    assert_eq!(
        error().with_exchange(json!({}), Value::Null).reporter(),
        "DESTINATION"
    );
    assert_eq!(
        error().with_exchange(json!(""), json!("words")).reporter(),
        "DESTINATION"
    );
}
