//! A partner that answers as a function says.

use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{HeaderMap, HeaderName};
use serde_json::{Value, json};
use tokio::time::Instant;
use waystation_kit::error::NotSent;
use waystation_kit::future::BoxFuture;
use waystation_kit::request::{Answer, OutgoingRequest, Transport};
use waystation_kit::{Error, NetworkFailure, Result};

type Answering = dyn Fn(usize, &Asked) -> Reply + Send + Sync;

/// A partner that remembers what it was asked.
pub(crate) struct Partner {
    answering: Box<Answering>,
    asked: Mutex<Vec<Asked>>,
    in_flight: AtomicUsize,
}

/// What the partner was asked.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) token: String,
    /// The ids of the orders.
    pub(crate) ids: Vec<String>,
    pub(crate) at: Instant,
    /// How many requests are at the partner, this one included.
    pub(crate) in_flight: usize,
}

/// A request that is at the partner until it is answered or given up.
struct InFlight<'partner>(&'partner AtomicUsize);

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Stands for a request that does not leave.
const OUT_OF_DESCRIPTORS: u16 = 0;

/// What the partner does.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: Option<u16>,
    headers: Vec<(&'static str, String)>,
    body: Value,
    delay: Duration,
}

impl Reply {
    pub(crate) fn status(status: u16) -> Self {
        Self {
            status: Some(status),
            headers: Vec::new(),
            body: json!({}),
            delay: Duration::ZERO,
        }
    }

    /// An answer for each order.
    pub(crate) fn results(statuses: &[u16]) -> Self {
        Self::status(200).body(json!({"results": statuses}))
    }

    pub(crate) fn tokens(access_token: &str) -> Self {
        Self::status(200).body(json!({"access_token": access_token}))
    }

    pub(crate) fn broken() -> Self {
        Self {
            status: None,
            ..Self::status(0)
        }
    }

    /// The request does not leave, for want of a file descriptor.
    pub(crate) fn without_descriptors() -> Self {
        Self {
            status: Some(OUT_OF_DESCRIPTORS),
            ..Self::broken()
        }
    }

    pub(crate) fn body(self, body: Value) -> Self {
        Self { body, ..self }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    fn into_answer(self, request: &OutgoingRequest) -> Result<Answer> {
        if self.status == Some(OUT_OF_DESCRIPTORS) {
            return Err(Error::NotSent {
                reason: NotSent::OutOfDescriptors,
                after: Duration::from_secs(1),
            });
        }
        let Some(status) = self.status else {
            return Err(Error::Network {
                message: "the connection broke".into(),
                failure: NetworkFailure::ConnectionReset,
            });
        };
        let mut headers = HeaderMap::new();
        headers.insert("content-type", "application/json".parse().unwrap());
        for (name, value) in self.headers {
            headers.insert(HeaderName::from_static(name), value.parse().unwrap());
        }
        Ok(Answer {
            status,
            reason: None,
            headers,
            url: request.url.clone(),
            body: self.body.to_string().into(),
        })
    }
}

impl Partner {
    /// Answers as the function says, which is told the number of the request, from 0.
    pub(crate) fn answering(answering: impl Fn(usize, &Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self {
            answering: Box::new(answering),
            asked: Mutex::default(),
            in_flight: AtomicUsize::default(),
        }
    }

    /// Answers in this order; the last answer repeats.
    pub(crate) fn in_order<const N: usize>(replies: [Reply; N]) -> Self {
        Self::answering(move |number, _| replies[number.min(N - 1)].clone())
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The ids of the orders of each request.
    pub(crate) fn sent(&self) -> Vec<Vec<String>> {
        self.asked().into_iter().map(|asked| asked.ids).collect()
    }
}

impl Transport for Partner {
    fn send(&self, request: OutgoingRequest) -> BoxFuture<'_, Result<Answer>> {
        let in_flight = InFlight(&self.in_flight);
        let asked = Asked::of(&request, self.in_flight.fetch_add(1, Ordering::SeqCst) + 1);
        let number = {
            let mut all = self.asked.lock().unwrap();
            all.push(asked.clone());
            all.len() - 1
        };
        Box::pin(async move {
            let reply = (self.answering)(number, &asked);
            tokio::time::sleep(reply.delay).await;
            drop(in_flight);
            reply.into_answer(&request)
        })
    }
}

impl Asked {
    fn of(request: &OutgoingRequest, in_flight: usize) -> Self {
        let body: Value =
            serde_json::from_slice(request.body.as_deref().unwrap_or_default()).unwrap_or_default();
        let ids = body["items"].as_array().into_iter().flatten();
        let token = request
            .headers
            .get("authorization")
            .map(|value| value.to_str().unwrap());
        Self {
            path: request.url.path().to_owned(),
            token: token.unwrap_or_default().trim_start_matches("Bearer ").to_owned(),
            ids: ids.map(|item| item["id"].as_str().unwrap().to_owned()).collect(),
            at: Instant::now(),
            in_flight,
        }
    }
}

impl fmt::Debug for Partner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Partner")
            .field("asked", &self.asked)
            .finish_non_exhaustive()
    }
}
