//! Event IDs that Customer.io deduplicates by.

use serde_json::Value;
use sha2::{Digest, Sha256};
use ulid::Ulid;
use waystation_kit::JsonObject;

/// What makes an event of Customer.io one and the same. The ID alone does not: two subscriptions may turn
/// one message into two events, and neither may swallow the other.
const IDENTITY: [&str; 4] = ["id", "action", "name", "identifiers"];

/// A ULID for an operation that carries an event ID of another form; `None` if there is nothing to replace.
///
/// Its time is the event's, or 1970 where the event has none; the rest is a hash, so that the same event
/// gets the same ULID on every attempt and on every machine.
pub(crate) fn stable_ulid(operation: &JsonObject) -> Option<String> {
    let id = operation.get("id")?;
    if id.as_str().is_some_and(|id| Ulid::from_string(id).is_ok()) {
        return None;
    }
    let mut hash = Sha256::new();
    for key in IDENTITY {
        // JSON has no raw line breaks, so that a part cannot run into the next one.
        hash.update(operation.get(key).unwrap_or(&Value::Null).to_string());
        hash.update(b"\n");
    }
    let mut random = [0; 16];
    random[6..].copy_from_slice(&hash.finalize()[..10]);
    let millis = operation
        .get("timestamp")
        .and_then(seconds)
        .unwrap_or(0)
        .saturating_mul(1000);
    Some(Ulid::from_parts(millis, u128::from_be_bytes(random)).to_string())
}

/// A timestamp in whole seconds, be it a number or a text.
fn seconds(timestamp: &Value) -> Option<u64> {
    match timestamp {
        Value::String(text) => text.split('.').next()?.parse().ok(),
        timestamp => timestamp.as_u64(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn operation(id: &str) -> Value {
        json!({
            "type": "person", "action": "event", "name": "Order Completed", "id": id,
            "identifiers": {"id": "u-1"}, "timestamp": 1_709_907_751,
        })
    }

    fn ulid_of(operation: &Value) -> Option<String> {
        stable_ulid(operation.as_object().unwrap())
    }

    #[test]
    fn a_resent_event_has_the_same_id() {
        let first = ulid_of(&operation("msg-1")).unwrap();
        assert_eq!(Some(&first), ulid_of(&operation("msg-1")).as_ref());
        assert_eq!(
            first, "01HRF73C2RHWHJHDWKY3WR5ZAN",
            "the computation must never change"
        );
    }

    #[test]
    fn the_time_is_that_of_the_event() {
        let ulid = Ulid::from_string(&ulid_of(&operation("msg-1")).unwrap()).unwrap();
        assert_eq!(ulid.timestamp_ms(), 1_709_907_751_000);
        let mut untimed = operation("msg-1");
        untimed["timestamp"] = json!("1709907751.5");
        assert_eq!(ulid_of(&untimed), ulid_of(&operation("msg-1")));
        untimed["timestamp"] = json!("yesterday");
        let ulid = Ulid::from_string(&ulid_of(&untimed).unwrap()).unwrap();
        assert_eq!(ulid.timestamp_ms(), 0);
    }

    #[test]
    fn different_events_have_different_ids() {
        let first = ulid_of(&operation("msg-1"));
        for (key, value) in [
            ("id", json!("msg-2")),
            ("name", json!("Order Paid")),
            ("action", json!("screen")),
            ("identifiers", json!({"id": "u-2"})),
        ] {
            let mut other = operation("msg-1");
            other[key] = value;
            assert_ne!(ulid_of(&other), first, "another {key}");
        }
    }

    #[test]
    fn ulids_and_missing_ids_stay() {
        assert_eq!(ulid_of(&operation("01HRF73C2RHWHJHDWKY3WR5ZAN")), None);
        assert_eq!(ulid_of(&json!({"action": "event"})), None);
    }
}
