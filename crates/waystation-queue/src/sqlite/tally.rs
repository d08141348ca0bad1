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
}

impl Entry {
    /// Those that are no state.
    pub(super) const BESIDE_OUTCOMES: &[Self] = &[Self::Accepted, Self::Purged, Self::Replayed, Self::Warned];

    /// The number in the file.
    pub(super) const fn code(self) -> i64 {
        match self {
            Self::In(kind) => kind.code(),
            Self::Accepted => 4,
            Self::Purged => 5,
            Self::Replayed => 6,
            Self::Warned => 7,
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
        }
    }

    fn from_code(code: i64) -> Option<Self> {
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
    }
}

/// Counts the rows themselves and compares: each difference in words. For tests, since it reads everything.
#[cfg(test)]
pub(super) fn audit(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut statement = connection.prepare(
        "WITH counted AS ( \
             SELECT ifnull(connection, 0) AS connection, state AS entry, \
                    CASE state WHEN 2 THEN rule ELSE 0 END AS rule, count(*) AS n \
             FROM deliveries GROUP BY 1, 2, 3), \
         accepted AS ( \
             SELECT connection, sum(CASE WHEN entry = 4 THEN total WHEN entry IN (6, 7) THEN 0 ELSE -total END) AS off \
             FROM counts GROUP BY connection) \
         SELECT 'connection ' || c.connection || ' entry ' || c.entry || ' rule ' || c.rule || ': ' || c.total \
                || ' counted, ' || c.rowless || ' without rows, ' || ifnull(r.n, 0) || ' rows' \
         FROM counts c LEFT JOIN counted r USING (connection, entry, rule) \
         WHERE c.entry <= 3 AND c.total <> c.rowless + ifnull(r.n, 0) \
         UNION ALL \
         SELECT 'connection ' || r.connection || ' entry ' || r.entry || ' is not counted' \
         FROM counted r LEFT JOIN counts c USING (connection, entry, rule) WHERE c.total IS NULL \
         UNION ALL \
         SELECT 'connection ' || connection || ' is off by ' || off FROM accepted WHERE off <> 0 \
         UNION ALL \
         SELECT 'event ' || e.id || ' has no delivery' FROM events e WHERE NOT EXISTS ( \
             SELECT 1 FROM deliveries d WHERE d.event = e.id) \
         UNION ALL \
         SELECT 'delivery ' || d.id || ' has no event' FROM deliveries d WHERE NOT EXISTS ( \
             SELECT 1 FROM events e WHERE e.id = d.event AND d.id >= e.id AND d.id < e.id + e.deliveries) \
         UNION ALL \
         SELECT 'round of ' || r.delivery || ' has no delivery' FROM rounds r WHERE NOT EXISTS ( \
             SELECT 1 FROM deliveries d WHERE d.id = r.delivery) \
         UNION ALL \
         SELECT 'call ' || c.id || ' has ' || (SELECT count(*) FROM rounds r WHERE r.call = c.id) || ' rounds, not ' \
                || c.rounds FROM calls c WHERE c.rounds <> (SELECT count(*) FROM rounds r WHERE r.call = c.id) \
         UNION ALL \
         SELECT 'round of ' || r.delivery || ' has no call' FROM rounds r WHERE r.call IS NOT NULL AND NOT EXISTS ( \
             SELECT 1 FROM calls c WHERE c.id = r.call)",
    )?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.collect()
}
