use std::time::Duration;

use insta::assert_snapshot;
use serde_json::{Value, json};
use waystation_runtime::RetrySettings;
use waystation_runtime::retry::Jitter;

use crate::support::{Answer, TestApp};

const ORDER: &str = "/destinations/shop/actions/placeOrder";
const JOIN: &str = "/destinations/members/actions/join";

fn order(id: &str) -> Value {
    json!({"type": "track", "event": "Order Completed", "properties": {"id": id}})
}

fn with(payload: Value) -> Value {
    json!({"payload": payload, "settings": {"apiKey": "key-12345"}})
}

/// The application with two retries and short waits.
fn retrying(script: Value) -> TestApp {
    TestApp::with("shop", script, |mut config| {
        config.retries = RetrySettings {
            first_wait: Duration::from_millis(1),
            jitter: Jitter::None,
            ..RetrySettings::attempts(3)
        };
        config
    })
}

async fn execute(script: Value, body: Value) -> Answer {
    TestApp::shop(script).post(ORDER, body).await
}

#[tokio::test]
async fn an_event_is_delivered() {
    assert_snapshot!(execute(json!([{"json": {"number": 7}}]), with(order("o-1"))).await, @r#"
    200 OK
    {
      "outcome": {
        "status": "delivered",
        "data": {
          "number": 7
        }
      },
      "exchanges": [
        {
          "request": {
            "url": "https://shop.test/orders",
            "method": "POST",
            "headers": {
              "authorization": "<redacted>",
              "content-type": "application/json",
              "user-agent": "Waystation/<version>"
            },
            "body": "{\"id\":\"o-1\",\"total\":null,\"currency\":null}"
          },
          "response": {
            "statusCode": 200,
            "statusMessage": "OK",
            "headers": {
              "content-type": "application/json"
            },
            "body": {
              "number": 7
            }
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
async fn a_failure_has_the_partners_status() {
    let script = json!([{"status": 422, "json": {"message": "key-12345 may not order"}}]);
    assert_snapshot!(execute(script, with(order("o-1"))).await, @r#"
    422 Unprocessable Entity
    {
      "outcome": {
        "status": "failed",
        "error": {
          "stage": "action",
          "code": "UNPROCESSABLE_ENTITY",
          "message": "<redacted> may not order",
          "status": 422,
          "retryable": false,
          "partner": {
            "status": 422,
            "body": {
              "message": "<redacted> may not order"
            }
          }
        }
      },
      "exchanges": [
        {
          "request": {
            "url": "https://shop.test/orders",
            "method": "POST",
            "headers": {
              "authorization": "<redacted>",
              "content-type": "application/json",
              "user-agent": "Waystation/<version>"
            },
            "body": "{\"id\":\"o-1\",\"total\":null,\"currency\":null}"
          },
          "response": {
            "statusCode": 422,
            "statusMessage": "Unprocessable Entity",
            "headers": {
              "content-type": "application/json"
            },
            "body": {
              "message": "<redacted> may not order"
            }
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
          "verdict": "final",
          "why": "status 422",
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
async fn a_connection_that_fails_is_a_bad_gateway() {
    let answer = execute(json!([{"close": true}]), with(order("o-1"))).await;
    assert_eq!(answer.status, 502);
    assert_eq!(answer.json()["outcome"]["error"]["code"], "ECONNRESET");
    assert_eq!(answer.json()["exchanges"][0]["error"]["code"], "ECONNRESET");
}

#[tokio::test]
async fn a_list_has_a_result_for_each_event() {
    let events = json!([order("a"), {"type": "track", "properties": {}}, order("c")]);
    assert_snapshot!(execute(json!([{"json": [200, 422]}]), with(events)).await, @r#"
    207 Multi-Status
    {
      "outcome": {
        "status": "partial",
        "delivered": 1,
        "failed": 2
      },
      "multistatus": [
        {
          "status": 200,
          "sent": {
            "id": "a",
            "total": null,
            "currency": null
          },
          "body": {}
        },
        {
          "status": 400,
          "errortype": "PAYLOAD_VALIDATION_FAILED",
          "errormessage": "The payload lacks the required field `id`.",
          "errorreporter": "INTEGRATIONS"
        },
        {
          "status": 422,
          "errortype": "UNPROCESSABLE_ENTITY",
          "errormessage": "refused",
          "errorreporter": "DESTINATION",
          "sent": {
            "id": "c",
            "total": null,
            "currency": null
          },
          "body": {}
        }
      ],
      "exchanges": [
        {
          "request": {
            "url": "https://shop.test/orders/batch",
            "method": "POST",
            "headers": {
              "authorization": "<redacted>",
              "content-type": "application/json",
              "user-agent": "Waystation/<version>"
            },
            "body": "[{\"id\":\"a\",\"total\":null,\"currency\":null},{\"id\":\"c\",\"total\":null,\"currency\":null}]"
          },
          "response": {
            "statusCode": 200,
            "statusMessage": "OK",
            "headers": {
              "content-type": "application/json"
            },
            "body": [
              200,
              422
            ]
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
          "items": 2,
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
async fn a_list_that_is_delivered_is_200_and_one_that_fails_is_207() {
    let answer = execute(json!([{"json": [200]}]), with(json!([order("a")]))).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["outcome"]["status"]),
        (200, &json!("delivered"))
    );
    let answer = execute(
        json!([{"status": 500, "body": "down"}]),
        with(json!([order("a")])),
    )
    .await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["outcome"]["status"]),
        (207, &json!("failed"))
    );
    assert_eq!(answer.json()["outcome"]["error"]["message"], "down");
    assert_eq!(answer.json()["multistatus"][0]["status"], 500);
    let answer = execute(json!([]), with(json!([]))).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["outcome"]["status"]),
        (200, &json!("skipped"))
    );
}

#[tokio::test]
async fn a_subscription_is_asked_if_there_is_one() {
    let mut body = with(order("o-1"));
    body["subscribe"] = json!("event = \"Order Cancelled\"");
    assert_snapshot!(execute(json!([]), body.clone()).await, @r#"
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
    body["payload"] = json!([order("a"), {"event": "Order Cancelled", "properties": {"id": "b"}}]);
    let answer = execute(json!([{"json": [200]}]), body).await;
    assert_eq!(answer.status, 207);
    let nodes = answer.json()["multistatus"].clone();
    assert_eq!(
        (&nodes[0]["status"], &nodes[1]["status"]),
        (&json!(400), &json!(200))
    );
}

#[tokio::test]
async fn a_subscription_that_cannot_be_read() {
    let mut body = with(order("o-1"));
    body["subscribe"] = json!("event ~ \"x\"");
    assert_snapshot!(execute(json!([]), body).await, @r#"
    400 Bad Request
    {
      "outcome": {
        "status": "failed",
        "error": {
          "stage": "subscription",
          "code": "INVALID_SUBSCRIPTION",
          "message": "line 1, column 7: expected an operator, a value or a condition, found `~`",
          "status": 400,
          "retryable": false
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
}

#[tokio::test]
async fn settings_are_checked() {
    let body = json!({"payload": order("o-1"), "settings": {"stock": "many"}});
    assert_snapshot!(execute(json!([]), body).await, @r#"
    400 Bad Request
    {
      "outcome": {
        "status": "failed",
        "error": {
          "stage": "settings",
          "code": "INVALID_SETTINGS",
          "message": "The settings object lacks the required field `apiKey`. $.stock must be a number.",
          "status": 400,
          "retryable": false,
          "fields": {
            "$": "lacks the required field `apiKey`",
            "stock": "must be a number"
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
}

#[tokio::test]
async fn a_mapping_tells_every_fault() {
    let mut body = with(order("o-1"));
    body["mapping"] = json!({"id": {"@pth": "$.a"}, "total": {"@path": 7}});
    assert_snapshot!(execute(json!([]), body).await, @r#"
    400 Bad Request
    {
      "outcome": {
        "status": "failed",
        "error": {
          "stage": "mapping",
          "code": "INVALID_MAPPING",
          "message": "/id names an unknown directive: @pth; /total/@path must be a string or a directive, but is a number",
          "status": 400,
          "retryable": false,
          "faults": [
            {
              "path": "/id",
              "message": "names an unknown directive: @pth"
            },
            {
              "path": "/total/@path",
              "message": "must be a string or a directive, but is a number"
            }
          ]
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
}

#[tokio::test]
async fn a_payload_that_does_not_fit() {
    assert_snapshot!(execute(json!([]), with(json!({"properties": {}}))).await, @r#"
    400 Bad Request
    {
      "outcome": {
        "status": "failed",
        "error": {
          "stage": "validation",
          "code": "PAYLOAD_VALIDATION_FAILED",
          "message": "The payload lacks the required field `id`.",
          "status": 400,
          "retryable": false,
          "fields": {
            "$": "lacks the required field `id`"
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
}

#[tokio::test]
async fn attempts_are_told() {
    let app = retrying(json!([{"status": 503}, {"status": 429}, {"json": {"number": 7}}]));
    assert_snapshot!(app.post(ORDER, with(order("o-1"))).await, @r#"
    200 OK
    {
      "outcome": {
        "status": "delivered",
        "data": {
          "number": 7
        }
      },
      "exchanges": [
        {
          "request": {
            "url": "https://shop.test/orders",
            "method": "POST",
            "headers": {
              "authorization": "<redacted>",
              "content-type": "application/json",
              "user-agent": "Waystation/<version>"
            },
            "body": "{\"id\":\"o-1\",\"total\":null,\"currency\":null}"
          },
          "response": {
            "statusCode": 503,
            "statusMessage": "Service Unavailable",
            "headers": {},
            "body": ""
          },
          "timing": {
            "startedMs": 0,
            "durationMs": 0
          }
        },
        {
          "request": {
            "url": "https://shop.test/orders",
            "method": "POST",
            "headers": {
              "authorization": "<redacted>",
              "content-type": "application/json",
              "user-agent": "Waystation/<version>"
            },
            "body": "{\"id\":\"o-1\",\"total\":null,\"currency\":null}"
          },
          "response": {
            "statusCode": 429,
            "statusMessage": "Too Many Requests",
            "headers": {},
            "body": ""
          },
          "timing": {
            "startedMs": 0,
            "durationMs": 0
          }
        },
        {
          "request": {
            "url": "https://shop.test/orders",
            "method": "POST",
            "headers": {
              "authorization": "<redacted>",
              "content-type": "application/json",
              "user-agent": "Waystation/<version>"
            },
            "body": "{\"id\":\"o-1\",\"total\":null,\"currency\":null}"
          },
          "response": {
            "statusCode": 200,
            "statusMessage": "OK",
            "headers": {
              "content-type": "application/json"
            },
            "body": {
              "number": 7
            }
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
          "verdict": "retryAll",
          "why": "status 503",
          "waitedMs": 0,
          "durationMs": 0
        },
        {
          "number": 2,
          "items": 1,
          "verdict": "retryAll",
          "why": "status 429",
          "waitedMs": 0,
          "durationMs": 0
        },
        {
          "number": 3,
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
async fn only_items_that_may_succeed_are_sent_again() {
    let app = retrying(json!([{"json": [200, 429, 422]}, {"json": [200]}]));
    let events = json!([order("a"), order("b"), order("c")]);
    let answer = app.post(ORDER, with(events)).await;
    let told = answer.json();
    let statuses: Vec<&Value> = told["multistatus"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| &node["status"])
        .collect();
    assert_eq!(statuses, [200, 200, 422]);
    assert_eq!(told["attempts"][0]["retryItems"], json!([1]));
    assert_eq!(told["attempts"][1]["items"], 1);
    assert_eq!(told["outcome"]["delivered"], 2);
}

#[tokio::test]
async fn the_partners_wanted_wait_is_handed_on() {
    let script = json!([{"status": 429, "headers": {"retry-after": "120"}, "json": {}}]);
    let answer = execute(script, with(order("o-1"))).await;
    assert_eq!(answer.status, 429);
    assert_eq!(answer.header("retry-after"), Some("120"));
    assert_eq!(answer.json()["outcome"]["error"]["retryable"], true);
}

#[tokio::test]
async fn tokens_are_refreshed_and_handed_back() {
    let app = TestApp::members(json!([
        {"on": "POST /join", "status": 401, "json": {}},
        {"on": "POST /token", "json": {"token": "token-2"}},
        {"on": "POST /join", "json": {"joined": true}},
    ]));
    let body = json!({
        "payload": {"userId": "u"}, "settings": {"club": "chess"},
        "auth": {"accessToken": "token-1", "refreshToken": "refresh-1"},
    });
    let answer = app.post(JOIN, body).await;
    assert_eq!(answer.status, 200, "{answer}");
    assert_eq!(
        answer.json()["tokens"],
        json!({"accessToken": "token-2", "refreshToken": "refresh-1"})
    );
    assert_eq!(answer.json()["exchanges"].as_array().unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_call_has_a_time_limit() {
    let app = TestApp::with("shop", json!([{"delay_ms": 5_000}]), |mut config| {
        config.time_limit = Some(Duration::from_secs(1));
        config
    });
    let answer = app.post(ORDER, with(order("o-1"))).await;
    assert_eq!(answer.status, 408);
    assert_eq!(answer.json()["outcome"]["error"]["code"], "REQUESTTIMEOUTERROR");
    // The request that hung is in the record.
    assert_eq!(
        answer.json()["exchanges"][0]["error"]["code"],
        "REQUESTTIMEOUTERROR"
    );
}

#[tokio::test]
async fn unknown_names_come_with_a_hint() {
    let app = TestApp::shop(json!([]));
    assert_snapshot!(app.post("/destinations/shoop/actions/note", json!({})).await, @r#"
    404 Not Found
    {
      "code": "UNKNOWN_DESTINATION",
      "message": "There is no destination \"shoop\": did you mean \"shop\"?",
      "requestId": "test",
      "known": [
        "members",
        "shop"
      ],
      "suggestion": "shop"
    }
    "#);
    assert_snapshot!(app.post("/destinations/shop/actions/placeOder", json!({})).await, @r#"
    404 Not Found
    {
      "code": "UNKNOWN_ACTION",
      "message": "There is no action \"placeOder\": did you mean \"placeOrder\"?",
      "requestId": "test",
      "known": [
        "placeOrder",
        "note",
        "panic"
      ],
      "suggestion": "placeOrder"
    }
    "#);
    assert_snapshot!(app.post("/destinations/zzz/actions/note", json!({})).await, @r#"
    404 Not Found
    {
      "code": "UNKNOWN_DESTINATION",
      "message": "There is no destination \"zzz\": there are members, shop.",
      "requestId": "test",
      "known": [
        "members",
        "shop"
      ]
    }
    "#);
}
