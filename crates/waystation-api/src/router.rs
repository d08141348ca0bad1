//! Both interfaces put together.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use waystation_config::Scope;

use crate::api::Api;
use crate::app::App;
use crate::auth::{self, Guard, Needed};
use crate::fallback::{self, Routes};
use crate::{admin, execution, openapi};

/// The interfaces as an axum router, and their part of the OpenAPI document.
///
/// Every path under `/v1/destinations` and `/admin/v1` is answered here, also those that lead nowhere.
pub fn router(api: Api) -> (Router, OpenApi) {
    let app = App::new(api);
    let execution = guarded(
        &app,
        execution::router(),
        execution::PREFIX,
        Scope::Execute,
        execution::ROUTES,
    );
    let admin = guarded(&app, admin::router(), admin::PREFIX, Scope::Read, admin::ROUTES);
    let (router, document) = OpenApiRouter::with_openapi(openapi::common())
        .nest(execution::PREFIX, execution)
        .nest(admin::PREFIX, admin)
        .split_for_parts();
    (router, document)
}

/// Routes behind the check of tokens, which comes first: nobody learns which routes there are without one. What a route
/// needs stands in its part of the document; what leads nowhere needs `least`.
fn guarded(
    app: &App,
    router: OpenApiRouter<App>,
    prefix: &'static str,
    least: Scope,
    routes: &'static [&'static str],
) -> OpenApiRouter {
    let (router, document) = router.split_for_parts();
    let lost = Router::new()
        .fallback(fallback::not_found)
        .with_state(Routes(routes));
    let guard = Guard {
        app: app.clone(),
        needed: Arc::new(Needed::of(&document, prefix, least)),
    };
    let router = router
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .with_state(app.clone())
        .fallback_service(lost)
        .layer(from_fn_with_state(guard, auth::check));
    let mut documented = OpenApiRouter::from(router);
    *documented.get_openapi_mut() = document;
    documented
}
