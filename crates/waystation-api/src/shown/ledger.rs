//! The counts of everything that was ever accepted, and what waits.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;
use waystation_queue::{ConnectionTally, Depth, Ledger, Tally};

use crate::time::Time;

/// The counts of everything that was ever accepted: accepted = waiting + delivered + skipped + dead + purged.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Ledger)]
pub(crate) struct ShownLedger {
    /// Whether the sum holds for every connection and in all.
    balanced: bool,
    /// All deliveries.
    total: ShownTally,
    /// Deliveries by connection; the first may be those that have none.
    connections: Vec<ShownConnectionTally>,
}

/// The counts of one connection.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConnectionTally)]
struct ShownConnectionTally {
    /// The name; null for deliveries that have no connection.
    connection: Option<String>,
    #[serde(flatten)]
    tally: ShownTally,
}

/// Counts of deliveries since the store was made.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Tally)]
pub(crate) struct ShownTally {
    /// How many were ever accepted, duplicates among them.
    accepted: u64,
    /// How many wait now.
    waiting: u64,
    /// How many the partner took.
    delivered: u64,
    /// How many of them the partner complained about all the same; not part of the sum.
    delivered_with_warning: u64,
    /// How many were skipped.
    skipped: u64,
    /// How many of them by which rule.
    skipped_by_rule: BTreeMap<&'static str, u64>,
    /// How many are dead now.
    dead: u64,
    /// How many dead letters were removed.
    purged: u64,
    /// How often a dead letter was made to wait again; not part of the sum.
    replayed: u64,
    /// Whether accepted = waiting + delivered + skipped + dead + purged.
    balanced: bool,
}

/// What waits for a connection.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Depth)]
pub(crate) struct ShownDepth {
    /// How many wait, those under way among them.
    waiting: u64,
    /// How many are under way.
    leased: u64,
    /// The earliest time at which something is due. In the past: how far delivery is behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_due: Option<Time>,
    /// When the oldest of what waits was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_received: Option<Time>,
}

impl From<&Ledger> for ShownLedger {
    fn from(ledger: &Ledger) -> Self {
        let tallies = || ledger.connections.iter();
        let shown = |connection: &ConnectionTally| ShownConnectionTally {
            connection: connection.connection.as_deref().map(str::to_owned),
            tally: ShownTally::from(&connection.tally),
        };
        Self {
            balanced: ledger.total.balances() && tallies().all(|connection| connection.tally.balances()),
            total: ShownTally::from(&ledger.total),
            connections: tallies().map(shown).collect(),
        }
    }
}

impl From<&Tally> for ShownTally {
    fn from(tally: &Tally) -> Self {
        let rules = tally.skipped.iter();
        Self {
            accepted: tally.accepted,
            waiting: tally.waiting,
            delivered: tally.delivered,
            delivered_with_warning: tally.warned,
            skipped: tally.skipped_by_any(),
            skipped_by_rule: rules.map(|(rule, count)| (rule.name(), *count)).collect(),
            dead: tally.dead,
            purged: tally.purged,
            replayed: tally.replayed,
            balanced: tally.balances(),
        }
    }
}

impl ShownTally {
    /// The counts of a connection; all zero if nothing was ever accepted for it.
    pub(crate) fn of(connection: &str, ledger: &Ledger) -> Self {
        let mut tallies = ledger.connections.iter();
        let found = tallies.find(|tally| tally.connection.as_deref() == Some(connection));
        found.map_or_else(|| Self::from(&Tally::default()), |found| Self::from(&found.tally))
    }
}

impl ShownDepth {
    /// What waits for a connection.
    pub(crate) fn of(connection: &str, depths: &[Depth]) -> Self {
        let found = depths.iter().find(|depth| *depth.connection == *connection);
        found.map_or_else(Self::default, |depth| Self {
            waiting: depth.waiting,
            leased: depth.leased,
            oldest_due: depth.oldest_due.map(Time::from),
            oldest_received: depth.oldest_received.map(Time::from),
        })
    }
}
