//! The layout of the file, and how an older one is brought up to date.

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::tally::Entry;
use crate::outcome::{OutcomeKind, SkipRule, Stage};

/// Marks a file as ours: "WAYS".
pub(super) const APPLICATION_ID: i64 = 0x5741_5953;

/// One step from a version to the next.
pub(super) type Migration = fn(&Transaction<'_>) -> rusqlite::Result<()>;

/// The step at index `n` leads from version `n` to version `n + 1`. Steps are added, never changed.
pub(super) const MIGRATIONS: &[Migration] = &[
    |transaction| transaction.execute_batch(include_str!("1.sql")),
    |transaction| transaction.execute_batch(include_str!("2.sql")),
];

/// The version that these steps lead to.
pub(super) const fn newest(migrations: &[Migration]) -> i64 {
    migrations.len() as i64
}

/// The version of a file; 0 for a new one.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Takes every step that the file has not taken yet, each in a transaction of its own.
///
/// The version must not be above [`newest`].
pub(super) fn migrate(connection: &mut Connection, migrations: &[Migration]) -> rusqlite::Result<()> {
    let done = usize::try_from(version(connection)?).unwrap_or(0);
    for (step, migration) in migrations.iter().enumerate().skip(done) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        migration(&transaction)?;
        transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
        transaction.pragma_update(None, "user_version", step as i64 + 1)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Writes the names of the numbers for the views; the program itself does not read them.
pub(super) fn write_labels(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    {
        let mut insert = transaction.prepare("INSERT OR IGNORE INTO labels VALUES (?1, ?2, ?3)")?;
        for kind in OutcomeKind::ALL {
            insert.execute(params!["outcome", kind.code(), kind.name()])?;
        }
        for entry in Entry::BESIDE_OUTCOMES {
            insert.execute(params!["entry", entry.code(), entry.name()])?;
        }
        for rule in SkipRule::ALL {
            insert.execute(params!["rule", rule.code(), rule.name()])?;
        }
        for stage in Stage::ALL {
            insert.execute(params!["stage", stage.code(), stage.name()])?;
        }
    }
    transaction.commit()
}
