//! The ledger in the file.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::{Connection, params};

use super::names::Names;
use crate::ledger::{ConnectionTally, Ledger, Tally};
use crate::outcome::{OutcomeKind, SkipRule};

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Entry {
    /// Deliveries in this state.
    In(OutcomeKind),
    /// Deliveries that were ever accepted.
    Accepted,
    /// Dead letters that were removed.
    Purged,
    /// Moves from dead to waiting.
    Replayed,
    /// Deliveries that the partner took and complained about.
    Warned,
    /// What the deliveries that wait take, in bytes; see [`bytes_of`]. Not for what has no connection.
    WaitingBytes,
    /// The same of dead letters.
    DeadBytes,
}

/// What a delivery takes beside its event, in bytes, roughly: its rows and their entries in indexes.
const OVERHEAD: i64 = 320;

/// What a delivery takes, in bytes, roughly, with an event of this length.
pub(super) fn bytes_of(event: u64) -> i64 {
    i64::try_from(event).unwrap_or(i64::MAX).saturating_add(OVERHEAD)
}

impl Entry {
    /// Those that are no state.
    pub(super) const BESIDE_OUTCOMES: &[Self] = &[
        Self::Accepted,
        Self::Purged,
        Self::Replayed,
        Self::Warned,
        Self::WaitingBytes,
        Self::DeadBytes,
    ];

    /// The number in the file.
    pub(super) const fn code(self) -> i64 {
        match self {
            Self::In(kind) => kind.code(),
            Self::Accepted => 4,
            Self::Purged => 5,
            Self::Replayed => 6,
            Self::Warned => 7,
            Self::WaitingBytes => 8,
            Self::DeadBytes => 9,
        }
    }

    /// The stable name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::In(kind) => kind.name(),
            Self::Accepted => "accepted",
            Self::Purged => "purged",
            Self::Replayed => "replayed",
            Self::Warned => "warned",
            Self::WaitingBytes => "waiting_bytes",
            Self::DeadBytes => "dead_bytes",
        }
    }

    /// What a number in the file stands for.
    pub(super) fn from_code(code: i64) -> Option<Self> {
        let beside = Self::BESIDE_OUTCOMES.iter().find(|entry| entry.code() == code);
        OutcomeKind::from_code(code)
            .map(Self::In)
            .or_else(|| beside.copied())
    }
}

/// What is counted, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Account {
    /// The number of the connection's name; 0 for none.
    pub(super) connection: i64,
    /// What is counted.
    pub(super) entry: Entry,
    /// Of skips: by which rule.
    pub(super) rule: Option<SkipRule>,
}

/// By how much a transaction changes the counts.
#[derive(Debug, Default)]
pub(super) struct Changes(BTreeMap<Account, Change>);

#[derive(Debug, Default, Clone, Copy)]
struct Change {
    total: i64,
    rowless: i64,
}

impl Changes {
    /// Changes a count.
    pub(super) fn add(&mut self, connection: Option<i64>, entry: Entry, rule: Option<SkipRule>, by: i64) {
        self.change(connection, entry, rule).total += by;
    }

    /// Notes a delivery with an event of this length that begins to wait or to be dead (`by` is 1), or ends it (-1).
    pub(super) fn add_bytes(&mut self, connection: Option<i64>, kind: OutcomeKind, event: u64, by: i64) {
        let entry = match kind {
            OutcomeKind::Waiting => Entry::WaitingBytes,
            OutcomeKind::Dead => Entry::DeadBytes,
            OutcomeKind::Delivered | OutcomeKind::Skipped => return,
        };
        if connection.is_some() {
            self.add(connection, entry, None, by * bytes_of(event));
        }
    }

    /// By how much a count, which is of no rule, has changed so far.
    pub(super) fn so_far(&self, connection: i64, entry: Entry) -> i64 {
        let account = Account {
            connection,
            entry,
            rule: None,
        };
        self.0.get(&account).map_or(0, |change| change.total)
    }

    /// Notes that one that is counted has no row, or has lost it.
    pub(super) fn lose_row(&mut self, connection: Option<i64>, entry: Entry, rule: Option<SkipRule>) {
        self.change(connection, entry, rule).rowless += 1;
    }

    fn change(&mut self, connection: Option<i64>, entry: Entry, rule: Option<SkipRule>) -> &mut Change {
        let connection = connection.unwrap_or(0);
        self.0
            .entry(Account {
                connection,
                entry,
                rule,
            })
            .or_default()
    }

    /// Writes the changes.
    pub(super) fn write(&self, connection: &Connection) -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached(
            "INSERT INTO counts (connection, entry, rule, total, rowless) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT DO UPDATE SET total = total + excluded.total, rowless = rowless + excluded.rowless",
        )?;
        for (account, change) in &self.0 {
            let rule = account.rule.map_or(0, SkipRule::code);
            statement.execute(params![
                account.connection,
                account.entry.code(),
                rule,
                change.total,
                change.rowless
            ])?;
        }
        Ok(())
    }
}

/// The ledger as it is in the file.
pub(super) fn read(connection: &Connection, names: &Names) -> rusqlite::Result<Ledger> {
    let mut tallies: BTreeMap<Option<Arc<str>>, Tally> = BTreeMap::new();
    let mut statement = connection.prepare_cached("SELECT connection, entry, rule, total FROM counts")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let id: i64 = row.get(0)?;
        let name = names.optional(connection, Some(id).filter(|id| *id != 0))?;
        let rule = SkipRule::from_code(row.get(2)?);
        let total = u64::try_from(row.get::<_, i64>(3)?).unwrap_or(0);
        if let Some(entry) = Entry::from_code(row.get(1)?) {
            enter(tallies.entry(name).or_default(), entry, rule, total);
        }
    }
    let mut ledger = Ledger::default();
    for (connection, tally) in tallies {
        ledger.total.add(&tally);
        ledger.connections.push(ConnectionTally { connection, tally });
    }
    Ok(ledger)
}

fn enter(tally: &mut Tally, entry: Entry, rule: Option<SkipRule>, total: u64) {
    match (entry, rule) {
        (Entry::In(OutcomeKind::Skipped), Some(rule)) => {
            tally.skipped.insert(rule, total);
        }
        // Every skip is entered with its rule.
        (Entry::In(OutcomeKind::Skipped), None) => {}
        (Entry::In(OutcomeKind::Waiting), _) => tally.waiting = total,
        (Entry::In(OutcomeKind::Delivered), _) => tally.delivered = total,
        (Entry::In(OutcomeKind::Dead), _) => tally.dead = total,
        (Entry::Accepted, _) => tally.accepted = total,
        (Entry::Purged, _) => tally.purged = total,
        (Entry::Replayed, _) => tally.replayed = total,
        (Entry::Warned, _) => tally.warned = total,
        // They are told with what waits.
        (Entry::WaitingBytes | Entry::DeadBytes, _) => {}
    }
}

/// Sums up anew what waits and what is dead where the sums cannot be right: in a store that an older program has
/// written, which does not keep them.
pub(super) fn recount_bytes(connection: &Connection) {
    if let Err(error) = try_recount_bytes(connection) {
        // Without them the limits on what waits count deliveries only.
        tracing::warn!(%error, "what the deliveries of connections take could not be summed up");
    }
}

fn try_recount_bytes(connection: &Connection) -> rusqlite::Result<()> {
    for (kind, entry) in [
        (OutcomeKind::Waiting, Entry::WaitingBytes),
        (OutcomeKind::Dead, Entry::DeadBytes),
    ] {
        let wrong = format!(
            "SELECT n.connection FROM counts n LEFT JOIN counts b ON b.connection = n.connection AND b.entry = ?2 \
             WHERE n.entry = ?1 AND n.connection <> 0 \
             AND (ifnull(b.total, 0) < n.total * {OVERHEAD} OR (n.total = 0 AND ifnull(b.total, 0) <> 0))"
        );
        let wrong = connection
            .prepare(&wrong)?
            .query_map([kind.code(), entry.code()], |row| row.get::<_, i64>(0))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        for name in wrong {
            let sum = format!(
                "INSERT INTO counts (connection, entry, rule, total, rowless) \
                 SELECT ?1, ?2, 0, ifnull(sum(length(e.body) + {OVERHEAD}), 0), 0 \
                 FROM deliveries d JOIN events e ON e.id = d.event WHERE d.connection = ?1 AND d.state = {} \
                 ON CONFLICT DO UPDATE SET total = excluded.total",
                kind.code()
            );
            connection.execute(&sum, [name, entry.code()])?;
        }
    }
    Ok(())
}
