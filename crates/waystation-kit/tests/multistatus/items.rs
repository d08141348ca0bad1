//! What an error says alone and for an item of a batch.

use http::HeaderMap;
use serde_json::{Value, json};
use waystation_kit::multistatus::{Blame, partner_message};
use waystation_kit::request::Answer;
use waystation_kit::services::Millis;
use waystation_kit::{Error, ItemError, Response};

fn answer(status: u16, body: &Value) -> Response {
    Response::new(
        Answer {
            status,
            reason: None,
            headers: HeaderMap::new(),
            url: "https://partner.test/".parse().unwrap(),
            body: body.to_string().into(),
        },
        Millis(0),
    )
}

#[test]
fn a_fault_of_ours_is_final_alone_and_for_an_item() {
    let error = Error::internal("the settings are not those of Shop");
    let item = ItemError::from_error(&error);
    assert_eq!((error.is_retryable(), item.is_retryable()), (false, false));
    assert_eq!((item.status, item.blame), (500, Blame::Ourselves));
    let of_request = item.of_whole_request();
    assert!(!of_request.is_retryable(), "{of_request:?}");
    let alone = Error::from(of_request);
    assert!(
        matches!(&alone, Error::Internal(words) if words == "the settings are not those of Shop"),
        "{alone:?}"
    );
}

#[test]
fn a_partner_that_fails_with_500_is_asked_again_alone_and_for_an_item() {
    let error = Error::Http(Box::new(answer(500, &json!({}))));
    let item = ItemError::from_error(&error);
    assert_eq!((error.is_retryable(), item.is_retryable()), (true, true));
}

#[test]
fn the_partners_words_are_found_wherever_it_keeps_them() {
    for (body, expected) in [
        (json!({"message": "no"}), "no"),
        (json!({"errors": ["no", {"message": "never"}]}), "no; never"),
        (
            json!({"errors": [{"status": "400", "title": "Invalid input.", "detail": "no such number"}]}),
            "no such number",
        ),
        (
            json!({"errors": [{"title": "Invalid input.", "detail": ""}, {"detail": "no such list"}]}),
            "Invalid input.; no such list",
        ),
        (
            json!({"type": "about:blank", "title": "Bad", "detail": "no such field"}),
            "no such field",
        ),
        (json!({"title": "Bad input"}), "Bad input"),
        (json!({"detail": [{"loc": ["body"]}]}), "Bad Request"),
        (json!({}), "Bad Request"),
    ] {
        assert_eq!(partner_message(&answer(400, &body)), expected, "{body}");
    }
}
