//! The application: state and router.

use std::ops::Deref;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::middleware::{from_fn, from_fn_with_state};
use tower::ServiceBuilder;
use waystation_execute::Executor;
use waystation_http::{panics, request_id};
use waystation_runtime::{CallSettings, LoadedDestination};

use crate::config::ServerConfig;
use crate::middleware::{access_log, cors, limit, origin, spelling};
use crate::routes;

/// What all requests share. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

struct Shared {
    config: ServerConfig,
    executor: Executor,
    calls: CallSettings,
}

impl App {
    fn new(config: ServerConfig) -> Self {
        let served = config.destination.iter();
        Self(Arc::new(Shared {
            executor: Executor::new(config.registry.iter().chain(served)),
            calls: CallSettings {
                retries: config.retries,
                time_limit: config.time_limit,
                hidden_names: config.hidden_names,
                services: config.services.clone(),
                spectator: config.spectator.clone(),
                ..CallSettings::new(config.client.clone())
            },
            config,
        }))
    }

    pub(crate) fn config(&self) -> &ServerConfig {
        &self.0.config
    }

    /// With the destination whose routes stand under the root, if there is one.
    fn served(&self) -> Option<Served> {
        let destination = self.0.config.destination.clone()?;
        let app = self.clone();
        Some(Served { app, destination })
    }

    /// Runs actions.
    pub(crate) fn executor(&self) -> &Executor {
        &self.0.executor
    }

    /// How calls are made.
    pub(crate) fn calls(&self) -> &CallSettings {
        &self.0.calls
    }
}

/// What the recorded routes share: the application, and the one destination that they are about. Where none is served,
/// there are no such routes.
#[derive(Clone)]
pub(crate) struct Served {
    app: App,
    destination: Arc<LoadedDestination>,
}

impl Served {
    /// The destination whose routes stand under the root.
    pub(crate) fn destination(&self) -> &Arc<LoadedDestination> {
        &self.destination
    }
}

impl Deref for Served {
    type Target = App;

    fn deref(&self) -> &App {
        &self.app
    }
}

impl FromRef<Served> for App {
    fn from_ref(served: &Served) -> Self {
        served.app.clone()
    }
}

/// The author's server as an axum router: routes, errors as JSON, request ids, access log, and the checks
/// that keep web pages from driving it.
pub fn router(config: ServerConfig) -> Router {
    let body_limit = config.body_limit;
    let app = App::new(config);
    let routes = routes::common().with_state(app.clone());
    let routes = match app.served() {
        Some(served) => routes.merge(routes::recorded(served.destination()).with_state(served)),
        None => routes,
    };
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
