//! How much a request may hold.

use std::io::Write;

use axum::http::{Request, StatusCode};
use flate2::Compression;
use flate2::write::GzEncoder;
use insta::assert_json_snapshot;
use serde_json::{Value, json};
use waystation_ingest::IngestSettings;

use crate::harness::{Answer, Api};

const EVENT: usize = 32 << 10;
const REQUEST: usize = 512 << 10;

/// An event of a size.
fn page(message_id: &str, size: usize) -> String {
    let bare = json!({"type": "page", "userId": "u", "messageId": message_id, "name": ""}).to_string();
    bare.replace(
        "\"name\":\"\"",
        &format!("\"name\":\"{}\"", "x".repeat(size - bare.len())),
    )
}

/// A batch of a size.
fn batch(size: usize) -> String {
    let bare = r#"{"batch":[{"type":"page","userId":"u"}]}"#;
    format!("{bare}{}", " ".repeat(size - bare.len()))
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

async fn post_gzip(api: &Api, body: Vec<u8>) -> Answer {
    let request = Request::post("/v1/batch")
        .header("authorization", "Basic c2hvcC1rZXk6")
        .header("content-encoding", "gzip");
    api.send(request.body(body.into()).unwrap()).await
}

#[tokio::test]
async fn a_single_event_has_32_kib() {
    let api = Api::default();
    assert_eq!(
        api.post_raw("/v1/page", page("m", EVENT)).await.status,
        StatusCode::OK
    );
    // The type comes from the path.
    let untyped = page("m", EVENT + r#""type":"page","#.len()).replace(r#""type":"page","#, "");
    assert_eq!(api.post_raw("/v1/page", untyped).await.status, StatusCode::OK);
    assert!(api.events().iter().all(|event| event.verdict.is_ok()));
    let answer = api.post_raw("/v1/page", page("m", EVENT + 1)).await;
    assert_json_snapshot!(answer.told(), @r#"
    {
      "status": 400,
      "body": {
        "code": "PAYLOAD_LIMIT_EXCEEDED",
        "message": "Exceeded payload limit: the event is larger than 32768 bytes.",
        "requestId": "test",
        "limit": 32768,
        "success": false
      }
    }
    "#);
    assert_eq!(api.calls(), 2);
}

#[tokio::test]
async fn a_request_has_512_kib() {
    let api = Api::default();
    assert_eq!(
        api.post_raw("/v1/batch", batch(REQUEST)).await.status,
        StatusCode::OK
    );
    let answer = api.post_raw("/v1/batch", batch(REQUEST + 1)).await;
    assert_json_snapshot!(answer.told(), @r#"
    {
      "status": 400,
      "body": {
        "code": "PAYLOAD_LIMIT_EXCEEDED",
        "message": "Exceeded payload limit: the request is larger than 524288 bytes.",
        "requestId": "test",
        "limit": 524288,
        "success": false
      }
    }
    "#);
    assert_eq!(api.calls(), 1);
}

#[tokio::test]
async fn gzip_is_measured_unpacked() {
    let api = Api::default();
    assert_eq!(
        post_gzip(&api, gzip(batch(REQUEST).as_bytes())).await.status,
        StatusCode::OK
    );
    let bomb = gzip(&vec![b' '; 100 * REQUEST]);
    assert!(bomb.len() < REQUEST);
    let answer = post_gzip(&api, bomb).await;
    assert_eq!(answer.body["code"], "PAYLOAD_LIMIT_EXCEEDED");
    assert_json_snapshot!(post_gzip(&api, b"plain".to_vec()).await.told(), @r#"
    {
      "status": 400,
      "body": {
        "code": "INVALID_REQUEST",
        "message": "The body is not gzip, as its Content-Encoding says: unexpected end of file.",
        "requestId": "test",
        "success": false
      }
    }
    "#);
    assert_eq!(api.calls(), 1);
}

#[tokio::test]
async fn an_item_that_is_too_large_does_not_spoil_the_others() {
    let api = Api::default();
    let items = [page("m-1", EVENT), page("m-2", EVENT + 1), page("m-3", 200)];
    let answer = api
        .post_raw("/v1/batch", format!("{{\"batch\":[{}]}}", items.join(",")))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_json_snapshot!(api.verdicts(), @r#"
    [
      "m-1",
      "event_too_large: The event has 32769 bytes; 32768 are allowed.",
      "m-3"
    ]
    "#);
    // It is kept all the same.
    assert_eq!(api.events()[1].event["messageId"], "m-2");
    assert_eq!(api.events()[1].user.as_deref(), Some("u"));
}

#[tokio::test]
async fn a_batch_has_10_000_events() {
    let api = Api::default();
    let events = |count| json!({"batch": vec![Value::from(1); count]});
    assert_eq!(api.post("/v1/batch", events(10_000)).await.status, StatusCode::OK);
    let answer = api.post("/v1/batch", events(10_001)).await;
    assert_json_snapshot!(answer.told(), @r#"
    {
      "status": 400,
      "body": {
        "code": "PAYLOAD_LIMIT_EXCEEDED",
        "message": "Exceeded payload limit: the batch has 10001 events; 10000 are allowed.",
        "requestId": "test",
        "limit": 10000,
        "success": false
      }
    }
    "#);
}

#[tokio::test]
async fn a_batch_cannot_be_blown_up_by_its_context() {
    let api = Api::default();
    let body = |length: usize| json!({"batch": vec![json!({}); 5_000], "context": {"page": {"title": "x".repeat(length)}}});
    assert_eq!(api.post("/v1/batch", body(1_000)).await.status, StatusCode::OK);
    let answer = api.post("/v1/batch", body(2_000)).await;
    assert_json_snapshot!(answer.told(), @r#"
    {
      "status": 400,
      "body": {
        "code": "PAYLOAD_LIMIT_EXCEEDED",
        "message": "Exceeded payload limit: the batch is too large once its context is in every event.",
        "requestId": "test",
        "success": false
      }
    }
    "#);
}

#[tokio::test]
async fn every_limit_is_a_setting() {
    let api = Api::with(IngestSettings {
        max_event: 100,
        max_request: 200,
        max_events: 2,
        ..IngestSettings::default()
    });
    assert_eq!(api.post_raw("/v1/page", page("m", 101)).await.body["limit"], 100);
    assert_eq!(api.post_raw("/v1/batch", batch(201)).await.body["limit"], 200);
    assert_eq!(
        api.post("/v1/batch", json!({"batch": [1, 2, 3]})).await.body["limit"],
        2
    );
    assert_eq!(api.calls(), 0);
}

/// A name by which `serde_json` reads the text under it as JSON, counting depth anew each time.
#[tokio::test]
async fn nothing_nests_deep_enough_to_end_the_server() {
    let mut text = "1".to_owned();
    for _ in 0..12 {
        let object = json!({"$serde_json::private::RawValue": text}).to_string();
        text = format!("{}{object}{}", "[".repeat(100), "]".repeat(100));
    }
    let api = Api::default();
    let answer = api
        .post_raw("/v1/page", format!(r#"{{"userId":"u","properties":{text}}}"#))
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        api.events()[0].verdict.as_ref().unwrap_err().code(),
        "unreadable_event"
    );
}
