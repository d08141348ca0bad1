//! Calls of the author's server.
//!
//! Each case gets a server of its own, whose router is called without a socket. Where the operator has a
//! choice, the server is set as the reference: how large a body may be, and which names are hidden. The
//! partner's side notes which exchange belongs to which call, so that calls that run at the same time can be
//! told apart.

mod compare;
mod partner;
mod shown;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use futures_util::future::join_all;
use http::{Request, Response};
use serde_json::{Map, Value, json};
use tower::ServiceExt;
use waystation_author::{ServerConfig, router};
use waystation_client::rewrite::Rewrites;
use waystation_client::{Client, NameRules, ScriptError};
use waystation_kit::request::OutgoingRequest;
use waystation_runtime::{LoadedDestination, Registry};

use self::partner::{Exchange, Partner, as_step};
use crate::Verdict;

/// The largest body that the reference reads; ours is the operator's choice.
const BODY_LIMIT: usize = 100 << 10;

/// What a case came to.
struct Recording {
    /// The answer to each call.
    answers: Vec<Answer>,
    /// What the partner was asked.
    requests: Vec<OutgoingRequest>,
    /// What it answered, in the order of arrival.
    exchanges: Vec<Exchange>,
}

/// An answer of our server.
struct Answer {
    status: u16,
    /// By names in lower case.
    headers: Map<String, Value>,
    /// `None` if it is not JSON.
    body: Option<Value>,
}

/// Judges a case.
pub(super) async fn check(destination: &Arc<LoadedDestination>, content: &Value) -> Verdict {
    match run(destination, content).await {
        Ok(recording) => compare::recording(content, &recording).into(),
        Err(error) => super::unusable(&error.to_string()),
    }
}

async fn run(destination: &Arc<LoadedDestination>, content: &Value) -> Result<Recording, ScriptError> {
    let partner = Arc::new(Partner::new(content)?);
    let client = Client::over(Arc::clone(&partner) as _, Rewrites::default());
    let mut config = ServerConfig::new(Registry::default(), Some(Arc::clone(destination)), client);
    config.body_limit = BODY_LIMIT;
    config.hidden_names = NameRules::Reference;
    let router = router(config);
    let request = &content["request"];
    let steps = request["steps"]
        .as_array()
        .map_or(std::slice::from_ref(request), Vec::as_slice);
    let calls = steps
        .iter()
        .enumerate()
        .map(|(step, request)| as_step(step, call(&router, request)));
    let mut answers = Vec::new();
    if request["parallel"] == true {
        answers = join_all(calls).await;
    } else {
        for call in calls {
            answers.push(call.await);
        }
    }
    Ok(Recording {
        answers,
        requests: partner.requests(),
        exchanges: partner.exchanges(),
    })
}

/// Makes one call.
async fn call(router: &Router, request: &Value) -> Answer {
    match router.clone().oneshot(http_request(request)).await {
        Ok(response) => read(response).await,
        Err(never) => match never {},
    }
}

fn http_request(described: &Value) -> Request<Body> {
    let text = |key: &str| described[key].as_str();
    let (body, content_type) = match (described.get("json"), text("raw"), described.get("repeat")) {
        (Some(json), _, _) => (json.to_string(), Some("application/json")),
        (None, Some(raw), _) => (raw.to_owned(), None),
        (None, None, Some(repeat)) => (repeated(repeat).to_string(), Some("application/json")),
        (None, None, None) => (String::new(), None),
    };
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = text("method")
        .and_then(|method| method.parse().ok())
        .unwrap_or(http::Method::POST);
    *request.uri_mut() = text("path")
        .and_then(|path| path.parse().ok())
        .unwrap_or_default();
    let content_type = content_type.map(|content_type| ("content-type", content_type));
    let given = described["headers"].as_object().into_iter().flatten();
    let given = given.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?)));
    for (name, value) in content_type.into_iter().chain(given) {
        if let (Ok(name), Ok(value)) = (name.parse::<http::HeaderName>(), value.parse()) {
            request.headers_mut().insert(name, value);
        }
    }
    request
}

/// A body as large as a case wants it.
fn repeated(described: &Value) -> Value {
    let times = described["times"]
        .as_u64()
        .and_then(|times| usize::try_from(times).ok());
    let message = described["text"]
        .as_str()
        .unwrap_or_default()
        .repeat(times.unwrap_or_default());
    json!({"payload": {"properties": {"message": message}}})
}

async fn read(response: Response<Body>) -> Answer {
    let (head, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let headers = head.headers.iter();
    Answer {
        status: head.status.as_u16(),
        headers: headers
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()))
            .collect(),
        body: serde_json::from_slice(&bytes).ok(),
    }
}
