//! What fails, and how: by what is checked here, and by what Meta says.

use serde_json::{Value, json};
use waystation_destination_facebook_conversions_api::FacebookConversionsApi;
use waystation_destination_facebook_conversions_api::actions::{
    AddToCart, Custom, PageView, Purchase, Purchase2,
};
use waystation_kit::Action;
use waystation_testkit::{Answer, Event, Harness, Partner, RunOutcome};

use crate::support::{connected, order, received};

/// What becomes of an event that nobody is asked about.
async fn refused<A: Action<FacebookConversionsApi>>(
    configure: impl FnOnce(Harness<FacebookConversionsApi>) -> Harness<FacebookConversionsApi>,
    event: Event,
) -> RunOutcome {
    let partner = Partner::start().await;
    let outcome = configure(connected(&partner)).run::<A>(event).await;
    partner.assert_nothing_sent();
    outcome
}

fn graph_error(code: u32, is_transient: bool) -> Value {
    json!({"error": {
        "message": "graph says no", "type": "OAuthException", "code": code, "is_transient": is_transient,
    }})
}

#[tokio::test]
async fn currencies_have_to_be_known() {
    for currency in ["ABC", "eur"] {
        let event = order().property("currency", currency);
        refused::<Purchase>(|harness| harness, event)
            .await
            .assert_failed_with(400, "INVALID_CURRENCY_CODE");
        let event = Event::track("Product Added").property("currency", currency);
        refused::<AddToCart>(|harness| harness, event)
            .await
            .assert_failed_with(400, "INVALID_CURRENCY_CODE");
    }
    refused::<Purchase>(|harness| harness, order().property("currency", ""))
        .await
        .assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
}

#[tokio::test]
async fn products_have_to_be_named() {
    refused::<Purchase>(
        |harness| harness.map("contents", json!([{"quantity": 1}])),
        order(),
    )
    .await
    .assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
}

#[tokio::test]
async fn events_of_websites_need_the_browser() {
    let on_website = |harness: Harness<_>| harness.map("action_source", "website");
    refused::<Purchase>(on_website, order())
        .await
        .assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    refused::<PageView>(on_website, Event::page("Home"))
        .await
        .assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    let partner = Partner::start().await;
    partner.answers(200, received()).answers(200, received());
    let harness = || on_website(connected(&partner));
    harness()
        .run::<Custom>(Event::track("Trial Started"))
        .await
        .assert_delivered();
    harness()
        .map("user_data", json!({"client_user_agent": "UA/1"}))
        .run::<Purchase>(order())
        .await
        .assert_delivered();
}

#[tokio::test]
async fn the_second_version_only_adds() {
    for mode in ["update", "upsert", "mirror", "delete", "none"] {
        refused::<Purchase2>(
            |harness| harness.map("__segment_internal_sync_mode", mode),
            order(),
        )
        .await
        .assert_failed_with(400, "Misconfigured sync mode");
    }
}

#[tokio::test]
async fn refusals_are_final() {
    for (status, code) in [(400, 100), (400, 190), (401, 190), (403, 200), (404, 803)] {
        let partner = Partner::start().await;
        partner.answers(status, graph_error(code, false));
        let outcome = connected(&partner).retries(2).run::<Purchase>(order()).await;
        let error = outcome.assert_failed_with(status, "");
        assert!(!error.is_retryable(), "{status} {code}");
        outcome.assert_attempts(1);
    }
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    for status in [408, 423, 429, 500, 502, 503] {
        let partner = Partner::start().await;
        partner
            .answers_with(Answer::text(status, "oops"))
            .answers(200, received());
        let outcome = connected(&partner).retries(1).run::<Purchase>(order()).await;
        outcome.assert_delivered();
        outcome.assert_attempts(2);
    }
}

#[tokio::test]
async fn limits_and_outages_pass_whatever_the_status() {
    for (status, code, is_transient, passing_status) in [
        (400, 17, false, 429),
        (403, 4, true, 429),
        (400, 80_004, false, 429),
        (400, 2, true, 503),
        (400, 99, true, 503),
    ] {
        let partner = Partner::start().await;
        partner
            .answers(status, graph_error(code, is_transient))
            .answers(200, received())
            .answers(status, graph_error(code, is_transient));
        connected(&partner)
            .retries(1)
            .run::<Purchase>(order())
            .await
            .assert_delivered();
        let outcome = connected(&partner).run::<Purchase>(order()).await;
        let error = outcome.assert_failed_with(passing_status, "RETRYABLE_ERROR");
        assert_eq!(error.to_string(), "graph says no", "{status} {code}");
    }
}

#[tokio::test]
async fn answers_that_are_no_graph_errors_keep_their_status() {
    for body in [
        json!({"message": "no"}),
        json!({"error": "no"}),
        json!({"error": {"code": "4"}}),
        json!([]),
    ] {
        let partner = Partner::start().await;
        partner.answers(400, body.clone());
        let outcome = connected(&partner).run::<Purchase>(order()).await;
        let error = outcome.assert_failed_with(400, "");
        assert!(!error.is_retryable(), "{body}");
    }
}
