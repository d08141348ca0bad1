//! What HubSpot says, and a connection to it.

use serde_json::{Value, json};
use waystation_destination_hubspot::HubSpot;
use waystation_testkit::{Harness, Partner};

pub(crate) fn harness(partner: &Partner) -> Harness<HubSpot> {
    Harness::new(partner, json!({})).tokens("token-1", "refresh-1")
}

/// A record as HubSpot hands it back.
pub(crate) fn record(id: &str, properties: impl Into<Value>) -> Value {
    json!({"id": id, "properties": properties.into()})
}

/// The answer to a batch that was taken as a whole.
pub(crate) fn complete(results: impl Into<Value>) -> Value {
    json!({"status": "COMPLETE", "results": results.into()})
}

/// The answer to a batch of which a part was not taken, here for one reason.
pub(crate) fn partial(results: impl Into<Value>, category: &str, ids: impl Into<Value>) -> Value {
    let error = json!({
        "status": "error",
        "category": category,
        "message": "HubSpot's words",
        "context": {"ids": ids.into()},
    });
    json!({"status": "COMPLETE", "results": results.into(), "numErrors": 1, "errors": [error]})
}

/// HubSpot's refusal of a whole request.
pub(crate) fn refusal(message: &str) -> Value {
    json!({"status": "error", "message": message, "correlationId": "c-1", "category": "VALIDATION_ERROR"})
}
