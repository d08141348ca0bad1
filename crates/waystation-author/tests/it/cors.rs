use axum::body::Body;
use axum::http::Request;
use serde_json::json;

use crate::support::{Answer, TestApp};

async fn preflight(origin: &str) -> Answer {
    let request = Request::options("/note")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "content-type");
    let app = TestApp::shop(json!([]));
    app.send(request.body(Body::empty()).unwrap()).await
}

async fn note_from(headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::post("/note");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    TestApp::shop(json!([]))
        .send(request.body(Body::from("{}")).unwrap())
        .await
}

#[tokio::test]
async fn pages_of_the_platform_may_ask() {
    let answer = preflight("https://app.segment.com").await;
    assert_eq!(answer.status, 204);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://app.segment.com")
    );
    assert_eq!(
        answer.header("access-control-allow-headers"),
        Some("content-type")
    );
    assert_eq!(
        answer.header("access-control-allow-methods"),
        Some("GET,HEAD,PUT,PATCH,POST,DELETE")
    );
    assert_eq!(
        answer.header("vary"),
        Some("Origin, Access-Control-Request-Headers")
    );

    let json = ("content-type", "application/json");
    let answer = note_from(&[("origin", "https://app.segment.com"), json]).await;
    assert_eq!(
        answer.header("access-control-allow-origin"),
        Some("https://app.segment.com")
    );
}

#[tokio::test]
async fn other_pages_may_not() {
    let answer = preflight("https://evil.test").await;
    assert_eq!(answer.status, 204);
    assert_eq!(answer.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn other_pages_cannot_do_without_asking() {
    for content_type in ["text/plain", "application/x-www-form-urlencoded"] {
        let answer = note_from(&[("origin", "https://evil.test"), ("content-type", content_type)]).await;
        assert_eq!(answer.status, 403, "{content_type}");
        assert_eq!(answer.json()["code"], "FORBIDDEN_ORIGIN");
    }
    assert_eq!(note_from(&[("origin", "null")]).await.status, 403);
    assert_eq!(note_from(&[("sec-fetch-site", "cross-site")]).await.status, 403);
}

#[tokio::test]
async fn programs_need_no_origin() {
    assert_eq!(note_from(&[]).await.status, 200);
    // What a page could only have sent after a preflight that says no.
    let json = ("content-type", "application/json");
    assert_eq!(
        note_from(&[("origin", "https://elsewhere.test"), json])
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_name_that_points_here_is_not_enough() {
    let answer = note_from(&[("host", "evil.test:3000")]).await;
    assert_eq!(answer.status, 403);
    assert_eq!(answer.json()["code"], "FORBIDDEN_HOST");
    for host in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000"] {
        assert_eq!(note_from(&[("host", host)]).await.status, 200, "{host}");
    }

    let app = TestApp::with("shop", json!([]), |mut config| {
        config.allowed_hosts = vec!["waystation".to_owned()];
        config
    });
    let request = Request::post("/note")
        .header("host", "waystation:3000")
        .body(Body::empty());
    assert_eq!(app.send(request.unwrap()).await.status, 200);
}
