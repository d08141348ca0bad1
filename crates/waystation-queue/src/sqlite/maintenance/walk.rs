//! Reading all rows of a table that can be read, around those that cannot.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Params, params};

use super::super::condition::is_damage;

/// How far beyond the last row that could be read others are looked for, where nothing tells how far they go.
const FARTHEST: i64 = 1 << 24;

/// A table, and how it is walked.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// The column that rows are found by; several rows may have the same number.
    key: Key,
    pub(super) columns: Vec<String>,
}

/// How rows are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    /// By a whole number: around damage, every number is tried.
    Number(&'static str),
    /// By other columns: around damage, from both ends.
    Text(&'static str),
}

/// The tables, those first that others refer to.
const TABLES: [(&str, Key); 9] = [
    ("names", Key::Number("id")),
    ("events", Key::Number("id")),
    ("deliveries", Key::Number("id")),
    ("rounds", Key::Number("delivery")),
    ("calls", Key::Number("id")),
    ("seen", Key::Text("key")),
    ("counts", Key::Text("connection, entry, rule")),
    ("kept", Key::Text("key")),
    ("next_delivery", Key::Number("rowid")),
];

/// Numbers of rows that cannot be read; both ends are among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) from: i64,
    pub(super) to: i64,
}

/// What a walk met.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Walked {
    /// How many rows could be read.
    pub(super) rows: u64,
    /// Where rows could not be read. How many there were is not known: some numbers have no row.
    pub(super) gaps: Vec<Gap>,
    /// What the database said first.
    pub(super) reason: Option<String>,
}

impl Walked {
    /// Whether every row could be read.
    pub(super) const fn is_whole(&self) -> bool {
        self.reason.is_none()
    }

    fn miss(&mut self, from: i64, to: i64) {
        match self.gaps.last_mut() {
            Some(gap) if gap.to + 1 == from => gap.to = to,
            _ => self.gaps.push(Gap { from, to }),
        }
    }

    fn note(&mut self, error: &rusqlite::Error) {
        self.reason.get_or_insert_with(|| error.to_string());
    }
}

/// What is done with each row.
pub(super) type Each<'a> = dyn FnMut(&[Value]) -> rusqlite::Result<()> + 'a;

/// The tables that a store has, with their columns.
pub(super) fn tables(connection: &Connection) -> rusqlite::Result<Vec<Table>> {
    let mut tables = Vec::new();
    for (name, key) in TABLES {
        let mut statement = connection.prepare("SELECT name FROM pragma_table_info(?1) ORDER BY cid")?;
        let columns = statement.query_map([name], |row| row.get(0))?;
        let columns = columns.collect::<rusqlite::Result<Vec<String>>>()?;
        if !columns.is_empty() {
            tables.push(Table { name, key, columns });
        }
    }
    Ok(tables)
}

impl Table {
    /// Reads every row that can be read.
    ///
    /// # Errors
    /// What the visitor gave back, or the database for another reason than damage.
    pub(super) fn walk(&self, connection: &Connection, each: &mut Each<'_>) -> rusqlite::Result<Walked> {
        match self.key {
            Key::Number(key) => self.walk_numbers(connection, key, each),
            Key::Text(key) => self.walk_from_both_ends(connection, key, each),
        }
    }

    fn walk_numbers(
        &self,
        connection: &Connection,
        key: &str,
        each: &mut Each<'_>,
    ) -> rusqlite::Result<Walked> {
        let mut walked = Walked::default();
        let columns = self.columns.join(", ");
        // From a number on, not beyond the one before: that may lead into a damaged page.
        let all = format!(
            "SELECT {key}, {columns} FROM {} WHERE {key} >= ?1 ORDER BY {key}",
            self.name
        );
        let one = format!("SELECT {key}, {columns} FROM {} WHERE {key} = ?1", self.name);
        let mut from = i64::MIN;
        loop {
            let mut after = from;
            let end = read(connection, &all, params![from], |row| {
                if let Value::Integer(number) = row[0] {
                    after = number.saturating_add(1);
                }
                walked.rows += 1;
                each(&row[1..])
            });
            let made_way = after > from;
            let Err(error) = end else { break };
            if !is_damage(&error) {
                return Err(error);
            }
            walked.note(&error);
            from = after.max(1);
            let Some(next) = self.resume(connection, key, from)? else {
                let last = self.last(connection, key).unwrap_or(from);
                self.read_each(connection, &one, from..=last, &mut walked, each)?;
                break;
            };
            self.read_each(connection, &one, from..=next - 1, &mut walked, each)?;
            if next == from && !made_way {
                walked.miss(from, from);
                from += 1;
            } else {
                from = next;
            }
        }
        Ok(walked)
    }

    /// Reads the rows of these numbers, each by itself.
    fn read_each(
        &self,
        connection: &Connection,
        one: &str,
        numbers: std::ops::RangeInclusive<i64>,
        walked: &mut Walked,
        each: &mut Each<'_>,
    ) -> rusqlite::Result<()> {
        for number in numbers {
            let mut rows = 0;
            let result = read(connection, one, params![number], |row| {
                rows += 1;
                each(&row[1..])
            });
            walked.rows += rows;
            match result {
                Ok(()) => {}
                Err(error) if is_damage(&error) => walked.miss(number, number),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The first number from which rows can be read again; none if there is none.
    fn resume(&self, connection: &Connection, key: &str, from: i64) -> rusqlite::Result<Option<i64>> {
        let columns = self.columns.join(", ");
        let sql = format!(
            "SELECT {key}, {columns} FROM {} WHERE {key} >= ?1 ORDER BY {key} LIMIT 1",
            self.name
        );
        let can_read = |number: i64| -> rusqlite::Result<bool> {
            match read(connection, &sql, params![number], |_| Ok(())) {
                Ok(()) => Ok(true),
                Err(error) if is_damage(&error) => Ok(false),
                Err(error) => Err(error),
            }
        };
        let end = self
            .last(connection, key)
            .unwrap_or(from)
            .max(from)
            .saturating_add(1);
        let (mut bad, mut step) = (from, 1);
        while !can_read(bad)? {
            if bad >= end {
                return Ok(None);
            }
            bad = bad.saturating_add(step).min(end);
            step *= 2;
        }
        // The first good one lies behind the last that was bad.
        let (mut low, mut high) = ((bad - step / 2).max(from), bad);
        while low < high {
            let middle = low + (high - low) / 2;
            match can_read(middle)? {
                true => high = middle,
                false => low = middle + 1,
            }
        }
        Ok(Some(high).filter(|high| *high < end))
    }

    /// The highest number of a row, as far as that can be found out.
    fn last(&self, connection: &Connection, key: &str) -> Option<i64> {
        let one = |sql: &str| {
            let value = connection.query_row(sql, [], |row| row.get::<_, Option<i64>>(0));
            value.optional().ok().flatten().flatten()
        };
        let own = one(&format!(
            "SELECT {key} FROM {} ORDER BY {key} DESC LIMIT 1",
            self.name
        ));
        let next = || one("SELECT id - 1 FROM next_delivery").filter(|_| self.name != "names");
        own.or_else(next)
            .or_else(|| one("SELECT max(id) FROM deliveries").map(|id| id.saturating_add(FARTHEST)))
    }

    fn walk_from_both_ends(
        &self,
        connection: &Connection,
        key: &str,
        each: &mut Each<'_>,
    ) -> rusqlite::Result<Walked> {
        let mut walked = Walked::default();
        let columns = self.columns.join(", ");
        let mut taken = Vec::new();
        for order in ["ASC", "DESC"] {
            let sorted: Vec<String> = key.split(", ").map(|key| format!("{key} {order}")).collect();
            let sql = format!(
                "SELECT {columns} FROM {} ORDER BY {}",
                self.name,
                sorted.join(", ")
            );
            let keys = key.split(", ").count();
            let mut rows = 0;
            let last: Option<Vec<Value>> = taken.last().cloned();
            let mut met = false;
            let end = read(connection, &sql, [], |row| {
                // From the other end as far as where the first walk ended.
                met |= order == "DESC" && last.as_deref() == Some(&row[..keys]);
                if !met {
                    rows += 1;
                    taken.push(row[..keys].to_vec());
                    taken.drain(..taken.len() - 1);
                    each(row)?;
                }
                Ok(())
            });
            walked.rows += rows;
            match end {
                Ok(()) => break,
                Err(error) if is_damage(&error) => walked.note(&error),
                Err(error) => return Err(error),
            }
        }
        Ok(walked)
    }
}

/// Reads rows as values.
fn read(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    mut each: impl FnMut(&[Value]) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(sql)?;
    let columns = statement.column_count();
    let mut rows = statement.query(parameters)?;
    let mut values = Vec::with_capacity(columns);
    while let Some(row) = rows.next()? {
        values.clear();
        for column in 0..columns {
            values.push(row.get::<_, Value>(column)?);
        }
        each(&values)?;
    }
    Ok(())
}
