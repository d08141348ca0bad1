use axum::Router;
use axum::http::{Method, StatusCode};
use axum::routing::get;

use crate::support::TestApi;

#[tokio::test]
async fn lost_paths_are_told_the_nearest_route() {
    let api = TestApi::start();
    for (path, suggestion) in [
        ("/admin/v1/delivery", Some("/admin/v1/deliveries")),
        (
            "/admin/v1/dead-leters/7/replay",
            Some("/admin/v1/dead-letters/{id}/replay"),
        ),
        (
            "/admin/v1/connections/crm/extra",
            Some("/admin/v1/connections/{name}"),
        ),
        (
            "/v1/destinations/customerio/action/trackEvent",
            Some("/v1/destinations/{slug}/actions/{action}"),
        ),
        ("/admin/v1/xyzzy/plugh/one/two/three/four", None),
    ] {
        let answer = api.get(path).await;
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.json()["code"], "NOT_FOUND");
        if let Some(suggestion) = suggestion {
            assert_eq!(answer.json()["suggestion"], suggestion, "{path}");
        }
    }
    assert_eq!(api.get("/admin/v1").await.status, 404);
    assert_eq!(api.get("/admin/v1/").await.status, 404);
}

#[tokio::test]
async fn wrong_methods_are_told_the_right_ones() {
    let api = TestApi::start();
    for (method, path, allowed) in [
        (Method::DELETE, "/admin/v1/ledger", "GET,HEAD"),
        (Method::GET, "/admin/v1/reload", "POST"),
        (Method::PUT, "/admin/v1/dead-letters/7", "DELETE"),
        (Method::GET, "/v1/destinations/inspector/events", "POST"),
    ] {
        let answer = api.call(method, path, None).await;
        assert_eq!(answer.status, 405, "{path}");
        assert_eq!(answer.json()["code"], "METHOD_NOT_ALLOWED");
        assert_eq!(answer.header("allow"), Some(allowed), "{path}");
    }
}

#[tokio::test]
async fn other_routers_and_their_fallbacks_stand_beside() {
    let api = TestApi::start();
    let health = || {
        let router = Router::new().route("/healthz", get(async || "ok"));
        router.fallback(async || (StatusCode::NOT_FOUND, "\"elsewhere\""))
    };
    for router in [health().merge(api.router()), api.router().merge(health())] {
        let api = TestApi::behind(router);
        assert_eq!(api.get("/healthz").await.body, "ok");
        assert_eq!(api.get("/nowhere").await.json(), "elsewhere");
        assert_eq!(api.get("/v1/destination").await.json(), "elsewhere");
        assert_eq!(
            api.get("/admin/v1/ledgr").await.json()["suggestion"],
            "/admin/v1/ledger"
        );
        assert_eq!(api.get("/admin/v1/ledger").await.status, 200);
    }
}
