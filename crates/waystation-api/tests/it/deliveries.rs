use insta::assert_snapshot;
use serde_json::Value;
use waystation_queue::{Fate, Millis, Settled, SkipRule};

use crate::support::{NOON, TestApi, refused, report, waiting};

/// One delivery of each outcome: 1 delivered, 2 dead, 3 waiting after a round, 4 skipped.
async fn one_of_each() -> TestApi {
    let api = TestApi::start();
    api.deliver("m-1", "crm").await;
    api.bury("m-2", "crm").await;
    api.accept("m-3", Some("crm"), waiting()).await;
    let again = Settled::Again {
        due: Millis(NOON.0 + 10_000),
        resume: None,
        unknown_outcomes: 0,
        failure: refused(),
        report: report(503),
    };
    api.settle("crm", again).await;
    let rule = SkipRule::NoConnection;
    api.accept("m-4", None, Fate::Skipped { rule }).await;
    api
}

async fn ids(api: &TestApi, query: &str) -> Vec<u64> {
    let answer = api.get(&format!("/admin/v1/deliveries?{query}")).await;
    let json = answer.json();
    let items = json["items"]
        .as_array()
        .unwrap_or_else(|| panic!("{answer}"))
        .iter();
    items.map(|item| item["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn deliveries_are_listed_newest_first() {
    let api = one_of_each().await;
    assert_snapshot!(api.get("/admin/v1/deliveries").await, @r#"
    200 OK
    {
      "items": [
        {
          "id": 4,
          "source": "web",
          "messageId": "m-4",
          "user": "ada",
          "eventType": "track",
          "eventName": "Order Completed",
          "receivedAt": "2026-01-31T12:00:00.000Z",
          "outcome": "skipped",
          "rule": "no_connection",
          "finishedAt": "2026-01-31T12:00:00.000Z",
          "attempts": 0,
          "rounds": 0
        },
        {
          "id": 3,
          "source": "web",
          "messageId": "m-3",
          "user": "ada",
          "eventType": "track",
          "eventName": "Order Completed",
          "receivedAt": "2026-01-31T12:00:00.000Z",
          "connection": "crm",
          "subscription": "orders",
          "action": "trackEvent",
          "outcome": "waiting",
          "failure": {
            "stage": "delivery",
            "status": 422,
            "errorType": "UNPROCESSABLE_ENTITY",
            "message": "no such customer"
          },
          "due": "2026-01-31T12:00:10.000Z",
          "horizon": "2026-01-31T12:01:00.000Z",
          "status": 422,
          "attempts": 1,
          "rounds": 1,
          "firstAttemptAt": "2026-01-31T12:00:00.000Z"
        },
        {
          "id": 2,
          "source": "web",
          "messageId": "m-2",
          "user": "ada",
          "eventType": "track",
          "eventName": "Order Completed",
          "receivedAt": "2026-01-31T12:00:00.000Z",
          "connection": "crm",
          "subscription": "orders",
          "action": "trackEvent",
          "outcome": "dead",
          "failure": {
            "stage": "delivery",
            "status": 422,
            "errorType": "UNPROCESSABLE_ENTITY",
            "message": "no such customer"
          },
          "finishedAt": "2026-01-31T12:00:00.120Z",
          "status": 422,
          "attempts": 1,
          "rounds": 1,
          "firstAttemptAt": "2026-01-31T12:00:00.000Z"
        },
        {
          "id": 1,
          "source": "web",
          "messageId": "m-1",
          "user": "ada",
          "eventType": "track",
          "eventName": "Order Completed",
          "receivedAt": "2026-01-31T12:00:00.000Z",
          "connection": "crm",
          "subscription": "orders",
          "action": "trackEvent",
          "outcome": "delivered",
          "finishedAt": "2026-01-31T12:00:00.120Z",
          "status": 200,
          "attempts": 1,
          "rounds": 1,
          "firstAttemptAt": "2026-01-31T12:00:00.000Z"
        }
      ],
      "next": null
    }
    "#);
}

#[tokio::test]
async fn deliveries_are_found_by_what_they_are_like() {
    let api = one_of_each().await;
    for (query, expected) in [
        ("connection=crm", vec![3, 2, 1]),
        ("connection=nobody", vec![]),
        ("source=web", vec![4, 3, 2, 1]),
        ("outcome=dead", vec![2]),
        ("outcome=waiting", vec![3]),
        ("rule=no_connection", vec![4]),
        ("stage=delivery&outcome=dead", vec![2]),
        ("status=200", vec![1]),
        ("errorType=UNPROCESSABLE_ENTITY&outcome=dead", vec![2]),
        ("failed=true", vec![3, 2]),
        ("failed=false", vec![4, 1]),
        ("messageId=m-3", vec![3]),
        ("user=ada&limit=2", vec![4, 3]),
        ("from=2026-01-31T12:00:00Z", vec![4, 3, 2, 1]),
        ("from=2026-01-31T12:00:00.001Z", vec![]),
        ("until=1769860800000", vec![]),
        (
            "finishedFrom=2026-01-31T12:00:00Z&finishedUntil=2026-02-01T00:00:00Z",
            vec![4, 2, 1],
        ),
    ] {
        assert_eq!(ids(&api, query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn lists_go_on_from_their_cursor() {
    let api = one_of_each().await;
    let mut seen = Vec::new();
    let mut query = "limit=1".to_owned();
    loop {
        let page = api.get(&format!("/admin/v1/deliveries?{query}")).await.json();
        seen.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["id"].as_u64().unwrap()),
        );
        match &page["next"] {
            Value::Null => break,
            next => query = format!("limit=1&cursor={next}"),
        }
    }
    assert_eq!(seen, [4, 3, 2, 1]);
}

#[tokio::test]
async fn parameters_that_cannot_be_used_are_named() {
    let api = TestApi::start();
    let mut problems = String::new();
    for query in [
        "limit=0",
        "limit=501",
        "limit=many",
        "cursor=x",
        "status=99",
        "outcome=gone",
        "rule=none",
        "stage=late",
        "from=yesterday",
        "finishedUntil=2026-01-31",
        "conection=crm",
    ] {
        let answer = api.get(&format!("/admin/v1/deliveries?{query}")).await;
        problems.push_str(&format!("{query}: {}\n", answer.problem()));
    }
    assert_snapshot!(problems, @r#"
    limit=0: 400 INVALID_REQUEST "limit" must be a whole number from 1 to 500, not "0".
    limit=501: 400 INVALID_REQUEST "limit" must be a whole number from 1 to 500, not "501".
    limit=many: 400 INVALID_REQUEST "limit" must be a whole number from 1 to 500, not "many".
    cursor=x: 400 INVALID_REQUEST "cursor" must be "next" of the part before, not "x".
    status=99: 400 INVALID_REQUEST "status" must be a status from 100 to 599, not "99".
    outcome=gone: 400 INVALID_REQUEST "outcome" must be one of waiting, delivered, skipped, dead, not "gone".
    rule=none: 400 INVALID_REQUEST "rule" must be one of no_subscription_matched, no_connection, duplicate, connection_disabled, integrations, consent, paused, not "none".
    stage=late: 400 INVALID_REQUEST "stage" must be one of ingest, connection, subscription, mapping, validation, authentication, delivery, unknown_outcome, overflow, not "late".
    from=yesterday: 400 INVALID_REQUEST "from" must be a time such as 2026-01-31T12:00:00Z, not "yesterday".
    finishedUntil=2026-01-31: 400 INVALID_REQUEST "finishedUntil" must be a time such as 2026-01-31T12:00:00Z, not "2026-01-31".
    conection=crm: 400 INVALID_REQUEST The query cannot be used: unknown field `conection`, expected one of `source`, `connection`, `subscription`, `outcome`, `rule`, `stage`, `status`, `errorType`, `heldBack`, `warning`, `failed`, `messageId`, `user`, `from`, `until`, `finishedFrom`, `finishedUntil`, `limit`, `cursor`.
    "#);
}

#[tokio::test]
async fn a_delivery_is_shown_with_its_event_and_its_history() {
    let api = one_of_each().await;
    assert_snapshot!(api.get("/admin/v1/deliveries/2").await, @r#"
    200 OK
    {
      "id": 2,
      "source": "web",
      "messageId": "m-2",
      "user": "ada",
      "eventType": "track",
      "eventName": "Order Completed",
      "receivedAt": "2026-01-31T12:00:00.000Z",
      "connection": "crm",
      "subscription": "orders",
      "action": "trackEvent",
      "outcome": "dead",
      "failure": {
        "stage": "delivery",
        "status": 422,
        "errorType": "UNPROCESSABLE_ENTITY",
        "message": "no such customer"
      },
      "finishedAt": "2026-01-31T12:00:00.120Z",
      "status": 422,
      "attempts": 1,
      "rounds": 1,
      "firstAttemptAt": "2026-01-31T12:00:00.000Z",
      "event": {
        "type": "track",
        "event": "Order Completed",
        "userId": "ada",
        "messageId": "m-2"
      },
      "history": [
        {
          "number": 1,
          "startedAt": "2026-01-31T12:00:00.000Z",
          "finishedAt": "2026-01-31T12:00:00.120Z",
          "status": 422,
          "attempts": 1,
          "failure": {
            "stage": "delivery",
            "status": 422,
            "errorType": "UNPROCESSABLE_ENTITY",
            "message": "no such customer"
          },
          "detail": {
            "attempts": [
              {
                "number": 1,
                "verdict": "done"
              }
            ]
          }
        }
      ]
    }
    "#);
    assert_snapshot!(api.get("/admin/v1/deliveries/99").await, @r#"
    404 Not Found
    {
      "code": "UNKNOWN_DELIVERY",
      "message": "There is no delivery 99, or its record is not kept any more.",
      "requestId": "test"
    }
    "#);
    assert_snapshot!(api.get("/admin/v1/deliveries/two").await.problem(), @r#"400 INVALID_REQUEST "id" must be the number of a delivery, not "two"."#);
}
