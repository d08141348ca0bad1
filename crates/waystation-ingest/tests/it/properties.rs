//! What holds for any body.

use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::runtime::Builder;

use crate::harness::{Answer, Api};

fn post(api: &Api, path: &str, body: Vec<u8>) -> Answer {
    let runtime = Builder::new_current_thread().build().unwrap();
    runtime.block_on(api.post_raw(path, body))
}

/// Pieces of which bodies are made that are nearly right.
fn near_json() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"batch\":",
        "\"type\":\"track\"",
        "\"event\":\"e\"",
        "\"userId\":\"u\"",
        "\"context\":{\"direct\":true}",
        "\"sentAt\":\"x\"",
        "\"timestamp\":1e999",
        "null",
        "1",
        "\"\\ud83d\"",
        "\\",
        "\u{0}",
        "ä",
        " ",
    ];
    let piece = proptest::sample::select(pieces.to_vec());
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat().into_bytes())
}

/// A value of any shape.
fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec((name(), inner), 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

/// A name that means something, or any other.
fn name() -> impl Strategy<Value = String> {
    let known = [
        "type",
        "event",
        "userId",
        "messageId",
        "timestamp",
        "originalTimestamp",
        "sentAt",
        "receivedAt",
        "context",
        "integrations",
        "ip",
        "direct",
        "writeKey",
        "properties",
    ];
    prop_oneof![
        proptest::sample::select(known.to_vec()).prop_map(str::to_owned),
        ".{0,6}"
    ]
}

proptest! {
    #[test]
    fn success_is_never_told_of_what_was_not_kept(
        path in proptest::sample::select(vec!["/v1/track", "/v1/p", "/v1/batch", "/v1/b"]),
        body in prop_oneof![any::<Vec<u8>>(), near_json()],
    ) {
        let api = Api::default();
        let answer = post(&api, path, body);
        let kept = api.calls() == 1 && !api.events().is_empty();
        prop_assert_eq!(answer.status.is_success(), kept);
        prop_assert_eq!(&answer.body["success"], &json!(kept));
        if !kept {
            prop_assert!(answer.status.is_client_error());
            prop_assert!(answer.body["code"].is_string() && answer.body["message"].is_string());
        }
    }

    #[test]
    fn every_item_goes_on_once_and_in_its_place(items in proptest::collection::vec(value(), 1..8), context in value()) {
        let api = Api::default();
        let body = json!({"batch": items, "context": context});
        prop_assert!(post(&api, "/v1/batch", body.to_string().into_bytes()).status.is_success());
        let events = api.events();
        prop_assert_eq!(events.len(), items.len());
        for (event, item) in events.iter().zip(&items) {
            prop_assert_eq!(&serde_json::from_slice::<Value>(&event.body).unwrap(), &event.event);
            let Some(fields) = item.as_object() else {
                prop_assert_eq!(&event.event, item);
                continue;
            };
            let ours = ["messageId", "timestamp", "originalTimestamp", "receivedAt", "context", "writeKey"];
            for (name, value) in fields.iter().filter(|(name, _)| !ours.contains(&name.as_str())) {
                prop_assert_eq!(&event.event[name], value);
            }
            prop_assert_eq!(&event.event["messageId"], &json!(event.message_id));
            prop_assert_eq!(event.event.get("writeKey"), None);
        }
    }
}
