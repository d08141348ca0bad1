//! The container of results.

use serde_json::{Value, json};
use waystation_kit::{ItemError, MultiStatusResponse};

#[test]
fn an_item_without_a_result_is_an_error_that_no_other_attempt_mends() {
    let results: MultiStatusResponse = [None].into_iter().collect();
    let outcomes = results.into_outcomes();
    assert!(!outcomes[0].is_retryable());
    assert_eq!(outcomes[0].to_node()["errorreporter"], "INTEGRATIONS");
}

#[test]
fn the_reporter_is_who_saw_the_item() {
    let error = || ItemError::new(400, "no");
    assert_eq!(error().reporter(), "INTEGRATIONS");
    assert_eq!(
        error().with_exchange(json!(""), Value::Null).reporter(),
        "INTEGRATIONS"
    );
    assert_eq!(
        error().with_exchange(json!({}), Value::Null).reporter(),
        "DESTINATION"
    );
    assert_eq!(
        error().with_exchange(json!(""), json!("words")).reporter(),
        "DESTINATION"
    );
}
