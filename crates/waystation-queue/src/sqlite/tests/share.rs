//! What may wait for one connection.

use super::*;
use crate::outcome::OutcomeKind;
use crate::record::{RecordFilter, Selection, State};
use crate::waiting::{WaitingLimit, WhenFull};

const WAYS: [WhenFull; 2] = [WhenFull::DeadLetter, WhenFull::Refuse];

fn limited(deliveries: u64, bytes: u64, when_full: WhenFull) -> Bench {
    let bench = Bench::new();
    let limit = WaitingLimit {
        deliveries,
        bytes,
        when_full,
    };
    bench.queue.limit_waiting([("dead".into(), limit)].into());
    bench
}

/// Appends until it is refused or one is a dead letter; how many wait.
async fn fill(bench: &Bench) -> u64 {
    for id in 0..100 {
        let appended = bench
            .queue
            .append(vec![bench.event(&format!("m{id}"), "dead")])
            .await;
        if appended.is_err() || bench.queue.ledger().await.unwrap().total.dead > 0 {
            return id;
        }
    }
    panic!("there is no limit");
}

#[tokio::test]
async fn what_is_more_than_may_wait_is_a_dead_letter_that_says_so_and_others_go_on() {
    let bench = limited(3, u64::MAX, WhenFull::DeadLetter);
    assert_eq!(fill(&bench).await, 3);
    bench.append(bench.event("other", "well")).await;
    let page = bench.queue.records(RecordQuery {
        filter: RecordFilter {
            outcome: Some(OutcomeKind::Dead),
            ..RecordFilter::default()
        },
        ..RecordQuery::default()
    });
    let page = page.await.unwrap();
    let State::Dead { failure, .. } = &page.items[0].state else {
        panic!("{page:?}");
    };
    assert_eq!(failure.stage, Stage::Overflow);
    assert!(failure.message.contains("max_waiting"), "{}", failure.message);
    let depths = bench.queue.depths().await.unwrap();
    let dead = depths.iter().find(|depth| &*depth.connection == "dead").unwrap();
    assert_eq!((dead.waiting, dead.overflowed), (3, 1));
    bench.queue.ready().await.unwrap();
    bench.audit();
}

#[tokio::test]
async fn where_events_are_refused_only_those_for_the_connection_are() {
    let bench = limited(3, u64::MAX, WhenFull::Refuse);
    assert_eq!(fill(&bench).await, 3);
    let both = vec![bench.waiting("well"), bench.waiting("dead")];
    let error = bench
        .queue
        .append(vec![bench.event_with("both", both)])
        .await
        .unwrap_err();
    assert!(
        matches!(&error, QueueError::ConnectionFull { connection, .. } if &**connection == "dead"),
        "{error}"
    );
    bench.append(bench.event("other", "well")).await;
    // What nothing waits for of it may come.
    bench
        .append(bench.event_with("skip", vec![skipped(SkipRule::Consent)]))
        .await;
    bench.queue.ready().await.unwrap();
    bench.audit();
}

#[tokio::test]
async fn bytes_count_as_well_and_what_is_settled_makes_room() {
    for when_full in WAYS {
        let bench = limited(u64::MAX, 1000, when_full);
        let fitted = fill(&bench).await;
        assert!((2..=3).contains(&fitted), "{fitted}");
        let leased = bench.lease("dead").await;
        for leased in leased {
            bench.settle(leased, Settled::delivered(bench.report(200))).await;
        }
        let depths = bench.queue.depths().await.unwrap();
        assert_eq!((depths[0].waiting, depths[0].bytes), (0, 0));
        bench.append(bench.event("again", "dead")).await;
        assert_eq!(bench.due_ids("dead").await.len(), 1);
        bench.audit();
    }
}

#[tokio::test]
async fn once_the_dead_letters_reach_the_limit_too_events_are_refused() {
    let bench = limited(3, u64::MAX, WhenFull::DeadLetter);
    fill(&bench).await;
    for id in 0..2 {
        bench.append(bench.event(&format!("more{id}"), "dead")).await;
    }
    let error = bench
        .queue
        .append(vec![bench.event("last", "dead")])
        .await
        .unwrap_err();
    assert!(matches!(error, QueueError::ConnectionFull { .. }), "{error}");
    // Purged and replayed ones are counted rightly.
    let purged = bench.queue.purge(Selection::One(DeliveryId(4))).await;
    assert_eq!(purged, Ok(1));
    bench.append(bench.event("fits", "dead")).await;
    let all = Selection::Matching(RecordFilter::default());
    assert_eq!(bench.queue.replay(all, Millis::MAX).await, Ok(3));
    bench.audit();
}

#[tokio::test]
async fn an_event_that_did_not_fit_is_a_duplicate_when_it_comes_again() {
    let bench = limited(2, u64::MAX, WhenFull::DeadLetter);
    for id in ["m1", "m2", "m3"] {
        bench.append(bench.event(id, "dead")).await;
    }
    let again = bench.queue.append(vec![bench.event("m3", "dead")]).await.unwrap();
    assert_eq!(again.duplicates(), 1);
}

#[tokio::test]
async fn the_sums_of_a_store_that_an_older_program_has_written_are_made_up() {
    let mut bench = limited(3, u64::MAX, WhenFull::DeadLetter);
    fill(&bench).await;
    bench.queue.close().await.unwrap();
    let writable = rusqlite::Connection::open(&bench.settings.path).unwrap();
    writable
        .execute("DELETE FROM counts WHERE entry IN (8, 9)", [])
        .unwrap();
    drop(writable);
    bench.reopen();
    bench.audit();
    let depths = bench.queue.depths().await.unwrap();
    assert!(depths[0].bytes > 3 * 320, "{depths:?}");
}
