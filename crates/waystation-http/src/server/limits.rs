//! What connections may do.

use std::time::Duration;

/// What connections may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// How long a connection may take to send the head of its first or next request. 75 seconds by default: longer than
    /// proxies keep their idle connections.
    pub idle_timeout: Duration,
    /// How long the body of a request may pause. 30 seconds by default.
    pub body_timeout: Duration,
    /// How many connections there may be; others wait in the system's own queue. 10,000 by default, and never more than
    /// leave a quarter of the descriptors for everything else.
    pub connections: usize,
    /// How many there may be from one address; further ones are closed. `None`, the default, for no such limit.
    pub connections_per_address: Option<usize>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            idle_timeout: Duration::from_secs(75),
            body_timeout: Duration::from_secs(30),
            connections: 10_000,
            connections_per_address: None,
        }
    }
}

impl Limits {
    /// How many connections there may be with so many descriptors for the whole process.
    pub(super) fn connections_within(&self, descriptors: Option<u64>) -> usize {
        let room = descriptors.map_or(usize::MAX, |all| {
            usize::try_from(all - all / 4).unwrap_or(usize::MAX)
        });
        self.connections.min(room).max(1)
    }
}

/// Raises the soft limit of open files to the hard one, and says what it is now. The usual soft limit is that of
/// another time: 1,024.
#[cfg(unix)]
pub fn raise_descriptor_limit() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    if limit.current != limit.maximum
        && let Err(error) = setrlimit(Resource::Nofile, raised)
    {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
    descriptor_limit()
}

/// There is no such limit here.
#[cfg(not(unix))]
pub fn raise_descriptor_limit() -> Option<u64> {
    None
}

/// How many files the process may have open; `None` for no limit.
#[cfg(unix)]
pub(super) fn descriptor_limit() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::Nofile).current
}

#[cfg(not(unix))]
pub(super) fn descriptor_limit() -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_leave_a_quarter_of_the_descriptors() {
        let limits = Limits::default();
        assert_eq!(limits.connections_within(Some(1_024)), 768);
        assert_eq!(limits.connections_within(Some(1 << 20)), 10_000);
        assert_eq!(limits.connections_within(None), 10_000);
        assert_eq!(limits.connections_within(Some(0)), 1);
    }
}
