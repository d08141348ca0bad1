use insta::assert_snapshot;
use serde_json::{Value, json};

use crate::support::TestApi;

const EVENTS: &str = "/v1/destinations/customerio/events";

fn subscription(subscribe: &str) -> Value {
    let mapping = json!({"id": {"@path": "$.userId"}, "name": {"@path": "$.event"}});
    json!({"subscribe": subscribe, "partnerAction": "trackEvent", "mapping": mapping})
}

fn body(subscriptions: Value, payload: Value) -> Value {
    let settings = json!({"siteId": "site-1234", "apiKey": "key-56789", "subscriptions": subscriptions});
    json!({"settings": settings, "payload": payload})
}

fn event(name: &str) -> Value {
    json!({"type": "track", "event": name, "userId": "ada"})
}

/// The statuses of the reports.
fn statuses(answer: &Value) -> Vec<&str> {
    let reports = answer["reports"].as_array().unwrap().iter();
    reports
        .map(|report| report["outcome"]["status"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn each_subscription_has_its_report() {
    let api = TestApi::start();
    let subscriptions = json!([subscription("event = \"A\""), subscription("event = \"B\"")]);
    let answer = api.post(EVENTS, body(subscriptions, event("A"))).await;
    assert_snapshot!(answer, @r#"
    200 OK
    {
      "reports": [
        {
          "subscribe": "event = \"A\"",
          "action": "trackEvent",
          "outcome": {
            "status": "delivered",
            "data": {}
          },
          "exchanges": [
            {
              "request": {
                "url": "https://track.customer.io/api/v2/entity",
                "method": "POST",
                "headers": {
                  "content-type": "application/json",
                  "authorization": "<redacted>",
                  "user-agent": "Waystation/<version>"
                },
                "body": "{\"type\":\"person\",\"action\":\"event\",\"name\":\"A\",\"identifiers\":{\"id\":\"ada\"}}"
              },
              "response": {
                "statusCode": 200,
                "statusMessage": "OK",
                "headers": {
                  "content-type": "application/json"
                },
                "body": {}
              },
              "timing": {
                "startedMs": 0,
                "durationMs": 0
              }
            }
          ],
          "attempts": [
            {
              "number": 1,
              "items": 1,
              "verdict": "done",
              "durationMs": 0
            }
          ],
          "timings": {
            "totalMs": 0,
            "partnerMs": 0,
            "waitedMs": 0
          }
        },
        {
          "subscribe": "event = \"B\"",
          "action": "trackEvent",
          "outcome": {
            "status": "skipped",
            "reason": "not subscribed"
          },
          "exchanges": [],
          "attempts": [],
          "timings": {
            "totalMs": 0,
            "partnerMs": 0,
            "waitedMs": 0
          }
        }
      ]
    }
    "#);
    assert_eq!(api.requests().len(), 1);
}

#[tokio::test]
async fn a_single_subscription_decides_the_status() {
    let api = TestApi::partner(json!([{"status": 422, "json": {"meta": {"error": "no"}}}]));
    let mut body = body(json!([]), event("A"));
    body["settings"]["subscription"] = subscription("type = \"track\"");
    let answer = api.post(EVENTS, body).await;
    assert_eq!(
        (answer.status.as_u16(), statuses(&answer.json())),
        (422, vec!["failed"])
    );
}

#[tokio::test]
async fn different_outcomes_are_207_and_the_wait_is_told() {
    let api = TestApi::partner(json!([{"status": 429, "headers": {"retry-after": "3"}}]));
    let subscriptions = json!([subscription("event = \"A\""), subscription("event = \"B\"")]);
    let answer = api.post(EVENTS, body(subscriptions, event("A"))).await;
    assert_eq!(
        (answer.status.as_u16(), statuses(&answer.json())),
        (207, vec!["failed", "skipped"])
    );
    assert_eq!(answer.header("retry-after"), Some("3"));
}

#[tokio::test]
async fn a_batch_goes_through_every_subscription() {
    let api = TestApi::start();
    let subscriptions = json!([subscription("event = \"A\""), subscription("type = \"track\"")]);
    let answer = api
        .post(EVENTS, body(subscriptions, json!([event("A"), event("B")])))
        .await;
    let json = answer.json();
    assert_eq!(
        (answer.status.as_u16(), statuses(&json)),
        (207, vec!["partial", "delivered"]),
        "{answer}"
    );
    assert_eq!(json["reports"][0]["multistatus"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn settings_without_subscriptions_are_refused() {
    let api = TestApi::start();
    let answer = api.post(EVENTS, body(json!([]), event("A"))).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["path"]),
        (400, &json!("settings.subscriptions"))
    );
}

#[tokio::test]
async fn settings_that_do_not_fit_fail_every_subscription() {
    let api = TestApi::start();
    let mut body = body(
        json!([subscription("event = \"A\""), subscription("event = \"B\"")]),
        event("A"),
    );
    body["settings"].as_object_mut().unwrap().remove("apiKey");
    let answer = api.post(EVENTS, body).await;
    assert_eq!(
        (answer.status.as_u16(), statuses(&answer.json())),
        (400, vec!["failed", "failed"])
    );
    assert_eq!(
        answer.json()["reports"][1]["outcome"]["error"]["code"],
        "INVALID_SETTINGS"
    );
    assert_eq!(api.requests().len(), 0);
}
