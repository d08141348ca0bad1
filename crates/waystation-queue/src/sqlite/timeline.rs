//! From times to ids.
//!
//! Ids grow with the time of acceptance, so a stretch of time is a stretch of ids, and a few looks at the table
//! find it without an index.

use rusqlite::{Connection, OptionalExtension, params};

use crate::record::TimeRange;
use waystation_clock::Millis;

/// By how much the order of ids and the order of arrival may differ: requests wait for each other's commits,
/// and clocks are set.
const SLACK: std::time::Duration = std::time::Duration::from_secs(10 * 60);

/// Ids between which (both excluded) everything lies that was received in this time.
pub(super) fn bounds(connection: &Connection, received: TimeRange) -> rusqlite::Result<(i64, i64)> {
    let above = match received.from {
        Some(from) => first_at(connection, from.minus(SLACK))?.saturating_sub(1),
        None => 0,
    };
    let below = match received.until {
        Some(until) => first_at(connection, until.plus(SLACK))?,
        None => i64::MAX,
    };
    Ok((above, below))
}

/// The first id that was received at this time or later; above all ids if there is none.
fn first_at(connection: &Connection, time: Millis) -> rusqlite::Result<i64> {
    let mut statement = connection
        .prepare_cached("SELECT id, received_at FROM deliveries WHERE id >= ?1 ORDER BY id LIMIT 1")?;
    let mut row_from = |id: i64| {
        statement
            .query_row(params![id], |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
            })
            .optional()
    };
    let mut last = connection.prepare_cached("SELECT id FROM deliveries ORDER BY id DESC LIMIT 1")?;
    let last: Option<i64> = last.query_row([], |row| row.get(0)).optional()?;
    // Everything before `low` is earlier, everything from `high` on is not.
    let (mut low, mut high) = (1, last.unwrap_or(0) + 1);
    while low < high {
        let middle = low + (high - low) / 2;
        match row_from(middle)? {
            Some((id, received_at)) if received_at < time.0 => low = id + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn table(rows: &[(i64, i64)]) -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE deliveries (id INTEGER PRIMARY KEY, received_at INTEGER)")
            .unwrap();
        for row in rows {
            connection
                .execute("INSERT INTO deliveries VALUES (?1, ?2)", *row)
                .unwrap();
        }
        connection
    }

    #[test]
    fn finds_the_first_row_of_a_time_across_gaps() {
        let connection = table(&[(2, 10), (3, 20), (90, 30), (91, 30), (95, 40)]);
        for (time, expected) in [
            (0, 1),
            (10, 1),
            (11, 3),
            (20, 3),
            (21, 4),
            (30, 4),
            (31, 92),
            (41, 96),
        ] {
            let first = first_at(&connection, Millis(time)).unwrap();
            let ids = |from: i64| -> Vec<i64> {
                let mut statement = connection
                    .prepare("SELECT id FROM deliveries WHERE id >= ?1")
                    .unwrap();
                statement
                    .query_map([from], |row| row.get(0))
                    .unwrap()
                    .map(Result::unwrap)
                    .collect()
            };
            assert_eq!(ids(first), ids(expected), "at {time}");
        }
    }

    #[test]
    fn bounds_leave_room_for_rows_out_of_order() {
        let minute = Duration::from_secs(60);
        let start = Millis(1_000_000_000);
        let rows: Vec<(i64, i64)> = (0..100)
            .map(|n: u32| (i64::from(n) + 1, start.plus(minute * n).0))
            .collect();
        let received = TimeRange {
            from: Some(start.plus(minute * 50)),
            until: Some(start.plus(minute * 60)),
        };
        assert_eq!(bounds(&table(&rows), received).unwrap(), (40, 71));
        assert_eq!(bounds(&table(&[]), received).unwrap(), (0, 1));
        assert_eq!(
            bounds(&table(&rows), TimeRange::default()).unwrap(),
            (0, i64::MAX)
        );
    }
}
