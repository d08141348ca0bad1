//! Sources and connections that do not find each other.

use std::collections::HashSet;

use crate::config::{ConnectionConfig, Source};
use crate::document::{Findings, Located, Spot};
use crate::fault::Problem;

/// Tells of sources and connections that do nothing for want of the other side.
pub(super) fn check(
    sources: &[Located<Source>],
    connections: &[Located<ConnectionConfig>],
    findings: &mut Findings<'_>,
) {
    // A faulty part is missing here, so that others only seem to lack a counterpart.
    if findings.errors() > 0 {
        return;
    }
    if sources.is_empty() {
        findings.add(&Spot::default(), Problem::NoSources);
    }
    let enabled = connections.iter().filter(|connection| connection.value.enabled);
    let taken: HashSet<&str> = enabled
        .flat_map(|connection| &connection.value.sources)
        .map(|name| &**name)
        .collect();
    let sending: HashSet<&str> = sources
        .iter()
        .filter(|source| source.value.enabled)
        .map(|source| &*source.value.name)
        .collect();
    for source in sources.iter().filter(|source| source.value.enabled) {
        if !taken.contains(&*source.value.name) {
            findings.add(&source.spot, Problem::NoConnections);
        }
    }
    for connection in connections.iter().filter(|connection| connection.value.enabled) {
        let names = &connection.value.sources;
        if !names.is_empty() && !names.iter().any(|name| sending.contains(&**name)) {
            let reason = "none of its sources is enabled";
            findings.add(&connection.spot, Problem::NoEvents { reason });
        }
    }
}
