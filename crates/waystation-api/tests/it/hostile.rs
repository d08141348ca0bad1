//! What a caller of the execution API, or its partner, cannot do to everybody else.

use serde_json::{Value, json};

use crate::support::TestApi;

const EVENTS: &str = "/v1/destinations/webhook/events";
const SEND: &str = "/v1/destinations/webhook/actions/send";

/// The largest answer that is given, with some room for what stands around bodies and exchanges.
const LARGEST_ANSWER: usize = 6 << 20;

fn mapping() -> Value {
    json!({"url": "https://receiver.test/", "method": "POST", "data": {"@path": "$."}})
}

fn event() -> Value {
    json!({"type": "track", "event": "A", "userId": "ada"})
}

fn subscriptions(number: usize) -> Value {
    let one = json!({"subscribe": "type = \"track\"", "partnerAction": "send", "mapping": mapping()});
    json!({"subscriptions": vec![one; number]})
}

#[tokio::test]
async fn subscriptions_times_events_are_bounded() {
    let api = TestApi::start();
    for (subscribed, events) in [(201, 1), (200, 101), (2_000, 2_000)] {
        let body = json!({"settings": subscriptions(subscribed), "payload": vec![event(); events]});
        let answer = api.post(EVENTS, body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["code"].as_str()),
            (400, Some("INVALID_REQUEST"))
        );
    }
    let body = json!({"payload": vec![event(); 20_001], "mapping": mapping()});
    assert_eq!(api.post(SEND, body).await.json()["path"], "payload");
    assert!(api.requests().is_empty());
}

#[tokio::test]
async fn as_many_as_are_allowed_run_and_their_report_is_bounded() {
    let api = TestApi::partner(json!([{"json": {"words": "w".repeat(50_000)}}]));
    let body = json!({"settings": subscriptions(200), "payload": event()});
    let answer = api.post(EVENTS, body).await;
    assert_eq!((answer.status.as_u16(), api.requests().len()), (200, 200));
    assert!(answer.body.len() < LARGEST_ANSWER, "{}", answer.body.len());
    let reports = answer.json()["reports"].as_array().unwrap().clone();
    assert_eq!(
        (reports.len(), reports[0]["exchanges"].as_array().unwrap().len()),
        (200, 1)
    );
    let left_out: u64 = reports
        .iter()
        .filter_map(|report| report["exchangesLeftOut"].as_u64())
        .sum();
    assert!((50..200).contains(&left_out), "{left_out}");
}

#[tokio::test]
async fn an_answer_of_nested_lists_is_shown_in_part() {
    let lists = "[],".repeat(2_000_000);
    let lists = format!("[{lists}[]]");
    let answer = json!([{"status": 200, "body": lists, "headers": {"content-type": "application/json"}}]);
    let api = TestApi::partner(answer);
    let answer = api
        .post(SEND, json!({"payload": event(), "mapping": mapping()}))
        .await;
    assert!(answer.body.len() < 200_000, "{}", answer.body.len());
    let shown = answer.json();
    let body = shown["exchanges"][0]["response"]["body"].as_str().unwrap();
    assert!(
        body.starts_with("[[],[]") && body.ends_with("more bytes)"),
        "{}",
        &body[..40]
    );
}

#[tokio::test]
async fn a_mapping_cannot_repeat_an_event_without_end() {
    let api = TestApi::start();
    let repeated: serde_json::Map<_, _> = (0..3_000)
        .map(|n| (format!("k{n}"), json!({"@path": "$.properties.a"})))
        .collect();
    let payload = json!({"type": "track", "properties": {"a": "x".repeat(500_000)}});
    let mapping = json!({"url": "https://receiver.test/", "method": "POST", "data": repeated});
    let answer = api
        .post(SEND, json!({"payload": payload, "mapping": mapping}))
        .await;
    assert_eq!(
        (
            answer.status.as_u16(),
            answer.json()["outcome"]["error"]["code"].as_str()
        ),
        (400, Some("MAPPING_FAILED"))
    );
    assert!(api.requests().is_empty());
}

#[tokio::test]
async fn a_mapping_of_too_many_values_is_not_compiled() {
    let api = TestApi::start();
    let data: serde_json::Map<_, _> = (0..60_000)
        .map(|n| (format!("k{n}"), json!({"@path": "$.a"})))
        .collect();
    let mapping = json!({"url": "https://receiver.test/", "method": "POST", "data": data});
    for body in [
        json!({"payload": event(), "mapping": mapping}),
        json!({"payload": event(), "settings": {"subscription": {"subscribe": "type = \"track\"", "partnerAction": "send",
            "mapping": mapping}}}),
    ] {
        let path = if body.get("mapping").is_some() {
            SEND
        } else {
            EVENTS
        };
        let answer = api.post(path, body).await;
        assert!(
            answer.body.contains("INVALID_MAPPING") && answer.body.contains("100000 values"),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn a_body_of_more_values_than_anybody_sends_is_refused() {
    let api = TestApi::start();
    let answer = api
        .post(SEND, json!({"payload": vec![Value::Null; 1_000_001]}))
        .await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["code"].as_str()),
        (400, Some("INVALID_JSON"))
    );
    assert!(answer.body.contains("too many values"), "{answer}");
}

/// Every letter of such a secret begins it anew, which made a table of it quadratic: 21 seconds for these.
#[tokio::test]
async fn secrets_that_repeat_themselves_are_hidden_like_others() {
    let secret = "k".repeat(16_000);
    let api = TestApi::partner(json!([{"status": 400, "body": format!("unknown {secret}")}]));
    let body = json!({"settings": {"sharedSecret": secret}, "payload": event(), "mapping": mapping()});
    let answer = api.post(SEND, body).await;
    assert_eq!(answer.json()["outcome"]["error"]["message"], "unknown <redacted>");
    assert!(!answer.body.contains("kkkkk"), "{answer}");
}
