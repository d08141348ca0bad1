use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use crate::support::{ADMIN, CONFIG, TestApi};

const REPLAY: &str = "/admin/v1/dead-letters/replay";

fn request(content_type: &str, body: impl Into<Body>) -> Request<Body> {
    let request = Request::post(REPLAY).header("authorization", format!("Bearer {ADMIN}"));
    request
        .header("content-type", content_type)
        .body(body.into())
        .unwrap()
}

#[tokio::test]
async fn bodies_are_json_objects_without_surprises() {
    let api = TestApi::start();
    for (content_type, body, problem) in [
        ("text/plain", "{}", "415 UNSUPPORTED_MEDIA_TYPE"),
        ("application/json", "{", "400 INVALID_JSON"),
        (
            "application/json",
            "[]",
            "400 INVALID_REQUEST The body must be a JSON object.",
        ),
        (
            "application/json",
            "{}",
            "400 INVALID_REQUEST The body must have either",
        ),
        (
            "application/json",
            r#"{"id":"x"}"#,
            "400 INVALID_REQUEST \"id\" in the body cannot be used",
        ),
        (
            "application/json; charset=utf-8",
            r#"{"filter":{"stagge":"ingest"}}"#,
            "400 INVALID_REQUEST \"filter.stagge\" in the body cannot be used: unknown field `stagge`",
        ),
        (
            "application/json",
            r#"{"filter":{"stage":"ingestion"}}"#,
            "400 INVALID_REQUEST \"stage\" must be one of ingest, connection",
        ),
    ] {
        let answer = api.send(request(content_type, body)).await;
        assert!(
            answer.problem().starts_with(problem),
            "{body}: {}",
            answer.problem()
        );
    }
}

/// A body that nobody knows the length of beforehand.
fn streamed<const N: usize>(parts: [Result<String, std::io::Error>; N]) -> Body {
    Body::from_stream(futures_util::stream::iter(parts))
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_too_long_whatever_the_words_of_its_end() {
    let api = TestApi::start();
    // The words of the error that tells of a body beyond its limit.
    let broken = std::io::Error::other("length limit exceeded");
    let body = streamed([Ok("{".to_owned()), Err(broken)]);
    let answer = api.send(request("application/json", body)).await;
    assert!(
        answer
            .problem()
            .starts_with("400 INVALID_REQUEST The body could not be read to its end."),
        "{}",
        answer.problem()
    );
}

#[tokio::test]
async fn bodies_are_read_up_to_the_limit() {
    let api = TestApi::with(&format!("server.max_body = \"1KiB\"\n{CONFIG}"), json!([]));
    let long = format!(r#"{{"filter":{{"user":"{}"}}}}"#, "x".repeat(1_024));
    let mut announced = request("application/json", Body::empty());
    announced.headers_mut().insert("content-length", 1_025.into());
    let streamed = request("application/json", streamed([Ok(long)]));
    for request in [announced, streamed] {
        let answer = api.send(request).await;
        assert_eq!(answer.status, 413, "{answer:?}");
        assert_eq!(answer.json()["limit"], 1_024);
        assert_eq!(answer.header("connection"), Some("close"));
    }
}
