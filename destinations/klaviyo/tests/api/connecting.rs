//! The definition, the credentials and the deletion of profiles.

use serde_json::json;
use waystation_destination_klaviyo::Klaviyo;
use waystation_testkit::{Event, Partner, Rule, check_except};

use crate::support::{harness, refusal};

#[test]
fn the_definition_holds_together() {
    // The platform starts five actions with one event, and calls all five presets the same; and its subscription of one
    // action names a type as no event spells it.
    check_except::<Klaviyo>(&[
        (Rule::NamesUnique, "preset Journeys Step Entered"),
        (Rule::SubscriptionsReadable, "removeProfile"),
    ]);
}

#[tokio::test]
async fn every_request_names_the_key_and_the_revision() {
    let partner = Partner::start().await;
    partner
        .on("GET", "/api/accounts/")
        .answers(200, json!({"data": []}));
    harness(&partner).test_authentication().await.unwrap();
    let request = partner.assert_sent_once();
    assert_eq!(request.header("authorization"), Some("Klaviyo-API-Key pk_test"));
    assert_eq!(request.header("revision"), Some("2025-01-15"));
    assert_eq!(request.header("accept"), Some("application/json"));
}

#[tokio::test]
async fn an_unknown_key_is_reported() {
    let partner = Partner::start().await;
    partner.on("GET", "/api/accounts/").answers(
        401,
        refusal(401, "Incorrect authentication credentials.", "/data/"),
    );
    let error = harness(&partner).test_authentication().await.unwrap_err();
    assert_eq!(error.status(), Some(401), "{error}");
}

#[tokio::test]
async fn a_profile_is_deleted_by_user_id_only() {
    let partner = Partner::start().await;
    partner
        .on("POST", "/api/data-privacy-deletion-jobs/")
        .answers(202, json!({}));
    let harness = harness(&partner);
    harness.delete(Event::identify().user_id("u-1")).await.unwrap();
    assert_eq!(
        partner.assert_sent_once().json()["data"]["attributes"]["profile"],
        json!({"data": {"type": "profile", "id": "u-1"}})
    );
    let anonymous = Event::identify().anonymous_id("a-1").without("userId");
    let error = harness.delete(anonymous).await.unwrap_err();
    assert_eq!(error.status(), Some(400), "{error}");
    partner.assert_sent(1);
}
