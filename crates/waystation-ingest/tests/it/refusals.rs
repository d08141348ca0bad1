//! Requests of which nothing is taken.

use std::num::NonZeroU32;
use std::time::Duration;

use axum::http::StatusCode;
use insta::assert_json_snapshot;
use serde_json::json;
use waystation_ingest::{EventRate, Refused};

use crate::harness::Api;

#[tokio::test]
async fn what_is_not_json_is_told_where() {
    assert_json_snapshot!(Api::default().post_raw("/v1/track", "{\"userId\":\n}").await.told(), @r#"
    {
      "status": 400,
      "body": {
        "code": "INVALID_JSON",
        "message": "The body is not valid JSON: expected value at line 2 column 1.",
        "requestId": "test",
        "position": {
          "line": 2,
          "column": 1
        },
        "success": false
      }
    }
    "#);
}

#[tokio::test]
async fn bodies_that_no_route_takes() {
    let table = [
        ("/v1/track", ""),
        ("/v1/track", " \n"),
        ("/v1/track", "[]"),
        ("/v1/track", "\"text\""),
        ("/v1/track", "{} {}"),
        ("/v1/track", "[1,"),
        ("/v1/batch", "[]"),
        ("/v1/batch", "{}"),
        ("/v1/batch", r#"{"batch":null}"#),
        ("/v1/batch", r#"{"batch":{}}"#),
        ("/v1/batch", r#"{"batch":{}"#),
        ("/v1/batch", r#"{"batch":[]}"#),
        ("/v1/batch", r#"{"batch":[{]}"#),
    ];
    let api = Api::default();
    let mut told = Vec::new();
    for (path, body) in table {
        let answer = api.post_raw(path, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
        let message = answer.body["message"].as_str().unwrap();
        told.push(format!(
            "{path} {body:?} -> {}: {message}",
            answer.body["code"].as_str().unwrap()
        ));
    }
    assert_json_snapshot!(told, @r#"
    [
      "/v1/track \"\" -> INVALID_REQUEST: The request has no body.",
      "/v1/track \" \\n\" -> INVALID_REQUEST: The request has no body.",
      "/v1/track \"[]\" -> INVALID_REQUEST: The body cannot be used: invalid type: sequence, expected an object at line 1 column 0.",
      "/v1/track \"\\\"text\\\"\" -> INVALID_REQUEST: The body cannot be used: invalid type: string \"text\", expected an object at line 1 column 6.",
      "/v1/track \"{} {}\" -> INVALID_JSON: The body is not valid JSON: trailing characters at line 1 column 4.",
      "/v1/track \"[1,\" -> INVALID_JSON: The body is not valid JSON: EOF while parsing a value at line 1 column 3.",
      "/v1/batch \"[]\" -> INVALID_REQUEST: The body must be an object with a list of events in \"batch\", and is a list itself.",
      "/v1/batch \"{}\" -> INVALID_REQUEST: The body must have a list of events in \"batch\".",
      "/v1/batch \"{\\\"batch\\\":null}\" -> INVALID_REQUEST: The body must have a list of events in \"batch\".",
      "/v1/batch \"{\\\"batch\\\":{}}\" -> INVALID_REQUEST: The body cannot be used: invalid type: map, expected a sequence at line 1 column 9.",
      "/v1/batch \"{\\\"batch\\\":{}\" -> INVALID_JSON: The body is not valid JSON: EOF while parsing an object at line 1 column 11.",
      "/v1/batch \"{\\\"batch\\\":[]}\" -> INVALID_REQUEST: The \"batch\" holds no events.",
      "/v1/batch \"{\\\"batch\\\":[{]}\" -> INVALID_JSON: The body is not valid JSON: key must be a string at line 1 column 12."
    ]
    "#);
    assert_eq!(api.calls(), 0);
}

#[tokio::test]
async fn a_full_queue_says_when_to_come_again() {
    let api = Api::refusing(Refused::Full {
        retry_after: Duration::from_millis(2_500),
    });
    let answer = api.post("/v1/page", json!({"userId": "u"})).await;
    assert_eq!(answer.header("retry-after"), "3");
    assert_json_snapshot!(answer.told(), @r#"
    {
      "status": 503,
      "body": {
        "code": "QUEUE_FULL",
        "message": "The queue is full: try again later.",
        "requestId": "test",
        "success": false
      }
    }
    "#);
}

#[tokio::test]
async fn a_server_that_ends_says_so() {
    for refusal in [Refused::ShuttingDown, Refused::Unavailable] {
        let answer = Api::refusing(refusal)
            .post("/v1/page", json!({"userId": "u"}))
            .await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(answer.body["code"], "UNAVAILABLE");
        assert_eq!(answer.header("retry-after"), "5");
    }
}

#[tokio::test(start_paused = true)]
async fn a_source_that_sends_too_much_waits() {
    let one = NonZeroU32::MIN;
    let api = Api::limited(EventRate {
        per_second: one,
        burst: one,
    });
    let three = json!({"batch": [1, 2, 3]});
    assert_eq!(api.post("/v1/batch", three.clone()).await.status, StatusCode::OK);
    let answer = api.post("/v1/batch", three.clone()).await;
    assert_eq!(answer.header("retry-after"), "3");
    assert_json_snapshot!(answer.told(), @r#"
    {
      "status": 429,
      "body": {
        "code": "TOO_MANY_REQUESTS",
        "message": "The source sends more events than it may: try again later.",
        "requestId": "test",
        "success": false
      }
    }
    "#);
    tokio::time::advance(Duration::from_secs(3)).await;
    assert_eq!(api.post("/v1/batch", three).await.status, StatusCode::OK);
}
