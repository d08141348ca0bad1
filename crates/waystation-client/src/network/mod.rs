//! The network itself.

pub mod address;
mod body;
mod failure;
mod pool;
mod proxies;
mod resolve;
mod tls;

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_LENGTH};
use http::{HeaderValue, Method, StatusCode};
use hyper::ext::ReasonPhrase;
use percent_encoding::percent_decode_str;
use reqwest::redirect;
use rustls::ClientConfig;
use url::Url;
use waystation_kit::Result;
use waystation_kit::future::BoxFuture;
use waystation_kit::request::{Addresses, Answer, OutgoingRequest};

use crate::wire::Wire;

pub use address::{AddressPolicy, AddressRange, AddressRangeError, PublicAddresses, RefusedAddress};
use pool::Pool;
use proxies::EnvironmentProxies;
use resolve::Resolver;

/// The largest answer that is read unless the operator says otherwise: 8 MiB.
pub const DEFAULT_ANSWER_LIMIT: usize = 8 << 20;

/// How long an unused connection is kept. Many servers keep theirs a minute; those that close earlier are
/// noticed when they do.
const IDLE_CONNECTION: Duration = Duration::from_secs(55);

/// How many idle connections to one partner are kept: what a burst has opened is not kept from everything else.
const IDLE_CONNECTIONS: usize = 32;

/// A connection shared by many requests that has gone silent is asked for a sign of life this often, and given
/// up after the second time; otherwise every request on it would run into its time limit.
const SIGN_OF_LIFE: Duration = Duration::from_secs(15);

/// The most headers that an answer may have. Some partners send more than the hundred that are usual.
const MOST_HEADERS: usize = 1_000;

/// What the operator decided about the network.
#[derive(Debug, Clone)]
pub struct NetworkConfig {
    /// Which addresses requests may reach.
    pub addresses: AddressPolicy,
    /// The largest answer that is read, in bytes after decompression.
    pub answer_limit: usize,
    /// Whether the environment's proxies are used.
    pub proxies: Proxies,
}

impl Default for NetworkConfig {
    fn default() -> Self {
        Self {
            addresses: AddressPolicy::default(),
            answer_limit: DEFAULT_ANSWER_LIMIT,
            proxies: Proxies::default(),
        }
    }
}

/// Whether the environment's proxies (`HTTPS_PROXY` and the like) are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Proxies {
    /// Yes, but not by requests that are held to public addresses: a proxy looks names up by itself, where
    /// nobody checks what it finds.
    #[default]
    FromEnvironment,
    /// No.
    None,
}

/// Why the network cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// TLS cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// The trusted certificates cannot be used.
    #[error("the trusted certificates cannot be used: {0}")]
    Roots(#[from] rustls::client::VerifierBuilderError),
    /// A variable of the environment names no proxy.
    #[error(
        "the variable {variable} of the environment does not hold the address of a proxy, such as http://proxy:3128"
    )]
    Proxy {
        /// The variable.
        variable: &'static str,
    },
    /// The HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(#[from] reqwest::Error),
}

/// Sends requests over the network. Connections are kept and shared, so there should be one per process.
#[derive(Debug)]
pub struct NetworkTransport {
    any: Route,
    public_only: Route,
    answer_limit: usize,
    pool: Pool,
}

/// A client with connections of its own. A connection that was made without a check must not serve a request
/// that is held to public addresses.
#[derive(Debug, Clone)]
struct Route {
    client: reqwest::Client,
    allowed: Option<PublicAddresses>,
    proxies: Option<EnvironmentProxies>,
}

impl NetworkTransport {
    /// Prepares the network.
    ///
    /// # Errors
    /// TLS or the HTTP client cannot be set up.
    pub fn new(config: &NetworkConfig) -> Result<Self, NetworkError> {
        Self::with_tls(config, &tls::client_config()?)
    }

    fn with_tls(config: &NetworkConfig, tls: &ClientConfig) -> Result<Self, NetworkError> {
        let proxies = match config.proxies {
            Proxies::FromEnvironment => Some(EnvironmentProxies::read(|name| std::env::var(name).ok())?),
            Proxies::None => None,
        };
        Self::with_proxies(config, proxies.as_ref(), tls)
    }

    fn with_proxies(
        config: &NetworkConfig,
        proxies: Option<&EnvironmentProxies>,
        tls: &ClientConfig,
    ) -> Result<Self, NetworkError> {
        let route = |allowed| Route::new(allowed, proxies.cloned(), tls);
        let (any, public_only) = match &config.addresses {
            AddressPolicy::AllowAll => {
                let any = route(None)?;
                (any.clone(), any)
            }
            AddressPolicy::PublicWhereAsked(allowed) => (route(None)?, route(Some(allowed.clone()))?),
            AddressPolicy::PublicOnly(allowed) => {
                let public_only = route(Some(allowed.clone()))?;
                (public_only.clone(), public_only)
            }
        };
        Ok(Self {
            any,
            public_only,
            answer_limit: config.answer_limit,
            pool: Pool::default(),
        })
    }

    async fn send(&self, request: &OutgoingRequest) -> Result<Answer> {
        let route = match request.addresses {
            Addresses::Any => &self.any,
            Addresses::PublicOnly => &self.public_only,
        };
        if let Some(allowed) = &route.allowed {
            resolve::check_literal(&request.url, allowed)
                .map_err(|refused| failure::refused(refused, &request.url))?;
        }
        let is_proxied = route.is_proxied(&request.url);
        let response = route
            .client
            .execute(on_the_wire(request))
            .await
            .map_err(|error| match is_proxied && error.is_connect() {
                true => failure::at_the_proxy(&error, &request.url),
                false => failure::broken(&error, &request.url),
            })?;
        let status = response.status().as_u16();
        if is_proxied && response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED {
            return Err(failure::refused_by_proxy(status, &request.url));
        }
        let (reason, headers) = (reason(&response), response.headers().clone());
        let limit = match status {
            400.. => self.answer_limit.min(body::LARGEST_REFUSAL),
            _ => self.answer_limit,
        };
        let body = body::read(response, limit, &request.url, &self.pool).await;
        Ok(Answer {
            status,
            reason,
            headers,
            url: request.url.clone(),
            body: match body {
                Ok(body) => body,
                // A refusal is one whatever its words are, and its headers say when to come back.
                Err(unreadable) if status >= 400 => unreadable.read,
                Err(unreadable) => return Err(failure::unreadable(status, &unreadable.error)),
            },
        })
    }
}

impl Wire for NetworkTransport {
    fn exchange<'a>(&'a self, request: &'a OutgoingRequest) -> BoxFuture<'a, Result<Answer>> {
        Box::pin(self.send(request))
    }
}

impl Route {
    fn new(
        allowed: Option<PublicAddresses>,
        proxies: Option<EnvironmentProxies>,
        tls: &ClientConfig,
    ) -> Result<Self, NetworkError> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.clone())
            .dns_resolver(Resolver {
                allowed: allowed.clone(),
            })
            .redirect(redirect::Policy::none())
            .http1_max_headers(MOST_HEADERS)
            .pool_idle_timeout(IDLE_CONNECTION)
            .pool_max_idle_per_host(IDLE_CONNECTIONS)
            .http2_keep_alive_interval(SIGN_OF_LIFE)
            .http2_keep_alive_timeout(SIGN_OF_LIFE);
        let proxies = proxies.filter(|_| allowed.is_none());
        builder = match &proxies {
            Some(proxies) => proxies.add_to(builder),
            None => builder.no_proxy(),
        };
        Ok(Self {
            client: builder.build()?,
            allowed,
            proxies,
        })
    }

    fn is_proxied(&self, url: &Url) -> bool {
        self.proxies.as_ref().is_some_and(|proxies| proxies.concern(url))
    }
}

/// The request as the HTTP library takes it. Credentials in the address become a header, unless there is one,
/// for no host gets to see them otherwise.
fn on_the_wire(request: &OutgoingRequest) -> reqwest::Request {
    let mut url = request.url.clone();
    let mut headers = request.headers.clone();
    if !url.username().is_empty() || url.password().is_some() {
        if let Some(authorization) = credentials_of(&url) {
            headers.entry(AUTHORIZATION).or_insert(authorization);
        }
        // Neither fails on an address that has credentials.
        let _ = url.set_username("");
        let _ = url.set_password(None);
    }
    if request.body.is_none() && expects_body(&request.method) {
        headers
            .entry(CONTENT_LENGTH)
            .or_insert(HeaderValue::from_static("0"));
    }
    let mut wire = reqwest::Request::new(request.method.clone(), url);
    *wire.headers_mut() = headers;
    *wire.body_mut() = request.body.clone().map(reqwest::Body::from);
    wire
}

/// Some servers ask such requests for their length even when there is nothing (RFC 9110, section 8.6).
fn expects_body(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

fn credentials_of(url: &Url) -> Option<HeaderValue> {
    let mut pair: Vec<u8> = percent_decode_str(url.username()).collect();
    pair.push(b':');
    pair.extend(percent_decode_str(url.password().unwrap_or_default()));
    let mut value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The reason phrase on the wire, where it is not the standard one. HTTP/2 has none.
fn reason(response: &reqwest::Response) -> Option<String> {
    let phrase = response.extensions().get::<ReasonPhrase>()?;
    Some(String::from_utf8_lossy(phrase.as_bytes()).into_owned())
}

#[cfg(test)]
mod tests;
