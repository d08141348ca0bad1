//! A process that is killed while it appends and settles, again and again on one store.
//!
//! The test runs itself as the process to be killed: with [`STORE`] set, [`victim`] works on that store and
//! prints a line for each thing that was acknowledged.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use waystation_queue::{
    AppendedEvent, Clock, DeliveryId, Failure, Fate, NewDelivery, NewEvent, OutcomeKind, Queue, RecordQuery,
    RecordSummary, Report, Settled, Settlement, SqliteQueue, SqliteSettings, Stage,
};

/// Where the process to be killed finds its store.
const STORE: &str = "WAYSTATION_QUEUE_TEST_STORE";
const CONNECTIONS: [&str; 3] = ["crm", "mail", "ads"];

/// Not a test of its own: what the killed process does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn victim() {
    let Ok(store) = std::env::var(STORE) else { return };
    let queue = Arc::new(SqliteQueue::open(SqliteSettings::new(store)).unwrap());
    for (name, connection) in CONNECTIONS.iter().enumerate() {
        tokio::spawn(append(Arc::clone(&queue), name));
        tokio::spawn(deliver(Arc::clone(&queue), connection));
    }
    tokio::spawn(replay(Arc::clone(&queue)));
    std::future::pending::<()>().await;
}

/// Says what was acknowledged, in one write.
fn acknowledge(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("\n{line};").as_bytes()).unwrap();
    out.flush().unwrap();
}

async fn append(queue: Arc<SqliteQueue>, appender: usize) {
    let process = std::process::id();
    for number in 0.. {
        let events = (0..3).map(|at| event(&format!("{process}-{appender}-{number}-{at}")));
        let appended = queue.append(events.collect()).await.unwrap();
        for (at, event) in appended.events.iter().enumerate() {
            if let AppendedEvent::Stored { first } = event {
                acknowledge(&format!("appended {first} {process}-{appender}-{number}-{at}"));
            }
        }
    }
}

fn event(message_id: &str) -> NewEvent {
    let now = Clock::System.now();
    let delivery = |connection: &str| NewDelivery {
        connection: Some(connection.into()),
        subscription: Some("all".into()),
        action: None,
        order: message_id.ends_with('1').then(|| "the same user".to_owned()),
        fate: Fate::Waiting {
            due: now,
            horizon: now.plus(Duration::from_secs(3600)),
        },
    };
    NewEvent {
        source: "web".into(),
        message_id: message_id.to_owned(),
        user: None,
        event_type: None,
        event_name: None,
        received_at: now,
        body: Bytes::from(message_id.repeat(20)),
        deliveries: CONNECTIONS.map(delivery).into(),
    }
}

async fn deliver(queue: Arc<SqliteQueue>, connection: &str) {
    loop {
        queue.due(connection).await;
        let leased = queue.lease(connection, 20).await.unwrap();
        let mut lines = Vec::new();
        let mut settlements = Vec::new();
        for item in leased {
            let (outcome, word) = outcome(item.id());
            lines.push(format!("{word} {} {}", item.id(), item.event.message_id));
            let lease = item.lease;
            settlements.push(Settlement { lease, outcome });
        }
        queue.settle(settlements).await.unwrap();
        lines.iter().for_each(|line| acknowledge(line));
    }
}

fn outcome(id: DeliveryId) -> (Settled, &'static str) {
    let now = Clock::System.now();
    let failure = Failure {
        stage: Stage::Delivery,
        status: Some(503),
        error_type: None,
        message: "busy".to_owned(),
        held_back: None,
    };
    let report = Report {
        attempts: 1,
        detail: Some(Bytes::from_static(b"{}")),
        ..Report::unsent(now)
    };
    match id.0 % 10 {
        0 => (Settled::Dead { failure, report }, "dead"),
        1 => {
            let again = Settled::Again {
                due: now.plus(Duration::from_millis(20)),
                resume: None,
                unknown_outcomes: 0,
                failure,
                report,
            };
            (again, "again")
        }
        _ => (Settled::delivered(report), "delivered"),
    }
}

async fn replay(queue: Arc<SqliteQueue>) {
    loop {
        let selection = waystation_queue::Selection::Matching(Default::default());
        queue.replay(selection, Clock::System.now()).await.unwrap();
    }
}

/// Lets the victim work until it has acknowledged so much, kills it, and gives all that it acknowledged.
fn kill_after(store: &Path, acknowledgements: usize) -> Vec<String> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "victim", "--nocapture"])
        .env(STORE, store)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut lines = Vec::new();
    let mut line = Vec::new();
    let mut is_alive = true;
    while out.read_until(b'\n', &mut line).unwrap() > 0 {
        let text = String::from_utf8(std::mem::take(&mut line)).unwrap();
        // A line that was cut off by the kill has no end mark.
        lines.extend(text.trim_end().strip_suffix(';').map(str::to_owned));
        if is_alive && lines.len() >= acknowledgements {
            child.kill().unwrap();
            is_alive = false;
        }
    }
    child.wait().unwrap();
    assert!(!is_alive, "the victim ended by itself");
    lines
}

async fn all_records(queue: &SqliteQueue) -> BTreeMap<u64, RecordSummary> {
    let mut records = BTreeMap::new();
    let mut query = RecordQuery {
        limit: 1000,
        ..RecordQuery::default()
    };
    loop {
        let page = queue.records(query.clone()).await.unwrap();
        records.extend(page.items.into_iter().map(|record| (record.id.0, record)));
        query.before = page.next;
        if query.before.is_none() {
            return records;
        }
    }
}

/// Everything that was acknowledged must be as it was said.
fn check(lines: &[String], records: &BTreeMap<u64, RecordSummary>, delivered: &mut HashSet<u64>) {
    for line in lines {
        let mut words = line.split(' ');
        let word = words.next().unwrap();
        let id: u64 = words.next().unwrap().parse().unwrap();
        let message_id = words.next().unwrap();
        let record = records
            .get(&id)
            .unwrap_or_else(|| panic!("{line:?} is not in the store"));
        assert_eq!(record.message_id, message_id, "{line:?}");
        match word {
            "appended" => {
                for id in id..id + CONNECTIONS.len() as u64 {
                    assert_eq!(records[&id].message_id, message_id, "delivery {id} of {line:?}");
                }
            }
            "delivered" => {
                assert_eq!(record.state.kind(), OutcomeKind::Delivered, "{line:?}");
                assert!(delivered.insert(id), "{line:?} was delivered before");
            }
            _ => assert!(record.rounds > 0, "{line:?}"),
        }
    }
}

#[tokio::test]
async fn what_was_acknowledged_survives_being_killed() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("queue.db");
    let mut acknowledged = Vec::new();
    for round in 0..6 {
        acknowledged.extend(kill_after(&store, [40, 900, 5, 300, 120, 600][round]));
        let queue = SqliteQueue::open(SqliteSettings::new(&store)).unwrap();
        let records = all_records(&queue).await;
        check(&acknowledged, &records, &mut HashSet::new());
        let ledger = queue.ledger().await.unwrap();
        assert!(ledger.total.balances(), "{ledger:?}");
        assert_eq!(ledger.total.accepted, records.len() as u64);
        let count = |kind| {
            records
                .values()
                .filter(|record| record.state.kind() == kind)
                .count() as u64
        };
        assert_eq!(ledger.total.waiting, count(OutcomeKind::Waiting));
        assert_eq!(ledger.total.delivered, count(OutcomeKind::Delivered));
        assert_eq!(ledger.total.dead, count(OutcomeKind::Dead));
        // Every lease is free again: each connection can go on, except where it waits for a retry.
        for connection in CONNECTIONS {
            let waits = |record: &&RecordSummary| {
                record.state.kind() == OutcomeKind::Waiting
                    && record.connection.as_deref() == Some(connection)
            };
            if records.values().any(|record| waits(&record)) {
                queue.due(connection).await;
            }
        }
    }
}
