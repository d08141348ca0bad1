use axum::http::Method;
use insta::assert_snapshot;
use serde_json::{Value, json};
use waystation_queue::{Failure, Fate, Stage};

use crate::support::{TestApi, waiting};

/// Dead letters of `crm` (1, 2), of a connection that is not configured (3), and of none (4); 5 waits.
async fn cemetery() -> TestApi {
    let api = TestApi::start();
    api.bury("m-1", "crm").await;
    api.bury("m-2", "crm").await;
    api.bury("m-3", "gone").await;
    let failure = Failure {
        stage: Stage::Ingest,
        status: Some(400),
        error_type: None,
        message: "no identity".to_owned(),
        held_back: None,
    };
    api.accept("m-4", None, Fate::Dead(failure)).await;
    api.accept("m-5", Some("crm"), waiting()).await;
    api
}

async fn dead(api: &TestApi, query: &str) -> Vec<u64> {
    let answer = api.get(&format!("/admin/v1/dead-letters?{query}")).await.json();
    let items = answer["items"].as_array().unwrap().iter();
    items.map(|item| item["id"].as_u64().unwrap()).collect()
}

async fn replay(api: &TestApi, body: Value) -> Value {
    api.post("/admin/v1/dead-letters/replay", body).await.json()
}

#[tokio::test]
async fn dead_letters_are_found_by_what_they_are_like() {
    let api = cemetery().await;
    for (query, expected) in [
        ("", vec![4, 3, 2, 1]),
        ("connection=crm", vec![2, 1]),
        ("stage=ingest", vec![4]),
        ("errorType=UNPROCESSABLE_ENTITY", vec![3, 2, 1]),
        ("messageId=m-2", vec![2]),
        ("diedUntil=2026-01-31T11:00:00Z", vec![]),
    ] {
        assert_eq!(dead(&api, query).await, expected, "{query}");
    }
    let answer = api.get("/admin/v1/dead-letters?outcome=waiting").await;
    assert_eq!(answer.status, 400);
}

#[tokio::test]
async fn one_is_replayed() {
    let api = cemetery().await;
    let answer = api
        .call(Method::POST, "/admin/v1/dead-letters/1/replay", None)
        .await;
    assert_eq!(answer.json(), json!({"replayed": 1}));
    assert_eq!(replay(&api, json!({"id": 2})).await, json!({"replayed": 1}));
    assert_eq!(dead(&api, "").await, [4, 3]);
    let shown = api.get("/admin/v1/deliveries/1").await.json();
    assert_eq!(shown["outcome"], "waiting");
    // As long as a new event of the connection is tried.
    assert!(
        shown["horizon"].as_str() > Some("2026-01-31T13"),
        "{}",
        shown["horizon"]
    );
}

#[tokio::test]
async fn what_passes_a_filter_is_replayed() {
    let api = cemetery().await;
    let filter = json!({"filter": {"messageId": "m-1", "from": "2026-01-31T00:00:00Z"}});
    assert_eq!(replay(&api, filter).await, json!({"replayed": 1}));
    let none = json!({"filter": {"until": "2026-01-31T00:00:00Z"}});
    assert_eq!(replay(&api, none).await, json!({"replayed": 0}));
    assert_eq!(
        replay(&api, json!({"filter": {"connection": "crm"}})).await,
        json!({"replayed": 1})
    );
    assert_eq!(dead(&api, "").await, [4, 3]);
}

#[tokio::test]
async fn all_are_replayed_but_those_that_nobody_would_try() {
    let api = cemetery().await;
    assert_eq!(replay(&api, json!({"filter": {}})).await, json!({"replayed": 3}));
    assert_eq!(dead(&api, "").await, [3]);
}

#[tokio::test]
async fn what_the_ingest_rejected_is_read_again_and_routed_as_a_new_event() {
    let api = cemetery().await;
    assert_eq!(
        replay(&api, json!({"filter": {"stage": "ingest"}})).await,
        json!({"replayed": 1})
    );
    assert_eq!(dead(&api, "").await, [3, 2, 1]);
    // Nothing is configured to take it here, and that is what became of it.
    let shown = api.get("/admin/v1/deliveries?messageId=m-4").await.json();
    assert_eq!(shown["items"][0]["outcome"], "skipped");
    let ledger = api.get("/admin/v1/ledger").await.json();
    assert_eq!(ledger["balanced"], true);
}

#[tokio::test]
async fn what_would_be_skipped_again_is_told_and_stays() {
    let api = TestApi::start();
    let rule = waystation_queue::SkipRule::ConnectionDisabled;
    api.accept("m-1", Some("shown"), Fate::Skipped { rule }).await;
    api.deliver("m-2", "crm").await;
    let mut problems = String::new();
    for id in [1, 2] {
        let path = format!("/admin/v1/deliveries/{id}/replay");
        let answer = api.call(Method::POST, &path, None).await;
        problems.push_str(&format!("{}\n", answer.problem()));
    }
    for filter in [
        json!({}),
        json!({"outcome": "waiting"}),
        json!({"rule": "consent", "connection": "crn"}),
    ] {
        let answer = api
            .post("/admin/v1/deliveries/replay", json!({"filter": filter}))
            .await;
        problems.push_str(&format!("{}\n", answer.problem()));
    }
    assert_snapshot!(problems, @r#"
    409 CONFLICT Delivery 1 stays: it would be skipped again, by the rule no_connection.
    409 CONFLICT Delivery 2 is neither dead nor skipped; it is delivered.
    400 INVALID_REQUEST "outcome" must say which deliveries are meant: "skipped" or "dead".
    400 INVALID_REQUEST "outcome" must be one of skipped, dead, not "waiting".
    404 UNKNOWN_CONNECTION There is no connection "crn". Did you mean "crm"?
    "#);
    let all = json!({"filter": {"outcome": "skipped"}});
    let answer = api.post("/admin/v1/deliveries/replay", all).await;
    assert_eq!(answer.json(), json!({"replayed": 0}));
}

#[tokio::test]
async fn what_cannot_be_replayed_is_told() {
    let api = cemetery().await;
    let mut problems = String::new();
    for id in [3, 5, 99] {
        let answer = api
            .call(Method::POST, &format!("/admin/v1/dead-letters/{id}/replay"), None)
            .await;
        problems.push_str(&format!("{id}: {}\n", answer.problem()));
    }
    let unknown = api
        .post(
            "/admin/v1/dead-letters/replay",
            json!({"filter": {"connection": "crn"}}),
        )
        .await;
    problems.push_str(&unknown.problem());
    assert_snapshot!(problems, @r#"
    3: 409 CONFLICT Delivery 3 is for the connection "gone", which is not configured.
    5: 409 CONFLICT Delivery 5 is no dead letter; it is waiting.
    99: 404 UNKNOWN_DELIVERY There is no delivery 99, or its record is not kept any more.
    404 UNKNOWN_CONNECTION There is no connection "crn". Did you mean "crm"?
    "#);
}

#[tokio::test]
async fn dead_letters_are_purged() {
    let api = cemetery().await;
    let one = api.call(Method::DELETE, "/admin/v1/dead-letters/4", None).await;
    assert_eq!(one.json(), json!({"purged": 1}));
    let gone = api.call(Method::DELETE, "/admin/v1/dead-letters/4", None).await;
    assert_eq!(gone.json()["code"], "UNKNOWN_DELIVERY");
    let waiting = api.call(Method::DELETE, "/admin/v1/dead-letters/5", None).await;
    assert_eq!(waiting.json()["code"], "CONFLICT");
    let some = api
        .post(
            "/admin/v1/dead-letters/purge",
            json!({"filter": {"connection": "crm"}}),
        )
        .await;
    assert_eq!(some.json(), json!({"purged": 2}));
    assert_eq!(dead(&api, "").await, [3]);
    let ledger = api.get("/admin/v1/ledger").await.json();
    assert_eq!(
        (&ledger["total"]["purged"], &ledger["balanced"]),
        (&json!(3), &json!(true))
    );
}

#[tokio::test]
async fn a_selection_is_what_the_document_says() {
    let api = cemetery().await;
    let purge = async |body: Value| {
        let answer = api.post("/admin/v1/dead-letters/purge", body).await;
        (answer.status.as_u16(), answer.json()["purged"].clone())
    };
    for body in [
        json!({}),
        json!({"id": null}),
        json!({"id": 4, "filter": null}),
        json!({"id": null, "filter": {}}),
        json!({"id": 4, "filter": {}}),
        json!({"id": 4.5}),
        json!({"filter": {"status": 99}}),
        json!({"filter": {"status": 600}}),
        json!({"filter": {"until": "yesterday"}}),
    ] {
        assert_eq!(purge(body.clone()).await, (400, Value::Null), "{body}");
    }
    // Nothing that is null narrows the choice; a number may have a point with nothing behind it.
    let early = json!({"filter": {"until": "0", "status": 503.0, "from": null, "stage": null}});
    assert_eq!(purge(early).await, (200, json!(0)));
    assert_eq!(purge(json!({"id": 4.0})).await, (200, json!(1)));
}
