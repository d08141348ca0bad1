//! The sections about the service itself.

use std::num::NonZeroUsize;

use waystation_client::AddressPolicy;
use waystation_client::network::{AddressRange, PublicAddresses};

use super::connection::SourceRate;
use super::secret::SecretText;
use crate::config::{KeptBodies, LogFormat, Scope};
use crate::document::{
    Bytes, Detour, HostAndPort, Named, Pause, Portion, Range, Time, WebAddress, choices, section,
};

section! {
    /// The HTTP server.
    Server {
        /// The host and port to listen on, such as `127.0.0.1:8080`, `0.0.0.0:8080`, `[::]:8080` or
        /// `localhost:8080`. Port 0 takes any that is free.
        listen: HostAndPort,
        /// The largest body that the execution API and the admin API read.
        max_body: Bytes,
        /// How long requests and deliveries under way may take when the server stops. Deliveries that take
        /// longer go back to the queue.
        shutdown_grace: Pause,
    }

    /// Who may use the execution API and the admin API. Without tokens, both are closed.
    Api {
        /// The bearer tokens, by a name for logs.
        tokens: Named<Token>,
        /// Whether everybody who can connect may use both without a token. Only possible while the server
        /// listens on this machine alone; for trying things out.
        open: bool,
    }

    /// A bearer token.
    #[schemars(extend("required" = ["scope", "token"]))]
    Token {
        /// What the token is good for.
        scope: Scope,
        /// The token itself: a long random text.
        token: SecretText,
    }

    /// What senders may send to the tracking API.
    Ingest {
        /// The largest event. A larger one becomes a dead letter if it comes in a batch, and is refused if it
        /// comes alone.
        max_event: Bytes,
        /// The largest body of a request, after decompression.
        max_request: Bytes,
        /// The most events in a batch.
        max_events: NonZeroUsize,
        /// How long message ids are remembered: an event whose id its source sent before is not taken again.
        /// `0s` takes every event.
        dedupe_window: Pause,
        /// How many proxies stand in front of the server, each of which adds the address of its caller to
        /// `X-Forwarded-For`. With 0 the header is not believed.
        trusted_proxies: u16,
        /// How many events each source may send; no limit unless one is written here. Sources may differ.
        rate_limit: SourceRate,
    }

    /// Where events and deliveries are kept until they are settled, and the record of them afterwards.
    Store {
        /// The database file. A relative path counts from the directory in which the service is started.
        path: String,
        /// How large the database may grow; after that, events are refused with status 503 until there is room.
        max_size: Bytes,
        /// What senders are told to wait when the store is full.
        full_retry_after: Time,
    }

    /// What is remembered of deliveries.
    Record {
        /// How long delivered and skipped deliveries are remembered.
        keep: Time,
        /// How long dead letters are kept, to be looked at and replayed.
        keep_dead_letters: Time,
        /// Of which deliveries the bodies of requests and answers are kept.
        bodies: KeptBodies,
        /// How much of each body is kept.
        body_limit: Bytes,
    }

    /// What the service tells about itself. Metrics for Prometheus are always at `/metrics`.
    Telemetry {
        /// How log lines look; they go to standard error.
        log_format: LogFormat,
        /// What is logged: `error`, `warn`, `info`, `debug`, `trace`, or a filter such as
        /// `info,waystation_client=debug`.
        log_level: String,
        /// A collector for traces and metrics; none unless its endpoint is written here.
        otlp: Otlp,
    }

    /// A collector that speaks OTLP over HTTP.
    #[schemars(extend("required" = ["endpoint"]))]
    Otlp {
        /// Its address, without `/v1/traces` and the like: `http://localhost:4318`.
        endpoint: WebAddress,
        /// Headers of every request to it, such as an API key.
        headers: Named<SecretText>,
        /// The name under which this service appears there.
        service_name: String,
        /// How often metrics are sent.
        interval: Time,
        /// The share of requests and deliveries that are traced, from 0 to 1.
        trace_share: Portion,
    }

    /// The way to partners.
    Network {
        /// Which addresses requests to partners may reach.
        addresses: AddressRule,
        /// Addresses that are reachable even though they are not public: `10.20.0.0/16`, `192.168.1.7`.
        allow: Vec<Range>,
        /// Whether the proxies of the environment (`HTTPS_PROXY` and the like) are used. Requests that are held
        /// to public addresses never use one.
        proxies: bool,
        /// The largest answer that is read from a partner, after decompression.
        max_answer: Bytes,
        /// Sends requests for an origin elsewhere, path and query kept; for tests:
        /// `["https://api.partner.com=http://127.0.0.1:9000"]`, `*` for every origin.
        rewrite: Vec<Detour>,
    }
}

/// Which addresses requests to partners may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AddressRule {
    All,
    PublicWhereAsked,
    PublicOnly,
}

impl AddressRule {
    /// The rule with its exceptions.
    pub(crate) fn policy(self, exceptions: impl IntoIterator<Item = AddressRange>) -> AddressPolicy {
        let public = || PublicAddresses::and(exceptions);
        match self {
            Self::All => AddressPolicy::AllowAll,
            Self::PublicWhereAsked => AddressPolicy::PublicWhereAsked(public()),
            Self::PublicOnly => AddressPolicy::PublicOnly(public()),
        }
    }
}

choices! {
    Scope: "Scope" {
        "execute" => Self::Execute, "The execution API.";
        "admin" => Self::Admin, "The admin API, and the execution API.";
    }
    KeptBodies: "KeptBodies" {
        "all" => Self::All, "Of all.";
        "failures" => Self::Failures, "Of those that failed.";
        "none" => Self::None, "Of none.";
    }
    LogFormat: "LogFormat" {
        "text" => Self::Text, "Lines for people.";
        "json" => Self::Json, "An object a line, for machines.";
    }
    AddressRule: "AddressRule" {
        "public-where-asked" => Self::PublicWhereAsked,
            "Public addresses only, where a setting or an event names the address; a destination's own partner may be anywhere.";
        "public" => Self::PublicOnly, "Public addresses only.";
        "all" => Self::All, "Every address, those of the own network included.";
    }
}
