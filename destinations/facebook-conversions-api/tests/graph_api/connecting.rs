//! The definition, the settings and the access token.

use serde_json::json;
use waystation_destination_facebook_conversions_api::FacebookConversionsApi;
use waystation_destination_facebook_conversions_api::actions::Purchase;
use waystation_destination_facebook_conversions_api::client::ACCESS_TOKEN;
use waystation_destination_facebook_conversions_api::event::Conversion;
use waystation_testkit::{Harness, Partner, check};

use crate::support::{connected, order, received, without_token};

#[test]
fn the_definition_holds_together() {
    check::<FacebookConversionsApi>();
}

#[tokio::test]
async fn events_go_to_the_pixel_with_the_operators_token() {
    let partner = Partner::start().await;
    partner.answers(200, received());
    let outcome = connected(&partner).run::<Conversion<Purchase>>(order()).await;
    assert_eq!(outcome.assert_delivered(), received());
    let request = partner.assert_sent_once();
    assert_eq!(
        request.url.as_str(),
        "https://graph.facebook.com/v24.0/1234567890/events"
    );
    assert_eq!(request.header("authorization"), Some("Bearer token-1"));
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    for harness in [
        |partner: &Partner| without_token(partner),
        |partner: &Partner| without_token(partner).environment(ACCESS_TOKEN, ""),
    ] {
        let partner = Partner::start().await;
        let outcome = harness(&partner).run::<Conversion<Purchase>>(order()).await;
        let error = outcome.assert_failed_with(401, "INVALID_AUTHENTICATION");
        assert!(error.to_string().contains(ACCESS_TOKEN), "{error}");
        partner.assert_nothing_sent();
    }
}

#[tokio::test]
async fn the_pixel_stays_one_part_of_the_address() {
    let partner = Partner::start().await;
    partner.answers(200, received());
    let settings = json!({"pixelId": "12/../34?"});
    Harness::<FacebookConversionsApi>::new(&partner, settings)
        .environment(ACCESS_TOKEN, "token-1")
        .map("action_source", "app")
        .run::<Conversion<Purchase>>(order())
        .await
        .assert_delivered();
    assert_eq!(
        partner.assert_sent_once().url.as_str(),
        "https://graph.facebook.com/v24.0/12%2F..%2F34%3F/events"
    );
}

#[tokio::test]
async fn the_test_code_of_a_mapping_wins() {
    for (in_settings, in_mapping, sent) in [
        ("TEST-S", "", json!("TEST-S")),
        ("TEST-S", "TEST-M", json!("TEST-M")),
        ("", "TEST-M", json!("TEST-M")),
        ("", "", json!(null)),
    ] {
        let partner = Partner::start().await;
        partner.answers(200, received());
        let settings = json!({"pixelId": "1", "testEventCode": in_settings});
        Harness::<FacebookConversionsApi>::new(&partner, settings)
            .environment(ACCESS_TOKEN, "token-1")
            .map("action_source", "app")
            .map("test_event_code", in_mapping)
            .run::<Conversion<Purchase>>(order())
            .await
            .assert_delivered();
        assert_eq!(
            partner.assert_sent_once().json()["test_event_code"],
            sent,
            "{in_settings:?} {in_mapping:?}"
        );
    }
}
