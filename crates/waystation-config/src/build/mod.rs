//! From what is written to what the service works with.

mod across;
mod batching;
mod connection;
mod delivery;
mod delivery_checks;
mod filter;
mod mapping;
mod mapping_checks;
mod server;
mod settings;
mod source;
mod subscription;
mod vault;

use std::path::PathBuf;
use std::sync::Arc;

use waystation_runtime::Registry;

use crate::config::{Config, ListenAddress};
use crate::document::{Findings, Located};
use crate::fault::Problem;
use crate::written::{Delivery, File};

pub(crate) use vault::Vault;

/// What is needed to complete a file.
pub(crate) struct Builder<'a, 's> {
    /// The destinations that there are.
    pub(crate) registry: &'a Registry,
    /// Where secrets are kept.
    pub(crate) vault: Vault<'a>,
    /// What was found wrong so far.
    pub(crate) findings: Findings<'s>,
}

impl Builder<'_, '_> {
    /// Completes a file. What cannot be completed is told, and then left out.
    pub(crate) fn complete(&mut self, file: File, listen: Option<ListenAddress>) -> Config {
        let server = server::server(file.server, listen);
        let api = self.api(file.api, &server.listen);
        let ingest_rate = self.ingest_rate(file.ingest.as_ref());
        let delivery_written = file.delivery.map(|delivery| delivery.value);
        let defaults: Vec<&Delivery> = delivery_written.iter().collect();
        let delivery = delivery::complete(&defaults, &mut self.findings);
        let sources = self.sources(file.sources, ingest_rate.as_ref(), &server.listen);
        let connections = self.connections(file.connections, &sources, delivery_written.as_ref());
        across::check(&sources, &connections, &mut self.findings);
        Config {
            ingest: server::ingest(file.ingest),
            store: server::store(file.store),
            record: server::record(file.record),
            telemetry: self.telemetry(file.telemetry),
            network: self.network(file.network),
            server,
            api,
            delivery,
            sources: in_order(sources, |source| Arc::clone(&source.name)),
            connections: in_order(connections, |connection| Arc::clone(&connection.name)),
            warnings: crate::Faults::default(),
            files: Vec::<PathBuf>::new(),
        }
    }
}

/// What was completed, without where it was written, in the order of the names.
fn in_order<T>(parts: Vec<Located<T>>, name: impl Fn(&T) -> Arc<str>) -> Vec<Arc<T>> {
    let mut parts: Vec<Arc<T>> = parts.into_iter().map(|part| Arc::new(part.value)).collect();
    parts.sort_by_key(|part| name(part));
    parts
}

/// What is written, else the default.
fn or<T, U: From<T>>(written: Option<Located<T>>, default: U) -> U {
    written.map_or(default, |written| written.value.into())
}

/// The longest name.
const LONGEST_NAME: usize = 64;

/// Names appear in addresses, metrics and logs.
fn check_name(name: &Located<String>, findings: &mut Findings<'_>) -> bool {
    let text = &name.value;
    let good = text.len() <= LONGEST_NAME
        && text.starts_with(|first: char| first.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    if !good {
        let problem = Problem::BadName { name: text.clone() };
        findings.add(&name.spot, problem);
    }
    good
}
