//! The file as people write it: everything optional, everything documented. The JSON schema is made from these
//! structs, their comments included.

mod connection;
mod delivery;
mod secret;
mod server;

use crate::document::{Named, section};

pub(crate) use connection::{Auth, Connection, RawSettings, Source, SourceRate, Subscription};
pub(crate) use delivery::{Breaker, Concurrency, Delivery, RateLimit, RetryBudget, Split};
pub(crate) use secret::{SecretText, reference};
pub(crate) use server::{AddressRule, Api, Ingest, Network, Otlp, Record, Server, Store, Telemetry, Token};

section! {
    /// The configuration of Waystation's service. Everything has a default; what is written here replaces it.
    File {
        /// The HTTP server.
        server: Server,
        /// Who may use the execution API and the admin API.
        api: Api,
        /// What senders may send.
        ingest: Ingest,
        /// Where events and deliveries are kept until they are settled.
        store: Store,
        /// What is remembered of deliveries.
        record: Record,
        /// What the service tells about itself.
        telemetry: Telemetry,
        /// The way to partners.
        network: Network,
        /// How deliveries are made; connections may differ in their own `delivery`.
        delivery: Delivery,
        /// Where events come from, by name.
        sources: Named<Source>,
        /// Where events go, by name.
        connections: Named<Connection>,
    }
}
