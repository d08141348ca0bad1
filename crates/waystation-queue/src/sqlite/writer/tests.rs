//! Groups of requests, and disks that fail.

use std::sync::mpsc;

use tempfile::TempDir;
use tokio::sync::oneshot::error::TryRecvError;

use super::super::names::Names;
use super::super::settings::SqliteSettings;
use super::super::{file, schema, tally};
use super::*;
use crate::error::QueueError;
use crate::event::{Appended, DeliveryId, Fate, NewDelivery, NewEvent};
use crate::lease::{Lease, LeaseHolder};
use crate::settlement::{Report, Settled, Settlement, Unsettled};
use crate::time::{ManualClock, Millis};

type Answer<T> = tokio::sync::oneshot::Receiver<T>;

struct NoHolder;

impl LeaseHolder for NoHolder {
    fn give_back(&self, _: &str, _: DeliveryId) {}
}

/// A writer without its thread.
fn writer() -> (Writer, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let settings = SqliteSettings::new(folder.path().join("queue.db"));
    let store = file::open(&settings.path, schema::MIGRATIONS).unwrap();
    let names = Names::load(&store.connection).unwrap();
    let shared = Arc::new(Shared::new(
        settings,
        Arc::new(ManualClock::new(Millis(1000))),
        names,
    ));
    let (_, inbox) = mpsc::channel();
    (
        Writer::new(store.connection, store.lock, shared, inbox).unwrap(),
        folder,
    )
}

fn append(message_id: &str, bytes: usize) -> (Request, Answer<Result<Appended, QueueError>>) {
    let event = NewEvent {
        source: "web".into(),
        message_id: message_id.to_owned(),
        user: None,
        event_type: None,
        event_name: None,
        received_at: Millis(1000),
        body: vec![b'x'; bytes].into(),
        deliveries: vec![NewDelivery {
            // A name of its own, so that undone transactions would leave wrong names behind.
            connection: Some(format!("connection of {message_id}").into()),
            subscription: None,
            action: None,
            order: None,
            fate: Fate::Waiting {
                due: Millis(1000),
                horizon: Millis(2000),
            },
        }],
    };
    let (reply, answer) = tokio::sync::oneshot::channel();
    let events = vec![event];
    (Request::Append { events, reply }, answer)
}

/// A settlement of a delivery that does not exist.
fn settle_nothing() -> (Request, Answer<Result<(), Unsettled>>) {
    let (reply, answer) = tokio::sync::oneshot::channel();
    let settlement = Settlement {
        lease: Lease::new(DeliveryId(999), "crm".into(), Arc::new(NoHolder)),
        outcome: Settled::Delivered(Report::unsent(Millis(1000))),
    };
    let settlements = vec![settlement];
    (Request::Settle { settlements, reply }, answer)
}

fn firsts(answers: Vec<Answer<Result<Appended, QueueError>>>) -> Vec<Option<u64>> {
    let first = |mut answer: Answer<Result<Appended, QueueError>>| match answer.try_recv() {
        Ok(Ok(appended)) => match appended.events[0] {
            crate::AppendedEvent::Stored { first } => Some(first.0),
            crate::AppendedEvent::Duplicate => panic!("nothing is a duplicate"),
        },
        Ok(Err(QueueError::Unavailable { .. })) => None,
        other => panic!("unexpected {other:?}"),
    };
    answers.into_iter().map(first).collect()
}

fn rows(writer: &Writer) -> Vec<String> {
    let mut statement = writer
        .connection
        .prepare(
            "SELECT d.id || ' ' || e.message_id || ' ' || c.name FROM deliveries d \
             JOIN events e ON e.id = d.event JOIN names c ON c.id = d.connection ORDER BY d.id",
        )
        .unwrap();
    statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

#[test]
fn a_group_is_one_transaction() {
    let (mut writer, _folder) = writer();
    let (requests, answers): (Vec<_>, Vec<_>) = ["a", "b", "c"].map(|id| append(id, 10)).into_iter().unzip();
    writer
        .shared
        .faults
        .order(faults::Point::BeforeCommit, faults::Blow::Crash);
    assert_eq!(writer.serve(requests), Next::Stop);
    for mut answer in answers {
        assert_eq!(answer.try_recv().unwrap_err(), TryRecvError::Closed);
    }
    assert!(rows(&writer).is_empty());
}

#[test]
fn one_that_fails_does_not_fail_the_others() {
    let (mut writer, _folder) = writer();
    let (a, answer_a) = append("a", 10);
    let (bad, mut answer_bad) = settle_nothing();
    let (b, answer_b) = append("b", 10);
    assert_eq!(writer.serve(vec![a, bad, b]), Next::Group);
    assert_eq!(firsts(vec![answer_a, answer_b]), [Some(1), Some(2)]);
    let unsettled = answer_bad.try_recv().unwrap().unwrap_err();
    assert!(
        matches!(unsettled.error, QueueError::Invalid { .. }),
        "{unsettled}"
    );
    assert_eq!(unsettled.settlements.len(), 1, "the settlement is given back");
    assert_eq!(rows(&writer), ["1 a connection of a", "2 b connection of b"]);
    assert!(tally::audit(&writer.connection).unwrap().is_empty());
}

#[test]
fn a_full_disk_refuses_what_does_not_fit_and_nothing_else() {
    let (mut writer, _folder) = writer();
    let pages: i64 = writer
        .connection
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    writer
        .connection
        .pragma_update_and_check(None, "max_page_count", pages + 8, |_| Ok(()))
        .unwrap();
    let (small, answer_small) = append("small", 10);
    let (large, answer_large) = append("large", 1 << 20);
    let (also, answer_also) = append("also small", 10);
    assert_eq!(writer.serve(vec![small, large, also]), Next::Group);
    let answers = vec![answer_small, answer_large, answer_also];
    assert_eq!(firsts(answers), [Some(1), None, Some(2)]);
    assert!(tally::audit(&writer.connection).unwrap().is_empty());
}

#[test]
fn a_failed_commit_is_not_acknowledged_and_does_not_stay() {
    let (mut writer, _folder) = writer();
    writer
        .shared
        .faults
        .order(faults::Point::BeforeCommit, faults::Blow::DiskError);
    let (a, answer_a) = append("a", 10);
    assert_eq!(writer.serve(vec![a]), Next::Group);
    assert_eq!(firsts(vec![answer_a]), [None]);
    assert!(rows(&writer).is_empty());
    let (b, answer_b) = append("b", 10);
    assert_eq!(writer.serve(vec![b]), Next::Group);
    assert_eq!(firsts(vec![answer_b]), [Some(1)]);
    assert_eq!(rows(&writer), ["1 b connection of b"]);
}

#[test]
fn a_close_is_served_after_what_came_before_it() {
    let (mut writer, _folder) = writer();
    let (a, answer_a) = append("a", 10);
    let (reply, mut closed) = tokio::sync::oneshot::channel();
    assert_eq!(writer.serve(vec![a, Request::Close { reply }]), Next::Stop);
    assert_eq!(firsts(vec![answer_a]), [Some(1)]);
    assert_eq!(closed.try_recv().unwrap(), Ok(()));
    assert!(writer.shared.is_closed());
}
