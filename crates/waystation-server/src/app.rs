//! The application: state and router.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use tower::ServiceBuilder;
use waystation_http::{panics, request_id};
use waystation_json::JsonObject;
use waystation_kit::payload::default_mapping;
use waystation_runtime::destination::LoadedAction;
use waystation_runtime::{LoadedDestination, PipelineCache};

use crate::config::ServerConfig;
use crate::middleware::{access_log, cors, limit, origin, spelling};
use crate::routes;

/// What all requests share. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

struct Shared {
    config: ServerConfig,
    pipelines: PipelineCache,
    /// By destination and action; see [`App::default_mapping`].
    default_mappings: HashMap<(&'static str, &'static str), JsonObject>,
}

impl App {
    fn new(config: ServerConfig) -> Self {
        let served = std::iter::once(&config.destination);
        let default_mappings = config
            .registry
            .iter()
            .chain(served)
            .flat_map(|destination| {
                let definition = destination.definition();
                let actions = definition.actions.iter();
                actions.map(|action| {
                    let mut mapping = default_mapping(&action.fields);
                    mapping.retain(|_, default| !default.is_null());
                    ((definition.slug, action.slug), mapping)
                })
            })
            .collect();
        Self(Arc::new(Shared {
            config,
            pipelines: PipelineCache::default(),
            default_mappings,
        }))
    }

    pub(crate) fn config(&self) -> &ServerConfig {
        &self.0.config
    }

    /// The destination whose routes stand under the root.
    pub(crate) fn destination(&self) -> &Arc<LoadedDestination> {
        &self.0.config.destination
    }

    pub(crate) fn pipelines(&self) -> &PipelineCache {
        &self.0.pipelines
    }

    /// The mapping that an action starts with: the defaults of its fields, but for those that are null.
    pub(crate) fn default_mapping(
        &self,
        destination: &LoadedDestination,
        action: &LoadedAction,
    ) -> JsonObject {
        let key = (destination.definition().slug, action.definition().slug);
        self.0.default_mappings.get(&key).cloned().unwrap_or_default()
    }
}

/// The author's server as an axum router: routes, errors as JSON, request ids, access log, and the checks
/// that keep web pages from driving it.
pub fn router(config: ServerConfig) -> Router {
    let body_limit = config.body_limit;
    let app = App::new(config);
    let routes = routes::router(app.destination()).with_state(app.clone());
    // A router's own layers run after routing, too late to change the path.
    let respelled = ServiceBuilder::new()
        .map_request(spelling::respell)
        .service(routes);
    Router::new()
        .fallback_service(respelled)
        .layer(from_fn_with_state(app.clone(), origin::check))
        .layer(from_fn_with_state(app.clone(), limit::read_body))
        .layer(DefaultBodyLimit::max(body_limit))
        .layer(panics::caught())
        .layer(from_fn(cors::answer))
        .layer(from_fn_with_state(app, access_log::write))
        .layer(from_fn(request_id::identify))
}
