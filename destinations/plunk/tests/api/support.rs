//! What Plunk says, and a connection to it.

use serde_json::{Value, json};
use waystation_destination_plunk::Plunk;
use waystation_testkit::{Answer, Event, Harness, Partner};

pub(crate) const EMAIL: &str = "ada@example.com";

pub(crate) fn settings() -> Value {
    json!({"publicKey": "pk_test_public", "secretKey": "sk_test_secret"})
}

pub(crate) fn harness(partner: &Partner) -> Harness<Plunk> {
    Harness::new(partner, settings())
}

/// An event of a person whose address is known.
pub(crate) fn event() -> Event {
    Event::track("Order Completed")
        .message_id("msg-1")
        .context("traits.email", EMAIL)
}

/// The answer to an event.
pub(crate) fn tracked() -> Value {
    json!({"success": true, "data": {"contact": "c-1", "event": "e-1", "timestamp": "2026-11-22T00:00:00.000Z"}})
}

/// The answer to an e-mail.
pub(crate) fn queued(email: &str) -> Value {
    json!({
        "success": true,
        "data": {"emails": [{"contact": {"id": "c-1", "email": email}, "email": "m-1"}], "timestamp": "2026-11-22T00:00:00.000Z"},
    })
}

/// A contact as Plunk keeps it.
pub(crate) fn contact(id: &str, email: &str) -> Value {
    json!({"id": id, "email": email, "subscribed": true, "data": {"plan": "pro"}, "projectId": "p-1"})
}

/// A refusal in the documented envelope.
pub(crate) fn refusal(status: u16, code: &str, message: &str) -> Value {
    json!({
        "success": false,
        "error": {"code": code, "message": message, "statusCode": status, "requestId": "req-1"},
        "timestamp": "2026-11-22T00:00:00.000Z",
    })
}

/// A refusal in the documented envelope, sent.
pub(crate) fn refused(status: u16, code: &str, message: &str) -> Answer {
    Answer::json(status, refusal(status, code, message))
}

/// A key that Plunk has already, and how its first request ended.
pub(crate) fn key_reused(original_status: impl Into<Value>) -> Answer {
    let mut body = refusal(409, "IDEMPOTENCY_KEY_REUSED", "Idempotency key has been used");
    body["error"]["details"] = json!({
        "key": "k",
        "originalRequest": "POST /v1/track",
        "originalRequestAt": "2026-11-22T00:00:00.000Z",
        "originalStatusCode": original_status.into(),
    });
    Answer::json(409, body)
}
