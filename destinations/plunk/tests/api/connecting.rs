//! The definition, the keys and the base URL.

use serde_json::json;
use waystation_destination_plunk::Plunk;
use waystation_destination_plunk::actions::TrackEvent;
use waystation_testkit::{Harness, Partner};

use crate::support::{event, harness, refused, settings, tracked};

#[test]
fn the_definition_holds_together() {
    waystation_testkit::check::<Plunk>();
}

#[tokio::test]
async fn both_keys_are_tried() {
    let partner = Partner::start().await;
    let contacts = json!({"data": [], "hasMore": false, "total": 0});
    partner.on("GET", "/contacts").answers(200, contacts);
    partner.on("POST", "/v1/track").answers_with(refused(
        422,
        "VALIDATION_ERROR",
        "Request validation failed",
    ));
    harness(&partner).test_authentication().await.unwrap();
    let requests = partner.assert_sent(2);
    assert_eq!(requests[0].header("authorization"), Some("Bearer sk_test_secret"));
    assert_eq!(requests[0].query("limit").as_deref(), Some("1"));
    assert_eq!(requests[1].header("authorization"), Some("Bearer pk_test_public"));
    assert_eq!(requests[1].json(), json!({}));
}

#[tokio::test]
async fn a_refused_key_is_reported() {
    let partner = Partner::start().await;
    partner
        .on("GET", "/contacts")
        .answers(200, json!({"data": [], "hasMore": false}));
    partner
        .on("POST", "/v1/track")
        .answers_with(refused(401, "INVALID_API_KEY", "Invalid public API key."));
    let error = harness(&partner).test_authentication().await.unwrap_err();
    assert_eq!(error.status(), Some(401), "{error}");
    assert!(error.to_string().contains("Invalid public API key"), "{error}");
}

#[tokio::test]
async fn something_else_than_plunk_does_not_pass() {
    let partner = Partner::start().await;
    partner.always_answers(200, json!({"hello": "world"}));
    let error = harness(&partner).test_authentication().await.unwrap_err();
    assert!(error.to_string().contains("Base URL"), "{error}");
}

#[tokio::test]
async fn swapped_keys_are_caught_before_sending() {
    let partner = Partner::start().await;
    for (settings, fault) in [
        (
            json!({"publicKey": "sk_a", "secretKey": "sk_b"}),
            "this is a secret key",
        ),
        (
            json!({"publicKey": "pk_a", "secretKey": "pk_b"}),
            "this is a public key",
        ),
        (
            json!({"publicKey": "pk_a", "secretKey": "abc"}),
            "begins with \"sk_\"",
        ),
    ] {
        let harness = Harness::<Plunk>::new(&partner, settings);
        let error = harness.test_authentication().await.unwrap_err();
        assert!(error.to_string().contains(fault), "{error}");
    }
    partner.assert_nothing_sent();
}

#[tokio::test]
async fn the_base_url_may_have_a_path() {
    let partner = Partner::start().await;
    partner.on("POST", "/plunk/v1/track").answers(200, tracked());
    let mut settings = settings();
    settings["baseUrl"] = json!("https://mail.example.com/plunk/");
    let harness = Harness::<Plunk>::new(&partner, settings);
    harness.run::<TrackEvent>(event()).await.assert_delivered();
}
