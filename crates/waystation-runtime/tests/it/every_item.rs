//! Whatever happens, every item of a batch has one result in its place, and none is delivered twice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use serde_json::{Value, json};
use waystation_kit::{ItemError, ItemOutcome};
use waystation_runtime::BatchOutcome;

use crate::support::Bench;
use crate::support::partner::{Partner, Reply};

/// What the partner has said of each item, by its id.
type Said = Arc<Mutex<HashMap<String, Vec<u16>>>>;

/// What becomes of one request.
#[derive(Debug, Clone)]
enum Mood {
    /// A status for each item, taken from here by its number.
    Items(Vec<u16>),
    /// The same status for the whole request.
    Whole(u16),
    /// No answer.
    Broken,
    /// Answers for some of the items only.
    Short(usize),
}

fn status() -> impl Strategy<Value = u16> {
    prop::sample::select(vec![
        200, 200, 200, 201, 400, 401, 404, 408, 423, 429, 500, 501, 503,
    ])
}

fn mood() -> impl Strategy<Value = Mood> {
    prop_oneof![
        4 => prop::collection::vec(status(), 1..8).prop_map(Mood::Items),
        1 => prop::sample::select(vec![400, 401, 429, 500, 503]).prop_map(Mood::Whole),
        1 => Just(Mood::Broken),
        1 => (0_usize..4).prop_map(Mood::Short),
    ]
}

fn reply(mood: &Mood, ids: &[String], said: &Said) -> Reply {
    let statuses: Vec<u16> = match mood {
        Mood::Broken => return Reply::broken(),
        Mood::Whole(status) => return Reply::status(*status),
        Mood::Items(statuses) => ids
            .iter()
            .zip(statuses.iter().cycle())
            .map(|(_, status)| *status)
            .collect(),
        Mood::Short(len) => vec![200; ids.len().min(*len)],
    };
    let mut said = said.lock().unwrap();
    for (id, status) in ids.iter().zip(&statuses) {
        said.entry(id.clone()).or_default().push(*status);
    }
    Reply::results(&statuses)
}

fn deliver(valid: &[bool], moods: Vec<Mood>, tokens: bool) -> (BatchOutcome, HashMap<String, Vec<u16>>) {
    let said = Said::default();
    let noted = Arc::clone(&said);
    let partner = Partner::answering(move |number, asked| match asked.path.as_str() {
        "/token" if tokens => Reply::tokens(&format!("token-{number}")),
        "/token" => Reply::status(400),
        _ => reply(&moods[number % moods.len()], &asked.ids, &noted),
    });
    let bench = Bench::new(partner);
    let ids = valid.iter().enumerate();
    let ids = ids.map(|(place, valid)| {
        if *valid {
            json!(place.to_string())
        } else {
            Value::Null
        }
    });
    let executor = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    let outcome = executor.block_on(bench.batch(ids)).result.unwrap();
    let said = said.lock().unwrap().clone();
    (outcome, said)
}

proptest! {
    #[test]
    fn every_item_has_one_result_in_its_place(
        valid in prop::collection::vec(prop::bool::weighted(0.8), 1..7),
        moods in prop::collection::vec(mood(), 1..6),
        tokens in any::<bool>(),
    ) {
        let (outcome, said) = deliver(&valid, moods, tokens);
        let items = outcome.items().unwrap();
        prop_assert_eq!(items.len(), valid.len());
        for (place, (item, valid)) in items.iter().zip(&valid).enumerate() {
            let heard = said.get(&place.to_string()).map_or(&[][..], Vec::as_slice);
            if !valid {
                prop_assert!(matches!(item, ItemOutcome::Error(error) if error.status == 400));
                prop_assert!(heard.is_empty(), "item {} was sent", place);
                continue;
            }
            prop_assert!(sent_id(item).is_none_or(|id| id == place.to_string()), "{:?} is not item {}", item, place);
            let (last, earlier) = heard.split_last().map_or((None, heard), |(last, earlier)| (Some(last), earlier));
            prop_assert!(
                earlier.iter().all(|status| is_open(*status)),
                "item {} was settled and sent again: {:?}", place, heard
            );
            match last {
                Some(status) if !is_open(*status) => prop_assert_eq!(item.status(), *status),
                _ => prop_assert!(matches!(item, ItemOutcome::Error(_)), "item {} was never taken", place),
            }
        }
    }
}

/// Whether an item may be sent again after this status.
fn is_open(status: u16) -> bool {
    let item: ItemOutcome = ItemError::new(status, "").into();
    status >= 400 && (item.is_retryable() || status == 401)
}

fn sent_id(item: &ItemOutcome) -> Option<&str> {
    match item {
        ItemOutcome::Success(success) => success.sent["id"].as_str(),
        ItemOutcome::Error(error) => error.sent.as_ref()?["id"].as_str(),
    }
}
