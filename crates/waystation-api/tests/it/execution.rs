use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use insta::assert_snapshot;
use serde_json::{Value, json};
use tower::ServiceExt;
use waystation_client::network::PublicAddresses;
use waystation_client::{AddressPolicy, Client, ClientConfig, Mock, NetworkConfig, Outlet, Rewrites};

use crate::support::{Answer, CONFIG, EXECUTE, TestApi};

const TRACK: &str = "/v1/destinations/customerio/actions/trackEvent";

fn event(id: &str) -> Value {
    json!({"type": "track", "event": "Order Completed", "userId": id, "messageId": "m-1", "properties": {"total": 9}})
}

fn with(payload: Value) -> Value {
    json!({"payload": payload, "settings": {"siteId": "site-1234", "apiKey": "key-56789"}})
}

fn request(path: &str, headers: &[(&str, &str)], body: &Value) -> Request<Body> {
    let request = Request::post(path)
        .header("authorization", format!("Bearer {EXECUTE}"))
        .header("content-type", "application/json");
    let request = headers
        .iter()
        .fold(request, |request, (name, value)| request.header(*name, *value));
    request.body(Body::from(body.to_string())).unwrap()
}

async fn run(script: Value, headers: &[(&str, &str)], body: Value) -> (Answer, usize) {
    let api = TestApi::partner(script);
    let answer = api.send(request(TRACK, headers, &body)).await;
    (answer, api.requests().len())
}

#[tokio::test]
async fn an_event_is_delivered_and_everything_is_told() {
    let (answer, _) = run(json!([{"json": {}}]), &[], with(event("ada"))).await;
    assert_snapshot!(answer, @r#"
    200 OK
    {
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
            "body": "{\"type\":\"person\",\"action\":\"event\",\"name\":\"Order Completed\",\"id\":\"m-1\",\"attributes\":{\"total\":9},\"identifiers\":{\"id\":\"ada\"}}"
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
    }
    "#);
}

#[tokio::test]
async fn one_attempt_is_made_unless_more_are_asked_for() {
    let busy = json!([{"status": 503}]);
    let (answer, requests) = run(busy.clone(), &[], with(event("ada"))).await;
    assert_eq!((answer.status.as_u16(), requests), (503, 1));
    assert_eq!(answer.json()["outcome"]["error"]["retryable"], true);
}

#[tokio::test(start_paused = true)]
async fn attempts_are_made_as_asked() {
    let recovering = json!([{"status": 503}, {"status": 503}, {"json": {}}]);
    let (answer, requests) = run(recovering, &[("waystation-attempts", "3")], with(event("ada"))).await;
    assert_eq!((answer.status.as_u16(), requests), (200, 3));
    let verdicts: Vec<Value> = answer.json()["attempts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|a| a["verdict"].clone())
        .collect();
    assert_eq!(verdicts, ["retryAll", "retryAll", "done"]);
}

#[tokio::test]
async fn a_partners_wait_goes_to_the_caller() {
    let busy = json!([{"status": 429, "headers": {"retry-after": "7"}}]);
    let (answer, _) = run(busy, &[], with(event("ada"))).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("retry-after")),
        (429, Some("7"))
    );
}

#[tokio::test(start_paused = true)]
async fn the_deadline_is_the_callers() {
    let slow = json!([{"json": {}, "delay_ms": 60_000}]);
    let started = tokio::time::Instant::now();
    let (answer, _) = run(slow, &[("waystation-deadline-ms", "250")], with(event("ada"))).await;
    assert_eq!(answer.status, 408, "{answer}");
    assert!(
        started.elapsed() < Duration::from_secs(1),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(
        answer.json()["exchanges"][0]["error"]["code"],
        "REQUESTTIMEOUTERROR"
    );
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_hangs_up_ends_the_call() {
    let api = TestApi::partner(json!([{"json": {}, "delay_ms": 60_000}]));
    let request = request(TRACK, &[("waystation-attempts", "5")], &with(event("ada")));
    let call = api.router().oneshot(request);
    tokio::time::timeout(Duration::from_secs(1), call)
        .await
        .unwrap_err();
    tokio::time::sleep(Duration::from_secs(600)).await;
    assert_eq!(api.requests().len(), 1);
}

#[tokio::test]
async fn limits_beyond_the_bounds_are_refused() {
    for (header, value) in [("waystation-attempts", "11"), ("waystation-deadline-ms", "soon")] {
        let (answer, requests) = run(json!([]), &[(header, value)], with(event("ada"))).await;
        assert_eq!((answer.status.as_u16(), requests), (400, 0));
        assert_eq!(answer.json()["header"], header);
    }
}

#[tokio::test]
async fn a_list_has_a_result_for_each_item() {
    let events = json!([event("ada"), {"type": "track", "userId": "bob"}, event("eve")]);
    let (answer, _) = run(json!([{"json": {}}]), &[], with(events)).await;
    let json = answer.json();
    assert_eq!(answer.status, 207);
    let statuses: Vec<&Value> = json["multistatus"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| &item["status"])
        .collect();
    assert_eq!(statuses, [200, 400, 200]);
    assert_eq!(json["outcome"]["status"], "partial");
    let (answer, _) = run(json!([{"json": {}}]), &[], with(json!([event("ada")]))).await;
    assert_eq!(answer.status, 200, "{answer}");
}

#[tokio::test]
async fn a_subscription_may_have_nothing_to_do() {
    let mut body = with(event("ada"));
    body["subscribe"] = json!("event = \"Signed Up\"");
    let (answer, requests) = run(json!([]), &[], body).await;
    assert_eq!(requests, 0);
    assert_snapshot!(answer, @r#"
    200 OK
    {
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
    "#);
}

#[tokio::test]
async fn settings_and_mappings_that_do_not_fit_are_told() {
    let body = json!({"payload": event("ada"), "settings": {"siteId": "site-1234"}});
    let (answer, _) = run(json!([]), &[], body).await;
    assert_snapshot!(answer, @r#"
    400 Bad Request
    {
      "outcome": {
        "status": "failed",
        "error": {
          "stage": "settings",
          "code": "INVALID_SETTINGS",
          "message": "The settings object lacks the required field `apiKey`.",
          "status": 400,
          "retryable": false,
          "fields": {
            "$": "lacks the required field `apiKey`"
          }
        }
      },
      "exchanges": [],
      "attempts": [],
      "timings": {
        "totalMs": 0,
        "partnerMs": 0,
        "waitedMs": 0
      }
    }
    "#);
    let mut body = with(event("ada"));
    body["mapping"] = json!({"name": {"@pathh": "$.event"}});
    let (answer, _) = run(json!([]), &[], body).await;
    assert_eq!(
        answer.json()["outcome"]["error"]["code"],
        "INVALID_MAPPING",
        "{answer}"
    );
    assert_eq!(
        answer.json()["outcome"]["error"]["faults"][0]["path"],
        "/name",
        "{answer}"
    );
}

#[tokio::test]
async fn names_that_nobody_has_are_told_the_nearest() {
    let api = TestApi::start();
    let answer = api
        .post(
            "/v1/destinations/customer-io/actions/trackEvent",
            with(event("a")),
        )
        .await;
    assert_snapshot!(answer, @r#"
    404 Not Found
    {
      "code": "UNKNOWN_DESTINATION",
      "message": "There is no destination \"customer-io\". Did you mean \"customerio\"?",
      "requestId": "test",
      "suggestion": "customerio",
      "known": [
        "customerio",
        "inspector",
        "webhook"
      ]
    }
    "#);
    let answer = api
        .post("/v1/destinations/customerio/actions/trackEvnt", with(event("a")))
        .await;
    assert_eq!(answer.json()["code"], "UNKNOWN_ACTION");
    assert_eq!(answer.json()["suggestion"], "trackEvent");
}

#[tokio::test]
async fn settings_do_not_lead_into_the_operators_network() {
    // Even where the operator lets destinations of his own go anywhere.
    let client = Client::new(ClientConfig {
        outlet: Outlet::Network(NetworkConfig {
            addresses: AddressPolicy::PublicWhereAsked(PublicAddresses::default()),
            ..NetworkConfig::default()
        }),
        rewrites: Rewrites::default(),
    });
    let unused = Mock::new(serde_json::from_value(json!([])).unwrap());
    let api = TestApi::over(CONFIG, client.unwrap(), std::sync::Arc::new(unused));
    for url in [
        "http://127.0.0.1:1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]:1/",
    ] {
        let body = json!({"payload": event("ada"), "mapping": {"url": url, "data": {"@path": "$."}}});
        let answer = api
            .send(request("/v1/destinations/webhook/actions/send", &[], &body))
            .await;
        let message = answer.json()["outcome"]["error"]["message"].to_string();
        assert!(message.contains("not a public address"), "{url}: {message}");
    }
}
