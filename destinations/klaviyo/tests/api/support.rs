//! What Klaviyo says, and a connection to it.

use serde_json::{Value, json};
use waystation_destination_klaviyo::Klaviyo;
use waystation_testkit::{Event, Harness, Partner};

/// The statuses that a later attempt may mend.
pub(crate) const PASSING: [u16; 7] = [408, 423, 429, 500, 502, 503, 504];

/// The statuses that no attempt can mend.
pub(crate) const LASTING: [(u16, &str); 5] = [
    (400, "BAD_REQUEST"),
    (401, "UNAUTHORIZED"),
    (403, "FORBIDDEN"),
    (404, "NOT_FOUND"),
    (413, "PAYLOAD_TOO_LARGE"),
];

pub(crate) fn harness(partner: &Partner) -> Harness<Klaviyo> {
    Harness::new(partner, json!({"api_key": "pk_test"}))
}

/// An answer that refuses something.
pub(crate) fn refusal(status: u16, detail: &str, pointer: &str) -> Value {
    json!({"errors": [error(status, detail, pointer)]})
}

/// One of the errors of such an answer.
pub(crate) fn error(status: u16, detail: &str, pointer: &str) -> Value {
    json!({
        "id": "e-1", "status": status, "code": "invalid", "title": "Invalid input.",
        "detail": detail, "source": {"pointer": pointer}, "meta": {},
    })
}

/// The refusal to create a profile that exists.
pub(crate) fn duplicate_of(profile: &str) -> Value {
    json!({"errors": [{"status": 409, "meta": {"duplicate_profile_id": profile}}]})
}

/// The answer about one profile.
pub(crate) fn profile(id: &str) -> Value {
    json!({"data": {"type": "profile", "id": id, "attributes": {}}})
}

/// A page of profiles; `next` is the cursor of the page after it.
pub(crate) fn page(ids: &[String], next: Option<&str>) -> Value {
    let data: Vec<Value> = ids
        .iter()
        .map(|id| json!({"type": "profile", "id": id}))
        .collect();
    let next = next.map(|cursor| format!("https://elsewhere.test/?page%5Bcursor%5D={cursor}"));
    json!({"data": data, "links": {"next": next}})
}

/// Somebody with an email address.
pub(crate) fn person(email: &str) -> Event {
    Event::identify().trait_value("email", email)
}
