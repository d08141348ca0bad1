//! Stores of other versions, other owners and other programs.

use super::*;
use crate::record::State;
use crate::sqlite::schema::{MIGRATIONS, Migration};

/// The migrations of a program two versions ahead of this one.
fn later() -> Vec<Migration> {
    let ahead: [Migration; 2] = [
        |transaction| transaction.execute_batch("ALTER TABLE events ADD COLUMN region TEXT"),
        |transaction| transaction.execute_batch("UPDATE events SET region = 'unknown'"),
    ];
    MIGRATIONS.iter().copied().chain(ahead).collect()
}

fn refused(path: &std::path::Path, migrations: &[Migration]) -> String {
    file::open(path, migrations).unwrap_err().to_string()
}

#[tokio::test]
async fn an_older_store_is_brought_up_to_date_with_what_is_in_it() {
    let later = later();
    for version in MIGRATIONS.len()..=later.len() {
        let bench = Bench::new();
        bench.append(bench.event("m1", "crm")).await;
        bench.queue.close().await.unwrap();
        drop(file::open(&bench.settings.path, &later[..version]).unwrap());
        let store = file::open(&bench.settings.path, &later).unwrap();
        assert_eq!(
            schema::version(&store.connection).unwrap(),
            schema::newest(&later)
        );
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
    let later = later();
    drop(file::open(&bench.settings.path, &later).unwrap());
    let message = refused(&bench.settings.path, MIGRATIONS);
    let (theirs, ours) = (schema::newest(&later), schema::newest(MIGRATIONS));
    let expected = format!("has version {theirs}, this program knows versions up to {ours}");
    assert!(message.contains(&expected), "{message}");
    file::open(&bench.settings.path, &later).expect("nothing was changed");
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

/// A store as version 1 wrote it: an event that waits after a failed round, a dead one, and a delivered one, each with
/// what was recorded of it.
const VERSION_1: &str = r#"
    INSERT INTO names VALUES (1, 'web'), (2, 'crm'), (3, 'orders'), (4, 'sendOrder');
    INSERT INTO events VALUES
        (1, 1, 1, 'm1', 11, 'ada', 21, 'track', 'Order', 1700000000000, CAST('{"n":1}' AS BLOB)),
        (2, 1, 1, 'm2', 12, 'bob', 22, 'track', 'Order', 1700000000001, CAST('{"n":2}' AS BLOB)),
        (3, 1, 1, 'm3', 13, NULL, NULL, 'page', NULL, 1700000000002, CAST('{"n":3}' AS BLOB));
    INSERT INTO deliveries (id, event, connection, subscription, action, order_key, state, received_at, due, horizon,
        finished_at, rule, stage, status, error_type, message, attempts, rounds, first_attempt_at, resume) VALUES
        (1, 1, 2, 3, 4, NULL, 0, 1700000000000, 1700000000000, 1700014400000, NULL, NULL, 7, 503, 'Unavailable',
         'later', 2, 1, 1700000000000, x'7b7d'),
        (2, 2, 2, 3, 4, NULL, 3, 1700000000001, 1700000000001, 1700014400001, 1700000000500, NULL, 7, 400, 'BadRequest',
         'no', 1, 1, 1700000000001, NULL),
        (3, 3, 2, 3, 4, NULL, 1, 1700000000002, 1700000000002, 1700014400002, 1700000000600, NULL, NULL, 200, NULL,
         NULL, 1, 1, 1700000000002, NULL);
    INSERT INTO rounds VALUES
        (1, 1, 1700000000000, 1700000000100, 2, 503, 7, 'Unavailable', 'later', CAST('{"attempts":[1,2],"sent":{"n":1}}' AS BLOB)),
        (2, 1, 1700000000001, 1700000000200, 1, 400, 7, 'BadRequest', 'no', CAST('{"attempts":[1]}' AS BLOB)),
        (3, 1, 1700000000002, 1700000000300, 1, 200, NULL, NULL, NULL, CAST('{"attempts":[1],"exchanges":[{}]}' AS BLOB));
    INSERT INTO counts VALUES (2, 4, 0, 3, 0), (2, 0, 0, 1, 0), (2, 3, 0, 1, 0), (2, 1, 0, 1, 0);
    INSERT INTO kept VALUES ('tokens/crm', x'01');
    INSERT INTO seen VALUES (x'00112233445566778899aabbccddeeff', 1700000000000);
    UPDATE next_delivery SET id = 4;
"#;

#[tokio::test]
async fn nothing_of_a_store_of_version_1_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let mut settings = SqliteSettings::new(folder.path().join("queue.db"));
    settings.record_retention = 365 * 24 * HOUR;
    let store = file::open(&settings.path, &MIGRATIONS[..1]).unwrap();
    store.connection.execute_batch(VERSION_1).unwrap();
    drop(store);

    let queue = SqliteQueue::open_at(settings.clone(), Clock::fixed(START.0)).unwrap();
    let record = |id| {
        let record = queue.record(DeliveryId(id));
        async move { record.await.unwrap().unwrap() }
    };
    let waiting = record(1).await;
    assert!(
        matches!(&waiting.summary.state, State::Waiting { failure: Some(failure), .. }
            if failure.message == "later" && failure.held_back.is_none()),
        "{waiting:?}"
    );
    let detail = |record: &RecordDetail| record.history[0].report.detail.clone();
    assert_eq!(
        detail(&waiting).unwrap(),
        "{\"attempts\":[1,2],\"sent\":{\"n\":1}}"
    );
    let dead = record(2).await;
    assert!(
        matches!(&dead.summary.state, State::Dead { failure, .. } if failure.status == Some(400)),
        "{dead:?}"
    );
    let delivered = record(3).await;
    assert!(
        matches!(&delivered.summary.state, State::Delivered { warning: None, .. }),
        "{delivered:?}"
    );
    assert_eq!(
        detail(&delivered).unwrap(),
        "{\"attempts\":[1],\"exchanges\":[{}]}"
    );
    assert_eq!(queue.kept("tokens/crm").await.unwrap(), Some(vec![1]));

    let leased = queue.lease("crm", 10).await.unwrap();
    assert_eq!(
        (leased.len(), leased[0].id(), leased[0].attempts),
        (1, DeliveryId(1), 2)
    );
    assert_eq!(leased[0].resume, Some(Bytes::from("{}")));
    drop(leased);
    let horizon = START.plus(HOUR);
    assert_eq!(
        queue
            .replay(Selection::One(DeliveryId(2)), horizon)
            .await
            .unwrap(),
        1
    );
    let ledger = queue.ledger().await.unwrap();
    assert!(ledger.total.balances(), "{ledger:?}");
    assert_eq!(
        (
            ledger.total.accepted,
            ledger.total.waiting,
            ledger.total.delivered
        ),
        (3, 2, 1)
    );
    let complaints = maintenance::audit::complaints(&file::open_reader(&settings.path).unwrap()).unwrap();
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[tokio::test]
async fn what_is_no_database_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue.db");
    for text in ["x", "no database at all, but a text"] {
        std::fs::write(&path, text).unwrap();
        let message = refused(&path, MIGRATIONS);
        assert!(message.contains("is not a store"), "{message}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
    let message = refused(folder.path(), MIGRATIONS);
    assert!(message.contains("not a regular file"), "{message}");
}

#[tokio::test]
async fn a_database_that_only_bears_our_mark_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("queue.db");
    let forged = rusqlite::Connection::open(&path).unwrap();
    forged.execute_batch("CREATE TABLE mine (id)").unwrap();
    forged
        .pragma_update(None, "application_id", schema::APPLICATION_ID)
        .unwrap();
    forged.pragma_update(None, "user_version", 2).unwrap();
    drop(forged);
    let before = std::fs::read(&path).unwrap();
    let message = refused(&path, MIGRATIONS);
    assert!(message.contains("is not a store"), "{message}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}
