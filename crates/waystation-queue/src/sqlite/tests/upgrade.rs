//! Stores of other versions, other owners and other programs.

use super::*;
use crate::sqlite::schema::{MIGRATIONS, Migration};

const LATER: &[Migration] = &[
    MIGRATIONS[0],
    |transaction| transaction.execute_batch("ALTER TABLE events ADD COLUMN region TEXT"),
    |transaction| transaction.execute_batch("UPDATE events SET region = 'unknown'"),
];

fn refused(path: &std::path::Path, migrations: &[Migration]) -> String {
    file::open(path, migrations).unwrap_err().to_string()
}

#[tokio::test]
async fn an_older_store_is_brought_up_to_date_with_what_is_in_it() {
    for version in 1..=LATER.len() {
        let bench = Bench::new();
        bench.append(bench.event("m1", "crm")).await;
        bench.queue.close().await.unwrap();
        drop(file::open(&bench.settings.path, &LATER[..version]).unwrap());
        let store = file::open(&bench.settings.path, LATER).unwrap();
        assert_eq!(schema::version(&store.connection).unwrap(), 3);
        let region: String = store
            .connection
            .query_row("SELECT region FROM events", [], |row| row.get(0))
            .unwrap();
        assert_eq!(region, "unknown", "from version {version}");
    }
}

#[tokio::test]
async fn every_version_that_was_ever_written_opens() {
    for version in 1..=MIGRATIONS.len() {
        let folder = tempfile::tempdir().unwrap();
        let settings = SqliteSettings::new(folder.path().join("queue.db"));
        drop(file::open(&settings.path, &MIGRATIONS[..version]).unwrap());
        let queue = SqliteQueue::open(settings).unwrap();
        assert!(queue.ledger().await.unwrap().total.balances());
    }
}

#[tokio::test]
async fn a_newer_store_is_refused_and_both_versions_are_named() {
    let bench = Bench::new();
    bench.queue.close().await.unwrap();
    drop(file::open(&bench.settings.path, LATER).unwrap());
    let message = refused(&bench.settings.path, MIGRATIONS);
    assert!(
        message.contains("has version 3, this program knows versions up to 1"),
        "{message}"
    );
    file::open(&bench.settings.path, LATER).expect("nothing was changed");
}

#[test]
fn a_step_that_fails_leaves_the_version_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue.db");
    let broken: &[Migration] = &[MIGRATIONS[0], |transaction| {
        transaction.execute_batch("CREATE TABLE half (id INTEGER); SELECT * FROM missing")
    }];
    assert!(refused(&path, broken).contains("missing"));
    let store = file::open(&path, MIGRATIONS).unwrap();
    let half = store.connection.prepare("SELECT * FROM half");
    assert!(half.is_err(), "the table of the failed step is gone");
}

#[test]
fn what_is_not_ours_is_refused_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    let words =
        "not a database at all, but long enough to be taken for one by a careless reader. ".repeat(20);
    std::fs::write(&text, &words).unwrap();
    let foreign = folder.path().join("foreign.db");
    let connection = rusqlite::Connection::open(&foreign).unwrap();
    connection
        .execute_batch("CREATE TABLE theirs (id INTEGER)")
        .unwrap();
    drop(connection);
    let before = std::fs::read(&foreign).unwrap();
    for path in [&text, &foreign] {
        let message = refused(path, MIGRATIONS);
        assert!(message.contains("is not a store of Waystation"), "{message}");
    }
    assert_eq!(std::fs::read_to_string(&text).unwrap(), words);
    assert_eq!(std::fs::read(&foreign).unwrap(), before);
}

#[test]
fn a_missing_folder_is_named() {
    let message = refused(std::path::Path::new("/nonexistent/queue.db"), MIGRATIONS);
    assert!(message.contains("/nonexistent/queue.db"), "{message}");
}

#[tokio::test]
async fn a_store_in_use_is_refused() {
    let bench = Bench::new();
    let error = SqliteQueue::open(bench.settings.clone()).unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }), "{error}");
}
