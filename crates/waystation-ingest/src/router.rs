//! The tracking API put together.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderName, Method};
use axum::routing::{MethodRouter, get, post};
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use waystation_http::{ApiError, Code};

use crate::acceptor::Acceptor;
use crate::answer::Failure;
use crate::browser;
use crate::event_type::EventType;
use crate::ingest::{Call, Caller, Ingest};
use crate::openapi::Common;
use crate::routes;
use crate::settings::IngestSettings;

const METHODS: &str = "POST, OPTIONS";

/// How long a browser remembers that it may send.
const PREFLIGHT_AGE: Duration = Duration::from_secs(24 * 60 * 60);

/// Every path in full, in short as Segment's library in browsers has it, and what it takes.
const PATHS: [(&str, &str, Call); 7] = [
    ("/v1/identify", "/v1/i", Call::Single(EventType::Identify)),
    ("/v1/track", "/v1/t", Call::Single(EventType::Track)),
    ("/v1/page", "/v1/p", Call::Single(EventType::Page)),
    ("/v1/screen", "/v1/s", Call::Single(EventType::Screen)),
    ("/v1/group", "/v1/g", Call::Single(EventType::Group)),
    ("/v1/alias", "/v1/a", Call::Single(EventType::Alias)),
    ("/v1/batch", "/v1/b", Call::Batch),
];

/// The tracking API as an axum router, with its part of the OpenAPI document.
///
/// It is to stand under [`waystation_http::request_id::identify`], which gives errors their final form. The
/// sender's address is known where the router is served with
/// [`axum::extract::ConnectInfo`]`<`[`SocketAddr`](std::net::SocketAddr)`>`.
pub fn router(acceptor: Arc<dyn Acceptor>, settings: IngestSettings) -> OpenApiRouter {
    let (documented, document) = OpenApiRouter::with_openapi(Common::openapi())
        .routes(routes!(routes::identify))
        .routes(routes!(routes::track))
        .routes(routes!(routes::page))
        .routes(routes!(routes::screen))
        .routes(routes!(routes::group))
        .routes(routes!(routes::alias))
        .routes(routes!(routes::batch))
        .routes(routes!(routes::import))
        .routes(routes!(browser::settings))
        .routes(routes!(browser::script))
        .routes(routes!(browser::metrics))
        .routes(routes!(browser::pixel))
        .routes(routes!(browser::source_config))
        .routes(routes!(browser::beacon))
        .split_for_parts();
    let routes = documented
        .merge(spellings())
        .method_not_allowed_fallback(method_not_allowed)
        .layer(cors())
        .with_state(Ingest::new(acceptor, settings));
    let mut router = OpenApiRouter::from(routes);
    *router.get_openapi_mut() = document;
    router
}

/// The short paths of browsers, and a slash at the end of any.
fn spellings() -> Router<Ingest> {
    let mut router = Router::new();
    for (path, short, call) in PATHS {
        router = router
            .route(&format!("{path}/"), taking(call, Caller::Anybody))
            .route(short, taking(call, Caller::Browser))
            .route(&format!("{short}/"), taking(call, Caller::Browser));
    }
    router
        .route("/v1/import/", taking(Call::Batch, Caller::Anybody))
        .route("/sourceConfig/", get(browser::source_config))
}

fn taking(call: Call, caller: Caller) -> MethodRouter<Ingest> {
    post(
        move |axum::extract::State(ingest): axum::extract::State<Ingest>, request: Request| async move {
            ingest.take(call, caller, request).await
        },
    )
}

async fn method_not_allowed() -> Failure {
    let error = ApiError::new(Code::MethodNotAllowed, "Events are sent with POST.");
    error.allowing(METHODS).into()
}

/// Every page may send: whose events they are is told by the write key, which is no secret, and never by what the
/// browser adds. Its credentials are allowed, for a beacon always has them; they are not looked at.
fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::mirror_request())
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([RETRY_AFTER, HeaderName::from_static("x-request-id")])
        .max_age(PREFLIGHT_AGE)
}
