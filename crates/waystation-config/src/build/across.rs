//! Sources and connections that do not find each other.

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
    for source in sources.iter().filter(|source| source.value.enabled) {
        let taken = connections.iter().any(|connection| {
            connection.value.enabled && connection.value.sources.contains(&source.value.name)
        });
        if !taken {
            findings.add(&source.spot, Problem::NoConnections);
        }
    }
    for connection in connections.iter().filter(|connection| connection.value.enabled) {
        let names = &connection.value.sources;
        let sends = |source: &&Located<Source>| source.value.enabled && names.contains(&source.value.name);
        if !names.is_empty() && !sources.iter().any(|source| sends(&source)) {
            let reason = "none of its sources is enabled";
            findings.add(&connection.spot, Problem::NoEvents { reason });
        }
    }
}
