//! Describing a request step by step.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Method};
use serde::Serialize;
use url::Url;

use super::DEFAULT_TIME_LIMIT;
use super::body::{Body, Precedence};
use super::defaults::{BasicCredentials, RequestDefaults, TimeLimit, header_name, header_value};
use super::encoding::path_segment;
use super::response::Response;
use super::transport::{Addresses, OutgoingRequest, Transport};
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::services::Clock;

/// What every request says about its sender unless the destination says otherwise.
const WAYSTATION: HeaderValue = HeaderValue::from_static(concat!("Waystation/", env!("CARGO_PKG_VERSION")));

/// Starts requests with a destination's defaults.
#[derive(Debug, Clone)]
pub struct RequestClient {
    transport: Arc<dyn Transport>,
    defaults: Arc<RequestDefaults>,
    clock: Clock,
}

impl RequestClient {
    /// A client that sends through the given transport, and notes by the clock when answers come.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>, defaults: RequestDefaults, clock: Clock) -> Self {
        Self {
            transport,
            defaults: Arc::new(defaults),
            clock,
        }
    }

    /// Starts a request. Faults in the address are reported by [`RequestBuilder::send`].
    pub fn request(&self, method: Method, url: impl AsRef<str>) -> RequestBuilder {
        RequestBuilder {
            transport: Arc::clone(&self.transport),
            clock: self.clock.clone(),
            draft: Draft::new(method, url.as_ref(), &self.defaults),
            address_is_given: false,
        }
    }
}

/// A request that is being described.
#[derive(Debug)]
#[must_use = "a request does nothing until it is sent"]
pub struct RequestBuilder {
    transport: Arc<dyn Transport>,
    clock: Clock,
    draft: Result<Draft, Fault>,
    /// Whether the address comes from settings or events, and not from the destination's code.
    address_is_given: bool,
}

/// Why there is no request to send.
#[derive(Debug)]
enum Fault {
    /// The address is none.
    Address {
        address: String,
        problem: url::ParseError,
    },
    /// Something else.
    Other(Error),
}

impl Fault {
    /// The failure: of the payload or the settings where the address comes from there, else of the code.
    fn into_error(self, address_is_given: bool) -> Error {
        match self {
            Self::Other(error) => error,
            Self::Address { problem, .. } if address_is_given => {
                Error::payload(format!("the request's address is not valid: {problem}"))
            }
            Self::Address { address, problem } => {
                // What follows the path may be a credential.
                let shown = address.split(['?', '#']).next().unwrap_or_default();
                Error::internal(format!(
                    "a fault of the destination's code: it asks for \"{shown}\", which is no whole address ({problem}); \
                     one is like https://api.example.com/v1. An address that comes from settings or events is marked with \
                     `public_addresses_only()`"
                ))
            }
        }
    }
}

#[derive(Debug)]
struct Draft {
    method: Method,
    url: Url,
    headers: HeaderMap,
    basic: Option<BasicCredentials>,
    body: Body,
    time_limit: TimeLimit,
    failing_statuses: FailingStatuses,
    addresses: Addresses,
}

/// What becomes of an answer outside 2xx.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FailingStatuses {
    AreErrors,
    AreAnswers,
}

impl Draft {
    fn new(method: Method, url: &str, defaults: &RequestDefaults) -> Result<Self, Fault> {
        let url = Url::parse(url).map_err(|problem| Fault::Address {
            address: url.to_owned(),
            problem,
        })?;
        Ok(Self {
            method,
            url,
            headers: defaults.headers.clone(),
            basic: defaults.basic.clone(),
            body: Body::Empty,
            time_limit: defaults
                .time_limit
                .unwrap_or(TimeLimit::After(DEFAULT_TIME_LIMIT)),
            failing_statuses: FailingStatuses::AreErrors,
            addresses: Addresses::Any,
        })
    }

    fn finish(mut self) -> Result<OutgoingRequest> {
        if !matches!(self.body, Body::Empty) && matches!(self.method, Method::GET | Method::HEAD) {
            return Err(Error::internal(format!(
                "a {} request cannot carry a body",
                self.method
            )));
        }
        if let Some((content_type, precedence)) = self.body.content_type()
            && (precedence == Precedence::Wins || !self.headers.contains_key(CONTENT_TYPE))
        {
            self.headers.insert(CONTENT_TYPE, content_type);
        }
        if let Some(basic) = &self.basic {
            self.headers.insert(AUTHORIZATION, basic_authorization(basic)?);
        }
        if let Some(authorization) = self.headers.get_mut(AUTHORIZATION) {
            // Neither printed when a request is logged, nor kept in a connection's header table.
            authorization.set_sensitive(true);
        }
        self.headers.entry(USER_AGENT).or_insert(WAYSTATION);
        Ok(OutgoingRequest {
            method: self.method,
            url: self.url,
            headers: self.headers,
            body: self.body.into_bytes(),
            time_limit: match self.time_limit {
                TimeLimit::After(limit) => Some(limit),
                TimeLimit::Off => None,
            },
            addresses: self.addresses,
        })
    }
}

impl RequestBuilder {
    /// Sets a header; it replaces a default of the same name.
    pub fn header(self, name: &str, value: &str) -> Self {
        self.change(|draft| {
            draft
                .headers
                .insert(header_name(name)?, header_value(name, value)?);
            Ok(())
        })
    }

    /// Takes a default header away.
    pub fn without_header(self, name: &str) -> Self {
        self.change(|draft| {
            draft.headers.remove(header_name(name)?);
            Ok(())
        })
    }

    /// Adds a [segment](path_segment) to the path: for IDs out of payloads.
    pub fn path_segment(self, segment: &str) -> Self {
        self.change(|draft| {
            let path = draft.url.path().trim_end_matches('/');
            let path = format!("{path}/{}", path_segment(segment)?);
            draft.url.set_path(&path);
            Ok(())
        })
    }

    /// Replaces the whole query of the address by these pairs.
    pub fn query<K: AsRef<str>, V: AsRef<str>>(self, pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        self.change(|draft| {
            draft.url.set_query(None);
            let mut pairs = pairs.into_iter().peekable();
            if pairs.peek().is_some() {
                draft.url.query_pairs_mut().extend_pairs(pairs);
            }
            Ok(())
        })
    }

    /// Sends a value as JSON.
    pub fn json(self, value: &(impl Serialize + ?Sized)) -> Self {
        self.change(|draft| {
            draft.body = Body::json(value)
                .map_err(|error| Error::internal(format!("the body cannot be written as JSON: {error}")))?;
            Ok(())
        })
    }

    /// Sends bytes that already are JSON.
    pub fn json_bytes(self, body: impl Into<Bytes>) -> Self {
        self.body(Body::Json(body.into()))
    }

    /// Sends pairs as a form.
    pub fn form<K: AsRef<str>, V: AsRef<str>>(self, pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        self.body(Body::form(pairs))
    }

    /// Sends text as it is.
    pub fn text(self, body: impl Into<Bytes>) -> Self {
        self.body(Body::Raw(body.into()))
    }

    /// Sends a body.
    pub fn body(self, body: Body) -> Self {
        self.change(|draft| {
            draft.body = body;
            Ok(())
        })
    }

    /// Sends basic credentials in place of the defaults.
    pub fn basic(self, username: impl Into<Secret>, password: impl Into<Secret>) -> Self {
        self.change(|draft| {
            draft.basic = Some(BasicCredentials {
                username: username.into(),
                password: password.into(),
            });
            Ok(())
        })
    }

    /// Sends no credentials, whatever the defaults say.
    pub fn without_credentials(self) -> Self {
        self.change(|draft| {
            draft.basic = None;
            draft.headers.remove(AUTHORIZATION);
            Ok(())
        })
    }

    /// Sends `Authorization: Bearer <token>` in place of the default credentials.
    pub fn bearer(self, token: &Secret) -> Self {
        self.without_credentials()
            .header(AUTHORIZATION.as_str(), &format!("Bearer {}", token.expose()))
    }

    /// Limits the whole exchange; the caller's deadline applies as well.
    pub fn time_limit(self, limit: Duration) -> Self {
        self.change(|draft| {
            draft.time_limit = TimeLimit::After(limit);
            Ok(())
        })
    }

    /// Leaves only the caller's deadline.
    pub fn without_time_limit(self) -> Self {
        self.change(|draft| {
            draft.time_limit = TimeLimit::Off;
            Ok(())
        })
    }

    /// Refuses hosts at private, local or otherwise reserved network addresses, unless the operator allows
    /// them: for addresses that come from settings or events.
    pub fn public_addresses_only(mut self) -> Self {
        self.address_is_given = true;
        self.change(|draft| {
            draft.addresses = Addresses::PublicOnly;
            Ok(())
        })
    }

    /// Hands back answers outside 2xx instead of making them errors. Broken connections stay errors.
    pub fn tolerate_failing_status(self) -> Self {
        self.change(|draft| {
            draft.failing_statuses = FailingStatuses::AreAnswers;
            Ok(())
        })
    }

    /// Sends the request and reads its whole answer.
    ///
    /// # Errors
    /// [`Error::Http`] for an answer outside 2xx (unless tolerated), [`Error::Timeout`],
    /// [`Error::Network`], and faults of the request itself.
    pub async fn send(self) -> Result<Response> {
        let draft = self
            .draft
            .map_err(|fault| fault.into_error(self.address_is_given))?;
        let failing_statuses = draft.failing_statuses;
        let answer = self.transport.send(draft.finish()?).await?;
        let response = Response::new(answer, self.clock.now());
        if response.is_success() || failing_statuses == FailingStatuses::AreAnswers {
            Ok(response)
        } else {
            Err(Error::Http(Box::new(response)))
        }
    }

    fn change(self, change: impl FnOnce(&mut Draft) -> Result<()>) -> Self {
        let draft = self.draft.and_then(|mut draft| {
            change(&mut draft).map_err(Fault::Other)?;
            Ok(draft)
        });
        Self { draft, ..self }
    }
}

fn basic_authorization(basic: &BasicCredentials) -> Result<HeaderValue> {
    let pair = format!("{}:{}", basic.username.expose(), basic.password.expose());
    header_value(
        AUTHORIZATION.as_str(),
        &format!("Basic {}", STANDARD.encode(pair)),
    )
}
