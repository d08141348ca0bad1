//! Single operations, deletions, and what the settings change.

use serde_json::{Value, json};
use waystation_destination_customerio::CustomerIo;
use waystation_destination_customerio::actions::{
    CreateUpdateDevice, CreateUpdateObject, CreateUpdatePerson, DeleteDevice, DeleteObject, DeletePerson,
    DeleteRelationship, MergePeople, ReportContentEvent, ReportDeliveryEvent, SuppressPerson, TrackEvent,
    TrackPageView, TrackScreenView, UnsuppressPerson,
};
use waystation_kit::{BatchAction, Error};
use waystation_testkit::{Answer, Partner, RunOutcome};

use crate::support::{
    answer, event as delivered_as, harness_with, nothings, riddles, run, run_batch, saying, success,
};

fn event() -> Value {
    json!({"name": "Order Completed", "id": "u-1", "event_id": "msg-1", "timestamp": "2024-03-08T14:22:31Z"})
}

fn report() -> Value {
    json!({"delivery_id": "d-1", "metric": "opened", "timestamp": "2024-03-08T14:22:31Z"})
}

/// What becomes of operations that share nothing but how their answers are read.
async fn outcomes_of(answer: &Answer) -> [RunOutcome; 3] {
    let partner = saying([answer.clone(), answer.clone(), answer.clone()]).await;
    [
        run::<TrackEvent>(&partner, &event()).await,
        run::<DeletePerson>(&partner, &json!({"person_id": "u-1"})).await,
        run::<ReportDeliveryEvent>(&partner, &report()).await,
    ]
}

#[tokio::test]
async fn a_single_event_returns_the_raw_answer() {
    let partner = saying([answer(200, &json!("{\"errors\": []}"))]).await;
    let outcome = run::<TrackEvent>(&partner, &event()).await;
    assert_eq!(outcome.assert_delivered(), json!("{\"errors\": []}"));
    let request = partner.assert_sent_once();
    assert_eq!(request.url.as_str(), "https://track.customer.io/api/v2/entity");
}

#[tokio::test]
async fn an_empty_answer_is_success_unless_the_status_is_207() {
    for body in nothings() {
        for outcome in outcomes_of(&answer(200, &body)).await {
            outcome.assert_delivered();
        }
        for outcome in outcomes_of(&answer(207, &body)).await {
            outcome.assert_failed_with(502, "INVALID_RESPONSE");
        }
    }
    for outcome in outcomes_of(&Answer::empty(204)).await {
        outcome.assert_delivered();
    }
}

#[tokio::test]
async fn any_other_answer_leaves_the_outcome_unknown() {
    for body in riddles() {
        for outcome in outcomes_of(&answer(200, &body)).await {
            let error = outcome.assert_failed_with(502, "INVALID_RESPONSE");
            assert!(
                error.action().is_some_and(Error::outcome_is_unknown),
                "{body}: {error:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_operation_that_a_success_answer_refuses_has_failed_as_in_a_batch() {
    let refused = json!({"errors": [
        {"batch_index": 0, "reason": "required", "field": "identifiers.id", "message": "missing"},
        {"reason": "invalid", "message": "and odd"},
    ]});
    for status in [200, 207] {
        for outcome in outcomes_of(&answer(status, &refused)).await {
            let error = outcome.assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
            assert_eq!(error.to_string(), "missing (required: identifiers.id); and odd");
        }
    }
    let unknown = json!({"errors": [{"batch_index": 0, "reason": "notFound", "message": "who?"}]});
    for outcome in outcomes_of(&answer(200, &unknown)).await {
        outcome.assert_failed_with(400, "INTEGRATION_ERROR");
    }
}

#[tokio::test]
async fn a_refused_operation_is_told_with_field_and_reason() {
    let body = json!({"errors": [{"reason": "invalid", "field": "id", "message": "must be a text"}]});
    for outcome in outcomes_of(&answer(400, &body)).await {
        let error = outcome.assert_failed();
        assert_eq!(error.status(), Some(400));
        assert_eq!(error.to_string(), "must be a text (invalid: id)");
    }
    let limited = answer(429, &json!({"meta": {"error": "Too many requests"}}));
    for outcome in outcomes_of(&limited).await {
        let error = outcome.assert_failed();
        assert!(error.is_retryable() && error.status() == Some(429), "{error:?}");
    }
}

#[tokio::test]
async fn an_operation_over_the_limit_is_refused_before_sending_as_in_a_batch() {
    let large = json!({"name": "Noted", "id": "u-1", "data": {"note": "x".repeat(33_000)}});
    let partner = Partner::start().await;
    let single = run::<TrackEvent>(&partner, &large).await;
    single.assert_failed_with(413, "PAYLOAD_TOO_LARGE");
    let batch = run_batch::<TrackEvent>(&partner, &[large]).await;
    batch.assert_item(0).failed_with(413, "PAYLOAD_TOO_LARGE");
    partner.assert_nothing_sent();
}

/// That an operation is refused before anything is sent, alone and in a batch.
async fn assert_refused<A: BatchAction<CustomerIo>>(payload: Value) {
    let partner = Partner::start().await;
    let single = run::<A>(&partner, &payload).await;
    single.assert_failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    let batch = run_batch::<A>(&partner, std::slice::from_ref(&payload)).await;
    let error = batch.assert_item(0).failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    assert_eq!(error.reporter(), "INTEGRATIONS", "{payload}");
    partner.assert_nothing_sent();
}

#[tokio::test]
async fn an_operation_about_nobody_is_refused_before_sending() {
    for id in ["", " ", "cio_"] {
        assert_refused::<TrackEvent>(json!({"name": "n", "id": id})).await;
        assert_refused::<TrackPageView>(json!({"url": "https://a.example", "id": id, "anonymous_id": ""}))
            .await;
        assert_refused::<TrackScreenView>(json!({"name": "n", "id": id})).await;
        assert_refused::<CreateUpdatePerson>(json!({"id": id, "custom_attributes": {"plan": "pro"}})).await;
        assert_refused::<CreateUpdateDevice>(json!({"person_id": id, "device_id": "t", "platform": "ios"}))
            .await;
        assert_refused::<DeleteDevice>(json!({"person_id": id, "device_id": "t"})).await;
        assert_refused::<DeletePerson>(json!({"person_id": id})).await;
        assert_refused::<SuppressPerson>(json!({"person_id": id})).await;
        assert_refused::<UnsuppressPerson>(json!({"person_id": id})).await;
        assert_refused::<DeleteRelationship>(json!({"person_id": id, "object_id": "acme"})).await;
        assert_refused::<MergePeople>(json!({"primary": "u-1", "secondary": id})).await;
        assert_refused::<MergePeople>(json!({"primary": id, "secondary": "u-1"})).await;
    }
    assert_refused::<ReportContentEvent>(json!({"actionType": "viewed_content"})).await;
}

#[tokio::test]
async fn an_operation_about_no_object_is_refused_before_sending() {
    assert_refused::<DeleteObject>(json!({"object_type_id": "2"})).await;
    assert_refused::<CreateUpdateObject>(json!({"id": "", "user_id": "u-1"})).await;
    assert_refused::<DeleteRelationship>(json!({"person_id": "u-1", "object_id": ""})).await;
}

#[tokio::test]
async fn what_an_operation_cannot_do_without_must_not_be_empty() {
    assert_refused::<TrackEvent>(json!({"name": "", "id": "u-1"})).await;
    assert_refused::<TrackPageView>(json!({"url": "", "id": "u-1"})).await;
    assert_refused::<CreateUpdateDevice>(json!({"person_id": "u-1", "device_id": "", "platform": "ios"}))
        .await;
    assert_refused::<CreateUpdateDevice>(json!({"person_id": "u-1", "device_id": "t", "platform": ""})).await;
    assert_refused::<DeleteDevice>(json!({"person_id": "u-1", "device_id": ""})).await;
}

#[tokio::test]
async fn a_malformed_address_is_no_identifier() {
    assert_refused::<CreateUpdatePerson>(json!({"email": "ada@"})).await;
    assert_refused::<CreateUpdatePerson>(json!({"email": "ada", "anonymous_id": "anon"})).await;
    let partner = saying([success()]).await;
    let beside_an_id = json!({"id": "u-1", "email": "ada@"});
    run::<CreateUpdatePerson>(&partner, &beside_an_id)
        .await
        .assert_delivered();
    let sent = partner.assert_sent_once().json();
    assert_eq!(sent["identifiers"], json!({"id": "u-1"}));
    assert_eq!(
        sent["attributes"]["email"], "ada@",
        "Customer.io itself judges attributes"
    );
}

#[tokio::test]
async fn milliseconds_become_seconds_also_in_a_text() {
    for timestamp in [json!("1709907751118"), json!(1_709_907_751_118_i64)] {
        let partner = saying([success(), success(), success()]).await;
        let mut event = event();
        event["timestamp"] = timestamp.clone();
        run::<TrackEvent>(&partner, &event).await.assert_delivered();
        run_batch::<TrackEvent>(&partner, &[event])
            .await
            .assert_delivered();
        let mut report = report();
        report["timestamp"] = timestamp.clone();
        run::<ReportDeliveryEvent>(&partner, &report)
            .await
            .assert_delivered();
        let requests = partner.assert_sent(3);
        let seconds = json!(1_709_907_751);
        assert_eq!(requests[0].json()["timestamp"], seconds, "{timestamp}");
        assert_eq!(
            requests[1].json()["batch"][0]["timestamp"],
            seconds,
            "{timestamp}"
        );
        assert_eq!(requests[2].json()["timestamp"], seconds, "{timestamp}");
    }
}

#[tokio::test]
async fn hours_alone_are_a_zone() {
    let partner = saying([success()]).await;
    let payload = json!({
        "id": "u-1", "name": "n", "timestamp": "2024-03-08T14:22:31+02", "convert_timestamp": true,
        "data": {"at": "2024-03-08T14:22:31+02", "in": [{"at": "2024-03-08T14:22:31+02"}]},
    });
    run::<TrackEvent>(&partner, &payload).await.assert_delivered();
    let sent = partner.assert_sent_once().json();
    assert_eq!(sent["timestamp"], 1_709_900_551);
    assert_eq!(sent["attributes"]["at"], 1_709_900_551);
    assert_eq!(
        sent["attributes"]["in"], payload["data"]["in"],
        "lists stay as they are"
    );
}

#[tokio::test]
async fn resent_events_have_the_same_ulid_alone_and_in_batches() {
    let partner = saying([success(), success()]).await;
    let settings = json!({"siteId": "site", "apiKey": "key", "deduplicateEvents": true});
    let harness = harness_with::<TrackEvent>(&partner, settings);
    let event = delivered_as(&event());
    harness.run::<TrackEvent>(event.clone()).await.assert_delivered();
    harness.run_batch::<TrackEvent>([event]).await.assert_delivered();
    let requests = partner.assert_sent(2);
    let (single, batch) = (requests[0].json(), requests[1].json());
    assert_eq!(single["id"].as_str().unwrap().len(), 26);
    assert_eq!(single["id"], batch["batch"][0]["id"]);
}

#[tokio::test]
async fn event_ids_stay_unless_the_settings_say_otherwise() {
    let partner = saying([success()]).await;
    run::<TrackEvent>(&partner, &event()).await.assert_delivered();
    assert_eq!(partner.assert_sent_once().json()["id"], "msg-1");
}

#[tokio::test]
async fn user_ids_stay_one_part_of_the_address() {
    let partner = saying([success(), answer(200, &json!({"ok": true}))]).await;
    let settings = json!({"siteId": "site", "apiKey": "key", "accountRegion": "EU 🇪🇺"});
    let harness = harness_with::<TrackEvent>(&partner, settings);
    let user = |user_id: &str| json!({"type": "delete", "userId": user_id, "anonymousId": "anon"});
    harness.delete(user("a b/c?d")).await.unwrap();
    let unknown = harness.delete(user("u-1")).await.unwrap_err();
    assert_eq!(
        unknown.status(),
        Some(502),
        "the answer does not say that it was done"
    );
    for nobody in ["", ".."] {
        let error = harness.delete(user(nobody)).await.unwrap_err();
        assert_eq!(error.status(), Some(400), "{nobody:?}");
    }
    let requests = partner.assert_sent(2);
    assert_eq!(
        requests[0].url.as_str(),
        "https://track-eu.customer.io/api/v1/customers/a%20b%2Fc%3Fd"
    );
}
