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

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use waystation_runtime::Registry;

use crate::config::{Config, ListenAddress, Server};
use crate::document::{Findings, Located, Tree};
use crate::fault::Problem;
use crate::written::File;

pub(crate) use vault::Vault;

/// What is needed to complete a file.
pub(crate) struct Builder<'a, 's> {
    /// The destinations that there are.
    pub(crate) registry: &'a Registry,
    /// Where secrets are kept.
    pub(crate) vault: Vault<'a>,
    /// What was found wrong so far.
    pub(crate) findings: Findings<'s>,
    /// Where the service listens already.
    pub(crate) bound: Option<SocketAddr>,
}

impl Builder<'_, '_> {
    /// Completes a file, which was read from this tree. What cannot be completed is told, and then left out.
    pub(crate) fn complete(&mut self, file: File, tree: &Tree, listen: Option<ListenAddress>) -> Config {
        let server = Server {
            listen: listen.unwrap_or_else(|| file.server.listen.clone()),
            tls: file.server.tls.and_then(|tls| self.tls(tls, tree)),
            ..file.server
        };
        let exposure = Exposure::of(&server.listen, self.bound);
        let api = self.api(file.api, exposure);
        let layers: Vec<&Tree> = file.delivery.iter().collect();
        let delivery = delivery::complete(&layers, &mut self.findings);
        let rate = file.ingest.rate_limit.clone().zip(tree.at("ingest.rate_limit"));
        let rate = rate.map(|(rate, written)| Located::new(rate, written.spot.clone()));
        let sources = self.sources(file.sources, rate.as_ref(), exposure);
        let connections = self.connections(file.connections, &sources, file.delivery.as_ref());
        across::check(&sources, &connections, &mut self.findings);
        self.check_network(&file.network, tree);
        self.check_script(&file.ingest, tree);
        Config {
            ingest: file.ingest,
            store: file.store,
            record: file.record,
            telemetry: self.telemetry(file.telemetry),
            network: file.network,
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

/// Who can connect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exposure {
    /// This machine alone.
    ThisMachine,
    /// Other machines, by the address in the file.
    OtherMachines,
    /// Other machines until the next start, by the address that the service listens on.
    OtherMachinesStill,
}

impl Exposure {
    fn of(listen: &ListenAddress, bound: Option<SocketAddr>) -> Self {
        match (listen.is_loopback(), bound) {
            (false, _) => Self::OtherMachines,
            (true, Some(bound)) if !bound.ip().to_canonical().is_loopback() => Self::OtherMachinesStill,
            (true, _) => Self::ThisMachine,
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
fn or<T>(written: Option<Located<T>>, default: T) -> T {
    written.map_or(default, |written| written.value)
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
