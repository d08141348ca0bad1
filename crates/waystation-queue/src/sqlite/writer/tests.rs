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
    let (requests, inbox) = mpsc::channel();
    // Whoever could ask stays, and nobody does unless the test says so.
    std::mem::forget(requests);
    (
        Writer::new(store.connection, store.lock, shared, inbox).unwrap(),
        folder,
    )
}

fn append(message_id: &str, bytes: usize) -> (Request, Answer<Result<Appended, QueueError>>) {
    // A name of its own, so that undone transactions would leave wrong names behind.
    append_for(&format!("connection of {message_id}"), message_id, bytes)
}

fn append_for(
    connection: &str,
    message_id: &str,
    bytes: usize,
) -> (Request, Answer<Result<Appended, QueueError>>) {
    let event = NewEvent {
        source: "web".into(),
        message_id: message_id.to_owned(),
        user: None,
        event_type: None,
        event_name: None,
        received_at: Millis(1000),
        body: vec![b'x'; bytes].into(),
        deliveries: vec![NewDelivery {
            connection: Some(connection.into()),
            subscription: None,
            action: None,
            order: None,
            fate: Fate::Waiting {
                due: Millis(1_700_000_000_000),
                horizon: Millis(1_700_000_001_000),
            },
        }],
    };
    let (reply, answer) = tokio::sync::oneshot::channel();
    let events = vec![event];
    (
        Request::Append {
            events,
            are_new: true,
            reply,
        },
        answer,
    )
}

/// A settlement of a delivery that does not exist.
fn settle_nothing() -> (Request, Answer<Result<Vec<DeliveryId>, Unsettled>>) {
    let (reply, answer) = tokio::sync::oneshot::channel();
    let settlement = Settlement {
        lease: Lease::new(DeliveryId(999), "crm".into(), Arc::new(NoHolder)),
        outcome: Settled::delivered(Report::unsent(Millis(1000))),
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
fn a_settlement_of_what_does_not_wait_is_told_and_keeps_nobody_from_the_disk() {
    let (mut writer, _folder) = writer();
    let (a, answer_a) = append("a", 10);
    let (bad, mut answer_bad) = settle_nothing();
    let (b, answer_b) = append("b", 10);
    assert_eq!(writer.serve(vec![a, bad, b]), Next::Group);
    assert_eq!(firsts(vec![answer_a, answer_b]), [Some(1), Some(2)]);
    assert_eq!(answer_bad.try_recv().unwrap().unwrap(), [DeliveryId(999)]);
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

#[test]
fn tidying_comes_when_it_is_due_however_many_requests_wait() {
    let (mut writer, _folder) = writer();
    let (requests, inbox) = mpsc::channel();
    writer.inbox = inbox;
    let answers: Vec<_> = ["a", "b"]
        .map(|id| {
            let (request, answer) = append(id, 10);
            requests.send(request).unwrap();
            answer
        })
        .into();
    writer.tidy_at = Instant::now();
    let group = writer.gather().unwrap();
    assert!(matches!(group[0], Request::Tidy(_)), "{group:?}");
    assert_eq!(group.len(), 3, "what waits is done along with it");
    assert!(writer.tidy_at > Instant::now(), "the next time is later");
    assert_eq!(writer.serve(group), Next::Group);
    assert_eq!(firsts(answers), [Some(1), Some(2)]);
}

#[test]
fn nothing_is_removed_for_its_age_soon_after_the_clock_went_ahead() {
    let (mut writer, _folder) = writer();
    let month = Duration::from_secs(46 * 24 * 3600);
    assert!(!writer.clock.look(Millis(1000).plus(month)));
    assert!(!writer.clock.is_trusted());
    assert!(writer.clock.look(Millis(1000)), "it was set back");
    assert!(writer.clock.is_trusted());
}

#[test]
fn a_round_of_tidying_is_not_begun_while_another_goes_on() {
    let (mut writer, _folder) = writer();
    writer.backlog.push_back(Request::Tidy(Tidy::unasked()));
    writer.tidy_at = Instant::now();
    let group = writer.gather().unwrap();
    assert!(matches!(group[..], [Request::Tidy(_)]), "{group:?}");
    assert!(writer.backlog.is_empty());
}

#[test]
fn what_is_settled_counts_with_all_that_is_recorded_of_it() {
    let (request, _answer) = settle_nothing();
    let bare = request.weight();
    let (mut request, _answer) = settle_nothing();
    let Request::Settle { settlements, .. } = &mut request else {
        panic!("a settlement")
    };
    settlements[0].outcome = Settled::delivered(Report {
        detail: Some(vec![b'd'; 1000].into()),
        call: Some(vec![b'c'; 5000].into()),
        ..Report::unsent(Millis(1000))
    });
    assert_eq!(request.weight(), bare + 6000);
}

#[test]
fn a_store_that_another_process_keeps_locked_refuses_a_whole_group_at_once() {
    let (mut writer, folder) = writer();
    writer.connection.busy_timeout(Duration::ZERO).unwrap();
    let other = rusqlite::Connection::open(folder.path().join("queue.db")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (requests, answers): (Vec<_>, Vec<_>) = ["a", "b"].map(|id| append(id, 10)).into_iter().unzip();
    assert_eq!(writer.serve(requests), Next::Group);
    assert_eq!(firsts(answers), [None, None]);
    other.execute_batch("ROLLBACK").unwrap();
    let (c, answer_c) = append("c", 10);
    assert_eq!(writer.serve(vec![c]), Next::Group);
    assert_eq!(firsts(vec![answer_c]), [Some(1)]);
}

#[test]
fn deliveries_are_settled_even_where_the_file_may_hardly_grow() {
    let (mut writer, _folder) = writer();
    for id in 0..200 {
        let (request, _answer) = append_for("crm", &format!("m{id}"), 10);
        assert_eq!(writer.serve(vec![request]), Next::Group);
    }
    let pages: i64 = writer
        .connection
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    writer
        .connection
        .pragma_update_and_check(None, "max_page_count", pages + 4, |_| Ok(()))
        .unwrap();
    let failure = crate::Failure {
        stage: crate::Stage::Delivery,
        status: Some(500),
        error_type: Some("INTERNAL".to_owned()),
        message: "a long answer. ".repeat(500),
        held_back: None,
    };
    for id in 1..=200 {
        let (reply, mut answer) = tokio::sync::oneshot::channel();
        let settlement = Settlement {
            lease: Lease::new(DeliveryId(id), "crm".into(), Arc::new(NoHolder)),
            outcome: Settled::Dead {
                failure: failure.clone(),
                report: Report {
                    detail: Some(vec![b'd'; 8192].into()),
                    ..Report::unsent(Millis(1000))
                },
            },
        };
        let settlements = vec![settlement];
        writer.serve(vec![Request::Settle { settlements, reply }]);
        let answer = answer.try_recv().unwrap().map_err(|unsettled| unsettled.error);
        assert_eq!(answer, Ok(Vec::new()), "delivery {id}");
    }
    assert!(tally::audit(&writer.connection).unwrap().is_empty());
}
