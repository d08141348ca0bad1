//! What the answers to batches come to, rule by rule.

use serde_json::{Value, json};
use waystation_destination_customerio::actions::{CreateUpdateObject, TrackEvent};
use waystation_kit::{ItemError, ItemOutcome};
use waystation_testkit::{Answer, BatchRunOutcome};

use crate::support::{answer, batches, nothings, riddles, run_batch, saying, success, verdict};

/// Three events, the second of which has something wrong with it.
fn events() -> Vec<Value> {
    [
        ("Product Purchased", "usr_abc123"),
        ("Page Viewed", "usr_def456"),
        ("Email Opened", "usr_ghi789"),
    ]
    .into_iter()
    .map(|(name, id)| json!({"name": name, "id": id, "batch_size": 50}))
    .collect()
}

/// What is posted for an event of [`events`].
fn posted(event: &Value) -> Value {
    json!({"type": "person", "action": "event", "name": event["name"], "identifiers": {"id": event["id"]}})
}

async fn outcome_of(answer: Answer) -> BatchRunOutcome {
    let partner = saying([answer]).await;
    run_batch::<TrackEvent>(&partner, &events()).await
}

async fn nodes_of(answer: Answer) -> Vec<Value> {
    outcome_of(answer).await.nodes()
}

async fn verdicts_of(answer: Answer) -> Vec<Value> {
    nodes_of(answer).await.iter().map(verdict).collect()
}

/// The failure that all items share.
async fn failure_of(answer: Answer) -> ItemError {
    let outcome = outcome_of(answer).await;
    let errors: Vec<&ItemError> = (outcome.items().iter())
        .map(|item| match item {
            ItemOutcome::Error(error) => error,
            ItemOutcome::Success(_) => panic!("every item should have failed: {}", item.to_node()),
        })
        .collect();
    assert!(
        errors.iter().all(|error| error.message == errors[0].message),
        "{errors:?}"
    );
    errors[0].clone()
}

/// That nobody knows what became of any item.
async fn assert_not_understood(status: u16, body: &Value) -> ItemError {
    let error = failure_of(answer(status, body)).await;
    assert_eq!(error.status, 502, "{status} {body}");
    assert_eq!(error.code.as_str(), "INVALID_RESPONSE", "{status} {body}");
    assert!(error.outcome_is_unknown(), "{status} {body}");
    error
}

#[tokio::test]
async fn the_six_cases() {
    let not_found = |id: &str, index: usize| json!({"batch_index": index, "reason": "notFound", "message": format!("Identifier {id} not found")});
    let too_long = "data.notes exceeds maximum length of 1000 characters";
    let partial = json!({"errors": [{"batch_index": 1, "reason": "invalid", "message": too_long}]});
    assert_eq!(
        verdicts_of(answer(207, &partial)).await,
        [
            json!(200),
            json!([400, "PAYLOAD_VALIDATION_FAILED", too_long]),
            json!(200)
        ]
    );
    let unknown = json!({"errors": [not_found("usr_abc123", 0), not_found("usr_ghi789", 2)]});
    assert_eq!(
        verdicts_of(answer(200, &unknown)).await,
        [
            json!([400, "INTEGRATION_ERROR", "Identifier usr_abc123 not found"]),
            json!(200),
            json!([400, "INTEGRATION_ERROR", "Identifier usr_ghi789 not found"]),
        ]
    );
    assert_eq!(
        verdicts_of(answer(200, &json!({"errors": []}))).await,
        [200, 200, 200]
    );
    let limited = json!({"meta": {"error": "Too many requests. Retry after 1000ms."}});
    assert_eq!(failure_of(answer(429, &limited)).await.status, 429);
    let broken = json!({"error": "Internal server error"});
    assert_eq!(failure_of(answer(500, &broken)).await.status, 500);
    let refusal = "Request body missing required field: batch";
    assert_eq!(
        verdicts_of(answer(400, &json!({"message": refusal}))).await,
        vec![json!([400, "BAD_REQUEST", refusal]); 3]
    );
}

#[tokio::test]
async fn statuses_200_and_207_go_one_way() {
    let body = json!({"errors": [{"batch_index": 0, "reason": "required", "message": "missing"}]});
    assert_eq!(
        nodes_of(answer(200, &body)).await,
        nodes_of(answer(207, &body)).await
    );
}

#[tokio::test]
async fn items_show_what_was_given_and_what_was_posted() {
    let body = json!({"errors": [{"batch_index": 1, "reason": "invalid", "message": "too long"}]});
    let nodes = nodes_of(answer(207, &body)).await;
    assert_eq!(nodes.len(), 3);
    for (node, event) in nodes.iter().zip(events()) {
        assert_eq!(node["body"], event);
        assert_eq!(node["sent"], posted(&event));
    }
    assert_eq!(nodes[1]["errorreporter"], "DESTINATION");
}

#[tokio::test]
async fn several_errors_of_an_item_are_joined_and_the_first_decides() {
    let body = json!({"errors": [
        {"batch_index": 2, "reason": "notFound", "message": "who?"},
        {"batch_index": 2, "reason": "invalid", "field": "email"},
        {"batch_index": 2},
    ]});
    assert_eq!(
        verdicts_of(answer(207, &body)).await[2],
        json!([
            400,
            "INTEGRATION_ERROR",
            "who?; invalid: email; ERROR: unknown field"
        ])
    );
}

#[tokio::test]
async fn reasons_imply_error_types_in_any_spelling() {
    for (reason, code) in [
        (json!("invalid"), "PAYLOAD_VALIDATION_FAILED"),
        (json!("REQUIRED"), "PAYLOAD_VALIDATION_FAILED"),
        (json!("duplicate"), "INTEGRATION_ERROR"),
        (json!(""), "INTEGRATION_ERROR"),
        (json!(7), "INTEGRATION_ERROR"),
    ] {
        let body = json!({"errors": [{"batch_index": 0, "reason": reason, "message": "no"}]});
        assert_eq!(
            verdicts_of(answer(200, &body)).await[0],
            json!([400, code, "no"]),
            "{reason}"
        );
    }
}

#[tokio::test]
async fn an_empty_list_is_success_for_200_and_207() {
    for status in [200, 207] {
        assert_eq!(
            verdicts_of(answer(status, &json!({"errors": []}))).await,
            [200, 200, 200]
        );
    }
}

#[tokio::test]
async fn the_field_and_the_reason_of_an_error_stay_in_the_message() {
    let body = json!({"errors": [
        {"batch_index": 0, "reason": "invalid", "field": "attributes.plan", "message": "too long"},
        {"batch_index": 1, "reason": "somethingNew", "field": "device", "message": "wrong platform"},
        {"batch_index": 2, "reason": "required", "field": "name"},
    ]});
    assert_eq!(
        verdicts_of(answer(207, &body)).await,
        [
            json!([
                400,
                "PAYLOAD_VALIDATION_FAILED",
                "too long (invalid: attributes.plan)"
            ]),
            json!([400, "INTEGRATION_ERROR", "wrong platform (somethingNew: device)"]),
            json!([400, "PAYLOAD_VALIDATION_FAILED", "required: name"]),
        ]
    );
    let refused = json!({"errors": [{"reason": "invalid", "field": "batch", "message": "must be a list"}]});
    assert_eq!(
        verdicts_of(answer(400, &refused)).await,
        vec![json!([400, "BAD_REQUEST", "must be a list (invalid: batch)"]); 3]
    );
}

#[tokio::test]
async fn an_error_without_a_usable_index_leaves_the_others_unknown_with_its_words() {
    for index in [
        json!(null),
        json!(-1),
        json!(3),
        json!("1"),
        json!(1.5),
        json!(u64::MAX),
    ] {
        let body = json!({"errors": [
            {"batch_index": 0, "message": "known"},
            {"batch_index": index, "message": "too long"},
        ]});
        let verdicts = verdicts_of(answer(207, &body)).await;
        assert_eq!(verdicts[0], json!([400, "INTEGRATION_ERROR", "known"]), "{index}");
        for verdict in &verdicts[1..] {
            assert_eq!(verdict[1], "INVALID_RESPONSE", "{index}");
            assert!(
                verdict[2].as_str().unwrap().contains("too long"),
                "{index}: {verdict}"
            );
        }
    }
    let error = assert_not_understood(200, &json!({"errors": ["something odd"]})).await;
    assert!(error.message.contains("something odd"), "{error:?}");
}

#[tokio::test]
async fn a_whole_number_is_an_index_however_it_is_written() {
    let body = json!(r#"{"errors":[{"batch_index":1.0,"message":"no"}]}"#);
    assert_eq!(
        verdicts_of(answer(200, &body)).await[1],
        json!([400, "INTEGRATION_ERROR", "no"])
    );
}

#[tokio::test]
async fn an_empty_answer_is_success_unless_the_status_is_207() {
    for body in nothings() {
        for status in [200, 202] {
            assert_eq!(
                verdicts_of(answer(status, &body)).await,
                [200, 200, 200],
                "{status} {body}"
            );
        }
        assert_not_understood(207, &body).await;
    }
    assert_eq!(verdicts_of(Answer::empty(204)).await, [200, 200, 200]);
}

#[tokio::test]
async fn any_other_answer_leaves_the_outcome_unknown() {
    for body in riddles() {
        for status in [200, 207] {
            assert_not_understood(status, &body).await;
        }
    }
}

#[tokio::test]
async fn json_in_a_text_is_read_as_json() {
    let body = json!({"errors": [{"batch_index": 2, "reason": "required", "message": "missing"}]});
    let wrapped = json!(Value::String(body.to_string()).to_string());
    assert_eq!(
        verdicts_of(answer(207, &wrapped)).await,
        verdicts_of(answer(207, &body)).await
    );
}

#[tokio::test]
async fn failures_that_may_pass_stay_worth_another_attempt() {
    for status in [408, 423, 429, 500, 502, 503, 504] {
        let outcome = outcome_of(answer(status, &json!({"message": "later"}))).await;
        assert!(outcome.items().iter().all(ItemOutcome::is_retryable), "{status}");
        let error = failure_of(answer(status, &json!({"message": "later"}))).await;
        assert_eq!((error.status, error.message.as_str()), (status, "later"));
        assert!(!error.outcome_is_unknown(), "{status}");
    }
}

#[tokio::test]
async fn other_failures_are_those_of_every_item() {
    for (status, code) in [
        (400, "BAD_REQUEST"),
        (401, "UNAUTHORIZED"),
        (403, "FORBIDDEN"),
        (404, "NOT_FOUND"),
        (413, "PAYLOAD_TOO_LARGE"),
        (422, "UNPROCESSABLE_ENTITY"),
    ] {
        let nodes = nodes_of(answer(status, &json!({"message": "no"}))).await;
        for (node, event) in nodes.iter().zip(events()) {
            assert_eq!(verdict(node), json!([status, code, "no"]));
            assert_eq!(node["body"], event);
            assert_eq!(node["sent"], posted(&event));
        }
    }
}

#[tokio::test]
async fn the_partners_words_are_found_in_every_documented_shape() {
    for (body, words) in [
        (json!({"message": "no", "error": "other"}), "no"),
        (json!({"meta": {"error": "no"}}), "no"),
        (json!({"meta": {"errors": ["no", "never"]}}), "no; never"),
        (json!({"error": "no"}), "no"),
        (
            json!({"errors": [{"reason": "invalid", "message": "no"}, {"message": "never"}]}),
            "no; never",
        ),
        (json!("\"Segment not found\""), "Segment not found"),
        (json!("no way"), "no way"),
        (json!(""), "Bad Request"),
        (json!("<html></html>"), "Bad Request"),
    ] {
        assert_eq!(
            verdicts_of(answer(400, &body)).await[0],
            json!([400, "BAD_REQUEST", words]),
            "{body}"
        );
    }
}

#[tokio::test]
async fn results_of_requests_that_were_split_come_back_in_order() {
    let partner = saying([
        success(),
        answer(
            207,
            &json!({"errors": [{"batch_index": 1, "message": "unknown"}]}),
        ),
    ])
    .await;
    let groups = [
        json!({"id": "a", "anonymous_id": "anon-1"}),
        json!({"id": "b", "user_id": "u-1"}),
        json!({"id": "c", "anonymous_id": "anon-2"}),
    ];
    let nodes = run_batch::<CreateUpdateObject>(&partner, &groups).await.nodes();
    let verdicts: Vec<Value> = nodes.iter().map(verdict).collect();
    assert_eq!(
        verdicts,
        [
            json!(200),
            json!(200),
            json!([400, "INTEGRATION_ERROR", "unknown"])
        ]
    );
    let verbs = batches(&partner).concat();
    let verbs: Vec<&Value> = verbs.iter().map(|operation| &operation["action"]).collect();
    assert_eq!(verbs, ["identify", "identify_anonymous", "identify_anonymous"]);
}

#[tokio::test]
async fn batches_keep_the_limits_of_the_track_api() {
    let event = |note: usize| json!({"name": "Noted", "id": "u-1", "data": {"note": "x".repeat(note)}});
    let mut payloads = vec![event(31_000); 20];
    payloads.insert(7, event(33_000));
    let partner = saying([success(), success()]).await;
    let nodes = run_batch::<TrackEvent>(&partner, &payloads).await.nodes();
    for (index, node) in nodes.iter().enumerate() {
        assert_eq!(node["status"], if index == 7 { 413 } else { 200 }, "item {index}");
    }
    assert_eq!(nodes[7]["errortype"], "PAYLOAD_TOO_LARGE");
    let sizes: Vec<usize> = batches(&partner).iter().map(Vec::len).collect();
    assert_eq!(sizes, [16, 4]);
    assert!(
        partner
            .requests()
            .iter()
            .all(|request| request.body.len() < 500_000)
    );
}
