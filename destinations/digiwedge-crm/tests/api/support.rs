//! A connected destination, and the partner's answers as its pages show them.

use serde_json::{Value, json};
use waystation_destination_digiwedge_crm::DigiWedgeCrm;
use waystation_testkit::{Answer, Harness, Partner};

pub(crate) const CUSTOMERS: &str = "/api/v1/customers";
pub(crate) const RESOLVE: &str = "/api/v1/customers/resolve";

/// A tenant that speaks REST.
pub(crate) fn rest(partner: &Partner) -> Harness<DigiWedgeCrm> {
    Harness::new(partner, settings("rest"))
}

/// A tenant that speaks GraphQL.
pub(crate) fn graphql(partner: &Partner) -> Harness<DigiWedgeCrm> {
    Harness::new(partner, settings("graphql"))
}

fn settings(interface: &str) -> Value {
    json!({
        "baseUrl": "https://crm.test/api/v1/",
        "tenantId": "t-1",
        "accessToken": "jwt-1",
        "interface": interface,
    })
}

/// A customer as REST shows one.
pub(crate) fn customer(id: &str) -> Value {
    json!({"id": id, "tenantId": "t-1", "status": "ACTIVE"})
}

/// The envelope of refusals.
pub(crate) fn refusal(code: &str) -> Value {
    json!({"error": {"code": code, "message": "No.", "requestId": "req-1"}})
}

/// An answer with what every answer says about the limit.
pub(crate) fn limited(status: u16, body: Value, remaining: &str, reset_epoch_seconds: u64) -> Answer {
    Answer::json(status, body)
        .header("X-RateLimit-Limit", "100")
        .header("X-RateLimit-Remaining", remaining)
        .header("X-RateLimit-Reset", &reset_epoch_seconds.to_string())
}
