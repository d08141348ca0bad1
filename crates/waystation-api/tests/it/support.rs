//! The interfaces over a store of their own, and a partner that answers from a script.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use arc_swap::ArcSwap;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use axum::middleware::from_fn;
use bytes::Bytes;
use serde_json::{Value, json};
use tempfile::TempDir;
use tower::ServiceExt;
use waystation_api::{Api, Reload, ReloadRefused, Reloaded, router};
use waystation_client::{Client, ClientConfig, Mock, Outlet, Rewrites};
use waystation_config::{Config, Loader};
use waystation_delivery::Deliveries;
use waystation_http::request_id;
use waystation_kit::services::Environment;
use waystation_queue::{
    Clock, Failure, Fate, Millis, NewDelivery, NewEvent, Queue, Report, Settled, Settlement, SqliteQueue,
    SqliteSettings, Stage,
};
use waystation_runtime::Registry;
use waystation_runtime::observe::NoObserver;

#[path = "../../../waystation-author/tests/it/support/till.rs"]
pub(crate) mod till;

/// 2026-01-31T12:00:00Z
pub(crate) const NOON: Millis = Millis(1_769_860_800_000);

pub(crate) const ADMIN: &str = "admin-token-of-ops";
pub(crate) const EXECUTE: &str = "execute-token-of-app";

/// What the environment variable of the connection's key holds.
pub(crate) const SECRET: &str = "hunter2-hunter2";

pub(crate) const CONFIG: &str = r#"
[api.tokens.ops]
scope = "admin"
token = "admin-token-of-ops"
[api.tokens.app]
scope = "execute"
token = "execute-token-of-app"

[sources.web]
write_keys = ["write-key-of-web"]

[connections.crm]
destination = "customerio"
settings = { siteId = "site-1234", apiKey = { env = "SECRET" } }
[[connections.crm.subscriptions]]
name = "orders"
action = "trackEvent"
subscribe = 'event = "Order Completed"'

[connections.shown]
destination = "inspector"
enabled = false
"#;

/// The interfaces, their store and their partner.
pub(crate) struct TestApi {
    router: Router,
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) config: Arc<ArcSwap<Config>>,
    pub(crate) deliveries: Arc<Deliveries>,
    pub(crate) document: utoipa::openapi::OpenApi,
    pub(crate) reloads: Arc<Reloads>,
    partner: Arc<Mock>,
    _folder: TempDir,
}

/// Reloads as they are scripted; none is a reload that changes nothing.
#[derive(Default)]
pub(crate) struct Reloads(pub(crate) Mutex<Option<Result<Reloaded, ReloadRefused>>>);

#[async_trait::async_trait]
impl Reload for Reloads {
    async fn reload(&self) -> Result<Reloaded, ReloadRefused> {
        self.0
            .lock()
            .unwrap()
            .take()
            .unwrap_or_else(|| Ok(Reloaded::default()))
    }
}

pub(crate) fn registry() -> Registry {
    // By name: which others are built depends on who else is built along.
    let slugs = ["customerio", "inspector", "webhook"].into_iter();
    Registry::new(slugs.filter_map(waystation_destinations::find)).unwrap()
}

/// The configuration that a text describes.
pub(crate) fn parsed(text: &str) -> Result<Config, waystation_config::Faults> {
    let variables = BTreeMap::from([("SECRET".to_owned(), SECRET.to_owned())]);
    let registry = registry();
    let loader = Loader::new(&registry).environment(Environment::Fixed(Arc::new(variables)));
    loader.parse("waystation.toml", text)
}

fn scripted(script: Value) -> (Client, Arc<Mock>) {
    let partner = Arc::new(Mock::new(serde_json::from_value(script).unwrap()));
    let client = Client::new(ClientConfig {
        outlet: Outlet::Mock(Arc::clone(&partner)),
        rewrites: Rewrites::default(),
    });
    (client.unwrap(), partner)
}

impl TestApi {
    /// With the usual configuration, and a partner that takes everything.
    pub(crate) fn start() -> Self {
        Self::with(CONFIG, json!([{"json": {}}]))
    }

    pub(crate) fn partner(script: Value) -> Self {
        Self::with(CONFIG, script)
    }

    pub(crate) fn with(config: &str, script: Value) -> Self {
        let (client, partner) = scripted(script);
        Self::over(config, client, partner)
    }

    /// For the till alone.
    pub(crate) fn till(script: Value) -> Self {
        let (client, partner) = scripted(script);
        let registry = Registry::new([till::definition()]).unwrap();
        Self::over_registry(registry, CONFIG, client, partner)
    }

    pub(crate) fn over(config: &str, client: Client, partner: Arc<Mock>) -> Self {
        Self::over_registry(registry(), config, client, partner)
    }

    fn over_registry(registry: Registry, config: &str, client: Client, partner: Arc<Mock>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = SqliteSettings::new(folder.path().join("store.db"));
        let queue = SqliteQueue::open_at(settings, Clock::fixed(NOON.0)).unwrap();
        let queue: Arc<dyn Queue> = Arc::new(queue);
        let deliveries = Deliveries::new(&queue);
        let config = Arc::new(ArcSwap::from_pointee(parsed(config).unwrap()));
        let reloads = Arc::new(Reloads::default());
        let (routes, document) = router(Api {
            registry,
            config: Arc::clone(&config),
            client: Arc::new(ArcSwap::from_pointee(client)),
            queue: Arc::clone(&queue),
            deliveries: Arc::clone(&deliveries),
            reload: Arc::clone(&reloads) as _,
            observer: Arc::new(NoObserver),
        });
        Self {
            router: routes.layer(from_fn(request_id::identify)),
            queue,
            config,
            deliveries,
            document,
            reloads,
            partner,
            _folder: folder,
        }
    }

    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// A router that the interfaces are a part of.
    pub(crate) fn behind(router: Router) -> Beside {
        Beside { router }
    }

    /// What the partner was asked, as `METHOD url`.
    pub(crate) fn requests(&self) -> Vec<String> {
        let requests = self.partner.requests().into_iter();
        requests
            .map(|request| format!("{} {}", request.method, request.url))
            .collect()
    }

    /// A request with the token for administration.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.call_as(Some(ADMIN), method, path, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn call_as(
        &self,
        token: Option<&str>,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        answer(&self.router, request).await
    }

    /// Accepts an event of the user `ada` with one delivery.
    pub(crate) async fn accept(&self, message_id: &str, connection: Option<&str>, fate: Fate) {
        let event =
            json!({"type": "track", "event": "Order Completed", "userId": "ada", "messageId": message_id});
        let event = NewEvent {
            source: "web".into(),
            message_id: message_id.to_owned(),
            user: Some("ada".to_owned()),
            event_type: Some("track".to_owned()),
            event_name: Some("Order Completed".to_owned()),
            received_at: NOON,
            body: Bytes::from(event.to_string()),
            deliveries: vec![NewDelivery {
                connection: connection.map(Into::into),
                subscription: connection.map(|_| "orders".into()),
                action: connection.map(|_| "trackEvent".into()),
                order: None,
                fate,
            }],
        };
        self.queue.append(vec![event]).await.unwrap();
    }

    /// Says what became of the delivery of a connection that is due the longest.
    pub(crate) async fn settle(&self, connection: &str, outcome: Settled) {
        let leased = self.queue.lease(connection, 1).await.unwrap().pop().unwrap();
        let settlement = Settlement {
            lease: leased.lease,
            outcome,
        };
        self.queue.settle(vec![settlement]).await.unwrap();
    }

    /// Accepts an event for a connection, and has it delivered.
    pub(crate) async fn deliver(&self, message_id: &str, connection: &str) {
        self.accept(message_id, Some(connection), waiting()).await;
        self.settle(connection, Settled::delivered(report(200))).await;
    }

    /// Accepts an event for a connection, and has it die.
    pub(crate) async fn bury(&self, message_id: &str, connection: &str) {
        self.accept(message_id, Some(connection), waiting()).await;
        let dead = Settled::Dead {
            failure: refused(),
            report: report(422),
        };
        self.settle(connection, dead).await;
    }
}

/// A router that the interfaces are a part of.
pub(crate) struct Beside {
    router: Router,
}

impl Beside {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = Request::get(path).header("authorization", format!("Bearer {ADMIN}"));
        answer(&self.router, request.body(Body::empty()).unwrap()).await
    }
}

/// Sends a request; without an id of its own it is called `test`.
async fn answer(router: &Router, mut request: Request<Body>) -> Answer {
    let id = "test".parse().unwrap();
    request.headers_mut().entry("x-request-id").or_insert(id);
    let (head, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    Answer {
        status: head.status,
        headers: head.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

pub(crate) fn waiting() -> Fate {
    Fate::Waiting {
        due: NOON,
        horizon: Millis(NOON.0 + 60_000),
    }
}

pub(crate) fn refused() -> Failure {
    Failure {
        stage: Stage::Delivery,
        status: Some(422),
        error_type: Some("UNPROCESSABLE_ENTITY".to_owned()),
        message: "no such customer".to_owned(),
        held_back: None,
    }
}

pub(crate) fn report(status: u16) -> Report {
    Report {
        status: Some(status),
        attempts: 1,
        started_at: NOON,
        finished_at: Millis(NOON.0 + 120),
        detail: Some(Bytes::from_static(
            br#"{"attempts":[{"number":1,"verdict":"done"}]}"#,
        )),
        call: None,
    }
}

/// An answer. It prints as its status and its JSON, without what differs from run to run.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.body))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The code of an error, and its sentence.
    pub(crate) fn problem(&self) -> String {
        let json = self.json();
        let text = |key: &str| json[key].as_str().unwrap_or_default().to_owned();
        format!("{} {} {}", self.status.as_u16(), text("code"), text("message"))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = self.json();
        without_durations(&mut shown);
        let version = concat!("Waystation/", env!("CARGO_PKG_VERSION"));
        let shown = format!("{shown:#}").replace(version, "Waystation/<version>");
        write!(f, "{}\n{shown}", self.status)
    }
}

/// Durations of exchanges and calls become 0; what is configured in milliseconds stays.
fn without_durations(value: &mut Value) {
    const MEASURED: [&str; 6] = [
        "startedMs",
        "durationMs",
        "totalMs",
        "partnerMs",
        "waitedMs",
        "nextInMs",
    ];
    match value {
        Value::Array(items) => items.iter_mut().for_each(without_durations),
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::Number(_) if MEASURED.contains(&key.as_str()) => *member = 0.into(),
                    member => without_durations(member),
                }
            }
        }
        _ => {}
    }
}
