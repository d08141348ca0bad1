//! The way of a request.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::ORIGIN;
use axum::http::request::Parts;
use waystation_http::{ApiError, Code};

use crate::acceptor::{Accepted, Acceptor, Ingested, SourceRef};
use crate::answer::{Failure, Success, invalid_write_key, too_many};
use crate::body::{self, too_large};
use crate::credentials::{self, Masked};
use crate::envelope::Envelope;
use crate::event_type::EventType;
use crate::normaliser::Normaliser;
use crate::repair;
use crate::sender;
use crate::settings::IngestSettings;
use crate::throttle::Throttle;
use crate::times::Arrival;

/// How many times its own size a request may grow by what a batch says once for all of its items.
const LARGEST_GROWTH: usize = 16;

/// What a route takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Call {
    /// One event of a type.
    Single(EventType),
    /// Any number of events.
    Batch,
}

/// Which of the libraries uses a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    Anybody,
    /// Segment's library in a browser, so that the sender's address is that of the person.
    Browser,
}

/// What all requests share. Cloning it is cheap.
#[derive(Clone)]
pub(crate) struct Ingest(Arc<Inner>);

struct Inner {
    acceptor: Arc<dyn Acceptor>,
    settings: IngestSettings,
    throttle: Throttle,
}

impl Ingest {
    pub(crate) fn new(acceptor: Arc<dyn Acceptor>, settings: IngestSettings) -> Self {
        Self(Arc::new(Inner {
            acceptor,
            settings,
            throttle: Throttle::default(),
        }))
    }

    pub(crate) fn settings(&self) -> &IngestSettings {
        &self.0.settings
    }

    /// Whether a source takes events with this key.
    pub(crate) fn knows(&self, key: &str) -> bool {
        self.0.acceptor.source(key).is_some()
    }

    /// Takes all events of a request, or none.
    ///
    /// # Errors
    /// None was taken.
    pub(crate) async fn take(
        &self,
        call: Call,
        caller: Caller,
        request: Request,
    ) -> Result<Success, Failure> {
        let (parts, body) = request.into_parts();
        let body = body::read(&parts.headers, body, self.0.settings.max_request).await?;
        self.take_read(call, caller, &parts, &body).await
    }

    /// Takes all events of a request whose body has been read, or none.
    ///
    /// # Errors
    /// None was taken.
    pub(crate) async fn take_read(
        &self,
        call: Call,
        caller: Caller,
        parts: &Parts,
        body: &[u8],
    ) -> Result<Success, Failure> {
        let sender = sender::address(parts, self.0.settings.trusted_proxies);
        // Only browsers send this header, and they send it across origins always.
        let caller = match parts.headers.contains_key(ORIGIN) {
            true => Caller::Browser,
            false => caller,
        };
        let (source, events) = self.read(call, caller, &parts.headers, sender, body)?;
        let accepted = self.0.acceptor.accept(&source, events).await?;
        let Accepted { kept, duplicates } = accepted;
        tracing::debug!(source = %source.name, kept, duplicates, "events taken");
        Ok(Success::new())
    }

    /// The source of a request and its events.
    fn read(
        &self,
        call: Call,
        caller: Caller,
        headers: &HeaderMap,
        sender: Option<IpAddr>,
        body: &[u8],
    ) -> Result<(SourceRef, Vec<Ingested>), ApiError> {
        let text = repair::readable(body);
        let envelope = match call {
            Call::Single(event_type) => Envelope::single(event_type, &text)?,
            Call::Batch => Envelope::batch(&text)?,
        };
        let source = self.source(headers, &envelope)?;
        self.check_size(&envelope, body.len())?;
        self.0.throttle.admit(&source, envelope.len()).map_err(|wait| {
            self.0.acceptor.throttled(&source, envelope.len());
            too_many(wait)
        })?;
        let normaliser = Normaliser {
            arrival: Arrival::at(self.0.settings.clock.now_millis()),
            sender,
            from_device: caller == Caller::Browser,
            max_event: self.0.settings.max_event,
        };
        Ok((source, normaliser.events(envelope)))
    }

    fn source(&self, headers: &HeaderMap, envelope: &Envelope<'_>) -> Result<SourceRef, ApiError> {
        let Some(key) = credentials::write_key(headers, envelope) else {
            return Err(invalid_write_key(false));
        };
        self.0.acceptor.source(&key).ok_or_else(|| {
            tracing::debug!(key = %Masked(&key), "unknown write key");
            invalid_write_key(true)
        })
    }

    fn check_size(&self, envelope: &Envelope<'_>, size: usize) -> Result<(), ApiError> {
        let settings = &self.0.settings;
        match envelope {
            Envelope::Single { .. } if size > settings.max_event => {
                Err(too_large("event", settings.max_event))
            }
            Envelope::Batch { items, .. } if items.len() > settings.max_events => {
                let message = format!(
                    "Exceeded payload limit: the batch has {} events; {} are allowed.",
                    items.len(),
                    settings.max_events
                );
                Err(ApiError::new(Code::PayloadLimitExceeded, message).with("limit", settings.max_events))
            }
            _ if envelope.growth() > settings.max_request.saturating_mul(LARGEST_GROWTH) => {
                let message =
                    "Exceeded payload limit: the batch is too large once its context is in every event.";
                Err(ApiError::new(Code::PayloadLimitExceeded, message))
            }
            _ => Ok(()),
        }
    }
}
