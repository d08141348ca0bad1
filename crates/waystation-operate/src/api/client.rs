//! Requests to the admin API, and answers of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::header::ACCEPT;
use http::{Method, StatusCode};
use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::operation::Operation;
use crate::failure::Failure;

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// How long to wait for an answer: counting among a million dead letters takes a while.
const ANSWER: Duration = Duration::from_secs(60);

/// The largest answer that is read.
const LARGEST_ANSWER: usize = 256 * 1024 * 1024;

/// Which service, and who asks.
#[derive(Debug, Clone)]
pub struct Target {
    /// Where it listens.
    pub url: Url,
    /// A token of `[api.tokens]`.
    pub token: Option<SecretString>,
}

/// Asks a service.
pub struct Client {
    target: Target,
    http: reqwest::Client,
}

/// A request that is being put together.
#[derive(Debug, Clone)]
pub struct Request {
    operation: Operation,
    places: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
}

/// A request whose operation is known from the document alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRequest {
    /// Its method.
    pub method: Method,
    /// The parts of its path.
    pub segments: Vec<String>,
    /// Its query.
    pub query: Vec<(String, String)>,
    /// Its body.
    pub body: Option<Value>,
}

/// A problem as the service tells it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Problem {
    code: String,
    message: String,
    #[serde(default)]
    request_id: String,
    #[serde(default)]
    faults: Vec<Fault>,
}

#[derive(Deserialize)]
struct Fault {
    message: String,
    place: Option<Value>,
}

impl Request {
    /// An operation with nothing in it yet.
    #[must_use]
    pub const fn new(operation: Operation) -> Self {
        Self {
            operation,
            places: Vec::new(),
            query: Vec::new(),
            body: None,
        }
    }

    /// Fills in the next part of the path that differs.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.places.push(place.to_string());
        self
    }

    /// Sets a parameter of the query, if there is a value for it.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Option<impl fmt::Display>) -> Self {
        debug_assert!(self.operation.query.contains(&name), "{name}");
        if let Some(value) = value {
            self.query.retain(|(known, _)| *known != name);
            self.query.push((name, value.to_string()));
        }
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    fn url(&self, base: &Url) -> Url {
        let mut url = base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
            let mut places = self.places.iter();
            for segment in self.operation.path.trim_start_matches('/').split('/') {
                match segment.starts_with('{') {
                    true => path.extend(places.next()),
                    false => path.push(segment),
                };
            }
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }
}

impl RawRequest {
    fn url(&self, base: &Url) -> Url {
        let mut url = base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(&self.segments);
        }
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }
}

impl Client {
    /// A client; it asks nothing yet.
    ///
    /// # Errors
    /// The certificates of this machine cannot be used.
    pub fn new(target: Target) -> Result<Self, Failure> {
        let builder = reqwest::Client::builder()
            .user_agent(concat!("waystation/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT)
            .redirect(reqwest::redirect::Policy::none());
        let builder = match target.url.scheme() {
            "https" => builder.tls_backend_preconfigured(tls()?),
            // The token would be readable for whoever stands between, and a proxy is not asked for.
            _ => builder.tls_backend_preconfigured(without_roots()?).no_proxy(),
        };
        let http = builder.build().map_err(|error| Failure::Unreachable {
            url: target.url.to_string(),
            why: causes(&error),
        })?;
        Ok(Self { target, http })
    }

    /// The answer to a request, as JSON.
    ///
    /// # Errors
    /// Nobody answers, or the service refuses.
    pub async fn send(&self, request: Request) -> Result<Value, Failure> {
        let answering = async {
            let answer = self.open(request, "application/json").await?;
            let body = self.read(answer).await?;
            serde_json::from_slice(&body).map_err(|error| self.foreign(error))
        };
        match tokio::time::timeout(ANSWER, answering).await {
            Ok(answered) => answered,
            Err(_) => Err(self.unreachable(format!("no answer within {} s", ANSWER.as_secs()))),
        }
    }

    /// The answer to a request, as a type.
    ///
    /// # Errors
    /// As [`Client::send`]; or the answer is not what this version knows.
    pub async fn get<T: serde::de::DeserializeOwned>(&self, request: Request) -> Result<T, Failure> {
        let answer = self.send(request).await?;
        self.typed(answer)
    }

    /// An answer, or a part of it, as a type.
    ///
    /// # Errors
    /// It is not what this version knows.
    pub fn typed<T: serde::de::DeserializeOwned>(&self, answer: Value) -> Result<T, Failure> {
        serde_json::from_value(answer).map_err(|error| self.foreign(error))
    }

    /// The OpenAPI document of the service.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn document(&self) -> Result<Value, Failure> {
        let request = RawRequest {
            method: Method::GET,
            segments: vec!["openapi.json".to_owned()],
            query: Vec::new(),
            body: None,
        };
        self.send_raw(request).await
    }

    /// The answer to a request, as JSON.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn send_raw(&self, request: RawRequest) -> Result<Value, Failure> {
        let url = request.url(&self.target.url);
        let answering = async {
            let opened = self.open_at(request.method, url, request.body.as_ref(), "application/json");
            let body = self.read(opened.await?).await?;
            serde_json::from_slice(&body).map_err(|error| self.foreign(error))
        };
        match tokio::time::timeout(ANSWER, answering).await {
            Ok(answered) => answered,
            Err(_) => Err(self.unreachable(format!("no answer within {} s", ANSWER.as_secs()))),
        }
    }

    /// Sends a request, and gives its answer as it begins.
    pub(super) async fn open(
        &self,
        request: Request,
        accept: &'static str,
    ) -> Result<reqwest::Response, Failure> {
        let url = request.url(&self.target.url);
        let method = request.operation.method.clone();
        self.open_at(method, url, request.body.as_ref(), accept).await
    }

    async fn open_at(
        &self,
        method: Method,
        url: Url,
        body: Option<&Value>,
        accept: &'static str,
    ) -> Result<reqwest::Response, Failure> {
        let mut sent = self.http.request(method, url).header(ACCEPT, accept);
        if let Some(token) = &self.target.token {
            sent = sent.bearer_auth(token.expose_secret());
        }
        if let Some(body) = body {
            sent = sent
                .header(http::header::CONTENT_TYPE, "application/json")
                .body(body.to_string());
        }
        let answer = sent.send().await.map_err(|error| self.failed(&error))?;
        match answer.status().is_success() {
            true => Ok(answer),
            false => {
                let status = answer.status();
                let body = self.read(answer).await?;
                Err(self.refused(status, &body))
            }
        }
    }

    async fn read(&self, mut answer: reqwest::Response) -> Result<Vec<u8>, Failure> {
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| self.failed(&error))? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err(self.foreign("the answer does not end"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn refused(&self, status: StatusCode, body: &[u8]) -> Failure {
        let Ok(problem) = serde_json::from_slice::<Problem>(body) else {
            return self.foreign(format!("it answers with the status {status} and without a code"));
        };
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Failure::Denied {
                message: problem.message,
                had_token: self.target.token.is_some(),
            },
            _ => Failure::Refused {
                message: problem.told(),
                code: problem.code,
                request_id: problem.request_id,
                is_for_now: status == StatusCode::SERVICE_UNAVAILABLE
                    || status == StatusCode::TOO_MANY_REQUESTS,
            },
        }
    }

    pub(super) fn failed(&self, error: &reqwest::Error) -> Failure {
        self.unreachable(causes(error))
    }

    fn unreachable(&self, why: String) -> Failure {
        let url = self.target.url.to_string();
        Failure::Unreachable { url, why }
    }

    pub(crate) fn foreign(&self, why: impl fmt::Display) -> Failure {
        Failure::Foreign {
            url: self.target.url.to_string(),
            why: why.to_string(),
        }
    }
}

impl Problem {
    /// The sentence, and each fault of a configuration on a line of its own.
    fn told(&self) -> String {
        let faults = self.faults.iter().map(|fault| {
            let place = fault.place.as_ref().and_then(|place| place.get("setting"));
            match place.and_then(Value::as_str) {
                Some(setting) => format!("\n  {setting}: {}", fault.message),
                None => format!("\n  {}", fault.message),
            }
        });
        std::iter::once(self.message.clone()).chain(faults).collect()
    }
}

/// TLS with the certificates that the machine trusts.
fn tls() -> Result<ClientConfig, Failure> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(Failure::Tls)?;
    Ok(config.with_no_client_auth())
}

/// TLS that is never used, because nothing but HTTP is asked.
fn without_roots() -> Result<ClientConfig, Failure> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(Failure::Tls)?;
    Ok(config
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth())
}

/// An error with what lies beneath it: reqwest's own words rarely say which. The address is told already.
fn causes(error: &dyn std::error::Error) -> String {
    let mut texts = Vec::new();
    let mut next = error.source();
    while let Some(cause) = next {
        texts.push(cause.to_string());
        next = cause.source();
    }
    match texts.pop() {
        Some(innermost) => innermost,
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::operation::{GET_CONNECTION, LIST_DELIVERIES};
    use super::*;

    #[test]
    fn paths_and_queries_are_filled_in_and_escaped() {
        let base = |text: &str| text.parse::<Url>().unwrap();
        let request = Request::new(GET_CONNECTION).at("a b/c");
        for (url, expected) in [
            ("http://h:1", "http://h:1/admin/v1/connections/a%20b%2Fc"),
            ("http://h:1/", "http://h:1/admin/v1/connections/a%20b%2Fc"),
            ("https://h/way/", "https://h/way/admin/v1/connections/a%20b%2Fc"),
        ] {
            assert_eq!(request.url(&base(url)).as_str(), expected);
        }
        let request = Request::new(LIST_DELIVERIES)
            .with("user", Some("a&b"))
            .with("source", None::<&str>);
        assert_eq!(
            request.url(&base("http://h")).as_str(),
            "http://h/admin/v1/deliveries?user=a%26b"
        );
    }
}
