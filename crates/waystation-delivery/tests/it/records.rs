//! What is remembered of deliveries.

use serde_json::{Value, json};

use crate::support::{Bench, HASTY, Partner, Reaction, config, detail, example, head, track};

/// Delivers one event and has one refused; the details of both.
async fn details(record: &str, size: &str) -> [Value; 2] {
    let partner = Partner::deciding(|_, request| {
        let refused = String::from_utf8_lossy(&request.body).contains("refused");
        match (refused, request.path.as_str()) {
            (false, _) => Reaction::answer(200, json!({"answer": "fine"})),
            (true, "/v1/events") => Reaction::answer(400, json!({"answer": "no"})),
            (true, _) => {
                let complaint = json!({"index": 1, "code": "invalid", "message": "no"});
                Reaction::answer(200, json!({"answer": "mixed", "errors": [complaint]}))
            }
        }
    })
    .await;
    let delivery = HASTY.replace("linger = \"50ms\"", size);
    let text = format!(
        "{}record = {{ {record} }}\n{}",
        head(&partner),
        example("crm", &["trackEvent"], &delivery)
    );
    let bench = Bench::with(&config(&text)).await;
    bench.send([track("taken"), track("refused")]).await;
    bench
        .until("both are settled", |tally| {
            tally.delivered == 1 && tally.dead == 1
        })
        .await;
    let mut found = [Value::Null, Value::Null];
    for (place, id) in ["taken", "refused"].into_iter().enumerate() {
        let record = bench.record(id).await;
        found[place] = record.history.last().map(detail).unwrap_or_default();
        assert!(
            !found[place].to_string().contains("crm-key"),
            "a secret is in the record: {}",
            found[place]
        );
    }
    found
}

fn request_body(detail: &Value) -> &str {
    detail["exchanges"][0]["request"]["body"]
        .as_str()
        .unwrap_or_default()
}

#[tokio::test]
async fn bodies_are_kept_of_all_deliveries() {
    let [taken, refused] = details("bodies = \"all\"", "size = 1").await;
    assert!(request_body(&taken).contains("taken"), "{taken}");
    assert_eq!(
        taken["exchanges"][0]["response"]["body"],
        json!({"answer": "fine"})
    );
    assert!(request_body(&refused).contains("refused"), "{refused}");
    assert_eq!(refused["attempts"].as_array().map(Vec::len), Some(1), "{refused}");
}

#[tokio::test]
async fn bodies_are_kept_of_failures_alone() {
    let [taken, refused] = details("bodies = \"failures\"", "size = 1").await;
    assert_eq!(request_body(&taken), "");
    assert_eq!(taken["exchanges"][0]["response"]["body"], Value::Null);
    assert!(request_body(&refused).contains("refused"), "{refused}");
}

#[tokio::test]
async fn bodies_are_kept_of_none() {
    for detail in details("bodies = \"none\"", "size = 1").await {
        assert_eq!(request_body(&detail), "");
        assert_eq!(detail["exchanges"][0]["response"]["body"], Value::Null);
        // That there was an exchange, and how it went, is no body.
        assert!(
            detail["exchanges"][0]["response"]["statusCode"].is_number(),
            "{detail}"
        );
    }
}

#[tokio::test]
async fn bodies_are_kept_up_to_a_limit() {
    let [taken, _] = details("body_limit = \"10B\"", "size = 1").await;
    let body = request_body(&taken);
    assert!(body.contains("more bytes"), "{body}");
    let kept = body.split('…').next().unwrap_or_default();
    assert!(kept.len() <= 10, "{kept}");
}

#[tokio::test]
async fn items_of_a_batch_know_their_place_and_what_was_sent_for_them() {
    let [taken, refused] = details("bodies = \"all\"", "linger = \"50ms\"").await;
    assert_eq!(taken["batch"], json!({"size": 2, "index": 0}));
    assert_eq!(refused["batch"], json!({"size": 2, "index": 1}));
    assert_eq!(taken["sent"]["id"], "taken");
    assert_eq!(refused["sent"]["id"], "refused");
    assert!(
        !request_body(&taken).contains("refused"),
        "the other item is not repeated: {taken}"
    );
    let [taken, refused] = details("bodies = \"failures\"", "linger = \"50ms\"").await;
    assert_eq!(taken["sent"], Value::Null);
    assert_eq!(refused["sent"]["id"], "refused");
}
