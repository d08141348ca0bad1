//! What must hold between the rows of a store.

use rusqlite::Connection;

/// What an audit looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// The counts add up, and agree with the rows.
    Ledger,
    /// What a row names is there.
    References,
}

/// Each complains in a column of words, a row for each thing that does not hold.
pub(super) const AUDITS: &[(Subject, &str)] = &[
    (
        Subject::Ledger,
        "WITH counted AS ( \
             SELECT ifnull(connection, 0) AS connection, state AS entry, \
                    CASE state WHEN 2 THEN rule ELSE 0 END AS rule, count(*) AS n \
             FROM deliveries GROUP BY 1, 2, 3) \
         SELECT 'connection ' || c.connection || ' entry ' || c.entry || ' rule ' || c.rule || ': ' || c.total \
                || ' counted, ' || c.rowless || ' without rows, ' || ifnull(r.n, 0) || ' rows' \
         FROM counts c LEFT JOIN counted r USING (connection, entry, rule) \
         WHERE c.entry <= 3 AND c.total <> c.rowless + ifnull(r.n, 0) \
         UNION ALL \
         SELECT 'connection ' || r.connection || ' entry ' || r.entry || ' is not counted' \
         FROM counted r LEFT JOIN counts c USING (connection, entry, rule) WHERE c.total IS NULL",
    ),
    (
        Subject::Ledger,
        "SELECT 'connection ' || connection || ' is off by ' || off FROM ( \
             SELECT connection, \
                    sum(CASE WHEN entry = 4 THEN total WHEN entry >= 6 THEN 0 ELSE -total END) AS off \
             FROM counts GROUP BY connection) WHERE off <> 0",
    ),
    (
        Subject::Ledger,
        "SELECT 'connection ' || c.connection || ' entry ' || c.entry || ': ' || c.total || ' bytes counted' \
         FROM counts c WHERE c.entry IN (8, 9) AND c.total <> ( \
             SELECT ifnull(sum(length(e.body) + 320), 0) FROM deliveries d JOIN events e ON e.id = d.event \
             WHERE d.connection = c.connection AND d.state = CASE c.entry WHEN 8 THEN 0 ELSE 3 END)",
    ),
    (
        Subject::References,
        "SELECT 'event ' || e.id || ' has no delivery' FROM events e WHERE NOT EXISTS ( \
             SELECT 1 FROM deliveries d WHERE d.id >= e.id AND d.id < e.id + e.deliveries)",
    ),
    (
        Subject::References,
        "SELECT 'delivery ' || d.id || ' has no event' FROM deliveries d WHERE NOT EXISTS ( \
             SELECT 1 FROM events e WHERE e.id = d.event AND d.id >= e.id AND d.id < e.id + e.deliveries)",
    ),
    (
        Subject::References,
        "SELECT 'round of ' || r.delivery || ' has no delivery' FROM rounds r WHERE NOT EXISTS ( \
             SELECT 1 FROM deliveries d WHERE d.id = r.delivery)",
    ),
    (
        Subject::References,
        "SELECT 'round of ' || r.delivery || ' has no call' FROM rounds r WHERE r.call IS NOT NULL AND NOT EXISTS ( \
             SELECT 1 FROM calls c WHERE c.id = r.call)",
    ),
    (
        Subject::References,
        "SELECT 'call ' || c.id || ' has ' || ifnull(r.n, 0) || ' rounds, not ' || c.rounds FROM calls c \
         LEFT JOIN (SELECT call, count(*) AS n FROM rounds WHERE call IS NOT NULL GROUP BY call) r ON r.call = c.id \
         WHERE c.rounds <> ifnull(r.n, 0)",
    ),
    (
        Subject::References,
        "SELECT 'the name ' || used.id || ' is not known' FROM ( \
             SELECT source AS id FROM events UNION SELECT connection FROM deliveries \
             UNION SELECT subscription FROM deliveries UNION SELECT action FROM deliveries) used \
         WHERE used.id IS NOT NULL AND used.id NOT IN (SELECT id FROM names)",
    ),
    (
        Subject::References,
        "SELECT 'the number ' || id || ' would be given a second time' FROM next_delivery \
         WHERE id <= (SELECT max(id) FROM deliveries)",
    ),
];

/// Everything that does not hold, in words.
#[cfg(test)]
pub(in crate::sqlite) fn complaints(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut all = Vec::new();
    for (_, sql) in AUDITS {
        let mut statement = connection.prepare(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        all.extend(rows.collect::<rusqlite::Result<Vec<String>>>()?);
    }
    Ok(all)
}

/// How many complaints of an audit there are, and the first of them.
pub(super) fn run(
    connection: &Connection,
    sql: &str,
    examples: usize,
) -> rusqlite::Result<(u64, Vec<String>)> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    let (mut count, mut first) = (0, Vec::new());
    while let Some(row) = rows.next()? {
        count += 1;
        if first.len() < examples {
            first.push(row.get(0)?);
        }
    }
    Ok((count, first))
}
