use axum::body::Body;
use axum::http::{Method, Request};
use serde_json::json;

use crate::support::{ADMIN, CONFIG, EXECUTE, TestApi};

const RUN: &str = "/v1/destinations/inspector/actions/inspect";
const STATS: &str = "/admin/v1/stats";

async fn status(api: &TestApi, token: Option<&str>, method: Method, path: &str) -> u16 {
    let body = (method == Method::POST).then(|| json!({"payload": {"type": "track"}}));
    api.call_as(token, method, path, body).await.status.as_u16()
}

#[tokio::test]
async fn a_token_is_good_for_its_scope() {
    let api = TestApi::start();
    for (token, execution, admin) in [
        (Some(ADMIN), 200, 200),
        (Some(EXECUTE), 200, 403),
        (Some("admin-token-of-op"), 401, 401),
        (Some(""), 401, 401),
        (None, 401, 401),
    ] {
        assert_eq!(
            status(&api, token, Method::POST, RUN).await,
            execution,
            "{token:?}"
        );
        assert_eq!(status(&api, token, Method::GET, STATS).await, admin, "{token:?}");
    }
}

#[tokio::test]
async fn refusals_say_what_is_asked_for() {
    let api = TestApi::start();
    let refused = api.call_as(None, Method::GET, STATS, None).await;
    assert_eq!(refused.header("www-authenticate"), Some("Bearer"));
    assert_eq!(
        refused.problem(),
        "401 UNAUTHORIZED This takes a token: send it as \"Authorization: Bearer TOKEN\"."
    );
    assert_eq!(refused.json()["requestId"], "test");
    let refused = api.call_as(Some(EXECUTE), Method::GET, STATS, None).await;
    assert_eq!(
        refused.problem(),
        "403 FORBIDDEN The token has the scope \"execute\"; this takes one of the scope \"read\"."
    );
}

#[tokio::test]
async fn who_looks_may_not_drive_and_who_drives_may_not_destroy() {
    let config = format!(
        "{CONFIG}\n[api.tokens.eye]\nscope = \"read\"\ntoken = \"token-of-the-eye-0\"\n\
         [api.tokens.hand]\nscope = \"operate\"\ntoken = \"token-of-the-hand-0\"\n"
    );
    let api = TestApi::with(&config, json!([]));
    let (eye, hand) = (Some("token-of-the-eye-0"), Some("token-of-the-hand-0"));
    let statuses = async |method: Method, path: &str, body: Option<serde_json::Value>| {
        let mut statuses = Vec::new();
        for token in [Some(EXECUTE), eye, hand, Some(ADMIN)] {
            let answer = api.call_as(token, method.clone(), path, body.clone()).await;
            statuses.push(answer.status.as_u16());
        }
        statuses
    };
    assert_eq!(statuses(Method::GET, STATS, None).await, [403, 200, 200, 200]);
    assert_eq!(
        statuses(Method::GET, "/admin/v1/nowhere", None).await,
        [403, 404, 404, 404]
    );
    let pause = "/admin/v1/connections/crm/pause";
    assert_eq!(statuses(Method::POST, pause, None).await, [403, 403, 200, 200]);
    let all = Some(json!({"filter": {}}));
    let replay = "/admin/v1/dead-letters/replay";
    assert_eq!(
        statuses(Method::POST, replay, all.clone()).await,
        [403, 403, 200, 200]
    );
    for (method, path, body, done) in [
        (Method::POST, "/admin/v1/dead-letters/purge", all, 200),
        (Method::POST, "/admin/v1/reload", None, 200),
        (Method::DELETE, "/admin/v1/dead-letters/7", None, 404),
    ] {
        assert_eq!(
            statuses(method, path, body).await,
            [403, 403, 403, done],
            "{path}"
        );
    }
    assert_eq!(
        statuses(Method::POST, RUN, Some(json!({"payload": {"type": "track"}}))).await,
        [200, 403, 403, 200]
    );
    // Pauses tell who it was.
    let paused = api.get("/admin/v1/pauses").await.json();
    assert_eq!(paused["pauses"][0]["by"], "ops", "{paused}");
}

#[tokio::test]
async fn nobody_learns_of_routes_without_a_token() {
    let api = TestApi::start();
    for path in [
        "/admin/v1",
        "/admin/v1/nowhere",
        "/v1/destinations/nobody/actions/nothing",
    ] {
        assert_eq!(status(&api, None, Method::GET, path).await, 401, "{path}");
    }
    assert_eq!(status(&api, None, Method::DELETE, STATS).await, 401);
}

#[tokio::test]
async fn without_tokens_the_interfaces_are_closed() {
    let api = TestApi::with("sources.web.write_keys = [\"key\"]", json!([]));
    for token in [None, Some(""), Some(ADMIN)] {
        assert_eq!(status(&api, token, Method::GET, STATS).await, 401, "{token:?}");
    }
}

#[tokio::test]
async fn open_interfaces_take_this_machine_but_no_foreign_page() {
    let api = TestApi::with("api.open = true\nsources.web.write_keys = [\"key\"]", json!([]));
    let call = async |headers: &[(&str, &str)]| {
        let request = Request::get(STATS);
        let request = headers
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = api.send(request.body(Body::empty()).unwrap()).await;
        (
            answer.status.as_u16(),
            answer.json()["code"].as_str().unwrap_or_default().to_owned(),
        )
    };
    assert_eq!(call(&[("host", "127.0.0.1:8080")]).await.0, 200);
    let own = [("host", "localhost:8080"), ("origin", "http://localhost:8080")];
    assert_eq!(call(&own).await.0, 200);
    let rebound = call(&[("host", "rebound.test")]).await;
    assert_eq!(rebound, (403, "FORBIDDEN_HOST".to_owned()));
    let foreign = call(&[("host", "localhost:8080"), ("origin", "https://evil.test")]).await;
    assert_eq!(foreign, (403, "FORBIDDEN_ORIGIN".to_owned()));
}

#[tokio::test]
async fn a_new_configuration_changes_tokens_at_once() {
    let api = TestApi::start();
    assert_eq!(status(&api, Some(ADMIN), Method::GET, STATS).await, 200);
    let changed = CONFIG.replace(ADMIN, "another-token-of-ops");
    api.config
        .store(std::sync::Arc::new(crate::support::parsed(&changed).unwrap()));
    assert_eq!(status(&api, Some(ADMIN), Method::GET, STATS).await, 401);
    assert_eq!(
        status(&api, Some("another-token-of-ops"), Method::GET, STATS).await,
        200
    );
}
