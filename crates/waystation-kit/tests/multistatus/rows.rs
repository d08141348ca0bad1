//! Batches made by chance.

use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value, json};
use waystation_kit::multistatus::PartLimits;
use waystation_kit::{Batch, BatchItem, Error, Result};

/// What an item would be written as were it always written; unlike for any two items.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) number: usize,
    pub(crate) group: u8,
    pub(crate) text: String,
    pub(crate) is_writable: bool,
}

impl Row {
    pub(crate) fn given(&self) -> Value {
        json!({"row": self.number, "given": true})
    }

    pub(crate) fn sent(&self) -> Value {
        json!({"row": self.number, "text": self.text})
    }

    pub(crate) fn bytes(&self) -> usize {
        serde_json::to_vec(&self.sent()).unwrap().len()
    }

    pub(crate) fn to_wire(&self) -> Result<Value> {
        if self.is_writable {
            Ok(self.sent())
        } else {
            Err(Error::payload(format!("row {} cannot be written", self.number)))
        }
    }
}

pub(crate) fn batch(rows: &[Row]) -> Batch<Row> {
    let items = rows.iter().map(|row| BatchItem {
        payload: row.clone(),
        given: Arc::new(row.given()),
        index: row.number * 2,
        audience_membership: None,
    });
    Batch::new(items.collect())
}

pub(crate) fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (0..3_u8, "[a-z\"é]{0,40}", proptest::bool::weighted(0.9));
    proptest::collection::vec(row, 0..16).prop_map(|rows| {
        let rows = rows.into_iter().enumerate();
        rows.map(|(number, (group, text, is_writable))| Row {
            number,
            group,
            text,
            is_writable,
        })
        .collect()
    })
}

pub(crate) const ENVELOPE: (&str, &str) = (r#"{"batch":["#, "]}");

pub(crate) fn limits() -> impl Strategy<Value = PartLimits> {
    (1..6_usize, 40..250_usize, 30..80_usize).prop_map(|(items, bytes, item_bytes)| PartLimits {
        items,
        bytes,
        item_bytes,
        envelope_bytes: ENVELOPE.0.len() + ENVELOPE.1.len(),
    })
}

/// The most bytes that an item may take.
pub(crate) fn longest_item(limits: PartLimits) -> usize {
    limits.item_bytes.min(limits.bytes - limits.envelope_bytes)
}
