//! What pages in a browser need.

use axum::http::{Request, StatusCode};
use base64::Engine;
use serde_json::json;
use waystation_ingest::{BrowserScript, IngestSettings};

use crate::harness::{Api, KEY};

#[tokio::test]
async fn any_page_may_ask_and_send() {
    let request = Request::options("/v1/t")
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type");
    let answer = Api::default()
        .send(request.body(String::new().into()).unwrap())
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "https://shop.example"
    );
    assert_eq!(answer.header("access-control-allow-methods"), "GET,POST");
    // A beacon with JSON has credentials, whether they are of use or not.
    assert_eq!(answer.header("access-control-allow-credentials"), "true");
    assert_eq!(
        answer.header("access-control-allow-headers"),
        "authorization,content-type"
    );
    assert_eq!(answer.header("access-control-max-age"), "86400");
}

#[tokio::test]
async fn pages_may_read_answers_and_errors() {
    let api = Api::default();
    let send = |body: &str| {
        let request = Request::post("/v1/t").header("origin", "https://shop.example");
        api.send(
            request
                .header("content-type", "text/plain")
                .body(body.to_owned().into())
                .unwrap(),
        )
    };
    let event = json!({"userId": "u", "event": "Seen", "writeKey": KEY}).to_string();
    for (body, status) in [(event.as_str(), StatusCode::OK), ("{", StatusCode::BAD_REQUEST)] {
        let answer = send(body).await;
        assert_eq!(answer.status, status);
        assert_eq!(
            answer.header("access-control-allow-origin"),
            "https://shop.example"
        );
        assert_eq!(
            answer.header("access-control-expose-headers"),
            "retry-after,x-request-id"
        );
    }
}

#[tokio::test]
async fn the_address_of_a_browser_is_that_of_the_person() {
    let event = Api::default().event("/v1/p", json!({"anonymousId": "a"})).await;
    assert_eq!(event["context"], json!({"ip": "203.0.113.9"}));
}

#[tokio::test]
async fn the_address_of_a_server_is_not() {
    let event = Api::default()
        .event(
            "/v1/page",
            json!({"anonymousId": "a", "context": {"direct": false}}),
        )
        .await;
    assert_eq!(event["context"], json!({"direct": false}));
}

#[tokio::test]
async fn whoever_sends_an_origin_is_a_browser() {
    let api = Api::default();
    let body = json!({"batch": [{"type": "page", "anonymousId": "a"}], "writeKey": KEY}).to_string();
    let request = Request::post("/v1/batch").header("origin", "https://shop.example");
    let answer = api.send(request.body(body.into()).unwrap()).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(api.events()[0].event["context"], json!({"ip": "203.0.113.9"}));
}

#[tokio::test]
async fn a_device_that_sends_by_itself_says_so() {
    let context = json!({"direct": true, "locale": "de"});
    let event = Api::default()
        .event("/v1/page", json!({"anonymousId": "a", "context": context}))
        .await;
    assert_eq!(
        event["context"],
        json!({"direct": true, "locale": "de", "ip": "203.0.113.9"})
    );
}

#[tokio::test]
async fn an_address_that_was_sent_stays() {
    let context = json!({"direct": true, "ip": "0.0.0.0"});
    let event = Api::default()
        .event("/v1/p", json!({"anonymousId": "a", "context": context}))
        .await;
    assert_eq!(event["context"]["ip"], "0.0.0.0");
}

#[tokio::test]
async fn proxies_are_believed_if_they_are_trusted() {
    for (trusted_proxies, expected) in [(0, "203.0.113.9"), (1, "198.51.100.7")] {
        let api = Api::with(IngestSettings {
            trusted_proxies,
            ..IngestSettings::default()
        });
        let body = json!({"anonymousId": "a", "writeKey": KEY}).to_string();
        let request = Request::post("/v1/p").header("x-forwarded-for", "1.2.3.4, 198.51.100.7");
        api.send(request.body(body.into()).unwrap()).await;
        assert_eq!(api.events()[0].event["context"]["ip"], expected);
    }
}

#[tokio::test]
async fn the_library_finds_its_settings() {
    let api = Api::default();
    let get = |path: &str, headers: &[(&str, &str)]| {
        let mut request = Request::get(path).header("host", "events.example:8080");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        api.send(request.body(String::new().into()).unwrap())
    };
    let answer = get(
        &format!("/v1/projects/{KEY}/settings"),
        &[("origin", "https://shop.example")],
    )
    .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "https://shop.example"
    );
    let segment = &answer.body["integrations"]["Segment.io"];
    assert_eq!(
        (&segment["apiKey"], &segment["apiHost"], &segment["protocol"]),
        (&json!(KEY), &json!("events.example:8080/v1"), &json!("http"))
    );
    assert_eq!(answer.body["metrics"]["sampleRate"], 0);
    // Without a trusted proxy in front, what only a proxy knows is not believed.
    let forged = [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
    ];
    let answer = get(&format!("/v1/projects/{KEY}/settings"), &forged).await;
    assert_eq!(
        answer.body["integrations"]["Segment.io"]["apiHost"],
        "events.example:8080/v1"
    );
    let answer = get("/v1/projects/nobody/settings", &[]).await;
    assert_eq!(
        (answer.status, &answer.body["code"]),
        (StatusCode::NOT_FOUND, &json!("UNKNOWN_SOURCE"))
    );
}

#[tokio::test]
async fn behind_a_proxy_the_library_is_sent_to_the_proxy() {
    let api = Api::with(IngestSettings {
        trusted_proxies: 1,
        ..IngestSettings::default()
    });
    let request = Request::get(format!("/v1/projects/{KEY}/settings"))
        .header("host", "10.0.0.7:8080")
        .header("x-forwarded-host", "events.example")
        .header("x-forwarded-proto", "https");
    let answer = api.send(request.body(String::new().into()).unwrap()).await;
    let segment = &answer.body["integrations"]["Segment.io"];
    assert_eq!(
        (&segment["apiHost"], &segment["protocol"]),
        (&json!("events.example/v1"), &json!("https"))
    );
}

#[tokio::test]
async fn the_script_is_a_file_or_elsewhere_or_nowhere() {
    let path = format!("/analytics.js/v1/{KEY}/analytics.min.js");
    for (script, status, location) in [
        (None, StatusCode::NOT_FOUND, ""),
        (
            Some(BrowserScript::At("https://cdn.example/a.js".to_owned())),
            StatusCode::FOUND,
            "https://cdn.example/a.js",
        ),
    ] {
        let api = Api::with(IngestSettings {
            browser_script: script,
            ..IngestSettings::default()
        });
        let answer = api
            .send(Request::get(&path).body(String::new().into()).unwrap())
            .await;
        assert_eq!((answer.status, answer.header("location")), (status, location));
    }
    let api = Api::with(IngestSettings {
        browser_script: Some(BrowserScript::Text("\"a script\"".into())),
        ..IngestSettings::default()
    });
    let answer = api
        .send(Request::get(&path).body(String::new().into()).unwrap())
        .await;
    assert_eq!(
        (answer.status, &answer.body),
        (StatusCode::OK, &json!("a script"))
    );
    assert_eq!(
        answer.header("content-type"),
        "application/javascript; charset=utf-8"
    );
}

#[tokio::test]
async fn what_the_library_measures_of_itself_is_taken_and_dropped() {
    let api = Api::default();
    let request = Request::post("/v1/m").header("origin", "https://shop.example");
    let answer = api
        .send(request.body("{\"series\":[]}".to_owned().into()).unwrap())
        .await;
    assert_eq!(
        (answer.status, &answer.body["success"]),
        (StatusCode::OK, &json!(true))
    );
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "https://shop.example"
    );
    assert_eq!(api.calls(), 0);
}

#[tokio::test]
async fn a_picture_brings_an_event_and_is_a_picture_whatever_it_brings() {
    let event = json!({"writeKey": KEY, "userId": "u", "event": "Mail Opened"}).to_string();
    let packed = base64::prelude::BASE64_STANDARD.encode(event);
    let unpadded = packed.trim_end_matches('=').to_owned();
    for (data, taken) in [
        (packed.as_str(), 1),
        (&unpadded, 1),
        ("%%%", 0),
        ("e30=", 0),
        ("", 0),
    ] {
        let api = Api::default();
        let request = Request::get(format!("/v1/pixel/track?data={data}"))
            .body(String::new().into())
            .unwrap();
        let answer = api.raw(request).await;
        assert_eq!(
            (answer.0, answer.1.as_str()),
            (StatusCode::OK, "image/gif"),
            "{data}"
        );
        assert!(answer.2.starts_with(b"GIF89a"));
        assert_eq!(api.calls(), taken, "{data}");
    }
}

#[tokio::test]
async fn libraries_of_rudderstack_find_their_beacon_and_their_configuration() {
    let api = Api::default();
    let batch = json!({"batch": [{"type": "page", "anonymousId": "a"}]}).to_string();
    let request = Request::post(format!("/beacon/v1/batch?writeKey={KEY}"))
        .body(batch.into())
        .unwrap();
    assert_eq!(api.send(request).await.status, StatusCode::OK);
    assert_eq!(api.events()[0].event["context"], json!({"ip": "203.0.113.9"}));
    for (authorization, status) in [
        ("Basic c2hvcC1rZXk6", StatusCode::OK),
        ("Basic eDo=", StatusCode::UNAUTHORIZED),
    ] {
        let request = Request::get("/sourceConfig/?p=web").header("authorization", authorization);
        let answer = api.send(request.body(String::new().into()).unwrap()).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.body["source"]["enabled"] == true, status == StatusCode::OK);
    }
}
