//! A tracking API whose acceptor remembers everything.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::middleware::from_fn;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower::ServiceExt;
use waystation_http::request_id;
use waystation_ingest::{
    Accepted, Acceptor, EventRate, IngestSettings, Ingested, Refused, SourceRef, router,
};
use waystation_json::date::parse_js_date;
use waystation_kit::services::Clock;

/// The key of the source `shop`.
pub(crate) const KEY: &str = "shop-key";

/// When every request comes.
const RECEIVED_AT: &str = "2026-11-22T10:00:00.000Z";

/// Knows one source, and keeps or refuses as it is told.
#[derive(Default)]
struct Script {
    rate_limit: Option<EventRate>,
    refusal: Option<Refused>,
    accepted: Mutex<Vec<(SourceRef, Vec<Ingested>)>>,
}

#[async_trait]
impl Acceptor for Script {
    fn source(&self, write_key: &str) -> Option<SourceRef> {
        (write_key == KEY).then(|| SourceRef {
            rate_limit: self.rate_limit,
            ..SourceRef::new("shop")
        })
    }

    async fn accept(&self, source: &SourceRef, events: Vec<Ingested>) -> Result<Accepted, Refused> {
        if let Some(refusal) = self.refusal {
            return Err(refusal);
        }
        let kept = events.len();
        self.accepted.lock().unwrap().push((source.clone(), events));
        Ok(Accepted { kept, duplicates: 0 })
    }
}

/// The API, and what it has handed on.
pub(crate) struct Api {
    script: Arc<Script>,
    router: Router,
}

impl Default for Api {
    fn default() -> Self {
        Self::with(IngestSettings::default())
    }
}

impl Api {
    pub(crate) fn with(settings: IngestSettings) -> Self {
        Self::new(settings, Script::default())
    }

    pub(crate) fn limited(rate_limit: EventRate) -> Self {
        let script = Script {
            rate_limit: Some(rate_limit),
            ..Script::default()
        };
        Self::new(IngestSettings::default(), script)
    }

    pub(crate) fn refusing(refusal: Refused) -> Self {
        let script = Script {
            refusal: Some(refusal),
            ..Script::default()
        };
        Self::new(IngestSettings::default(), script)
    }

    fn new(mut settings: IngestSettings, script: Script) -> Self {
        settings.clock = Clock::fixed(parse_js_date(RECEIVED_AT).unwrap());
        let script = Arc::new(script);
        let (router, _) = router(script.clone(), settings).split_for_parts();
        let router = router.layer(from_fn(request_id::identify));
        Self { script, router }
    }

    /// The API on a socket of its own.
    pub(crate) async fn serve(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = self.router.clone();
        tokio::spawn(async move {
            let served = waystation_http::serve(listener, router, std::future::pending, Duration::ZERO);
            served.await.unwrap();
        });
        address
    }

    /// Sends a JSON body with the key in it.
    pub(crate) async fn post(&self, path: &str, mut body: Value) -> Answer {
        body["writeKey"] = json!(KEY);
        self.send(Request::post(path).body(body.to_string().into()).unwrap())
            .await
    }

    /// Sends a body as it is, with the key in the header.
    pub(crate) async fn post_raw(&self, path: &str, body: impl Into<Body>) -> Answer {
        let request = Request::post(path).header("authorization", "Basic c2hvcC1rZXk6");
        self.send(request.body(body.into()).unwrap()).await
    }

    /// Status, content type and body of an answer that need not be JSON.
    pub(crate) async fn raw(&self, request: Request<Body>) -> (StatusCode, String, Vec<u8>) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let content_type = parts.headers["content-type"].to_str().unwrap().to_owned();
        (
            parts.status,
            content_type,
            to_bytes(body, usize::MAX).await.unwrap().to_vec(),
        )
    }

    pub(crate) async fn send(&self, mut request: Request<Body>) -> Answer {
        let sender: SocketAddr = "203.0.113.9:4711".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(sender));
        request
            .headers_mut()
            .insert("x-request-id", "test".parse().unwrap());
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: match body.is_empty() {
                true => Value::Null,
                false => serde_json::from_slice(&body).unwrap(),
            },
        }
    }

    /// Sends one event and returns it as it was handed on.
    pub(crate) async fn event(&self, path: &str, body: Value) -> Value {
        let answer = self.post(path, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let mut events = self.events();
        assert_eq!(events.len(), 1);
        events.remove(0).event
    }

    /// Everything that was handed on, in its order.
    pub(crate) fn events(&self) -> Vec<Ingested> {
        let accepted = self.script.accepted.lock().unwrap();
        accepted.iter().flat_map(|(_, events)| events.clone()).collect()
    }

    /// How often something was handed on.
    pub(crate) fn calls(&self) -> usize {
        self.script.accepted.lock().unwrap().len()
    }

    /// The code of each event's rejection, or its message id.
    pub(crate) fn verdicts(&self) -> Vec<String> {
        let verdict = |event: Ingested| match event.verdict {
            Ok(()) => event.message_id,
            Err(rejected) => format!("{}: {rejected}", rejected.code()),
        };
        self.events().into_iter().map(verdict).collect()
    }
}

/// What the sender gets.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status and body, for snapshots.
    pub(crate) fn told(&self) -> Value {
        json!({"status": self.status.as_u16(), "body": self.body})
    }
}
