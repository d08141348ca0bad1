//! What the delivery record tells of a round: attempts, exchanges, the place in a batch; without secrets, and
//! bounded.

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use waystation_client::record::ShownExchange;
use waystation_client::{Exchanges, Redactor};
use waystation_config::{KeptBodies, Record};
use waystation_kit::ItemOutcome;
use waystation_runtime::retry::{Attempt, ShownAttempt};

/// One round, as it is recorded.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    attempts: Vec<ShownAttempt>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exchanges: Vec<ShownExchange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    batch: Option<Place>,
    /// What was sent for this item of a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<Value>,
}

/// Where an item stood in its batch.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Place {
    /// How many items the batch had.
    pub size: usize,
    /// The place of this one; 0 is the first.
    pub index: usize,
}

/// What happened on the way to the partner, shared by the items of a batch.
#[derive(Debug)]
pub struct Trail {
    attempts: Vec<ShownAttempt>,
    sent: usize,
    was_held_back: bool,
    exchanges: Vec<ShownExchange>,
    limit: usize,
    kept: KeptBodies,
    redactor: Redactor,
}

impl Trail {
    /// The trail of a call, without secrets.
    #[must_use]
    pub fn new(attempts: &[Attempt], exchanges: &Exchanges, redactor: Redactor, record: &Record) -> Self {
        let exchanges = exchanges.all(&redactor).into_iter();
        let sent = attempts.iter().filter(|attempt| attempt.was_sent()).count();
        Self {
            attempts: attempts.iter().map(ShownAttempt::new).collect(),
            sent,
            was_held_back: sent == 0 && !attempts.is_empty(),
            exchanges: exchanges
                .map(|exchange| bounded(exchange, record.body_limit))
                .collect(),
            limit: record.body_limit,
            kept: record.bodies,
            redactor,
        }
    }

    /// How many attempts reached the action.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        u32::try_from(self.sent).unwrap_or(u32::MAX)
    }

    /// Whether the guards held back every attempt there was, so that the partner knows of none.
    #[must_use]
    pub fn was_held_back(&self) -> bool {
        self.was_held_back
    }

    /// A text without secrets.
    #[must_use]
    pub fn redacted(&self, text: &str) -> String {
        self.redactor.text(text).into_owned()
    }

    /// The round of a delivery that went alone.
    #[must_use]
    pub fn of_single(&self, failed: bool) -> Option<Bytes> {
        self.write(&Detail {
            attempts: self.attempts.clone(),
            exchanges: self.exchanges_to_keep(failed),
            ..Detail::default()
        })
    }

    /// The round of one item of a batch: what was sent for it, rather than the bodies of the whole batch once
    /// for each item.
    #[must_use]
    pub fn of_item(&self, place: Place, outcome: &ItemOutcome) -> Option<Bytes> {
        let failed = matches!(outcome, ItemOutcome::Error(_));
        let mut exchanges = self.exchanges_to_keep(failed);
        let mut sent = None;
        if place.size > 1 {
            for exchange in &mut exchanges {
                "(see sent)".clone_into(&mut exchange.request.body);
            }
            sent = match outcome {
                ItemOutcome::Success(success) => Some(&success.sent),
                ItemOutcome::Error(error) => error.sent.as_ref(),
            }
            .filter(|_| self.keeps_bodies(failed))
            .map(|sent| bounded_value(self.redactor.value(sent), self.limit));
        }
        self.write(&Detail {
            attempts: self.attempts.clone(),
            exchanges,
            batch: Some(place),
            sent,
        })
    }

    fn keeps_bodies(&self, failed: bool) -> bool {
        match self.kept {
            KeptBodies::All => true,
            KeptBodies::Failures => failed,
            KeptBodies::None => false,
        }
    }

    fn exchanges_to_keep(&self, failed: bool) -> Vec<ShownExchange> {
        let mut exchanges = self.exchanges.clone();
        if !self.keeps_bodies(failed) {
            for exchange in &mut exchanges {
                exchange.request.body.clear();
                if let Some(response) = &mut exchange.response {
                    response.body = Value::Null;
                }
            }
        }
        exchanges
    }

    fn write(&self, detail: &Detail) -> Option<Bytes> {
        match serde_json::to_vec(detail) {
            Ok(detail) => Some(detail.into()),
            Err(error) => {
                tracing::error!(%error, "a round could not be written as JSON");
                None
            }
        }
    }
}

fn bounded(mut exchange: ShownExchange, limit: usize) -> ShownExchange {
    truncate(&mut exchange.request.body, limit);
    exchange.response = exchange.response.map(|mut response| {
        response.body = bounded_value(response.body, limit);
        response
    });
    exchange
}

/// A value as it is, or as the beginning of its text.
fn bounded_value(value: Value, limit: usize) -> Value {
    let mut text = match &value {
        Value::Null | Value::Bool(_) | Value::Number(_) => return value,
        Value::String(text) if text.len() <= limit => return value,
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => value.to_string(),
    };
    if text.len() <= limit {
        return value;
    }
    truncate(&mut text, limit);
    Value::String(text)
}

/// Cuts a text at a character, and says how much is missing.
fn truncate(text: &mut String, limit: usize) {
    if text.len() <= limit {
        return;
    }
    let missing = text.len() - text.floor_char_boundary(limit);
    text.truncate(text.floor_char_boundary(limit));
    text.push_str(&format!("… ({missing} more bytes)"));
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use waystation_client::record::{ShownRequest, ShownResponse};
    use waystation_kit::{ItemSuccess, Secret};

    use super::*;

    #[test]
    fn long_bodies_are_cut_between_characters() {
        let mut text = "aé".repeat(3);
        truncate(&mut text, 2);
        assert_eq!(text, "a… (8 more bytes)");
        let mut short = "abc".to_owned();
        truncate(&mut short, 3);
        assert_eq!(short, "abc");
    }

    fn trail(kept: KeptBodies, limit: usize) -> Trail {
        let exchange = ShownExchange {
            request: ShownRequest {
                url: "https://partner.example".to_owned(),
                method: "POST".to_owned(),
                headers: serde_json::Map::new(),
                body: "question".to_owned(),
            },
            response: Some(ShownResponse {
                status_code: 200,
                status_message: "OK".to_owned(),
                headers: serde_json::Map::new(),
                body: json!("answer"),
                redirected_to: None,
            }),
            error: None,
            timing: None,
        };
        Trail {
            attempts: Vec::new(),
            sent: 1,
            was_held_back: false,
            exchanges: vec![bounded(exchange, limit)],
            limit,
            kept,
            redactor: Redactor::builder()
                .secrets(&[Secret::from("hush-hush-hush".to_owned())])
                .build(),
        }
    }

    fn bodies(detail: Option<Bytes>) -> [Value; 2] {
        let detail: Value = serde_json::from_slice(&detail.unwrap()).unwrap();
        let exchange = &detail["exchanges"][0];
        [
            exchange["request"]["body"].clone(),
            exchange["response"]["body"].clone(),
        ]
    }

    #[test]
    fn bodies_are_kept_as_the_operator_wants() {
        let (kept, gone) = ([json!("question"), json!("answer")], [json!(""), Value::Null]);
        for (which, of_success, of_failure) in [
            (KeptBodies::All, &kept, &kept),
            (KeptBodies::Failures, &gone, &kept),
            (KeptBodies::None, &gone, &gone),
        ] {
            let trail = trail(which, 100);
            assert_eq!(bodies(trail.of_single(false)), *of_success, "{which:?}");
            assert_eq!(bodies(trail.of_single(true)), *of_failure, "{which:?}");
        }
    }

    #[test]
    fn bodies_are_kept_up_to_the_limit() {
        let expected = [json!("ques… (4 more bytes)"), json!("answ… (2 more bytes)")];
        assert_eq!(bodies(trail(KeptBodies::All, 4).of_single(false)), expected);
    }

    #[test]
    fn an_item_of_a_batch_keeps_what_was_sent_for_it_without_secrets() {
        let sent = json!({"id": 1, "key": "hush-hush-hush"});
        let taken = ItemOutcome::from(ItemSuccess::new(sent, Value::Null));
        let place = Place { size: 2, index: 1 };
        let detail = trail(KeptBodies::All, 1_000).of_item(place, &taken).unwrap();
        assert!(!String::from_utf8_lossy(&detail).contains("hush"), "{detail:?}");
        let shown: Value = serde_json::from_slice(&detail).unwrap();
        assert_eq!(shown["sent"]["id"], 1);
        assert_eq!(shown["batch"], json!({"size": 2, "index": 1}));
        assert_eq!(bodies(Some(detail))[0], "(see sent)");

        let detail = trail(KeptBodies::Failures, 1_000).of_item(place, &taken).unwrap();
        let shown: Value = serde_json::from_slice(&detail).unwrap();
        assert_eq!(shown.get("sent"), None);
    }

    #[test]
    fn a_batch_of_one_keeps_its_request() {
        let taken = ItemOutcome::from(ItemSuccess::new(json!({"id": 1}), Value::Null));
        let detail = trail(KeptBodies::All, 1_000).of_item(Place { size: 1, index: 0 }, &taken);
        assert_eq!(bodies(detail)[0], "question");
    }

    #[test]
    fn texts_hold_no_secrets() {
        let shown = trail(KeptBodies::All, 100).redacted("the key hush-hush-hush is wrong");
        assert!(!shown.contains("hush"), "{shown}");
    }

    #[test]
    fn values_stay_values_while_they_are_short() {
        assert_eq!(bounded_value(json!({"a": 1}), 100), json!({"a": 1}));
        assert_eq!(
            bounded_value(json!({"a": "xyz"}), 6),
            json!("{\"a\":\"… (5 more bytes)")
        );
    }
}
