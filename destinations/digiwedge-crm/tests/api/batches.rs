//! Customers created many at a time.

use serde_json::{Value, json};
use waystation_destination_digiwedge_crm::actions::CreateCustomer;
use waystation_testkit::{Answer, Event, Partner};

use crate::support::{CUSTOMERS, customer, graphql, limited, refusal, rest};

const GRAPHQL: &str = "/graphql";

/// 2026-11-22T00:00:00Z
const NOW_MILLIS: i64 = 1_795_305_600_000;
const IN_A_MINUTE: u64 = 1_795_305_660;

fn people(count: usize) -> Vec<Event> {
    (0..count)
        .map(|place| Event::track("Signed Up").user_id(&format!("u-{place}")))
        .collect()
}

#[tokio::test]
async fn graphql_takes_many_and_tells_them_apart() {
    let partner = Partner::start().await;
    partner.on("POST", GRAPHQL).answers(
        200,
        json!({
            "data": {"m0": {"id": "c-0"}, "m1": null, "m2": null, "m3": {"id": "c-3"}},
            "errors": [
                {"message": "Bad number", "path": ["m1"], "extensions": {"code": "INVALID_PHONE"}},
                {"message": "Taken", "path": ["m2"], "extensions": {"code": "DUPLICATE_EMAIL"}},
                {"message": "Odd", "path": ["m3", "tags"], "extensions": {"code": "OTHER"}},
            ],
        }),
    );

    let outcome = graphql(&partner).run_batch::<CreateCustomer>(people(4)).await;

    let nodes = outcome.nodes();
    assert_eq!(nodes[0]["body"], json!({"id": "c-0"}));
    assert_eq!(nodes[0]["sent"], json!({"tenantId": "t-1", "authUserId": "u-0"}));
    outcome
        .assert_item(1)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    assert_eq!(nodes[2]["body"], json!({"alreadyExists": true}));
    outcome.assert_item(3).delivered();
    assert_eq!(nodes[3]["body"], json!({"id": "c-3"}));
    assert_eq!(outcome.items()[3].warning(), Some("Odd (DigiWedge code OTHER)"));
    assert_eq!(
        partner.assert_sent_once().json()["variables"]["m3_input"]["authUserId"],
        "u-3"
    );
}

#[tokio::test]
async fn those_of_whom_nothing_is_said_are_tried_again_without_the_refused_one() {
    let partner = Partner::start().await;
    let refused = json!({"message": "Bad", "path": ["m1"], "extensions": {"code": "INVALID_EMAIL"}});
    partner
        .on("POST", GRAPHQL)
        .answers(200, json!({"data": null, "errors": [refused]}))
        .answers(200, json!({"data": {"m0": {"id": "c-0"}, "m1": {"id": "c-2"}}}));

    let outcome = graphql(&partner)
        .retries(1)
        .run_batch::<CreateCustomer>(people(3))
        .await;

    outcome.assert_item(0).delivered();
    outcome
        .assert_item(1)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    outcome.assert_item(2).delivered();
    assert_eq!(outcome.items_by_attempt(), [3, 2]);
}

#[tokio::test]
async fn a_document_that_is_refused_as_a_whole_is_refused_for_each() {
    let partner = Partner::start().await;
    let error =
        |code: &str| json!({"data": null, "errors": [{"message": "No.", "extensions": {"code": code}}]});
    partner
        .on("POST", GRAPHQL)
        .answers(200, error("SCOPE_REQUIRED"))
        .answers(200, error("RATE_LIMITED"));
    for (status, code) in [(403, "SCOPE_REQUIRED"), (429, "RATE_LIMITED")] {
        let outcome = graphql(&partner).run_batch::<CreateCustomer>(people(2)).await;
        for place in 0..2 {
            outcome.assert_item(place).failed_with(status, code);
        }
    }
}

#[tokio::test]
async fn an_error_that_fits_no_alias_refuses_every_customer_of_which_nothing_else_is_said() {
    let partner = Partner::start().await;
    let of_all =
        json!({"message": "No tenant", "path": ["tenant"], "extensions": {"code": "TENANT_MISMATCH"}});
    let own = json!({"message": "Bad", "path": ["m2"], "extensions": {"code": "INVALID_EMAIL"}});
    let data = json!({"m0": {"id": "c-0"}, "m1": null, "m2": null});
    partner
        .on("POST", GRAPHQL)
        .answers(200, json!({"data": data, "errors": [of_all, own]}));
    let outcome = graphql(&partner).run_batch::<CreateCustomer>(people(3)).await;
    outcome.assert_item(0).delivered();
    assert_eq!(
        outcome.items()[0].warning(),
        Some("No tenant (DigiWedge code TENANT_MISMATCH)")
    );
    outcome.assert_item(1).failed_with(403, "TENANT_MISMATCH");
    let both = outcome
        .assert_item(2)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    assert!(
        both.message.contains("Bad") && both.message.contains("No tenant"),
        "{}",
        both.message
    );
}

#[tokio::test]
async fn the_wait_code_and_request_of_an_item_reach_it() {
    let partner = Partner::start().await;
    let limited = |extensions: Value| json!({"message": "Slow", "path": ["m1"], "extensions": extensions});
    let body = |extensions: Value| json!({"data": {"m0": {"id": "c-0"}, "m1": null}, "errors": [limited(extensions)]});
    let hint = json!({"code": "RATE_LIMITED", "requestId": "req-7", "details": {"retryAfter": 7}});
    let bare = json!({"code": "RATE_LIMITED", "requestId": "req-7"});
    partner
        .on("POST", GRAPHQL)
        .answers(200, body(hint))
        .answers_with(Answer::json(200, body(bare)).header("Retry-After", "9"));
    for seconds in [7, 9] {
        let outcome = graphql(&partner).run_batch::<CreateCustomer>(people(2)).await;
        outcome.assert_item(0).delivered();
        let error = outcome.assert_item(1).failed_with(429, "RATE_LIMITED");
        assert_eq!(error.retry_after.map(|wait| wait.as_secs()), Some(seconds));
        assert!(error.message.contains("request req-7"), "{}", error.message);
    }
}

#[tokio::test]
async fn a_failure_is_the_same_alone_and_in_a_batch() {
    for (status, code) in [
        (400, "INVALID_PHONE"),
        (403, "SCOPE_REQUIRED"),
        (422, "DUPLICATE_EMAIL"),
    ] {
        let partner = Partner::start().await;
        let error = json!({"message": "No.", "path": ["m0"], "extensions": {"code": code}});
        let body = json!({"data": {"m0": null}, "errors": [error]});
        partner.on("POST", GRAPHQL).always_answers(200, body);
        partner
            .on("POST", CUSTOMERS)
            .always_answers(status, refusal(code));
        for harness in [graphql(&partner), rest(&partner)] {
            let harness = harness.map("acceptExisting", false);
            let alone = harness.run::<CreateCustomer>(people(1).remove(0)).await;
            let alone = alone.assert_failed().action().unwrap().clone();
            let batch = harness.run_batch::<CreateCustomer>(people(1)).await;
            let item = batch
                .assert_item(0)
                .failed_with(alone.status().unwrap(), alone.code().unwrap().as_str());
            assert_eq!(item.message, alone.to_string());
            assert_eq!(item.reporter(), "DESTINATION");
        }
    }
}

#[tokio::test]
async fn a_customer_that_may_be_created_twice_has_an_unknown_outcome() {
    let partner = Partner::start().await;
    let refused = json!({"message": "Bad", "path": ["m2"], "extensions": {"code": "INVALID_EMAIL"}});
    partner
        .on("POST", GRAPHQL)
        .always_answers(200, json!({"data": null, "errors": [refused]}));
    let mut events = people(3);
    // No two customers share a user ID, but they may share a phone number.
    events[1] = Event::track("Signed Up")
        .without("userId")
        .set("traits", json!({"phone": "+353871234567"}));
    let outcome = graphql(&partner).run_batch::<CreateCustomer>(events).await;
    assert!(
        !outcome.items()[0].outcome_is_unknown(),
        "another attempt finds it"
    );
    assert!(outcome.items()[1].outcome_is_unknown());
    outcome
        .assert_item(2)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
}

#[tokio::test]
async fn documents_stay_small() {
    let partner = Partner::start().await;
    let data: serde_json::Map<String, Value> = (0..25)
        .map(|place| (format!("m{place}"), json!({"id": "c"})))
        .collect();
    partner
        .on("POST", GRAPHQL)
        .always_answers(200, json!({"data": data}));
    let outcome = graphql(&partner).run_batch::<CreateCustomer>(people(30)).await;
    outcome.assert_delivered();
    partner.assert_sent(2);
}

#[tokio::test]
async fn rest_takes_one_at_a_time() {
    let partner = Partner::start().await;
    partner
        .on("POST", CUSTOMERS)
        .answers(201, customer("c-0"))
        .answers(422, refusal("DUPLICATE_EMAIL"))
        .answers(400, refusal("INVALID_PHONE"))
        .answers(500, json!({}))
        .answers(201, customer("c-4"));
    let mut events = people(5);
    events.push(Event::track("Signed Up").without("userId"));

    let outcome = rest(&partner).run_batch::<CreateCustomer>(events).await;

    assert_eq!(outcome.nodes()[0]["body"]["id"], "c-0");
    assert_eq!(outcome.nodes()[1]["body"], json!({"alreadyExists": true}));
    outcome
        .assert_item(2)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    outcome.assert_item(3).failed_with(500, "RETRYABLE_ERROR");
    outcome.assert_item(4).delivered();
    outcome
        .assert_item(5)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    partner.assert_sent(5);
}

#[tokio::test]
async fn a_batch_stops_before_the_limit_is_broken() {
    let partner = Partner::start().await;
    partner
        .on("POST", CUSTOMERS)
        .answers_with(limited(201, customer("c-0"), "1", IN_A_MINUTE))
        .answers_with(limited(201, customer("c-1"), "0", IN_A_MINUTE));

    let outcome = rest(&partner)
        .clock(NOW_MILLIS)
        .run_batch::<CreateCustomer>(people(4))
        .await;

    outcome.assert_item(1).delivered();
    for place in 2..4 {
        let error = outcome.assert_item(place).failed_with(429, "RATE_LIMITED");
        assert_eq!(error.retry_after.map(|wait| wait.as_secs()), Some(60));
    }
    partner.assert_sent(2);
}

#[tokio::test]
async fn what_would_meet_every_item_stops_the_batch() {
    let limit = || Answer::json(429, refusal("RATE_LIMITED")).header("Retry-After", "9");
    for (answer, status) in [
        (limit(), 429),
        (Answer::json(429, refusal("QUOTA_EXCEEDED")), 402),
        (Answer::empty(503), 503),
    ] {
        let partner = Partner::start().await;
        partner
            .on("POST", CUSTOMERS)
            .answers(201, customer("c-0"))
            .answers_with(answer);
        let outcome = rest(&partner).run_batch::<CreateCustomer>(people(4)).await;
        outcome.assert_item(0).delivered();
        for item in &outcome.items()[1..] {
            assert_eq!(item.status(), status, "{item:?}");
        }
        partner.assert_sent(2);
    }
}
