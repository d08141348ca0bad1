//! An application over invented destinations and a scripted partner.

pub(crate) mod members;
pub(crate) mod shop;
pub(crate) mod socket;
pub(crate) mod till;

use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;
use waystation_author::{ServerConfig, router};
use waystation_client::{Client, ClientConfig, Mock, Outlet, Rewrites};
use waystation_runtime::{LoadedDestination, Registry};

/// A server and its partner.
pub(crate) struct TestApp {
    router: Router,
    partner: Arc<Mock>,
}

impl TestApp {
    /// A server for the shop, whose partner answers from a script.
    pub(crate) fn shop(script: Value) -> Self {
        Self::with("shop", script, |config| config)
    }

    /// A server for the members' club, which knows OAuth.
    pub(crate) fn members(script: Value) -> Self {
        Self::with("members", script, |config| config)
    }

    /// A server for the till.
    pub(crate) fn till(script: Value) -> Self {
        Self::with("shop", script, till_in_place)
    }

    /// A server for the till that sends nothing.
    pub(crate) fn dry_till() -> Self {
        Self::with("shop", Value::Array(Vec::new()), |config| ServerConfig {
            client: Client::new(ClientConfig {
                outlet: Outlet::DryRun,
                rewrites: Rewrites::default(),
            })
            .unwrap(),
            ..till_in_place(config)
        })
    }

    pub(crate) fn with(
        destination: &str,
        script: Value,
        change: impl FnOnce(ServerConfig) -> ServerConfig,
    ) -> Self {
        let partner = Arc::new(Mock::new(serde_json::from_value(script).unwrap()));
        let client = Client::new(ClientConfig {
            outlet: Outlet::Mock(Arc::clone(&partner)),
            rewrites: Rewrites::default(),
        });
        let registry = Registry::new([shop::definition(), members::definition()]).unwrap();
        let destination = Arc::clone(registry.get(destination).unwrap());
        let config = ServerConfig::new(registry, Some(destination), client.unwrap());
        Self {
            router: router(change(config)),
            partner,
        }
    }

    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    /// Whom the application asks, for tests that give the application away.
    pub(crate) fn partner(&self) -> Arc<Mock> {
        Arc::clone(&self.partner)
    }

    /// What the partner was asked, as `METHOD url body`.
    pub(crate) fn requests(&self) -> Vec<String> {
        let requests = self.partner.requests().into_iter();
        requests
            .map(|request| {
                let body = request.body.unwrap_or_default();
                let body = String::from_utf8_lossy(&body);
                format!("{} {} {body}", request.method, request.url)
                    .trim_end()
                    .to_owned()
            })
            .collect()
    }

    /// The header of the only request to the partner.
    pub(crate) fn sent_header(&self, name: &str) -> Option<String> {
        let requests = self.partner.requests();
        let value = requests.first()?.headers.get(name)?;
        Some(value.to_str().unwrap().to_owned())
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        let request = Request::post(path)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()));
        self.send(request.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    /// Sends a request; without an id of its own it is called `test`.
    pub(crate) async fn send(&self, mut request: Request<Body>) -> Answer {
        let id = "test".parse().unwrap();
        request.headers_mut().entry("x-request-id").or_insert(id);
        let response = self.router().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: head.status,
            headers: head.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }
}

fn till_in_place(config: ServerConfig) -> ServerConfig {
    ServerConfig {
        destination: Some(Arc::new(LoadedDestination::new(till::definition()).unwrap())),
        ..config
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
        serde_json::from_str(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
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

fn without_durations(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(without_durations),
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::Number(_) if key.ends_with("Ms") && key != "wantedWaitMs" => *member = 0.into(),
                    member => without_durations(member),
                }
            }
        }
        _ => {}
    }
}
