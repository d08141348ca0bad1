//! The file as people write it: the sections whose settings are values as they are, from `config`, and those that are
//! completed by `build`.

mod connection;
mod secret;
mod service;

use crate::config::{DeliveryPolicy, Ingest, Network, Record, Server, Store};
use crate::document::{ByName, Layer, Located, Named, Reference, Spot, Table, Tree, settings};

pub(crate) use connection::{Auth, Connection, Source, Subscription};
pub(crate) use secret::{SecretText, reference};
pub(crate) use service::{Api, Otlp, Telemetry, Token};

settings! {
    /// The configuration of Waystation's service: every setting with its default. Nothing has to be written down. What
    /// is left out has the value that stands here, so that a file of your own is best begun empty. `waystation validate
    /// --config waystation.toml` tells of everything that is wrong with a file; `waystation run --config waystation.toml`
    /// runs with it and follows its changes. Times are written "500ms", "30s", "2m", "4h", "7d"; sizes "500KiB", "16MiB",
    /// "10GiB". Wherever a secret stands (write keys, tokens, any text among a connection's settings), it may be kept in
    /// an environment variable, `{ env = "NAME" }`, or in a file, `{ file = "/run/x" }`, whose line end at the end does
    /// not count; a relative path counts from the folder of the configuration.
    pub(crate) struct File as "File" => {
        /// The HTTP server.
        pub(crate) server: Server as Table = Server::default();
        /// Who may use the execution API and the admin API. Without tokens, both are closed.
        pub(crate) api: Api as Table = Api::default();
        /// What senders may send to the tracking API.
        pub(crate) ingest: Ingest as Table = Ingest::default();
        /// Where events and deliveries are kept until they are settled, and the record of them afterwards.
        pub(crate) store: Store as Table = Store::default();
        /// What is remembered of deliveries.
        pub(crate) record: Record as Table = Record::default();
        /// What the service tells about itself. Metrics for Prometheus are always at `/metrics`.
        pub(crate) telemetry: Telemetry as Table = Telemetry::default();
        /// The way to partners.
        pub(crate) network: Network as Table = Network::default();
        /// How deliveries are made: first some attempts in process (`retry`), then waits in the queue, until the
        /// `horizon`. A connection may differ in any of this: `[connections.NAME.delivery]`,
        /// `[connections.NAME.delivery.retry]` and so on. Parts with `enabled` are switched on by being written, and off
        /// by `enabled = false`.
        pub(crate) delivery: Option<Tree> as Layer<DeliveryPolicy> = None;
        /// Where events come from, by name: letters, digits, dots, hyphens and underscores.
        pub(crate) sources: Named<Source> as ByName<Table> = Named::default();
        /// Where events go, by name: a destination with your settings, and what is sent there.
        pub(crate) connections: Named<Connection> as ByName<Table> = Named::default();
    }
}

impl File {
    /// The reference: every setting, with the demo that the service starts with when it is given no file.
    pub(crate) fn reference() -> String {
        let file = Self {
            api: Api {
                open: Some(here(true)),
                ..Api::default()
            },
            sources: Named(vec![(
                here("demo".to_owned()),
                Source {
                    write_keys: Some(here(vec![here(SecretText::Here("demo".to_owned().into()))])),
                    ..Source::default()
                },
            )]),
            connections: Named(vec![(
                here("inspector".to_owned()),
                Connection {
                    destination: Some(here("inspector".to_owned())),
                    sources: Some(here(vec![here("demo".to_owned())])),
                    ..Connection::default()
                },
            )]),
            ..Self::default()
        };
        let demo = "# Three things here are no defaults but a demo, which the service starts with when it is given no file: \
                    `api.open`,\n# `sources.demo` and `connections.inspector`.\n";
        Reference::of(&file, demo)
    }
}

fn here<T>(value: T) -> Located<T> {
    Located::new(value, Spot::default())
}
