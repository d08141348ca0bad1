//! Send Email.

use serde_json::{Value, json};
use waystation_destination_plunk::Plunk;
use waystation_destination_plunk::actions::SendEmail;
use waystation_testkit::{Answer, Harness, Partner};

use crate::support::{event, harness, key_reused, queued, refused};

const TEMPLATE: &str = "a1111111-1111-4111-8111-111111111111";

fn from_template(partner: &Partner) -> Harness<Plunk> {
    harness(partner).map("template", TEMPLATE)
}

fn to(addresses: &[&str]) -> Value {
    addresses.iter().map(|email| json!({"email": email})).collect()
}

#[tokio::test]
async fn a_template_goes_to_the_person_of_the_event() {
    let partner = Partner::start().await;
    partner
        .on("POST", "/v1/send")
        .answers(200, queued("ada@example.com"));
    let outcome = from_template(&partner)
        .run::<SendEmail>(event().property("code", "7"))
        .await;
    let receipt = json!({"emails": [{"contact": {"id": "c-1", "email": "ada@example.com"}, "email": "m-1"}]});
    assert_eq!(outcome.assert_delivered(), receipt);
    let request = partner.assert_sent_once();
    assert_eq!(request.header("authorization"), Some("Bearer sk_test_secret"));
    assert_eq!(
        request.json(),
        json!({
            "to": "ada@example.com",
            "template": TEMPLATE,
            "data": {"code": {"value": "7", "persistent": false}},
        })
    );
}

#[tokio::test]
async fn everything_may_be_written_out() {
    let partner = Partner::start().await;
    partner
        .on("POST", "/v1/send")
        .answers(200, queued("grace@example.com"));
    let file = json!({
        "filename": "a.txt", "content": "aGk=", "contentType": "text/plain",
        "disposition": "inline", "contentId": "a",
    });
    let harness = harness(&partner).mapping(json!({
        "to": [{"email": "Grace@Example.com", "name": "Grace H"}],
        "subject": "Hello",
        "body": "<p>Hi {{firstName}}</p>",
        "from": "Team@verified.test",
        "fromName": "The team",
        "reply": "r@verified.test",
        "headers": {"X-A": "b"},
        "data": {"firstName": "Grace"},
        "subscribed": true,
        "attachments": [file],
    }));
    harness.run::<SendEmail>(event()).await.assert_delivered();
    assert_eq!(
        partner.assert_sent_once().json(),
        json!({
            "to": {"name": "Grace H", "email": "grace@example.com"},
            "subject": "Hello",
            "body": "<p>Hi {{firstName}}</p>",
            "from": {"name": "The team", "email": "Team@verified.test"},
            "reply": "r@verified.test",
            "headers": {"X-A": "b"},
            "data": {"firstName": "Grace"},
            "subscribed": true,
            "attachments": [file],
        })
    );
}

#[tokio::test]
async fn each_recipient_gets_a_request_and_a_key() {
    let partner = Partner::start().await;
    partner.answers(200, queued("x@example.com"));
    partner.answers(200, queued("y@example.com"));
    let harness = from_template(&partner).map("to", to(&["x@example.com", "X@example.com", "y@example.com"]));
    let output = harness.run::<SendEmail>(event()).await.assert_delivered();
    assert_eq!(output["emails"].as_array().unwrap().len(), 2);
    let requests = partner.assert_sent(2);
    assert_eq!(requests[1].json()["to"], "y@example.com");
    let key = |place: usize| requests[place].header("idempotency-key").unwrap().to_owned();
    assert_ne!(key(0), key(1));
}

#[tokio::test]
async fn a_refused_recipient_does_not_cost_the_others_their_mail() {
    let partner = Partner::start().await;
    let marketing = "Cannot send marketing template to unsubscribed contact";
    partner.answers_with(refused(400, "INTERNAL_SERVER_ERROR", marketing));
    partner.answers(200, queued("y@example.com"));
    let harness = from_template(&partner).map("to", to(&["x@example.com", "y@example.com"]));
    let outcome = harness.run::<SendEmail>(event()).await;
    let error = outcome.assert_failed_with(400, "BAD_REQUEST").to_string();
    assert!(error.contains("e-mails queued: 1; refused: 1"), "{error}");
    assert!(error.contains(&format!("to.0: {marketing}")), "{error}");
    partner.assert_sent(2);
}

#[tokio::test]
async fn after_a_used_up_cap_nobody_else_is_tried() {
    let partner = Partner::start().await;
    partner.answers(200, queued("x@example.com"));
    let cap = "Billing limit reached for transactional emails. Current usage: 0/0 (0%)";
    partner.answers_with(refused(429, "INTERNAL_SERVER_ERROR", cap));
    let harness = from_template(&partner)
        .map("to", to(&["x@b.co", "y@b.co", "z@b.co"]))
        .retries(3);
    let outcome = harness.run::<SendEmail>(event()).await;
    let error = outcome
        .assert_failed_with(402, "BILLING_LIMIT_EXCEEDED")
        .to_string();
    assert!(error.contains(cap), "{error}");
    outcome.assert_attempts(1);
    partner.assert_sent(2);
}

#[tokio::test]
async fn trying_again_sends_no_mail_twice() {
    let partner = Partner::start().await;
    partner.answers(200, queued("x@b.co"));
    partner.answers_with(refused(
        500,
        "INTERNAL_SERVER_ERROR",
        "An unexpected error occurred",
    ));
    partner.answers_with(key_reused(json!(200)));
    partner.answers(200, queued("y@b.co"));
    let harness = from_template(&partner)
        .map("to", to(&["x@b.co", "y@b.co"]))
        .retries(1);
    let output = harness.run::<SendEmail>(event()).await.assert_delivered();
    let earlier = json!({"contact": {"email": "x@b.co"}, "alreadyDelivered": true});
    assert_eq!(output["emails"][0], earlier);
    let requests = partner.assert_sent(4);
    let key = |place: usize| requests[place].header("idempotency-key").unwrap().to_owned();
    assert_eq!((key(0), key(1)), (key(2), key(3)));
}

#[tokio::test]
async fn a_mail_to_nobody_is_no_success() {
    let partner = Partner::start().await;
    let nobody = json!({"success": true, "data": {"emails": [], "timestamp": "2026-11-22T00:00:00.000Z"}});
    partner.answers_with(Answer::json(200, nobody));
    let outcome = from_template(&partner).run::<SendEmail>(event()).await;
    outcome.assert_failed_with(502, "INVALID_RESPONSE");
}

#[tokio::test]
async fn an_older_answer_names_its_emails_beside_the_word() {
    let partner = Partner::start().await;
    let emails = json!([{"contact": {"id": "c-1", "email": "ada@example.com"}, "email": "m-1"}]);
    let older = json!({"success": true, "emails": emails, "timestamp": "2024-11-22T00:00:00.000Z"});
    partner.answers(200, older);
    let outcome = from_template(&partner).run::<SendEmail>(event()).await;
    assert_eq!(outcome.assert_delivered(), json!({"emails": emails}));
}

#[tokio::test]
async fn the_id_of_a_template_has_whatever_form_plunk_gives_it() {
    let partner = Partner::start().await;
    partner.answers(200, queued("ada@example.com"));
    let harness = harness(&partner).map("template", "tpl_1");
    harness.run::<SendEmail>(event()).await.assert_delivered();
    assert_eq!(partner.assert_sent_once().json()["template"], "tpl_1");
}

#[tokio::test]
async fn what_is_empty_is_left_out() {
    let partner = Partner::start().await;
    partner.answers(200, queued("ada@example.com"));
    let harness = from_template(&partner)
        .map("to", json!([{"email": "ada@example.com", "name": ""}]))
        .map("fromName", "");
    harness.run::<SendEmail>(event()).await.assert_delivered();
    let sent = partner.assert_sent_once().json();
    assert_eq!(sent, json!({"to": "ada@example.com", "template": TEMPLATE}));
}

#[tokio::test]
async fn emails_without_keys_are_not_sent_again_with_those_that_failed() {
    let partner = Partner::start().await;
    partner.answers(200, queued("x@b.co"));
    partner.answers_with(refused(500, "DATABASE_ERROR", "Oops"));
    let harness = from_template(&partner)
        .map("to", to(&["x@b.co", "y@b.co"]))
        .map("messageId", json!({"@path": "$.none"}))
        .retries(3);
    let outcome = harness.run::<SendEmail>(event()).await;
    let error = outcome.assert_failed_with(409, "DATABASE_ERROR").to_string();
    assert!(error.contains("e-mails queued: 1; refused: 1"), "{error}");
    partner.assert_sent(2);
}

#[tokio::test]
async fn mails_that_plunk_would_refuse_stay_here() {
    let partner = Partner::start().await;
    let file = json!({"filename": "a", "content": "aGk=", "contentType": "text/plain"});
    let mut inline = file.clone();
    inline["disposition"] = json!("inline");
    for (field, value) in [
        ("to", json!([])),
        ("to", to(&["nope"])),
        ("template", json!("")),
        ("from", json!("nope")),
        ("attachments", vec![file; 11].into()),
        ("attachments", json!([inline])),
    ] {
        let harness = from_template(&partner).map(field, value.clone());
        let outcome = harness.run::<SendEmail>(event()).await;
        let error = outcome.assert_failed();
        assert_eq!(error.status(), Some(400), "{field} {value}: {error}");
    }
    let subject_alone = harness(&partner).map("subject", "Hello");
    let outcome = subject_alone.run::<SendEmail>(event()).await;
    outcome.assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    partner.assert_nothing_sent();
}

#[tokio::test]
async fn attachments_have_a_limit_together() {
    let partner = Partner::start().await;
    let file = |length: usize| json!({"filename": "a", "content": "A".repeat(length), "contentType": "a/b"});
    let files = json!([file(13_981_000), file(14)]);
    let harness = from_template(&partner).map("attachments", files);
    let outcome = harness.run::<SendEmail>(event()).await;
    let error = outcome.assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    assert!(error.to_string().contains("10 MiB"), "{error}");
    partner.assert_nothing_sent();
}
