//! What Mixpanel says, and a connection to it.

use serde_json::{Value, json};
use waystation_destination_mixpanel::Mixpanel;
use waystation_testkit::{Harness, Partner};

pub(crate) fn harness(partner: &Partner) -> Harness<Mixpanel> {
    Harness::new(
        partner,
        json!({"projectToken": "token-1", "apiSecret": "secret-1"}),
    )
}

/// The answer to an import.
pub(crate) fn imported() -> Value {
    json!({"code": 200, "num_records_imported": 1, "status": "OK"})
}

/// The answer to an import of which Mixpanel refuses the events at these places.
pub(crate) fn refused(places: &[usize]) -> Value {
    let records: Vec<Value> = places
        .iter()
        .map(|place| {
            json!({"index": place, "insert_id": "i", "field": "properties.time", "message": format!("{place} is too old")})
        })
        .collect();
    json!({"code": 400, "error": "some data points in the request failed validation", "status": "Bad Request", "failed_records": records})
}
