//! Each class of refusal: its status, its code, and whether it is tried again.

use serde_json::json;
use waystation_destination_plunk::actions::TrackEvent;
use waystation_testkit::{Answer, Partner};

use crate::support::{event, harness, refusal, refused, tracked};

/// What a refusal becomes: status, code, and attempts when one retry is allowed.
async fn becomes(answer: Answer) -> (Option<u16>, String, usize, String) {
    let partner = Partner::start().await;
    partner.answers_with(answer.clone());
    partner.answers_with(answer);
    let outcome = harness(&partner).retries(1).run::<TrackEvent>(event()).await;
    let error = outcome.assert_failed();
    let code = error.action().and_then(waystation_kit::Error::code);
    let code = code.map(|code| code.to_string()).unwrap_or_default();
    (error.status(), code, outcome.attempts().len(), error.to_string())
}

#[tokio::test]
async fn codes_that_tell_the_truth_are_kept() {
    for (status, code) in [
        (401, "UNAUTHORIZED"),
        (401, "INVALID_CREDENTIALS"),
        (401, "MISSING_AUTH"),
        (401, "INVALID_API_KEY"),
        (402, "BILLING_LIMIT_EXCEEDED"),
        (402, "UPGRADE_REQUIRED"),
        (403, "FORBIDDEN"),
        (403, "PROJECT_ACCESS_DENIED"),
        (403, "PROJECT_DISABLED"),
        (403, "EMAIL_VERIFICATION_REQUIRED"),
        (400, "BAD_REQUEST"),
        (404, "RESOURCE_NOT_FOUND"),
        (404, "CONTACT_NOT_FOUND"),
        (404, "TEMPLATE_NOT_FOUND"),
        (404, "CAMPAIGN_NOT_FOUND"),
        (404, "WORKFLOW_NOT_FOUND"),
        (409, "CONFLICT"),
    ] {
        let (got_status, got_code, attempts, message) = becomes(refused(status, code, "No.")).await;
        assert_eq!((got_status, got_code.as_str()), (Some(status), code), "{message}");
        assert_eq!(attempts, 1, "{code} is final");
        assert!(
            message.contains(&format!("No. (Plunk code {code}, request req-1)")),
            "{message}"
        );
    }
}

#[tokio::test]
async fn payloads_that_do_not_fit_are_named_so() {
    for (status, code) in [
        (400, "VALIDATION_ERROR"),
        (422, "VALIDATION_ERROR"),
        (422, "INVALID_EMAIL"),
        (422, "MISSING_REQUIRED_FIELD"),
        (400, "INVALID_REQUEST_BODY"),
    ] {
        let (got_status, got_code, attempts, _) = becomes(refused(status, code, "No.")).await;
        assert_eq!(
            (got_status, got_code.as_str(), attempts),
            (Some(status), "PAYLOAD_VALIDATION_FAILED", 1),
            "{code}"
        );
    }
}

#[tokio::test]
async fn codes_that_lie_give_way_to_the_status() {
    for (status, code) in [
        (400, "BAD_REQUEST"),
        (403, "FORBIDDEN"),
        (404, "NOT_FOUND"),
        (409, "CONFLICT"),
    ] {
        let (got_status, got_code, attempts, message) =
            becomes(refused(status, "INTERNAL_SERVER_ERROR", "No")).await;
        assert_eq!((got_status, got_code.as_str(), attempts), (Some(status), code, 1));
        assert!(!message.contains("INTERNAL"), "{message}");
    }
}

#[tokio::test]
async fn failures_of_plunk_are_tried_again() {
    for (status, code) in [
        (500, "INTERNAL_SERVER_ERROR"),
        (500, "DATABASE_ERROR"),
        (500, "EXTERNAL_SERVICE_ERROR"),
        (503, "VALIDATION_ERROR"),
    ] {
        let (got_status, got_code, attempts, message) = becomes(refused(status, code, "Oops")).await;
        assert_eq!(
            (got_status, got_code.as_str(), attempts),
            (Some(status), code, 2),
            "{code}"
        );
        let words = format!("Oops (Plunk code {code}, request req-1)");
        assert!(message.contains(&words), "{message}");
    }
}

#[tokio::test]
async fn a_refusal_within_a_success_is_a_refusal() {
    for (told, status, code, attempts) in [
        (json!(422), 422, "PAYLOAD_VALIDATION_FAILED", 1),
        (json!(429), 429, "VALIDATION_ERROR", 2),
        (json!(200), 400, "PAYLOAD_VALIDATION_FAILED", 1),
        (json!(null), 400, "PAYLOAD_VALIDATION_FAILED", 1),
    ] {
        let mut body = refusal(0, "VALIDATION_ERROR", "No.");
        body["error"]["statusCode"] = told;
        let (got_status, got_code, got_attempts, message) = becomes(Answer::json(200, body)).await;
        assert_eq!(
            (got_status, got_code.as_str(), got_attempts),
            (Some(status), code, attempts),
            "{message}"
        );
        assert!(
            message.contains("No. (Plunk code VALIDATION_ERROR, request req-1)"),
            "{message}"
        );
    }
    let (status, code, _, _) = becomes(Answer::json(200, json!({"success": false}))).await;
    assert_eq!((status, code.as_str()), (Some(400), "BAD_REQUEST"));
}

#[tokio::test]
async fn used_up_caps_are_final() {
    let limit_free = "Free tier limit reached. Upgrade to send more.";
    let limit_paid = "Billing limit reached for workflow emails. Current usage: 9/9 (100%)";
    for answer in [
        refused(429, "INTERNAL_SERVER_ERROR", limit_free),
        // Every answer of the newer servers tells how full the bucket is; this is no wait.
        refused(429, "INTERNAL_SERVER_ERROR", limit_paid).header("RateLimit-Reset", "1"),
        refused(429, "BILLING_LIMIT_EXCEEDED", "No."),
    ] {
        let (status, code, attempts, message) = becomes(answer).await;
        assert_eq!(
            (status, code.as_str(), attempts),
            (Some(402), "BILLING_LIMIT_EXCEEDED", 1),
            "{message}"
        );
    }
}

#[tokio::test]
async fn other_429s_are_tried_again() {
    for answer in [
        refused(429, "INTERNAL_SERVER_ERROR", "Slow down"),
        Answer::text(429, "Too many requests, limit reached"),
        Answer::empty(429),
    ] {
        let (status, code, attempts, message) = becomes(answer).await;
        assert_eq!(
            (status, code.as_str(), attempts),
            (Some(429), "RETRYABLE_ERROR", 2),
            "{message}"
        );
    }
}

#[tokio::test]
async fn the_rate_limit_is_waited_for() {
    let header = refused(429, "RATE_LIMIT_EXCEEDED", "Too many requests")
        .header("Retry-After", "1")
        .header("RateLimit-Limit", "200")
        .header("RateLimit-Remaining", "0")
        .header("RateLimit-Reset", "60");
    let mut body = refusal(429, "RATE_LIMIT_EXCEEDED", "Too many requests");
    body["error"]["details"] = json!({"retryAfter": 1});
    for answer in [header, Answer::json(429, body)] {
        let partner = Partner::start().await;
        partner.answers_with(answer);
        partner.answers(200, tracked());
        let outcome = harness(&partner).retries(1).run::<TrackEvent>(event()).await;
        outcome.assert_delivered();
        let waited = outcome.attempts()[0].waited.unwrap();
        assert_eq!(waited.as_secs(), 1, "{waited:?}");
    }
}

#[tokio::test]
async fn the_message_says_all_that_helps() {
    let mut body = refusal(422, "VALIDATION_ERROR", "Request validation failed");
    body["error"]["errors"] = json!([
        {"field": "event", "message": "Required", "code": "invalid_type"},
        {"field": "", "message": "Expected object", "code": "invalid_type"},
        {"field": "email", "code": "invalid_string"},
        "garbage",
    ]);
    body["error"]["suggestion"] = json!("Check the types.");
    let (_, _, _, message) = becomes(Answer::json(422, body)).await;
    let expected = "Request validation failed: event: Required; the body: Expected object; email: invalid_string. \
                    Check the types. (Plunk code VALIDATION_ERROR, request req-1)";
    assert!(message.contains(expected), "{message}");
}

#[tokio::test]
async fn answers_outside_the_envelope_are_understood_by_status() {
    for (answer, status, code, attempts, words) in [
        (
            Answer::json(400, json!({"error": "Email is required"})),
            400,
            "BAD_REQUEST",
            1,
            "Email is required",
        ),
        (
            Answer::text(502, "<html>Bad gateway</html>"),
            502,
            "RETRYABLE_ERROR",
            2,
            "Bad Gateway",
        ),
        (
            Answer::text(404, "{\"error\":").header("X-Request-ID", "req-9"),
            404,
            "NOT_FOUND",
            1,
            "(Plunk request req-9)",
        ),
        (
            Answer::json(503, json!({"error": "Down"})).header("X-Request-ID", "req-9"),
            503,
            "RETRYABLE_ERROR",
            2,
            "Down (Plunk request req-9)",
        ),
        (
            Answer::json(403, json!({"error": {"code": 7, "errors": "?"}})),
            403,
            "FORBIDDEN",
            1,
            "Forbidden",
        ),
        (Answer::empty(501), 501, "NOT_IMPLEMENTED", 1, "Not Implemented"),
        (
            Answer::text(401, "nobody"),
            401,
            "INVALID_AUTHENTICATION",
            1,
            "nobody",
        ),
    ] {
        let (got_status, got_code, got_attempts, message) = becomes(answer).await;
        assert_eq!(
            (got_status, got_code.as_str(), got_attempts),
            (Some(status), code, attempts),
            "{message}"
        );
        assert!(message.contains(words), "{message}");
    }
}
