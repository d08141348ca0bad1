//! Mutations, and answers that hold data and errors side by side.

use serde_json::{Value, json};
use waystation_destination_digiwedge_crm::actions::{
    AddNote, CreateCustomer, MergeCustomers, UpdateCustomer,
};
use waystation_testkit::{Answer, Event, Partner, RunOutcome};

use crate::support::{RESOLVE, customer, graphql, limited};

const GRAPHQL: &str = "/graphql";

/// 2026-11-22T00:00:00Z
const NOW_MILLIS: i64 = 1_795_305_600_000;

fn merge() -> Event {
    Event::track("Customers Merged")
        .property("winnerId", "c-1")
        .property("loserId", "c-2")
}

async fn answered(answer: Answer) -> RunOutcome {
    let partner = Partner::start().await;
    let _ = partner.on("POST", GRAPHQL).answers_with(answer);
    graphql(&partner)
        .clock(NOW_MILLIS)
        .run::<MergeCustomers>(merge())
        .await
}

fn error(path: &Value, code: &str) -> Value {
    json!({"message": "No.", "path": path, "extensions": {"code": code, "requestId": "req-1"}})
}

#[tokio::test]
async fn customers_are_created_merged_updated_and_noted() {
    let partner = Partner::start().await;
    let _ = partner
        .on("POST", GRAPHQL)
        .answers(200, json!({"data": {"m0": {"id": "c-1"}}}))
        .answers(200, json!({"data": {"m0": {"id": "c-1"}}, "errors": []}))
        .answers(
            200,
            json!({"data": {"m0": {"__typename": "MergeResult"}}, "errors": null}),
        )
        .answers(200, json!({"data": {"m0": {"__typename": "Note"}}}));
    let _ = partner.on("GET", RESOLVE).answers(200, customer("c-1"));
    let harness = graphql(&partner);

    let created = harness
        .run::<CreateCustomer>(Event::track("Signed Up").user_id("u-1"))
        .await;
    assert_eq!(created.assert_delivered(), json!({"id": "c-1"}));
    let identified = Event::identify().user_id("u-1").trait_value("lastName", "Alm");
    harness.run::<UpdateCustomer>(identified).await.assert_delivered();
    harness.run::<MergeCustomers>(merge()).await.assert_delivered();
    let noted = Event::track("Note Added").property("note", "Hi");
    let noting = graphql(&partner).map("customerId", "c-1");
    noting.run::<AddNote>(noted).await.assert_delivered();

    let documents = partner.requests_to("POST", GRAPHQL);
    let variables: Vec<Value> = documents
        .iter()
        .map(|request| request.json()["variables"].take())
        .collect();
    assert_eq!(
        variables,
        [
            json!({"m0_input": {"tenantId": "t-1", "authUserId": "u-1"}}),
            json!({"m0_id": "c-1", "m0_input": {"authUserId": "u-1", "lastName": "Alm"}}),
            json!({"m0_winnerId": "c-1", "m0_loserId": "c-2"}),
            json!({"m0_customerId": "c-1", "m0_input": {"content": "Hi"}}),
        ]
    );
    let query = documents[1].json()["query"].as_str().unwrap().to_owned();
    assert!(query.contains("m0: updateCustomer(id: $m0_id"), "{query}");
    assert_eq!(documents[0].header("authorization"), Some("Bearer jwt-1"));
}

#[tokio::test]
async fn what_happened_stays_delivered_with_a_warning() {
    let body = json!({
        "data": {"m0": {"__typename": "MergeResult"}},
        "errors": [error(&json!(["m0", "winner", "displayName"]), "INTERNAL_SERVER_ERROR")],
    });
    let outcome = answered(Answer::json(200, body)).await;
    assert_eq!(outcome.assert_delivered(), json!({"__typename": "MergeResult"}));
    assert_eq!(
        outcome.warning(),
        Some("No. (DigiWedge code INTERNAL_SERVER_ERROR, request req-1)")
    );
}

#[tokio::test]
async fn refusals_are_classed_by_their_code() {
    for (code, expected) in [
        ("CUSTOMER_NOT_FOUND", (404, "CUSTOMER_NOT_FOUND")),
        ("MERGE_SAME_CUSTOMER", (422, "MERGE_SAME_CUSTOMER")),
        ("VALIDATION_ERROR", (400, "PAYLOAD_VALIDATION_FAILED")),
        ("SCOPE_REQUIRED", (403, "SCOPE_REQUIRED")),
        ("RATE_LIMITED", (429, "RATE_LIMITED")),
        ("QUOTA_EXCEEDED", (402, "QUOTA_EXCEEDED")),
        ("SOMETHING_NEW", (400, "SOMETHING_NEW")),
    ] {
        for data in [json!(null), json!({"m0": null})] {
            for path in [json!(["m0"]), json!(null)] {
                let body = json!({"data": data, "errors": [error(&path, code)]});
                let outcome = answered(Answer::json(200, body)).await;
                outcome.assert_failed_with(expected.0, expected.1);
            }
        }
    }
}

#[tokio::test]
async fn an_error_whose_path_is_no_alias_is_about_the_whole_document() {
    // As DigiWedge's own page shows it.
    let documented = json!({"data": null, "errors": [{
        "message": "Customer not found",
        "path": ["customer"],
        "extensions": {"code": "CUSTOMER_NOT_FOUND", "requestId": "req_abc123"},
    }]});
    let outcome = answered(Answer::json(200, documented)).await;
    let error = outcome.assert_failed_with(404, "CUSTOMER_NOT_FOUND");
    assert_eq!(
        error.to_string(),
        "Customer not found (DigiWedge code CUSTOMER_NOT_FOUND, request req_abc123)"
    );
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn no_complaint_of_an_answer_is_lost() {
    let own = error(&json!(["m0"]), "MERGE_SAME_CUSTOMER");
    let of_all = json!({"message": "And more.", "extensions": {"code": "FORBIDDEN"}});
    let refused = json!({"data": {"m0": null}, "errors": [of_all.clone(), own]});
    let outcome = answered(Answer::json(200, refused)).await;
    assert_eq!(
        outcome.assert_failed_with(422, "MERGE_SAME_CUSTOMER").to_string(),
        "No. (DigiWedge code MERGE_SAME_CUSTOMER, request req-1); And more. (DigiWedge code FORBIDDEN)"
    );
    let taken = json!({"data": {"m0": {"__typename": "MergeResult"}}, "errors": [of_all]});
    let outcome = answered(Answer::json(200, taken)).await;
    outcome.assert_delivered();
    assert_eq!(outcome.warning(), Some("And more. (DigiWedge code FORBIDDEN)"));
}

#[tokio::test]
async fn a_refusal_without_a_code_is_final() {
    let body = json!({"data": null, "errors": [{"message": "Syntax Error"}]});
    let outcome = answered(Answer::json(200, body)).await;
    outcome.assert_failed_with(400, "UNKNOWN_ERROR");
}

#[tokio::test]
async fn failing_statuses_of_graphql_are_read_as_well() {
    let body = json!({"errors": [error(&json!(null), "TENANT_MISMATCH")]});
    answered(Answer::json(403, body))
        .await
        .assert_failed_with(403, "TENANT_MISMATCH");
    let uncoded = json!({"errors": [{"message": "Overloaded"}]});
    answered(Answer::json(503, uncoded))
        .await
        .assert_failed_with(503, "RETRYABLE_ERROR");
}

#[tokio::test]
async fn rate_limits_are_read_although_the_status_is_200() {
    let body = json!({"data": null, "errors": [error(&json!(null), "RATE_LIMITED")]});
    let reset = u64::try_from(NOW_MILLIS).unwrap() / 1000 + 30;
    let outcome = answered(limited(200, body, "0", reset)).await;
    let error = outcome.assert_failed_with(429, "RATE_LIMITED");
    let wait = error.action().unwrap().retry_after();
    assert_eq!(wait.map(|wait| wait.as_secs()), Some(30));
}

#[tokio::test]
async fn answers_that_are_not_of_graphql_leave_the_outcome_unknown() {
    for body in [
        json!({}),
        json!({"data": null}),
        json!({"data": {"m0": null}}),
        json!({"data": {"m7": {"id": "c-1"}}}),
        json!({"data": {"m0": true}}),
        json!({"data": "done"}),
        json!({"data": null, "errors": "none"}),
        json!([]),
    ] {
        let outcome = answered(Answer::json(200, body.clone())).await;
        let error = outcome.assert_failed();
        assert_eq!(error.status(), Some(502), "{body}");
        assert!(error.action().unwrap().outcome_is_unknown(), "{body}");
    }
    answered(Answer::text(200, "<html>"))
        .await
        .assert_failed_with(502, "INVALID_RESPONSE");
}
