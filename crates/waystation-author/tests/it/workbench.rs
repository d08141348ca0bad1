//! The page and what it asks.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use waystation_author::ServerConfig;

use crate::support::TestApp;

const RUN: &str = "/workbench/destinations/shop/actions/placeOrder/run";
const PREVIEW: &str = "/workbench/destinations/shop/actions/placeOrder/preview";
const CALL: &str = "/workbench/destinations/shop/call";

fn order() -> Value {
    json!({"type": "track", "event": "Order Completed", "properties": {"id": "o-1", "total": 12}})
}

fn mapping() -> Value {
    json!({"id": {"@path": "$.properties.id"}, "total": {"@path": "$.properties.total"}})
}

fn run(partner: Value) -> Value {
    json!({
        "request": {"payload": order(), "settings": {"apiKey": "key-123456"}, "mapping": mapping()},
        "partner": partner,
    })
}

#[tokio::test]
async fn the_page_may_load_nothing_but_its_own_files() {
    let app = TestApp::shop(json!([]));
    let page = app.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none';"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let script = page.body.split('"').find(|part| part.ends_with(".js")).unwrap();
    assert_eq!(app.get(script).await.status, StatusCode::OK);
    assert_eq!(app.get("/assets/none.js").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn no_other_page_is_answered() {
    let app = TestApp::shop(json!([]));
    // The platform's own pages may use the recorded routes, but not these.
    for origin in [
        "https://app.segment.com",
        "http://localhost:8000",
        "https://evil.test",
        "null",
    ] {
        let request = Request::post(PREVIEW)
            .header("host", "localhost:3000")
            .header("origin", origin)
            .header("content-type", "application/json")
            .body(Body::from("{\"payload\": {}}"));
        let answer = app.send(request.unwrap()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{origin}");
        assert_eq!(answer.json()["code"], "FORBIDDEN_ORIGIN");
    }
    let request = Request::get("/workbench")
        .header("host", "localhost:3000")
        .header("sec-fetch-site", "cross-site")
        .body(Body::empty());
    assert_eq!(app.send(request.unwrap()).await.status, StatusCode::FORBIDDEN);
    let request = Request::post(PREVIEW)
        .header("host", "localhost:3000")
        .header("origin", "http://localhost:3000")
        .header("content-type", "application/json")
        .body(Body::from("{\"payload\": {}}"));
    assert_eq!(app.send(request.unwrap()).await.status, StatusCode::OK);
    let request = Request::get("/").header("host", "evil.test").body(Body::empty());
    assert_eq!(app.send(request.unwrap()).await.json()["code"], "FORBIDDEN_HOST");
}

#[tokio::test]
async fn all_destinations_are_listed_and_described() {
    let app = TestApp::shop(json!([]));
    let listed = app.get("/workbench").await.json();
    assert_eq!(listed["served"], "shop");
    let slugs: Vec<&str> = listed["destinations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|known| known["slug"].as_str().unwrap())
        .collect();
    assert_eq!(slugs, ["members", "shop"]);
    let shop = app.get("/workbench/destinations/shop").await.json();
    assert_eq!(shop["manifest"]["actions"]["placeOrder"]["title"], "Place Order");
    assert_eq!(
        shop["offers"],
        json!({"authenticate": true, "refresh": false, "delete": true, "createAudience": true,
               "getAudience": true, "asynchronousActions": []})
    );
    let unknown = app.get("/workbench/destinations/shpo").await.json();
    assert_eq!(unknown["suggestion"], "shop");
}

#[tokio::test]
async fn a_preview_sends_nothing_and_tells_where_each_value_comes_from() {
    let app = TestApp::shop(json!([]));
    let body = json!({"payload": order(), "mapping": mapping(), "subscribe": "type = \"track\""});
    let seen = app.post(PREVIEW, body).await.json();
    assert_eq!(
        seen["events"][0],
        json!({
            "matches": true,
            "conditions": {"kind": "group", "operator": "and", "holds": true, "conditions": [
                {"kind": "test", "text": "type = \"track\"", "holds": true, "pointer": "/type", "found": "track"},
            ]},
            "resolved": {"id": "o-1", "total": 12},
            "payload": {"id": "o-1", "total": 12},
            "origins": {"/id": ["/properties/id"], "/total": ["/properties/total"]},
        })
    );
    assert!(app.requests().is_empty());
}

#[tokio::test]
async fn a_preview_tells_every_fault_at_its_place() {
    let app = TestApp::shop(json!([]));
    let body =
        json!({"payload": order(), "mapping": {"id": {"@pth": "$.x"}}, "subscribe": "type ~ \"track\""});
    let seen = app.post(PREVIEW, body).await.json();
    assert_eq!(seen["faults"][0]["path"], "/id");
    assert_eq!(seen["subscription"]["error"]["offset"], 5);
    assert_eq!(seen["events"][0], json!({"matches": false}));
    let body =
        json!({"payload": [order(), {}], "mapping": {"id": {"@path": "$.properties.id"}, "total": "much"}});
    let seen = app.post(PREVIEW, body).await.json();
    assert_eq!(seen["events"][0]["fields"], json!({"total": "must be a number"}));
    assert!(
        seen["events"][1]["fields"]["$"]
            .as_str()
            .unwrap()
            .contains("`id`")
    );
}

#[tokio::test]
async fn a_dry_run_shows_the_request_and_leaves_the_partner_alone() {
    let app = TestApp::shop(json!([{"status": 200}]));
    let seen = app.post(RUN, run(json!({"kind": "dryRun"}))).await.json();
    assert_eq!(seen["report"]["outcome"]["status"], "dryRun");
    assert_eq!(seen["report"]["exchanges"].as_array().unwrap().len(), 1);
    assert_eq!(seen["preview"]["events"][0]["payload"]["id"], "o-1");
    assert!(!seen.to_string().contains("key-123456"));
    assert!(app.requests().is_empty());
}

#[tokio::test]
async fn a_script_answers_in_place_of_the_partner() {
    let app = TestApp::shop(json!([{"status": 200}]));
    let script = json!([{"status": 500}, {"status": 200, "json": {}}]);
    let mut body = run(json!({"kind": "scripted", "script": script}));
    body["retries"] = 2.into();
    let seen = app.post(RUN, body).await.json();
    assert_eq!(seen["report"]["outcome"]["status"], "delivered");
    assert_eq!(seen["report"]["attempts"].as_array().unwrap().len(), 2);
    assert!(app.requests().is_empty());
    let refused = app
        .post(RUN, run(json!({"kind": "scripted", "script": [{"sttus": 1}]})))
        .await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert!(
        refused.json()["message"].as_str().unwrap().contains("answer 1"),
        "{refused}"
    );
}

#[tokio::test]
async fn for_real_is_as_the_server_was_started() {
    let app = TestApp::shop(json!([{"status": 200, "json": {"id": 1}}]));
    let seen = app.post(RUN, run(json!({"kind": "real"}))).await.json();
    assert_eq!(seen["report"]["outcome"]["status"], "delivered");
    assert_eq!(app.requests().len(), 1);
}

#[tokio::test]
async fn the_mapping_is_the_whole_mapping() {
    let app = TestApp::shop(json!([]));
    let mut body = run(json!({"kind": "dryRun"}));
    // Without the page's knowledge the default of `total` would be added.
    body["request"]["mapping"] = json!({"id": {"@path": "$.properties.id"}});
    let seen = app.post(RUN, body).await.json();
    let sent = seen["report"]["exchanges"][0]["request"]["body"]
        .as_str()
        .unwrap();
    assert!(!sent.contains("12"), "{sent}");
}

#[tokio::test]
async fn a_subscription_that_does_not_match_skips() {
    let app = TestApp::shop(json!([]));
    let mut body = run(json!({"kind": "dryRun"}));
    body["request"]["subscribe"] = "type = \"page\"".into();
    let seen = app.post(RUN, body).await.json();
    assert_eq!(seen["report"]["outcome"]["status"], "skipped");
    assert_eq!(seen["preview"]["events"][0]["matches"], false);
}

#[tokio::test]
async fn every_other_call_shows_its_requests() {
    let app = TestApp::shop(json!([]));
    let answers = json!({"kind": "scripted", "script": [{"status": 200, "json": {"id": "a-1"}}]});
    let call = |call: Value| json!({"call": call, "settings": {"apiKey": "key-123456"}, "partner": answers});
    for (called, address, answer) in [
        (
            json!({"kind": "authenticate"}),
            "https://shop.test/me",
            json!({"accepted": true}),
        ),
        (
            json!({"kind": "createAudience", "audienceName": "Gold", "audienceSettings": {"tier": "gold"}}),
            "https://shop.test/audiences",
            json!({"externalId": "a-1"}),
        ),
        (
            json!({"kind": "getAudience", "externalId": "a-1"}),
            "https://shop.test/audiences/a-1",
            json!({"externalId": "a-1"}),
        ),
    ] {
        let seen = app.post(CALL, call(called)).await.json();
        assert_eq!(seen["answer"], answer);
        assert_eq!(seen["exchanges"][0]["request"]["url"], address);
    }
    let seen = app
        .post(CALL, call(json!({"kind": "delete", "payload": {"userId": "u"}})))
        .await
        .json();
    assert_eq!(seen["exchanges"][0]["request"]["body"], "{\"user\":\"u\"}");
    let seen = app.post(CALL, call(json!({"kind": "refresh"}))).await.json();
    assert!(
        seen["failure"]["message"].as_str().unwrap().contains("OAuth"),
        "{seen}"
    );
    assert!(app.requests().is_empty());
}

#[tokio::test]
async fn fields_and_hooks_are_asked_by_name() {
    let app = TestApp::shop(json!([]));
    let call = |call: Value| {
        json!({"call": call, "settings": {"apiKey": "key-123456"},
        "partner": {"kind": "scripted", "script": [{"status": 200, "json": ["EUR"]}]}})
    };
    let asked = json!({"kind": "dynamicField", "action": "placeOrder", "field": "total"});
    let seen = app.post(CALL, call(asked)).await.json();
    assert_eq!(seen["answer"]["error"]["message"], "not for you");
    let asked = json!({"kind": "dynamicField", "action": "placeOder", "field": "total"});
    assert_eq!(
        app.post(CALL, call(asked)).await.json()["suggestion"],
        "placeOrder"
    );
    let asked = json!({"kind": "hook", "action": "placeOrder", "hook": "onNothing"});
    let seen = app.post(CALL, call(asked)).await.json();
    assert!(
        seen["failure"]["message"]
            .as_str()
            .unwrap()
            .contains("has no hook onNothing"),
        "{seen}"
    );
}

#[tokio::test]
async fn without_a_destination_there_is_the_workbench_alone() {
    let app = TestApp::with("shop", json!([]), |config| ServerConfig {
        destination: None,
        ..config
    });
    let listed = app.get("/workbench").await.json();
    assert_eq!(listed["served"], Value::Null);
    assert_eq!(listed["destinations"].as_array().unwrap().len(), 2);
    let seen = app.post(RUN, run(json!({"kind": "dryRun"}))).await.json();
    assert_eq!(seen["report"]["outcome"]["status"], "dryRun");
    for (answer, path) in [
        (app.get("/manifest").await, "/manifest"),
        (app.post("/placeOrder", json!({})).await, "/placeOrder"),
    ] {
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains("--destination"), "{message}");
    }
}

#[tokio::test]
async fn the_servers_own_settings_serve_and_stay_with_it() {
    let own = json!({"apiKey": "key-of-the-server"});
    let app = TestApp::with("shop", json!([]), |config| ServerConfig {
        settings: own.as_object().unwrap().clone(),
        ..config
    });
    let shown = app.get("/workbench/destinations/shop").await;
    assert_eq!(shown.json()["ownSettings"], json!(["apiKey"]));
    assert!(!shown.body.contains("key-of-the-server"));
    assert_eq!(
        app.get("/workbench/destinations/members").await.json()["ownSettings"],
        json!([])
    );
    let mut body = run(json!({"kind": "dryRun"}));
    body["request"]["settings"] = json!({});
    let seen = app.post(RUN, body).await;
    assert_eq!(seen.json()["report"]["outcome"]["status"], "dryRun");
    assert!(!seen.body.contains("key-of-the-server"));
}
