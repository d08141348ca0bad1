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
        Self {
            attempts: attempts.iter().map(ShownAttempt::new).collect(),
            exchanges: exchanges
                .map(|exchange| bounded(exchange, record.body_limit))
                .collect(),
            limit: record.body_limit,
            kept: record.bodies,
            redactor,
        }
    }

    /// How many attempts there were.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        u32::try_from(self.attempts.len()).unwrap_or(u32::MAX)
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

    #[test]
    fn values_stay_values_while_they_are_short() {
        assert_eq!(bounded_value(json!({"a": 1}), 100), json!({"a": 1}));
        assert_eq!(
            bounded_value(json!({"a": "xyz"}), 6),
            json!("{\"a\":\"… (5 more bytes)")
        );
    }
}
