//! `/users/track`: what the answers come to, rule by rule.

use serde_json::{Value, json};
use waystation_destination_braze::actions::{Ecommerce, TrackEvent, TrackPurchase};
use waystation_kit::ItemOutcome;
use waystation_testkit::{Answer, Partner};

use crate::support::{riddles, run, run_batch, saying, success, verdicts};

pub(crate) fn event(id: usize) -> Value {
    json!({"external_id": format!("u-{id}"), "name": "Seat Upgraded", "time": "2024-03-08T14:22:31Z"})
}

pub(crate) fn order(id: &str, products: usize) -> Value {
    let products: Vec<Value> = (0..products)
        .map(|product| json!({"product_id": format!("p-{product}"), "price": 1.5}))
        .collect();
    json!({"external_id": id, "time": "2024-03-08T14:22:31Z", "products": products})
}

pub(crate) fn cart() -> Value {
    json!({
        "name": "ecommerce.cart_updated", "external_id": "u-1", "time": "2024-03-08T14:22:31Z",
        "currency": "EUR", "source": "web", "cart_id": "c-1", "order_id": "not of carts", "total_value": 12,
        "enable_batching": true, "batch_size": 75, "products": [],
    })
}

async fn events_answered(answer: Answer, events: &[Value]) -> Vec<Value> {
    let partner = saying([answer]).await;
    verdicts(&run_batch::<TrackEvent>(&partner, events).await)
}

fn error(list: &str, index: usize, words: &str) -> Value {
    json!({"type": words, "input_array": list, "index": index})
}

fn with_errors(errors: &[Value]) -> Answer {
    Answer::json(201, json!({"message": "success", "errors": errors}))
}

#[tokio::test]
async fn a_dropped_object_fails_the_order_that_it_belongs_to() {
    let partner = saying([with_errors(&[error("purchases", 2, "bad price")])]).await;
    let orders = [order("a", 2), order("b", 2), order("c", 1)];
    assert_eq!(
        verdicts(&run_batch::<TrackPurchase>(&partner, &orders).await),
        [json!(200), json!([400, "BAD_REQUEST", "bad price"]), json!(200)]
    );
}

#[tokio::test]
async fn indices_count_what_was_sent_and_not_what_was_given() {
    let events = [
        event(1),
        json!({"name": "Nobody", "time": "2024-03-08"}),
        event(2),
    ];
    let verdicts = events_answered(with_errors(&[error("events", 1, "too old")]), &events).await;
    assert_eq!(verdicts[0], 200);
    assert_eq!(verdicts[1][1], "PAYLOAD_VALIDATION_FAILED");
    assert_eq!(verdicts[2], json!([400, "BAD_REQUEST", "too old"]));
}

#[tokio::test]
async fn an_error_that_names_no_object_of_the_request_leaves_the_outcome_unknown_with_its_words() {
    for lost in [
        error("events", 9, "ghost"),
        error("purchases", 0, "ghost"),
        json!({"type": "ghost", "input_array": "events"}),
        json!({"type": "ghost", "input_array": "events", "index": -1}),
        json!("ghost"),
    ] {
        let answer = with_errors(std::slice::from_ref(&lost));
        for verdict in events_answered(answer, &[event(1), event(2)]).await {
            assert_eq!(verdict[1], "INVALID_RESPONSE", "{lost}: {verdict}");
            assert!(
                verdict[2].as_str().unwrap().contains("ghost"),
                "{lost}: {verdict}"
            );
        }
    }
    let partner = saying([with_errors(&[error("events", 9, "ghost")])]).await;
    let outcome = run::<TrackEvent>(&partner, &event(1)).await;
    let error = outcome.assert_failed_with(502, "INVALID_RESPONSE");
    assert!(error.to_string().contains("ghost"), "{error}");
}

#[tokio::test]
async fn a_placed_and_an_unplaced_error_of_one_answer_are_both_told() {
    let answer = with_errors(&[error("events", 0, "no ID"), error("events", 9, "ghost")]);
    let verdicts = events_answered(answer, &[event(1), event(2)]).await;
    assert_eq!(verdicts[0], json!([400, "BAD_REQUEST", "no ID"]));
    assert_eq!(verdicts[1][1], "INVALID_RESPONSE");
    assert!(verdicts[1][2].as_str().unwrap().contains("ghost"), "{verdicts:?}");
}

#[tokio::test]
async fn what_braze_says_although_it_processed_every_object_is_a_warning() {
    let answer = || {
        Answer::json(
            201,
            json!({"message": "success", "events_processed": 2, "errors": ["'bio' is ignored"]}),
        )
    };
    let partner = saying([answer()]).await;
    let batch = run_batch::<TrackEvent>(&partner, &[event(1), event(2)]).await;
    batch.assert_delivered();
    let warnings: Vec<_> = batch.items().iter().map(ItemOutcome::warning).collect();
    assert_eq!(warnings, [Some("'bio' is ignored"); 2]);
}

#[tokio::test]
async fn an_error_without_an_index_is_about_the_only_object_of_a_request() {
    let answer = || with_errors(&[json!({"type": "too old", "input_array": "events"})]);
    let partner = saying([answer(), answer()]).await;
    let single = run::<TrackEvent>(&partner, &event(1)).await;
    assert_eq!(single.assert_failed_with(400, "400").to_string(), "too old");
    let batch = run_batch::<TrackEvent>(&partner, &[event(1)]).await;
    assert_eq!(verdicts(&batch), [json!([400, "BAD_REQUEST", "too old"])]);
}

#[tokio::test]
async fn a_refused_request_fails_the_named_items_for_their_own_reasons() {
    let body = json!({"message": "No valid data", "errors": [error("events", 0, "no ID"), error("events", 7, "odd")]});
    assert_eq!(
        events_answered(Answer::json(400, body), &[event(1), event(2)]).await,
        [
            json!([400, "BAD_REQUEST", "no ID"]),
            json!([400, "BAD_REQUEST", "No valid data; odd"]),
        ]
    );
}

#[tokio::test]
async fn queued_is_success() {
    let queued = || Answer::json(202, json!({"message": "queued"}));
    let partner = saying([queued(), queued()]).await;
    run_batch::<TrackEvent>(&partner, &[event(1)])
        .await
        .assert_delivered();
    run::<TrackEvent>(&partner, &event(1)).await.assert_delivered();
}

#[tokio::test]
async fn an_answer_that_is_not_understood_leaves_the_outcome_unknown() {
    let perhaps = Answer::json(200, json!({"message": "perhaps"}));
    for answer in riddles().into_iter().chain([perhaps]) {
        let partner = saying([answer.clone(), answer.clone()]).await;
        let batch = run_batch::<TrackEvent>(&partner, &[event(1), event(2)]).await;
        for index in 0..2 {
            let error = batch.assert_item(index).failed_with(502, "INVALID_RESPONSE");
            assert!(error.outcome_is_unknown(), "{answer:?}");
        }
        let single = run::<TrackEvent>(&partner, &event(1)).await;
        let error = single.assert_failed_with(502, "INVALID_RESPONSE");
        let is_unknown = error
            .action()
            .is_some_and(waystation_kit::Error::outcome_is_unknown);
        assert!(is_unknown, "{answer:?}");
    }
}

#[tokio::test]
async fn success_is_understood_whatever_its_content_type() {
    let answer = || {
        Answer::text(
            201,
            r#"{"message": "success", "errors": [{"type": "late", "index": 0}]}"#,
        )
    };
    let partner = saying([answer(), answer()]).await;
    let batch = run_batch::<TrackEvent>(&partner, &[event(1), event(2)]).await;
    assert_eq!(
        verdicts(&batch),
        [json!([400, "BAD_REQUEST", "late"]), json!(200)]
    );
    let single = run::<TrackEvent>(&partner, &event(1)).await;
    assert_eq!(single.assert_failed_with(400, "400").to_string(), "late");
}

#[tokio::test]
async fn a_single_event_that_is_dropped_is_an_error() {
    let partner = saying([with_errors(&[error("events", 0, "too old")])]).await;
    let outcome = run::<TrackEvent>(&partner, &event(1)).await;
    assert_eq!(outcome.assert_failed_with(400, "400").to_string(), "too old");
}

#[tokio::test]
async fn failures_that_may_pass_stay_worth_another_attempt() {
    for status in [408, 423, 429, 500, 502, 503, 504] {
        let body = json!({"message": "later", "errors": [error("events", 0, "x")]});
        let partner = saying([Answer::json(status, body.clone()), Answer::json(status, body)]).await;
        for batch in [
            run_batch::<TrackEvent>(&partner, &[event(1)]).await,
            run_batch::<Ecommerce>(&partner, &[cart()]).await,
        ] {
            assert!(batch.items()[0].is_retryable(), "{status}");
            assert_eq!(batch.nodes()[0]["status"], status);
            assert_eq!(batch.nodes()[0]["errormessage"], "later");
        }
    }
}

#[tokio::test]
async fn other_failures_are_those_of_every_item() {
    for (status, code) in [
        (401, "UNAUTHORIZED"),
        (403, "FORBIDDEN"),
        (404, "NOT_FOUND"),
        (413, "PAYLOAD_TOO_LARGE"),
        (422, "UNPROCESSABLE_ENTITY"),
    ] {
        let answer = Answer::json(status, json!({"message": "no"}));
        assert_eq!(
            events_answered(answer, &[event(1), event(2)]).await,
            vec![json!([status, code, "no"]); 2]
        );
    }
}

#[tokio::test]
async fn events_go_out_seventy_five_at_a_time_and_come_back_in_order() {
    let partner = saying([success(), with_errors(&[error("events", 1, "late")])]).await;
    let events: Vec<Value> = (0..80).map(event).collect();
    let nodes = run_batch::<TrackEvent>(&partner, &events).await.nodes();
    let requests = partner.assert_sent(2);
    let sizes = requests
        .iter()
        .map(|request| request.json()["events"].as_array().unwrap().len());
    assert_eq!(sizes.collect::<Vec<_>>(), [75, 5]);
    for (index, node) in nodes.iter().enumerate() {
        assert_eq!(
            node["status"],
            if index == 76 { 400 } else { 200 },
            "item {index}"
        );
        assert_eq!(node["sent"]["external_id"], format!("u-{index}"));
    }
}

#[tokio::test]
async fn what_was_delivered_is_not_sent_again_when_a_later_request_fails() {
    let partner = saying([success(), Answer::json(429, json!({"message": "slow down"}))]).await;
    let events: Vec<Value> = (0..80).map(event).collect();
    let nodes = run_batch::<TrackEvent>(&partner, &events).await.nodes();
    assert!(nodes[..75].iter().all(|node| node["status"] == 200));
    assert!(nodes[75..].iter().all(|node| node["status"] == 429));
}

#[tokio::test]
async fn nothing_is_sent_when_no_item_can_be() {
    let partner = Partner::start().await;
    let nobody = json!({"name": "Nobody", "time": "2024-03-08"});
    let outcome = run_batch::<TrackEvent>(&partner, &[nobody]).await;
    outcome
        .assert_item(0)
        .failed_with(400, "PAYLOAD_VALIDATION_FAILED");
    partner.assert_nothing_sent();
}

#[tokio::test]
async fn orders_that_do_not_fit_wait_for_the_next_attempt() {
    let orders = [
        order("a", 70),
        order("b", 6),
        order("c", 1),
        order("d", 76),
        order("e", 0),
    ];
    let partner = saying([success()]).await;
    let nodes = run_batch::<TrackPurchase>(&partner, &orders).await.nodes();
    let statuses: Vec<&Value> = nodes.iter().map(|node| &node["status"]).collect();
    assert_eq!(statuses, [200, 429, 429, 413, 400]);
}
