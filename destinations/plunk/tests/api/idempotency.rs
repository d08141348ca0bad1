//! What is sent again, and what Plunk says to that.

use serde_json::json;
use waystation_destination_plunk::Plunk;
use waystation_destination_plunk::actions::{SendEmail, TrackEvent};
use waystation_testkit::{Event, Harness, Partner};

use crate::support::{event, harness, key_reused, queued, refused, settings, tracked};

async fn key_of(event: Event) -> Option<String> {
    let partner = Partner::start().await;
    partner.answers(200, tracked());
    harness(&partner)
        .run::<TrackEvent>(event)
        .await
        .assert_delivered();
    let request = partner.assert_sent_once();
    request.header("idempotency-key").map(str::to_owned)
}

#[tokio::test]
async fn the_same_event_has_the_same_key() {
    let key = key_of(event()).await.unwrap();
    assert_eq!(key.len(), 64);
    assert_eq!(key_of(event()).await.as_ref(), Some(&key));
    assert_ne!(key_of(event().message_id("msg-2")).await, Some(key.clone()));
    let other = event().context("traits.email", "grace@example.com");
    assert_ne!(key_of(other).await, Some(key));
    assert_eq!(key_of(event().without("messageId")).await, None);
}

#[tokio::test]
async fn two_mails_because_of_one_event_are_two() {
    let partner = Partner::start().await;
    partner.always_answers(200, queued("ada@example.com"));
    for subject in ["Thank you", "Your invoice"] {
        let harness = harness(&partner).map("subject", subject).map("body", "<p>…</p>");
        harness.run::<SendEmail>(event()).await.assert_delivered();
    }
    let requests = partner.assert_sent(2);
    assert_ne!(
        requests[0].header("idempotency-key"),
        requests[1].header("idempotency-key")
    );
}

#[tokio::test]
async fn unfit_message_ids_are_no_request_ids() {
    let partner = Partner::start().await;
    partner.always_answers(200, tracked());
    for id in ["naïve id", "line\nbreak", &"x".repeat(129)] {
        let event = event().message_id(id);
        harness(&partner)
            .run::<TrackEvent>(event)
            .await
            .assert_delivered();
    }
    for request in partner.assert_sent(3) {
        assert_eq!(request.header("x-request-id"), None);
        assert_eq!(request.header("idempotency-key").map(str::len), Some(64));
    }
}

#[tokio::test]
async fn what_got_through_earlier_is_delivered() {
    let partner = Partner::start().await;
    partner.answers_with(refused(
        500,
        "INTERNAL_SERVER_ERROR",
        "An unexpected error occurred",
    ));
    partner.answers_with(key_reused(json!(200)));
    let outcome = harness(&partner).retries(1).run::<TrackEvent>(event()).await;
    let output = outcome.assert_delivered();
    assert_eq!(output, json!({"success": true, "alreadyDelivered": true}));
    let requests = partner.assert_sent(2);
    assert_eq!(
        requests[0].header("idempotency-key"),
        requests[1].header("idempotency-key")
    );
}

#[tokio::test]
async fn what_is_under_way_is_waited_for() {
    let partner = Partner::start().await;
    partner.answers_with(key_reused(json!(null)));
    partner.answers_with(key_reused(json!(201)));
    let outcome = harness(&partner).retries(1).run::<TrackEvent>(event()).await;
    outcome.assert_delivered();
    outcome.assert_attempts(2);
    let waited = outcome.attempts()[0].waited.unwrap();
    assert!(waited.as_secs() >= 1, "{waited:?}");
}

#[tokio::test]
async fn an_unknown_outcome_is_reported_and_not_sent_again() {
    for original_status in [json!(500), json!("?")] {
        let partner = Partner::start().await;
        partner.answers_with(key_reused(original_status));
        let outcome = harness(&partner).retries(3).run::<TrackEvent>(event()).await;
        let error = outcome.assert_failed_with(409, "IDEMPOTENCY_KEY_REUSED");
        assert!(error.to_string().contains("cannot tell"), "{error}");
        outcome.assert_attempts(1);
    }
}

#[tokio::test]
async fn an_unknown_outcome_is_sent_again_once_if_the_settings_say_so() {
    let mut settings = settings();
    settings["resendUnknown"] = json!(true);
    let partner = Partner::start().await;
    partner.answers_with(key_reused(json!(500)));
    partner.answers(200, tracked());
    let connected = Harness::<Plunk>::new(&partner, settings.clone());
    connected.run::<TrackEvent>(event()).await.assert_delivered();
    let requests = partner.assert_sent(2);
    assert_ne!(
        requests[0].header("idempotency-key"),
        requests[1].header("idempotency-key")
    );
    assert_eq!(requests[0].json(), requests[1].json());

    let partner = Partner::start().await;
    partner.answers_with(key_reused(json!(500)));
    partner.answers_with(key_reused(json!(503)));
    let connected = Harness::<Plunk>::new(&partner, settings).retries(3);
    let outcome = connected.run::<TrackEvent>(event()).await;
    outcome.assert_failed_with(409, "IDEMPOTENCY_KEY_REUSED");
    partner.assert_sent(2);
}

#[tokio::test]
async fn other_conflicts_are_no_successes() {
    let partner = Partner::start().await;
    partner.answers_with(refused(409, "CONFLICT", "Conflict"));
    let outcome = harness(&partner).run::<TrackEvent>(event()).await;
    outcome.assert_failed_with(409, "CONFLICT");
}
