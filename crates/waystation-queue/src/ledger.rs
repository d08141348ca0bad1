//! The counts of everything that was ever accepted.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::outcome::SkipRule;
use crate::waiting::WaitingLimit;
use waystation_clock::Millis;

/// The counts, in all and by connection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ledger {
    /// All deliveries.
    pub total: Tally,
    /// Deliveries by connection, by name; first those that have none.
    pub connections: Vec<ConnectionTally>,
}

/// The counts of one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectionTally {
    /// None for deliveries that have no connection.
    pub connection: Option<Arc<str>>,
    /// Its counts.
    pub tally: Tally,
}

/// Counts of deliveries since the store was made. At every commit
/// `accepted = waiting + delivered + skipped + dead + purged`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tally {
    /// How many were ever accepted, duplicates among them.
    pub accepted: u64,
    /// How many wait now, leased ones among them.
    pub waiting: u64,
    /// How many the partner took; also those whose record is gone by now.
    pub delivered: u64,
    /// How many of the delivered ones the partner complained about all the same. Not part of the sum.
    pub warned: u64,
    /// How many were skipped, by rule; also those whose record is gone by now.
    pub skipped: BTreeMap<SkipRule, u64>,
    /// How many are dead now.
    pub dead: u64,
    /// How many dead letters were removed, by hand or because their retention had passed.
    pub purged: u64,
    /// How often a dead letter was made to wait again. Tells of moves; not part of the sum.
    pub replayed: u64,
}

impl Tally {
    /// How many were skipped, by whichever rule.
    #[must_use]
    pub fn skipped_by_any(&self) -> u64 {
        self.skipped.values().sum()
    }

    /// How many are accounted for; always equal to [`accepted`](Self::accepted).
    #[must_use]
    pub fn accounted(&self) -> u64 {
        self.waiting + self.delivered + self.skipped_by_any() + self.dead + self.purged
    }

    /// Whether everything that was accepted is accounted for.
    #[must_use]
    pub fn balances(&self) -> bool {
        self.accepted == self.accounted()
    }

    /// Adds the counts of another.
    pub(crate) fn add(&mut self, other: &Self) {
        self.accepted += other.accepted;
        self.waiting += other.waiting;
        self.delivered += other.delivered;
        self.warned += other.warned;
        self.dead += other.dead;
        self.purged += other.purged;
        self.replayed += other.replayed;
        for (rule, count) in &other.skipped {
            *self.skipped.entry(*rule).or_default() += count;
        }
    }
}

/// How full the store is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occupancy {
    /// How much of it is in use, in bytes; what was removed is not.
    pub used: u64,
    /// How much of it events may use, in bytes; past that they are refused.
    pub limit: u64,
    /// How long the write-ahead log is, in bytes. It comes on top.
    pub log: u64,
    /// How many deliveries could not be read since the store was opened, because the file is damaged.
    pub unreadable: u64,
}

/// What waits for one connection.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Depth {
    /// The connection.
    pub connection: Arc<str>,
    /// How many wait, leased ones among them.
    pub waiting: u64,
    /// How much of the store they take, in bytes, roughly: each with its event.
    pub bytes: u64,
    /// How much may wait, if there is a limit.
    pub limit: Option<WaitingLimit>,
    /// How many deliveries became dead letters since the store was opened because as much waited as may.
    pub overflowed: u64,
    /// How many are leased.
    pub leased: u64,
    /// The earliest due time of what waits, leased ones among them. In the past: how far delivery is behind.
    pub oldest_due: Option<Millis>,
    /// When the oldest of what waits was accepted, leased ones among them. Unlike the due time, no return from a
    /// failed round moves it.
    pub oldest_received: Option<Millis>,
}
