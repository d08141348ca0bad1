//! What refusals come to, code by code and status by status.

use std::time::Duration;

use serde_json::{Value, json};
use waystation_destination_digiwedge_crm::actions::PublishPost;
use waystation_kit::Error;
use waystation_testkit::{Answer, Event, Partner, RunOutcome};

use crate::support::{limited, refusal, rest};

/// 2026-11-22T00:00:00Z
const NOW_SECONDS: u64 = 1_795_305_600;

async fn answered(answer: Answer) -> RunOutcome {
    let partner = Partner::start().await;
    partner.answers_with(answer);
    let clock = i64::try_from(NOW_SECONDS * 1000).unwrap();
    let approved = Event::track("Post Approved").property("postId", "p-1");
    rest(&partner).clock(clock).run::<PublishPost>(approved).await
}

fn action_error(outcome: &RunOutcome) -> &Error {
    outcome.assert_failed().action().unwrap()
}

fn wait_of(outcome: &RunOutcome) -> Option<u64> {
    action_error(outcome).retry_after().map(|wait| wait.as_secs())
}

#[tokio::test]
async fn known_codes_decide_whatever_the_status_says() {
    for (status, code, expected) in [
        (400, "VALIDATION_ERROR", (400, "PAYLOAD_VALIDATION_FAILED")),
        (400, "INVALID_EMAIL", (400, "PAYLOAD_VALIDATION_FAILED")),
        (400, "INVALID_PHONE", (400, "PAYLOAD_VALIDATION_FAILED")),
        (400, "INVALID_DATE", (400, "PAYLOAD_VALIDATION_FAILED")),
        (400, "INVALID_CRITERIA", (400, "PAYLOAD_VALIDATION_FAILED")),
        (400, "MISSING_REQUIRED_FIELD", (400, "PAYLOAD_VALIDATION_FAILED")),
        (422, "INVALID_ENUM_VALUE", (400, "PAYLOAD_VALIDATION_FAILED")),
        (403, "FORBIDDEN", (403, "FORBIDDEN")),
        (403, "TENANT_MISMATCH", (403, "TENANT_MISMATCH")),
        (403, "SCOPE_REQUIRED", (403, "SCOPE_REQUIRED")),
        (404, "CUSTOMER_NOT_FOUND", (404, "CUSTOMER_NOT_FOUND")),
        (404, "SEGMENT_NOT_FOUND", (404, "SEGMENT_NOT_FOUND")),
        (404, "CAMPAIGN_NOT_FOUND", (404, "CAMPAIGN_NOT_FOUND")),
        (404, "JOURNEY_NOT_FOUND", (404, "JOURNEY_NOT_FOUND")),
        (404, "JOURNEY_STEP_NOT_FOUND", (404, "JOURNEY_STEP_NOT_FOUND")),
        (404, "ENROLLMENT_NOT_FOUND", (404, "ENROLLMENT_NOT_FOUND")),
        (404, "CONNECTION_NOT_FOUND", (404, "CONNECTION_NOT_FOUND")),
        (404, "POST_NOT_FOUND", (404, "POST_NOT_FOUND")),
        (404, "PROMOTION_NOT_FOUND", (404, "PROMOTION_NOT_FOUND")),
        (404, "NOTE_NOT_FOUND", (404, "NOTE_NOT_FOUND")),
        (500, "RESOURCE_NOT_FOUND", (404, "RESOURCE_NOT_FOUND")),
        (422, "INVALID_CAMPAIGN_STATUS", (422, "INVALID_CAMPAIGN_STATUS")),
        (422, "INVALID_JOURNEY_STATUS", (422, "INVALID_JOURNEY_STATUS")),
        (422, "JOURNEY_NO_STEPS", (422, "JOURNEY_NO_STEPS")),
        (422, "JOURNEY_ACTIVE", (422, "JOURNEY_ACTIVE")),
        (422, "CAMPAIGN_ALREADY_SENT", (422, "CAMPAIGN_ALREADY_SENT")),
        (422, "SEGMENT_IN_USE", (422, "SEGMENT_IN_USE")),
        (
            422,
            "CUSTOMER_ALREADY_ENROLLED",
            (422, "CUSTOMER_ALREADY_ENROLLED"),
        ),
        (422, "MERGE_SAME_CUSTOMER", (422, "MERGE_SAME_CUSTOMER")),
        (422, "DUPLICATE_EMAIL", (422, "DUPLICATE_EMAIL")),
        (422, "OAUTH_FAILED", (422, "OAUTH_FAILED")),
        (422, "SOCIAL_PUBLISH_FAILED", (422, "SOCIAL_PUBLISH_FAILED")),
        (500, "SOCIAL_PUBLISH_FAILED", (500, "SOCIAL_PUBLISH_FAILED")),
        (500, "SOCIAL_TOKEN_EXPIRED", (422, "SOCIAL_TOKEN_EXPIRED")),
        (500, "SOCIAL_PERMISSION_DENIED", (422, "SOCIAL_PERMISSION_DENIED")),
        (422, "SOCIAL_CONTENT_REJECTED", (422, "SOCIAL_CONTENT_REJECTED")),
        (422, "SOCIAL_RATE_LIMITED", (429, "SOCIAL_RATE_LIMITED")),
        (429, "RATE_LIMITED", (429, "RATE_LIMITED")),
        (429, "QUOTA_EXCEEDED", (402, "QUOTA_EXCEEDED")),
    ] {
        let outcome = answered(Answer::json(status, refusal(code))).await;
        let error = action_error(&outcome);
        let actual = (error.status().unwrap(), error.code().unwrap());
        assert_eq!((actual.0, actual.1.as_str()), expected, "{status} {code}");
        let is_final = !matches!(expected.0, 429 | 500);
        assert_eq!(error.is_retryable(), !is_final, "{status} {code}");
        assert!(error.to_string().contains("request req-1"), "{error}");
    }
}

#[tokio::test]
async fn other_failures_are_told_by_their_status() {
    for (status, body, expected) in [
        (400, json!({}), (400, "PAYLOAD_VALIDATION_FAILED")),
        (403, json!("no"), (403, "FORBIDDEN")),
        (404, json!({}), (404, "NOT_FOUND")),
        (409, json!({}), (409, "CONFLICT")),
        (418, refusal("TEAPOT"), (418, "TEAPOT")),
        (422, refusal("SOMETHING_NEW"), (422, "SOMETHING_NEW")),
        (429, json!({}), (429, "RETRYABLE_ERROR")),
        (500, json!({}), (500, "RETRYABLE_ERROR")),
        (503, refusal("SOMETHING_NEW"), (503, "SOMETHING_NEW")),
    ] {
        let outcome = answered(Answer::json(status, body)).await;
        outcome.assert_failed_with(expected.0, expected.1);
    }
    answered(Answer::text(502, "<html>Bad gateway</html>"))
        .await
        .assert_failed_with(502, "RETRYABLE_ERROR");
}

#[tokio::test]
async fn faults_of_fields_are_told() {
    let body = json!({"error": {
        "code": "VALIDATION_ERROR",
        "message": "Validation failed",
        "details": {"errors": [{"field": "email", "message": "is no address"}, {"message": "too much"}]},
        "requestId": "req-9",
    }});
    let outcome = answered(Answer::json(400, body)).await;
    assert_eq!(
        action_error(&outcome).to_string(),
        "Validation failed: email: is no address; too much (DigiWedge code VALIDATION_ERROR, request req-9)"
    );
}

#[tokio::test]
async fn a_refusal_within_a_success_is_a_refusal() {
    let outcome = answered(Answer::json(200, refusal("POST_NOT_FOUND"))).await;
    outcome.assert_failed_with(404, "POST_NOT_FOUND");
    let outcome = answered(Answer::json(200, json!({"error": {"message": "No."}}))).await;
    outcome.assert_failed_with(400, "UNKNOWN_ERROR");
    for denied in [
        json!({"success": false, "message": "Not today"}),
        json!({"ok": false, "error": "Not today"}),
        json!({"id": "p-1", "errors": [{"message": "Not today"}]}),
    ] {
        let outcome = answered(Answer::json(200, denied.clone())).await;
        let error = outcome.assert_failed_with(400, "UNKNOWN_ERROR");
        assert!(error.to_string().contains("Not today"), "{denied}: {error}");
    }
    let outcome = answered(Answer::json(200, json!({"success": false}))).await;
    let error = outcome.assert_failed_with(400, "UNKNOWN_ERROR");
    assert_eq!(error.to_string(), "DigiWedge does not say why");
}

#[tokio::test]
async fn answers_that_are_not_of_digiwedge_leave_the_outcome_unknown() {
    for answer in [
        Answer::text(200, "<html>Sign in</html>"),
        Answer::text(200, "{\"id\": "),
        Answer::json(200, json!(["p-1"])),
        Answer::json(200, Value::Null),
    ] {
        let outcome = answered(answer).await;
        let error = outcome.assert_failed_with(502, "INVALID_RESPONSE");
        assert!(error.action().unwrap().outcome_is_unknown());
    }
}

#[tokio::test]
async fn a_refused_token_keeps_code_words_and_request() {
    let outcome = answered(Answer::json(401, refusal("TOKEN_INVALID"))).await;
    let error = action_error(&outcome);
    assert_eq!(error.status(), Some(401));
    let told = format!("{error:?}");
    assert!(
        told.contains("No. (DigiWedge code TOKEN_INVALID, request req-1)"),
        "{told}"
    );
}

#[tokio::test]
async fn rate_limits_say_how_long_to_wait() {
    let hint =
        json!({"error": {"code": "RATE_LIMITED", "message": "Slow down", "details": {"retryAfter": 7}}});
    let reset = NOW_SECONDS + 42;
    for (answer, wait) in [
        (
            limited(429, hint.clone(), "0", reset).header("Retry-After", "13"),
            Some(13),
        ),
        (limited(429, hint.clone(), "0", reset), Some(42)),
        (limited(429, hint.clone(), "0", NOW_SECONDS - 5), Some(7)),
        (Answer::json(429, hint), Some(7)),
        (Answer::json(429, refusal("RATE_LIMITED")), None),
        (Answer::empty(503).header("Retry-After", "20"), Some(20)),
    ] {
        let outcome = answered(answer.clone()).await;
        assert_eq!(wait_of(&outcome), wait, "{answer:?}");
    }
}

#[tokio::test]
async fn social_networks_have_limits_of_their_own() {
    let hint =
        json!({"error": {"code": "SOCIAL_RATE_LIMITED", "message": "No.", "details": {"retryAfter": 3600}}});
    let told = answered(limited(422, hint, "99", NOW_SECONDS + 5)).await;
    assert_eq!(wait_of(&told), Some(3600));
    let untold = answered(limited(
        500,
        refusal("SOCIAL_RATE_LIMITED"),
        "99",
        NOW_SECONDS + 5,
    ))
    .await;
    assert_eq!(wait_of(&untold), Some(15 * 60));
}

#[tokio::test]
async fn the_wait_is_kept_before_the_next_attempt() {
    let partner = Partner::start().await;
    partner.answers_with(Answer::json(429, refusal("RATE_LIMITED")).header("Retry-After", "1"));
    partner.answers(200, json!({"id": "p-1"}));
    let approved = Event::track("Post Approved").property("postId", "p-1");
    let outcome = rest(&partner).retries(1).run::<PublishPost>(approved).await;
    outcome.assert_delivered();
    let waited = outcome.attempts()[0].waited.unwrap();
    assert!(waited >= Duration::from_secs(1), "{waited:?}");
}

#[tokio::test]
async fn final_refusals_are_not_tried_again() {
    let partner = Partner::start().await;
    partner.answers(500, refusal("SOCIAL_TOKEN_EXPIRED"));
    let approved = Event::track("Post Approved").property("postId", "p-1");
    let outcome = rest(&partner).retries(3).run::<PublishPost>(approved).await;
    outcome.assert_attempts(1);
    partner.assert_sent(1);
}
