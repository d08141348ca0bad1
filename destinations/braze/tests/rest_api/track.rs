//! `/users/track`: what the answers come to, rule by rule.

use serde_json::{Value, json};
use waystation_kit::{DeleteUser, Error, ErrorCode, NetworkFailure, Result};

use crate::support::{Connection, Partner, Scripted, answer, success, verdict};

fn event(id: usize) -> Value {
    json!({"external_id": format!("u-{id}"), "name": "Seat Upgraded", "time": "2024-03-08T14:22:31Z"})
}

fn order(id: &str, products: usize) -> Value {
    let products: Vec<Value> = (0..products)
        .map(|product| json!({"product_id": format!("p-{product}"), "price": 1.5}))
        .collect();
    json!({"external_id": id, "time": "2024-03-08T14:22:31Z", "products": products})
}

async fn verdicts_of(scripted: Scripted, action: &str, payloads: &[Value]) -> Result<Vec<Value>> {
    let partner = Partner::new([scripted]);
    let nodes = Connection::new(&partner).perform_batch(action, payloads).await?;
    Ok(nodes.iter().map(verdict).collect())
}

fn error(list: &str, index: usize, words: &str) -> Value {
    json!({"type": words, "input_array": list, "index": index})
}

#[tokio::test]
async fn a_dropped_object_fails_the_order_that_it_belongs_to() {
    let body = json!({"message": "success", "errors": [error("purchases", 2, "bad price")]});
    let orders = [order("a", 2), order("b", 2), order("c", 1)];
    assert_eq!(
        verdicts_of(answer(201, body), "trackPurchase", &orders)
            .await
            .unwrap(),
        [json!(200), json!([400, "BAD_REQUEST", "bad price"]), json!(200)]
    );
}

#[tokio::test]
async fn indices_count_what_was_sent_and_not_what_was_given() {
    let body = json!({"message": "success", "errors": [error("events", 1, "too old")]});
    let events = [
        event(1),
        json!({"name": "Nobody", "time": "2024-03-08"}),
        event(2),
    ];
    let verdicts = verdicts_of(answer(201, body), "trackEvent", &events)
        .await
        .unwrap();
    assert_eq!(verdicts[0], 200);
    assert_eq!(verdicts[1][1], "PAYLOAD_VALIDATION_FAILED");
    assert_eq!(verdicts[2], json!([400, "BAD_REQUEST", "too old"]));
}

#[tokio::test]
async fn an_error_that_names_no_object_of_the_request_fails_the_batch_with_its_words() {
    for lost in [
        error("events", 9, "ghost"),
        error("purchases", 0, "ghost"),
        json!({"type": "ghost", "input_array": "events"}),
        json!({"type": "ghost", "input_array": "events", "index": -1}),
        json!("ghost"),
    ] {
        let body = json!({"message": "success", "errors": [lost]});
        let error = verdicts_of(answer(201, body), "trackEvent", &[event(1)])
            .await
            .unwrap_err();
        assert_eq!(error.code(), Some(ErrorCode::INVALID_RESPONSE), "{lost}");
        assert!(error.to_string().contains("ghost"), "{error}");
    }
}

#[tokio::test]
async fn a_refused_request_fails_the_named_items_for_their_own_reasons() {
    let body = json!({"message": "No valid data", "errors": [error("events", 0, "no ID"), error("events", 7, "odd")]});
    assert_eq!(
        verdicts_of(answer(400, body), "trackEvent", &[event(1), event(2)])
            .await
            .unwrap(),
        [
            json!([400, "BAD_REQUEST", "no ID"]),
            json!([400, "BAD_REQUEST", "No valid data; odd"]),
        ]
    );
}

#[tokio::test]
async fn queued_is_success_and_any_other_word_is_a_fault_of_braze() {
    let queued = answer(202, json!({"message": "queued"}));
    assert_eq!(
        verdicts_of(queued, "trackEvent", &[event(1)]).await.unwrap(),
        [200]
    );
    let odd = || answer(200, json!({"message": "perhaps"}));
    let error = verdicts_of(odd(), "trackEvent", &[event(1)]).await.unwrap_err();
    assert_eq!(error.status(), Some(502));
    let partner = Partner::new([odd()]);
    let error = Connection::new(&partner)
        .perform("trackEvent", event(1))
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(502));
}

#[tokio::test]
async fn a_single_event_that_is_dropped_is_an_error() {
    let body = json!({"message": "success", "errors": [error("events", 0, "too old")]});
    let partner = Partner::new([answer(201, body)]);
    let error = Connection::new(&partner)
        .perform("trackEvent", event(1))
        .await
        .unwrap_err();
    assert_eq!(
        (error.status(), error.to_string().as_str()),
        (Some(400), "too old")
    );
}

#[tokio::test]
async fn failures_that_may_pass_reach_the_retry_wrapper() {
    for status in [408, 423, 429, 500, 501, 502, 503, 504] {
        for action in ["trackEvent", "ecommerce"] {
            let payload = if action == "trackEvent" { event(1) } else { cart() };
            let body = json!({"message": "later", "errors": [error("events", 0, "x")]});
            let error = verdicts_of(answer(status, body), action, &[payload])
                .await
                .unwrap_err();
            assert!(matches!(error, Error::Http(_)), "{status}: {error:?}");
        }
    }
    let reset = || Error::Network {
        message: "the connection broke".to_owned(),
        failure: NetworkFailure::ConnectionReset,
    };
    let error = verdicts_of(Err(reset()), "trackEvent", &[event(1)])
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Network { .. }), "{error:?}");
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
        assert_eq!(
            verdicts_of(
                answer(status, json!({"message": "no"})),
                "trackEvent",
                &[event(1), event(2)]
            )
            .await
            .unwrap(),
            vec![json!([status, code, "no"]); 2]
        );
    }
}

#[tokio::test]
async fn events_go_out_seventy_five_at_a_time_and_come_back_in_order() {
    let dropped = json!({"message": "success", "errors": [error("events", 1, "late")]});
    let partner = Partner::new([success(), answer(201, dropped)]);
    let events: Vec<Value> = (0..80).map(event).collect();
    let nodes = Connection::new(&partner)
        .perform_batch("trackEvent", &events)
        .await
        .unwrap();
    let sizes: Vec<usize> = partner
        .requests()
        .iter()
        .map(|request| request.body["events"].as_array().unwrap().len())
        .collect();
    assert_eq!(sizes, [75, 5]);
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
    let partner = Partner::new([success(), answer(429, json!({"message": "slow down"}))]);
    let events: Vec<Value> = (0..80).map(event).collect();
    let nodes = Connection::new(&partner)
        .perform_batch("trackEvent", &events)
        .await
        .unwrap();
    assert!(nodes[..75].iter().all(|node| node["status"] == 200));
    assert!(nodes[75..].iter().all(|node| node["status"] == 429));
}

#[tokio::test]
async fn nothing_is_sent_when_no_item_can_be() {
    let partner = Partner::new([]);
    let nobody = json!({"name": "Nobody", "time": "2024-03-08"});
    let nodes = Connection::new(&partner)
        .perform_batch("trackEvent", &[nobody])
        .await
        .unwrap();
    assert_eq!(nodes[0]["status"], 400);
    assert!(
        Connection::new(&partner)
            .perform_batch("trackEvent", &[])
            .await
            .unwrap()
            .is_empty()
    );
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
    let verdicts = verdicts_of(success(), "trackPurchase", &orders).await.unwrap();
    let statuses: Vec<&Value> = verdicts
        .iter()
        .map(|verdict| verdict.get(0).unwrap_or(verdict))
        .collect();
    assert_eq!(statuses, [200, 429, 429, 413, 400]);
}

#[tokio::test]
async fn null_removes_and_absence_leaves_alone() {
    let partner = Partner::new([success()]);
    let profile = json!({
        "external_id": "u-1", "phone": null, "dob": null, "current_location": {},
        "custom_attributes": {"plan": "pro", "first_name": "kept out", "phone": "kept out"},
    });
    Connection::new(&partner)
        .perform("updateUserProfile", profile)
        .await
        .unwrap();
    assert_eq!(
        partner.requests()[0].body["attributes"][0],
        json!({"plan": "pro", "external_id": "u-1", "phone": null, "dob": null})
    );
}

fn cart() -> Value {
    json!({
        "name": "ecommerce.cart_updated", "external_id": "u-1", "time": "2024-03-08T14:22:31Z",
        "currency": "EUR", "source": "web", "cart_id": "c-1", "order_id": "not of carts", "total_value": 12,
        "enable_batching": true, "batch_size": 75, "products": [],
    })
}

#[tokio::test]
async fn shop_events_hold_only_what_braze_knows_of_them() {
    let partner = Partner::new([success()]);
    Connection::new(&partner)
        .perform("ecommerce", cart())
        .await
        .unwrap();
    assert_eq!(
        partner.requests()[0].body["events"][0]["properties"],
        json!({"currency": "EUR", "source": "web", "cart_id": "c-1", "total_value": 12, "products": []})
    );
}

#[tokio::test]
async fn a_person_is_deleted_by_user_id_only() {
    let partner = Partner::new([success()]);
    let user = |user_id: Option<&str>| DeleteUser {
        user_id: user_id.map(str::to_owned),
        anonymous_id: Some("anon".to_owned()),
    };
    let connection = Connection::new(&partner);
    connection.delete(user(Some("u-1"))).await.unwrap();
    let error = connection.delete(user(None)).await.unwrap_err();
    assert!(matches!(error, Error::PayloadValidation(_)), "{error:?}");
    let requests = partner.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].url, "https://rest.iad-01.braze.com/users/delete");
    assert_eq!(requests[0].body, json!({"external_ids": ["u-1"]}));
}
