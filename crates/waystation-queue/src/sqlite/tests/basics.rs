//! Appending, leasing, settling, waiting.

use super::*;
use crate::record::{RecordFilter, State};

#[tokio::test]
async fn an_event_is_leased_with_all_that_was_appended() {
    let bench = Bench::new();
    let id = bench.append(bench.event("m1", "crm")).await;
    let leased = bench.lease("crm").await;
    assert_eq!(leased.len(), 1);
    let item = &leased[0];
    assert_eq!(item.id(), id);
    assert_eq!(&*item.lease.connection().clone(), "crm");
    assert_eq!(&*item.event.source, "web");
    assert_eq!(item.event.message_id, "m1");
    assert_eq!(item.event.user.as_deref(), Some("user of m1"));
    assert_eq!(item.event.received_at, START);
    assert_eq!(&item.event.body[..], b"{\"messageId\":\"m1\"}");
    assert_eq!(item.subscription.as_deref(), Some("orders"));
    assert_eq!(item.action.as_deref(), Some("sendOrder"));
    assert_eq!(item.horizon, START.plus(4 * HOUR));
    assert_eq!((item.attempts, item.rounds), (0, 0));
    assert!(item.first_attempt_at.is_none() && item.resume.is_none());
}

#[tokio::test]
async fn deliveries_of_one_event_share_it() {
    let bench = Bench::new();
    let deliveries = vec![bench.waiting("crm"), bench.waiting("crm")];
    bench.append(bench.event_with("m1", deliveries)).await;
    let leased = bench.lease("crm").await;
    assert_eq!(leased.len(), 2);
    assert!(Arc::ptr_eq(&leased[0].event, &leased[1].event));
}

#[tokio::test]
async fn a_lease_is_exclusive_until_it_is_dropped() {
    let bench = Bench::new();
    bench.append(bench.event("m1", "crm")).await;
    let leased = bench.lease("crm").await;
    assert!(bench.lease("crm").await.is_empty());
    assert_eq!(bench.queue.depths().await.unwrap()[0].leased, 1);
    drop(leased);
    assert_eq!(bench.due_ids("crm").await, [1]);
}

#[tokio::test]
async fn a_worker_that_panics_leaves_nothing_stuck() {
    let bench = Bench::new();
    bench.append(bench.event("m1", "crm")).await;
    let leased = bench.lease("crm").await;
    let worker = tokio::spawn(async move {
        assert!(leased.is_empty(), "the worker panics with its lease");
    });
    assert!(worker.await.is_err());
    assert_eq!(bench.due_ids("crm").await, [1]);
}

#[tokio::test]
async fn a_lease_that_nobody_waits_for_any_more_goes_back() {
    let bench = Bench::new();
    bench.append(bench.event("m1", "crm")).await;
    for _ in 0..20 {
        let mut lease = Box::pin(bench.queue.lease("crm", 10));
        let early = poll_once(&mut lease).await;
        drop((lease, early));
    }
    bench.queue.due("crm").await;
    while bench.due_ids("crm").await.is_empty() {
        bench.queue.due("crm").await;
    }
}

#[tokio::test]
async fn every_settlement_ends_where_it_says() {
    let bench = Bench::new();
    for n in 1..=5 {
        bench.append(bench.event(&format!("m{n}"), "crm")).await;
    }
    let mut leased = bench.lease("crm").await.into_iter();
    let mut next = || leased.next().unwrap();
    bench.settle(next(), Settled::delivered(bench.report(200))).await;
    let rule = SkipRule::ConnectionDisabled;
    let report = Report::unsent(bench.now());
    bench.settle(next(), Settled::Skipped { rule, report }).await;
    let dead = Settled::Dead {
        failure: failure("no"),
        report: bench.report(503),
    };
    bench.settle(next(), dead.clone()).await;
    let again = Settled::Again {
        due: bench.now().plus(SECOND),
        resume: Some(Bytes::from_static(b"half")),
        unknown_outcomes: 0,
        failure: failure("not yet"),
        report: bench.report(503),
    };
    bench.settle(next(), again).await;
    bench.settle(next(), Settled::Returned).await;

    assert_eq!(bench.due_ids("crm").await, [5]);
    let ledger = bench.queue.ledger().await.unwrap();
    assert!(ledger.total.balances());
    let total = &ledger.total;
    assert_eq!(
        (total.accepted, total.waiting, total.delivered, total.dead),
        (5, 2, 1, 1)
    );
    assert_eq!(total.skipped.get(&rule), Some(&1));
    assert_eq!(ledger.connections[0].connection.as_deref(), Some("crm"));
    let kinds: Vec<&str> = bench
        .queue
        .records(RecordQuery::default())
        .await
        .unwrap()
        .items
        .iter()
        .map(|record| record.state.kind().name())
        .collect();
    assert_eq!(kinds, ["waiting", "waiting", "dead", "skipped", "delivered"]);
    bench.audit();
}

#[tokio::test]
async fn what_is_to_be_tried_again_comes_back_at_its_time_with_its_history() {
    let bench = Bench::new();
    let id = bench.append(bench.event("m1", "crm")).await;
    let item = bench.lease("crm").await.remove(0);
    let first = Report {
        attempts: 3,
        detail: Some(Bytes::from_static(b"[1]")),
        ..bench.report(503)
    };
    let again = Settled::Again {
        due: bench.now().plus(SECOND),
        resume: Some(Bytes::from_static(b"half")),
        unknown_outcomes: 0,
        failure: failure("not yet"),
        report: first.clone(),
    };
    bench.settle(item, again).await;
    assert!(bench.lease("crm").await.is_empty());
    bench.clock.advance(SECOND);
    let item = bench.lease("crm").await.remove(0);
    assert_eq!((item.attempts, item.rounds), (3, 1));
    assert_eq!(item.first_attempt_at, Some(START));
    assert_eq!(item.resume.as_deref(), Some(&b"half"[..]));
    bench.settle(item, Settled::delivered(bench.report(200))).await;
    let record = bench.queue.record(id).await.unwrap().unwrap();
    assert_eq!(record.summary.attempts, 4);
    assert_eq!(record.summary.status, Some(200));
    assert_eq!(
        record.summary.state,
        State::Delivered {
            at: bench.now(),
            warning: None,
        }
    );
    assert_eq!(record.history.len(), 2);
    assert_eq!(record.history[0].report, first);
    assert_eq!(record.history[0].failure, Some(failure("not yet")));
    assert_eq!(record.history[1].number, 2);
    assert_eq!(record.history[1].failure, None);
}

#[tokio::test]
async fn a_message_id_is_accepted_once_per_source_within_a_call_and_between_calls() {
    let mut bench = Bench::new();
    let first = bench.event("m1", "crm");
    let other_source = NewEvent {
        source: "app".into(),
        ..first.clone()
    };
    let appended = bench
        .queue
        .append(vec![first.clone(), first.clone(), other_source])
        .await
        .unwrap();
    assert_eq!((appended.stored(), appended.duplicates()), (2, 1));
    assert_eq!(appended.events[1], AppendedEvent::Duplicate);
    bench.reopen();
    assert_eq!(bench.queue.append(vec![first]).await.unwrap().duplicates(), 1);
    let total = bench.queue.ledger().await.unwrap().total;
    assert_eq!(total.accepted, 4);
    assert_eq!(total.skipped.get(&SkipRule::Duplicate), Some(&2));
    assert!(total.balances());
    bench.audit();
}

#[tokio::test]
async fn requests_that_make_no_sense_are_refused_and_nothing_is_accepted() {
    let bench = Bench::new();
    let homeless = NewDelivery {
        connection: None,
        ..bench.waiting("crm")
    };
    for deliveries in [vec![], vec![homeless]] {
        let events = vec![bench.event("good", "crm"), bench.event_with("bad", deliveries)];
        let error = bench.queue.append(events).await.unwrap_err();
        assert!(matches!(error, QueueError::Invalid { .. }), "{error}");
    }
    assert_eq!(bench.queue.ledger().await.unwrap().total.accepted, 0);
}

#[tokio::test]
async fn waiting_ends_with_an_append_and_with_the_passing_of_time() {
    let bench = Bench::new();
    assert!(bench.lease("crm").await.is_empty());
    let queue = &bench.queue;
    let ((), id) = tokio::join!(queue.due("crm"), bench.append(bench.event("m1", "crm")));
    assert_eq!(bench.due_ids("crm").await, [id.0]);
    let mut later = bench.event("m2", "mail");
    later.deliveries[0].fate = Fate::Waiting {
        due: START.plus(HOUR),
        horizon: START.plus(2 * HOUR),
    };
    bench.append(later).await;
    assert!(bench.lease("mail").await.is_empty());
    tokio::join!(queue.due("mail"), async { bench.clock.advance(HOUR) });
    assert_eq!(bench.due_ids("mail").await, [2]);
}

#[tokio::test]
async fn leases_end_with_the_process_and_settlements_do_not() {
    let mut bench = Bench::new();
    for n in 1..=3 {
        bench.append(bench.event(&format!("m{n}"), "crm")).await;
    }
    let mut leased = bench.lease("crm").await;
    bench
        .settle(leased.remove(0), Settled::delivered(bench.report(200)))
        .await;
    bench.reopen();
    assert_eq!(bench.due_ids("crm").await, [2, 3]);
    drop(leased);
    bench.audit();
}

#[tokio::test]
async fn a_closed_queue_refuses_and_wakes_its_workers() {
    let bench = Bench::new();
    bench.append(bench.event("m1", "crm")).await;
    let leased = bench.lease("crm").await.remove(0);
    let (closed, ()) = tokio::join!(bench.queue.close(), bench.queue.due("crm"));
    closed.unwrap();
    assert_eq!(bench.queue.lease("crm", 1).await.unwrap_err(), QueueError::Closed);
    let event = bench.event("m2", "crm");
    assert_eq!(
        bench.queue.append(vec![event]).await.unwrap_err(),
        QueueError::Closed
    );
    let settlement = Settlement {
        lease: leased.lease,
        outcome: Settled::delivered(bench.report(200)),
    };
    let unsettled = bench.queue.settle(vec![settlement]).await.unwrap_err();
    assert_eq!(unsettled.error, QueueError::Closed);
    assert_eq!(unsettled.settlements.len(), 1);
    // Another may open it now, although this one still exists.
    let again =
        SqliteQueue::open_at(bench.settings.clone(), Clock::Manual(Arc::clone(&bench.clock))).unwrap();
    assert_eq!(again.lease("crm", 1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn kept_values_are_replaced_and_survive() {
    let mut bench = Bench::new();
    assert_eq!(bench.queue.kept("tokens/crm").await.unwrap(), None);
    bench.queue.keep("tokens/crm", b"one".to_vec()).await.unwrap();
    bench.queue.keep("tokens/crm", b"two".to_vec()).await.unwrap();
    bench.reopen();
    assert_eq!(
        bench.queue.kept("tokens/crm").await.unwrap(),
        Some(b"two".to_vec())
    );
}

#[tokio::test]
async fn depths_tell_how_far_behind_a_connection_is() {
    let bench = Bench::new();
    bench.append(bench.event("m1", "crm")).await;
    bench.clock.advance(SECOND);
    bench.append(bench.event("m2", "crm")).await;
    let _leased = bench.queue.lease("crm", 1).await.unwrap();
    let depth = Depth {
        connection: "crm".into(),
        waiting: 2,
        bytes: 2 * (320 + r#"{"messageId":"m1"}"#.len() as u64),
        limit: None,
        overflowed: 0,
        leased: 1,
        oldest_due: Some(START),
        oldest_received: Some(START),
    };
    assert_eq!(bench.queue.depths().await.unwrap(), [depth]);
}

#[tokio::test]
async fn a_window_that_overflows_loses_nothing() {
    let bench = Bench::new();
    let count = limits::MOST_READY * 2 + 10;
    let events = (0..count).map(|n| bench.event(&n.to_string(), "crm")).collect();
    bench.queue.append(events).await.unwrap();
    let mut leased = bench.queue.lease("crm", count).await.unwrap();
    assert_eq!(leased.len(), count);
    // All of them come back at once, last first, which is more than a window holds.
    leased.reverse();
    drop(leased);
    let ids = bench.queue.lease("crm", count).await.unwrap();
    let ids: Vec<u64> = ids.iter().map(|leased| leased.id().0).collect();
    assert_eq!(ids, (1..=count as u64).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_filter_with_an_unknown_name_finds_nothing() {
    let bench = Bench::new();
    bench.append(bench.event("m1", "crm")).await;
    let filter = RecordFilter {
        connection: Some("nobody".into()),
        ..RecordFilter::default()
    };
    let query = RecordQuery {
        filter,
        ..RecordQuery::default()
    };
    assert!(bench.queue.records(query).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_skip_without_a_connection_is_recorded() {
    let bench = Bench::new();
    let event = bench.event_with("m1", vec![skipped(SkipRule::NoConnection)]);
    let id = bench.append(event).await;
    let record = bench.queue.record(id).await.unwrap().unwrap();
    let rule = SkipRule::NoConnection;
    assert_eq!(record.summary.state, State::Skipped { at: START, rule });
    assert_eq!(record.summary.connection, None);
    bench.audit();
}
