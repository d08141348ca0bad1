//! The way to the collector.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request, Response};
use opentelemetry_http::{HttpClient, HttpError};
use tokio::runtime::Handle;
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;
use url::Url;
use waystation_client::{NetworkConfig, NetworkError, NetworkTransport, Wire};
use waystation_kit::Secret;
use waystation_kit::request::{Addresses, Answer, OutgoingRequest};

/// What the collector's requests have in common with those to partners: TLS, certificates, proxies. Its address
/// comes from the operator and may be anywhere.
#[derive(Debug, Clone)]
pub(super) struct Collector {
    wire: Arc<NetworkTransport>,
    runtime: Handle,
    patience: Duration,
}

/// Why the collector has not got something.
#[derive(Debug, thiserror::Error)]
pub(super) enum PostError {
    /// The address or a header cannot be used.
    #[error("the request cannot be made: {0}")]
    Request(#[from] http::Error),
    /// It did not arrive.
    #[error("{0}")]
    Lost(HttpError),
    /// The collector refused it.
    #[error("the collector answered with status {0}")]
    Refused(http::StatusCode),
}

impl Collector {
    pub(super) fn new(runtime: Handle, patience: Duration) -> Result<Self, NetworkError> {
        Ok(Self {
            wire: Arc::new(NetworkTransport::new(&NetworkConfig::default())?),
            runtime,
            patience,
        })
    }

    /// Sends a message in binary Protobuf.
    pub(super) async fn post(
        &self,
        address: &str,
        headers: &[(String, Secret)],
        body: Vec<u8>,
    ) -> Result<(), PostError> {
        let mut request = Request::post(address).header(CONTENT_TYPE, "application/x-protobuf");
        for (name, value) in headers {
            request = request.header(name, value.expose());
        }
        let request = request.body(Bytes::from(body))?;
        let answer = self.send_bytes(request).await.map_err(PostError::Lost)?;
        match answer.status().is_success() {
            true => Ok(()),
            false => Err(PostError::Refused(answer.status())),
        }
    }
}

#[async_trait]
impl HttpClient for Collector {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = outgoing(request)?;
        let (wire, patience) = (Arc::clone(&self.wire), self.patience);
        let exchange = async move {
            let answer = tokio::time::timeout(patience, wire.exchange(&request)).await?;
            answer.map_err(HttpError::from)
        };
        // The SDK calls from a thread of its own, which has no runtime. What the exchange itself logs would be
        // exported in turn.
        let exchange = exchange.with_subscriber(NoSubscriber::default());
        response(self.runtime.spawn(exchange).await??)
    }
}

fn outgoing(request: Request<Bytes>) -> Result<OutgoingRequest, HttpError> {
    let (parts, body) = request.into_parts();
    Ok(OutgoingRequest {
        method: Method::POST,
        url: Url::parse(&parts.uri.to_string())?,
        headers: parts.headers,
        body: Some(body),
        time_limit: None,
        addresses: Addresses::Any,
    })
}

fn response(answer: Answer) -> Result<Response<Bytes>, HttpError> {
    let mut response = Response::builder().status(answer.status);
    if let Some(headers) = response.headers_mut() {
        *headers = answer.headers;
    }
    Ok(response.body(answer.body)?)
}
