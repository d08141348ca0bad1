//! Consent, given and taken back.

use serde_json::{Value, json};
use waystation_destination_klaviyo::actions::{SubscribeProfile, UnsubscribeProfile};
use waystation_testkit::{Answer, Event, Partner, ReceivedRequest};

use crate::support::{LASTING, PASSING, harness, refusal};

const SUBSCRIPTIONS: &str = "/api/profile-subscription-bulk-create-jobs/";
const UNSUBSCRIPTIONS: &str = "/api/profile-subscription-bulk-delete-jobs";

fn subscribing(email: &str) -> Event {
    Event::track("User Subscribed").context("traits.email", email)
}

fn unsubscribing(email: &str) -> Event {
    Event::track("User Unsubscribed").context("traits.email", email)
}

fn list_of(request: &ReceivedRequest) -> Value {
    request.json()["data"]["relationships"]["list"]["data"]["id"].clone()
}

#[tokio::test]
async fn an_invalid_number_is_not_reported_as_unsubscribed() {
    let partner = Partner::start().await;
    partner.on("POST", UNSUBSCRIPTIONS).answers(202, json!({}));
    let events = [
        unsubscribing("ana@example.com").context("traits.phone", "bad"),
        unsubscribing("bo@example.com"),
    ];
    let outcome = harness(&partner).run_batch::<UnsubscribeProfile>(events).await;
    outcome
        .assert_item(0)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    outcome.assert_item(1).delivered();
}

#[tokio::test]
async fn without_anybody_to_reach_nothing_is_sent() {
    let partner = Partner::start().await;
    let harness = harness(&partner);
    let nobody = [
        Event::track("User Unsubscribed"),
        Event::track("User Unsubscribed"),
    ];
    let outcome = harness.run_batch::<UnsubscribeProfile>(nobody).await;
    outcome
        .assert_item(0)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    let nobody = [Event::track("User Subscribed")];
    let outcome = harness.run_batch::<SubscribeProfile>(nobody).await;
    outcome
        .assert_item(0)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    partner.assert_nothing_sent();
}

#[tokio::test]
async fn people_are_grouped_by_what_their_job_says() {
    let partner = Partner::start().await;
    partner.on("POST", SUBSCRIPTIONS).always_answers(202, json!({}));
    let events = [("a", "L1"), ("b", "L2"), ("c", "L1")]
        .map(|(name, list)| subscribing(&format!("{name}@example.com")).property("list", list));
    let outcome = harness(&partner)
        .map("list_id", json!({"@path": "$.properties.list"}))
        .run_batch::<SubscribeProfile>(events)
        .await;
    outcome.assert_delivered();
    let mut requests = partner.assert_sent(2);
    requests.sort_by_key(|request| list_of(request).to_string());
    assert_eq!(list_of(&requests[0]), "L1");
    let people = &requests[0].json()["data"]["attributes"]["profiles"]["data"];
    assert_eq!(people[1]["attributes"]["email"], "c@example.com");
}

#[tokio::test]
async fn a_job_that_fails_does_not_undo_the_others() {
    for (status, code, attempts) in [(400, "BAD_REQUEST", 1), (503, "SERVICE_UNAVAILABLE", 2)] {
        let partner = Partner::start().await;
        partner
            .on("POST", SUBSCRIPTIONS)
            .answers(202, json!({}))
            .always_answers(status, refusal(status, "no", "/data"));
        let events = (0..101).map(|number| subscribing(&format!("p{number}@example.com")));
        let outcome = harness(&partner)
            .retries(1)
            .run_batch::<SubscribeProfile>(events)
            .await;
        outcome.assert_attempts(attempts);
        let failed: Vec<Value> = outcome
            .nodes()
            .into_iter()
            .filter(|node| node["status"] == status)
            .collect();
        assert!(matches!(failed.len(), 1 | 100), "one of the two jobs");
        assert_eq!(failed[0]["errortype"], code);
    }
}

#[tokio::test]
async fn the_person_to_blame_fails_and_the_others_are_sent_again() {
    let partner = Partner::start().await;
    let pointer = "/data/attributes/profiles/data/0/attributes/email";
    partner
        .on("POST", SUBSCRIPTIONS)
        .answers(400, refusal(400, "not an address", pointer))
        .answers(202, json!({}));
    let outcome = harness(&partner)
        .retries(1)
        .run_batch::<SubscribeProfile>([subscribing("a@example.com"), subscribing("b@example.com")])
        .await;
    outcome.assert_item(0).failed_with(400, "BAD_REQUEST");
    outcome.assert_item(1).delivered();
}

#[tokio::test]
async fn failures_are_told_by_their_status() {
    let lasting = LASTING.into_iter().map(|(status, _)| status);
    for status in PASSING.into_iter().chain(lasting) {
        let partner = Partner::start().await;
        partner
            .on("POST", UNSUBSCRIPTIONS)
            .always_answers(status, refusal(status, "no", "/data"));
        let harness = harness(&partner);
        let single = harness
            .run::<UnsubscribeProfile>(unsubscribing("a@example.com"))
            .await;
        let error = single.assert_failed_with(status, "");
        assert_eq!(error.is_retryable(), PASSING.contains(&status), "{status}");
        let batch = harness
            .run_batch::<UnsubscribeProfile>([unsubscribing("a@example.com")])
            .await;
        assert_eq!(batch.items()[0].status(), status);
    }
}

#[tokio::test]
async fn who_was_not_handed_in_does_not_share_the_failure_of_the_job() {
    let partner = Partner::start().await;
    partner
        .on("POST", UNSUBSCRIPTIONS)
        .answers(403, refusal(403, "no", "/data"));
    let events = [
        unsubscribing("ana@example.com").context("traits.phone", "bad"),
        unsubscribing("bo@example.com"),
    ];
    let outcome = harness(&partner).run_batch::<UnsubscribeProfile>(events).await;
    outcome
        .assert_item(0)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    outcome.assert_item(1).failed_with(403, "FORBIDDEN");
}

#[tokio::test]
async fn more_lists_than_a_batch_may_be_about_are_refused() {
    let partner = Partner::start().await;
    let events = (0..10).map(|number| {
        unsubscribing(&format!("p{number}@example.com")).property("list", format!("L{number}"))
    });
    let outcome = harness(&partner)
        .map("list_id", json!({"@path": "$.properties.list"}))
        .run_batch::<UnsubscribeProfile>(events)
        .await;
    outcome
        .assert_item(9)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    partner.assert_nothing_sent();
}

#[tokio::test]
async fn the_moment_of_consent_goes_with_historical_imports_only() {
    for is_historical in [true, false] {
        let partner = Partner::start().await;
        partner.on("POST", SUBSCRIPTIONS).answers(202, json!({}));
        harness(&partner)
            .map("historical_import", is_historical)
            .run::<SubscribeProfile>(subscribing("a@example.com"))
            .await
            .assert_delivered();
        let job = partner.assert_sent_once().json();
        let attributes = &job["data"]["attributes"];
        assert_eq!(attributes["historical_import"], is_historical);
        let consent = &attributes["profiles"]["data"][0]["attributes"]["subscriptions"]["email"]["marketing"];
        assert_eq!(consent.get("consented_at").is_some(), is_historical);
    }
}

#[tokio::test]
async fn consent_is_taken_with_202() {
    for answer in [
        Answer::json(200, json!({})),
        Answer::text(202, "<html>Sign in</html>"),
    ] {
        let partner = Partner::start().await;
        partner.always_answers_with(answer);
        let harness = harness(&partner);
        let alone = harness
            .run::<SubscribeProfile>(subscribing("ana@example.com"))
            .await;
        alone.assert_failed_with(502, "INVALID_RESPONSE");
        let alone = harness
            .run::<UnsubscribeProfile>(unsubscribing("ana@example.com"))
            .await;
        alone.assert_failed_with(502, "INVALID_RESPONSE");
        for outcome in [
            harness
                .run_batch::<SubscribeProfile>([subscribing("ana@example.com")])
                .await,
            harness
                .run_batch::<UnsubscribeProfile>([unsubscribing("ana@example.com")])
                .await,
        ] {
            assert!(outcome.items()[0].outcome_is_unknown());
        }
    }
}

#[tokio::test]
async fn the_moment_of_a_consent_is_never_in_a_wrong_year() {
    let partner = Partner::start().await;
    partner.always_answers(202, json!({}));
    let harness = harness(&partner).map("historical_import", true);
    for (time, told) in [
        (json!("1709907751"), "2024-03-08T14:22:31.000Z"),
        (json!("2024-03-08T14:22:31+01:00"), "2024-03-08T14:22:31+01:00"),
    ] {
        let event = subscribing("ana@example.com").set("timestamp", time);
        harness.run::<SubscribeProfile>(event).await.assert_delivered();
        let request = partner.requests().pop().unwrap();
        let person = request.json()["data"]["attributes"]["profiles"]["data"][0].take();
        let agreement = &person["attributes"]["subscriptions"]["email"]["marketing"];
        assert_eq!(agreement["consented_at"], told);
    }
}
