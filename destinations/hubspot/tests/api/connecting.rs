//! The definition, the tokens and the credentials.

use serde_json::json;
use waystation_destination_hubspot::HubSpot;
use waystation_destination_hubspot::actions::UpsertContact;
use waystation_testkit::{Event, Partner, check};

use crate::support::{harness, record, refusal};

const CONTACTS: &str = "/crm/v3/objects/contacts";

#[test]
fn the_definition_holds_together() {
    check::<HubSpot>();
}

#[tokio::test]
async fn a_token_without_rights_is_reported() {
    let partner = Partner::start().await;
    partner.on("GET", CONTACTS).answers(403, refusal("scope"));
    let error = harness(&partner).test_authentication().await.unwrap_err();
    assert_eq!(error.status(), Some(403), "{error}");
    assert_eq!(partner.assert_sent_once().query("limit").as_deref(), Some("1"));
}

#[tokio::test]
async fn an_expired_token_is_exchanged_and_the_refresh_token_stays() {
    let partner = Partner::start().await;
    partner
        .on("PATCH", "/crm/v3/objects/contacts/ana@post.example")
        .answers(401, refusal("expired"))
        .answers(200, record("5", json!({})));
    partner
        .on("POST", "/oauth/v1/token")
        .answers(200, json!({"access_token": "token-2"}));
    let harness = harness(&partner);
    let event = Event::identify().trait_value("email", "ana@post.example");
    harness.run::<UpsertContact>(event).await.assert_delivered();

    let exchange = &partner.requests_to("POST", "/oauth/v1/token")[0];
    let keys: Vec<String> = exchange.form().into_iter().map(|(key, _)| key).collect();
    assert_eq!(
        keys,
        ["refresh_token", "client_id", "client_secret", "grant_type"]
    );
    assert_eq!(exchange.header("authorization"), None);
    let again = partner.requests().pop().unwrap();
    assert_eq!(again.header("authorization"), Some("Bearer token-2"));
    let auth = harness.auth_now();
    assert_eq!(auth.refresh_token.unwrap().expose(), "refresh-1");
}

#[tokio::test]
async fn an_exchange_that_yields_no_token_is_an_error_of_authentication() {
    let partner = Partner::start().await;
    partner
        .on("PATCH", "/crm/v3/objects/contacts/ana@post.example")
        .answers(401, refusal("expired"));
    partner.on("POST", "/oauth/v1/token").answers(200, json!({}));
    let event = Event::identify().trait_value("email", "ana@post.example");
    let outcome = harness(&partner).run::<UpsertContact>(event).await;
    outcome.assert_failed_with(401, "OAUTH_REFRESH_FAILED");
}
