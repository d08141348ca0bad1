//! What fails, and how: by what is checked here, and by what Meta says.

use std::time::Duration;

use serde_json::{Value, json};
use waystation_destination_facebook_conversions_api::FacebookConversionsApi;
use waystation_destination_facebook_conversions_api::actions::{AddToCart, Custom, PageView, Purchase};
use waystation_destination_facebook_conversions_api::event::{Conversion, SecondVersion};
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
        "fbtrace_id": "Z1",
    }})
}

#[tokio::test]
async fn currencies_have_to_be_known() {
    for currency in ["ABC", "eur"] {
        let event = order().property("currency", currency);
        refused::<Conversion<Purchase>>(|harness| harness, event)
            .await
            .assert_failed_with(400, "INVALID_CURRENCY_CODE");
        let event = Event::track("Product Added").property("currency", currency);
        refused::<Conversion<AddToCart>>(|harness| harness, event)
            .await
            .assert_failed_with(400, "INVALID_CURRENCY_CODE");
    }
    refused::<Conversion<Purchase>>(|harness| harness, order().property("currency", ""))
        .await
        .assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
}

#[tokio::test]
async fn products_have_to_be_named() {
    refused::<Conversion<Purchase>>(
        |harness| harness.map("contents", json!([{"quantity": 1}])),
        order(),
    )
    .await
    .assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
}

#[tokio::test]
async fn events_of_websites_need_the_browser() {
    let on_website = |harness: Harness<_>| harness.map("action_source", "website");
    refused::<Conversion<Purchase>>(on_website, order())
        .await
        .assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    refused::<Conversion<PageView>>(on_website, Event::page("Home"))
        .await
        .assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    let partner = Partner::start().await;
    partner.answers(200, received()).answers(200, received());
    let harness = || on_website(connected(&partner));
    harness()
        .run::<Conversion<Custom>>(Event::track("Trial Started"))
        .await
        .assert_delivered();
    harness()
        .map("user_data", json!({"client_user_agent": "UA/1"}))
        .run::<Conversion<Purchase>>(order())
        .await
        .assert_delivered();
}

#[tokio::test]
async fn the_second_version_only_adds() {
    for mode in ["update", "upsert", "mirror", "delete", "none"] {
        refused::<SecondVersion<Purchase>>(
            |harness| harness.map("__segment_internal_sync_mode", mode),
            order(),
        )
        .await
        .assert_failed_with(400, "Misconfigured sync mode");
    }
}

#[tokio::test]
async fn refusals_are_final() {
    for (status, code) in [(400, 100), (403, 200), (404, 803)] {
        let partner = Partner::start().await;
        partner.answers(status, graph_error(code, false));
        let outcome = connected(&partner)
            .retries(2)
            .run::<Conversion<Purchase>>(order())
            .await;
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
        let outcome = connected(&partner)
            .retries(1)
            .run::<Conversion<Purchase>>(order())
            .await;
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
            .run::<Conversion<Purchase>>(order())
            .await
            .assert_delivered();
        let outcome = connected(&partner).run::<Conversion<Purchase>>(order()).await;
        let error = outcome.assert_failed_with(passing_status, &code.to_string());
        assert!(error.is_retryable(), "{status} {code}");
        assert_eq!(
            error.to_string(),
            "graph says no (request ID Z1)",
            "{status} {code}"
        );
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
        let outcome = connected(&partner).run::<Conversion<Purchase>>(order()).await;
        let error = outcome.assert_failed_with(400, "");
        assert!(!error.is_retryable(), "{body}");
    }
}

#[tokio::test]
async fn a_refused_token_is_a_matter_of_the_connection_whatever_the_status() {
    for (status, code) in [(400, 190), (401, 190), (403, 102)] {
        let partner = Partner::start().await;
        partner.answers(status, graph_error(code, false));
        let outcome = connected(&partner)
            .retries(2)
            .run::<Conversion<Purchase>>(order())
            .await;
        let error = outcome.assert_failed_with(401, &code.to_string());
        assert_eq!(error.to_string(), "graph says no (request ID Z1)");
        outcome.assert_attempts(1);
    }
}

#[tokio::test]
async fn meta_says_when_a_limit_is_over() {
    for (status, header, value, seconds) in [
        (
            400,
            "x-business-use-case-usage",
            r#"{"123": [{"type": "ads_management", "estimated_time_to_regain_access": 19}]}"#,
            1140,
        ),
        (
            429,
            "x-ad-account-usage",
            r#"{"acc_id_util_pct": 100, "reset_time_duration": 90}"#,
            90,
        ),
    ] {
        let partner = Partner::start().await;
        let answer = Answer::json(status, graph_error(80_004, false)).header(header, value);
        partner.answers_with(answer);
        let outcome = connected(&partner).run::<Conversion<Purchase>>(order()).await;
        let error = outcome.assert_failed_with(429, "80004");
        let wait = error.action().and_then(waystation_kit::Error::retry_after);
        assert_eq!(wait, Some(Duration::from_secs(seconds)), "{header}");
    }
}

#[tokio::test]
async fn complaints_about_an_event_that_was_received_are_warnings() {
    let partner = Partner::start().await;
    let answer =
        json!({"events_received": 1, "messages": ["event_time is old", {"code": 7}], "fbtrace_id": "A1b"});
    partner.answers(200, answer.clone());
    let outcome = connected(&partner).run::<Conversion<Purchase>>(order()).await;
    assert_eq!(outcome.assert_delivered(), answer);
    assert_eq!(outcome.warning(), Some(r#"event_time is old; {"code":7}"#));
}

#[tokio::test]
async fn an_event_that_was_not_received_is_not_delivered() {
    let partner = Partner::start().await;
    partner
        .answers(
            200,
            json!({"events_received": 0, "messages": ["dropped"], "fbtrace_id": "A1b"}),
        )
        .answers(
            200,
            json!({"events_received": 0, "messages": [], "fbtrace_id": "A1b"}),
        )
        .answers(200, graph_error(100, false));
    for (code, words) in [
        ("EVENT_NOT_RECEIVED", "dropped (request ID A1b)"),
        ("EVENT_NOT_RECEIVED", "Meta received no event (request ID A1b)"),
        ("100", "graph says no (request ID Z1)"),
    ] {
        let outcome = connected(&partner).run::<Conversion<Purchase>>(order()).await;
        let error = outcome.assert_failed_with(400, code);
        assert_eq!(error.to_string(), words);
    }
}

#[tokio::test]
async fn answers_that_do_not_say_what_was_received_leave_the_outcome_unknown() {
    for answer in [
        Answer::json(200, json!({})),
        Answer::json(200, json!({"events_received": "1"})),
        Answer::json(200, json!(true)),
        Answer::text(200, "<html>Sign in to the guest network</html>"),
        Answer::text(200, ""),
    ] {
        let partner = Partner::start().await;
        partner.answers_with(answer);
        let outcome = connected(&partner).run::<Conversion<Purchase>>(order()).await;
        let error = outcome.assert_failed_with(502, "INVALID_RESPONSE");
        assert!(
            error
                .action()
                .is_some_and(waystation_kit::Error::outcome_is_unknown),
            "{error}"
        );
    }
}

#[tokio::test]
async fn times_that_may_be_any_are_refused() {
    for time in ["some day", "17"] {
        refused::<Conversion<Purchase>>(|harness| harness.map("event_time", time), order())
            .await
            .assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    }
}
