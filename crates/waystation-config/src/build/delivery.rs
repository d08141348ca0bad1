//! How deliveries are made: the defaults, what the file says for all connections, what a connection says.

use super::delivery_checks;
use crate::config::DeliveryPolicy;
use crate::document::{Findings, Tree, read_table};

/// The policy that these layers make; what a later one says counts. Contradictions are told.
pub(super) fn complete(layers: &[&Tree], findings: &mut Findings<'_>) -> DeliveryPolicy {
    let mut policy = DeliveryPolicy::default();
    read_table(&mut policy, layers, &[], findings);
    let written = Layers(layers);
    if let Some(limit) = &mut policy.guards.rate_limit
        && written.at("rate_limit.burst").is_none()
    {
        limit.burst = limit.requests;
    }
    if written.at("longest_return").is_none() {
        policy.longest_return = policy.longest_return.min(policy.horizon);
    }
    delivery_checks::check(&policy, written, findings);
    policy
}

/// What was written about deliveries, from the general to the particular.
#[derive(Clone, Copy)]
pub(super) struct Layers<'w>(&'w [&'w Tree]);

impl<'w> Layers<'w> {
    /// What the last layer says that says something, under a path such as `retry.attempts`.
    pub(super) fn at(self, path: &str) -> Option<&'w Tree> {
        self.0.iter().rev().find_map(|layer| layer.at(path))
    }

    /// The value of the last layer for which there is one.
    pub(super) fn find<T>(self, find: impl Fn(&'w Tree) -> Option<T>) -> Option<T> {
        self.0.iter().rev().find_map(|layer| find(layer))
    }
}
