use serde_json::{Value, json};

use crate::support::TestApp;

#[tokio::test]
async fn callers_at_the_same_time_see_only_their_own_exchanges() {
    let app = TestApp::shop(json!([{"delay_ms": 20, "json": {}}]));
    let order = |number: usize| {
        let app = &app;
        async move {
            let body = json!({
                "payload": {"properties": {"id": format!("order-{number}")}},
                "settings": {"apiKey": format!("key-of-{number}")},
            });
            app.post("/placeOrder", body).await.json()
        }
    };
    let (answers, others) = tokio::join!(all((0..8).map(order)), all((8..16).map(order)));
    for (number, answer) in answers.iter().chain(&others).enumerate() {
        assert_eq!(answer.as_array().unwrap().len(), 1);
        let body = answer[0]["request"]["body"].as_str().unwrap();
        assert!(body.contains(&format!("\"order-{number}\"")), "{number}: {body}");
    }
}

/// Runs all of them at once.
async fn all(calls: impl Iterator<Item = impl Future<Output = Value>>) -> Vec<Value> {
    let mut calls: Vec<_> = calls.map(Box::pin).collect();
    let mut answers = vec![Value::Null; calls.len()];
    std::future::poll_fn(|context| {
        let mut open = false;
        for (call, answer) in calls.iter_mut().zip(&mut answers) {
            if answer.is_null() {
                match call.as_mut().poll(context) {
                    std::task::Poll::Ready(ready) => *answer = ready,
                    std::task::Poll::Pending => open = true,
                }
            }
        }
        if open {
            std::task::Poll::Pending
        } else {
            std::task::Poll::Ready(())
        }
    })
    .await;
    answers
}
