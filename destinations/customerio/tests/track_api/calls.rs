//! Single events, deletions, and what the settings change.

use crate::support::{Connection, Partner, answer};
use serde_json::{Value, json};
use waystation_kit::{DeleteUser, Error};

fn event() -> Value {
    json!({"name": "Order Completed", "id": "u-1", "event_id": "msg-1", "timestamp": "2024-03-08T14:22:31Z"})
}

#[tokio::test]
async fn a_single_event_returns_the_raw_answer() {
    let partner = Partner::new([answer(200, &json!("{\"errors\": []}"))]);
    let output = Connection::new(&partner)
        .perform("trackEvent", event())
        .await
        .unwrap();
    assert_eq!(output.into_data(), Some(json!("{\"errors\": []}")));
    assert_eq!(partner.requests()[0].0, "https://track.customer.io/api/v2/entity");
}

#[tokio::test]
async fn a_single_event_that_is_refused_is_an_error() {
    let partner = Partner::new([answer(400, &json!({"errors": [{"reason": "invalid"}]}))]);
    let error = Connection::new(&partner)
        .perform("trackEvent", event())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, Error::Http(response) if response.status() == 400),
        "{error:?}"
    );
}

#[tokio::test]
async fn resent_events_have_the_same_ulid_alone_and_in_batches() {
    let partner = Partner::new([answer(200, &json!({})), answer(200, &json!({}))]);
    let settings = json!({"siteId": "site", "apiKey": "key", "deduplicateEvents": true});
    let connection = Connection::with_settings(&partner, settings);
    connection.perform("trackEvent", event()).await.unwrap();
    connection.perform_batch("trackEvent", &[event()]).await.unwrap();
    let single: Value = serde_json::from_slice(&partner.requests()[0].1).unwrap();
    let batch: Value = serde_json::from_slice(&partner.requests()[1].1).unwrap();
    assert_eq!(single["id"].as_str().unwrap().len(), 26);
    assert_eq!(single["id"], batch["batch"][0]["id"]);
}

#[tokio::test]
async fn event_ids_stay_unless_the_settings_say_otherwise() {
    let partner = Partner::new([answer(200, &json!({}))]);
    Connection::new(&partner)
        .perform("trackEvent", event())
        .await
        .unwrap();
    let sent: Value = serde_json::from_slice(&partner.requests()[0].1).unwrap();
    assert_eq!(sent["id"], "msg-1");
}

#[tokio::test]
async fn user_ids_stay_one_part_of_the_address() {
    let partner = Partner::new([answer(200, &json!({}))]);
    let user = |user_id: Option<&str>| DeleteUser {
        user_id: user_id.map(str::to_owned),
        anonymous_id: Some("anon".to_owned()),
    };
    let settings = json!({"siteId": "site", "apiKey": "key", "accountRegion": "EU 🇪🇺"});
    let connection = Connection::with_settings(&partner, settings);
    connection.delete(user(Some("a b/c?d"))).await.unwrap();
    assert_eq!(
        partner.requests()[0].0,
        "https://track-eu.customer.io/api/v1/customers/a%20b%2Fc%3Fd"
    );
    for nobody in [None, Some(""), Some("..")] {
        let error = connection.delete(user(nobody)).await.unwrap_err();
        assert!(
            matches!(error, Error::PayloadValidation(_)),
            "{nobody:?}: {error:?}"
        );
    }
    assert_eq!(partner.requests().len(), 1, "nobody is no reason for a request");
}
