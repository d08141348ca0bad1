//! Each setting changes something.

use super::*;

/// Appends until the store refuses; how many it took.
async fn fill(bench: &Bench, from: usize) -> (usize, QueueError) {
    for n in from.. {
        let event = NewEvent {
            body: vec![b'x'; 2000].into(),
            ..bench.event(&n.to_string(), "crm")
        };
        if let Err(error) = bench.queue.append(vec![event]).await {
            return (n - from, error);
        }
    }
    unreachable!("the loop has no end")
}

#[tokio::test]
async fn max_bytes_and_full_retry_after() {
    let bench = Bench::with(|settings| {
        settings.max_bytes = 1 << 19;
        settings.full_retry_after = 7 * SECOND;
    });
    let (small, error) = fill(&bench, 0).await;
    let retry_after = 7 * SECOND;
    assert_eq!(error, QueueError::Full { retry_after });
    assert!((50..250).contains(&small), "{small} events of 2 kB in 512 KiB");
    let larger = Bench::with(|settings| settings.max_bytes = 1 << 20);
    let (large, _) = fill(&larger, 0).await;
    assert!(large > small + 100, "{large} after {small}");
}

#[tokio::test]
async fn a_full_store_still_settles_and_then_takes_events_again() {
    let bench = Bench::with(|settings| settings.max_bytes = 1 << 19);
    let (first, _) = fill(&bench, 0).await;
    let mut settlements = Vec::new();
    for leased in bench.lease("crm").await {
        settlements.push(Settlement {
            lease: leased.lease,
            outcome: Settled::delivered(Report {
                detail: Some(Bytes::from_static(&[b'd'; 100])),
                ..bench.report(200)
            }),
        });
    }
    assert_eq!(settlements.len(), first);
    bench.queue.settle(settlements).await.unwrap();
    // The records go before their time, oldest first, and stay counted.
    for n in 0..first / 2 {
        bench.append(bench.event(&format!("again {n}"), "crm")).await;
    }
    let (second, _) = fill(&bench, 10_000).await;
    assert!(second > 10, "{second}");
    assert_eq!(bench.queue.record(DeliveryId(1)).await.unwrap(), None);
    let total = bench.queue.ledger().await.unwrap().total;
    assert_eq!(total.delivered, first as u64);
    assert!(total.balances());
    bench.audit();
    // What went is still known for the window.
    let duplicate = bench.queue.append(vec![bench.event("0", "crm")]).await;
    assert!(
        matches!(&duplicate, Ok(appended) if appended.duplicates() == 1)
            || matches!(&duplicate, Err(QueueError::Full { .. })),
        "{duplicate:?}"
    );
}

#[tokio::test]
async fn dead_letters_do_not_make_room() {
    let bench = Bench::with(|settings| settings.max_bytes = 1 << 19);
    let (first, _) = fill(&bench, 0).await;
    for leased in bench.lease("crm").await {
        let dead = Settled::Dead {
            failure: failure("no"),
            report: bench.report(503),
        };
        bench.settle(leased, dead).await;
    }
    assert_eq!(fill(&bench, 10_000).await.0, 0);
    let purged = bench
        .queue
        .purge(Selection::Matching(Default::default()))
        .await
        .unwrap();
    assert_eq!(purged, first as u64);
    assert!(fill(&bench, 20_000).await.0 > first / 2);
}

#[tokio::test]
async fn duplicate_window() {
    for (window, after, is_stored) in [
        (10 * SECOND, 9 * SECOND, false),
        (10 * SECOND, 10 * SECOND, true),
        (Duration::ZERO, Duration::ZERO, true),
    ] {
        let bench = Bench::with(|settings| settings.duplicate_window = window);
        bench.append(bench.event("m1", "crm")).await;
        bench.clock.advance(after);
        let appended = bench.queue.append(vec![bench.event("m1", "crm")]).await.unwrap();
        assert_eq!(
            appended.stored() == 1,
            is_stored,
            "{after:?} in a window of {window:?}"
        );
    }
}

#[tokio::test]
async fn duplicates_of_purged_events_are_known_across_a_restart() {
    let mut bench = Bench::new();
    let id = bench.append(bench.event("m1", "crm")).await;
    let dead = Settled::Dead {
        failure: failure("no"),
        report: bench.report(400),
    };
    bench.settle(bench.lease("crm").await.remove(0), dead).await;
    assert_eq!(bench.queue.purge(Selection::One(id)).await.unwrap(), 1);
    for _ in 0..2 {
        let appended = bench.queue.append(vec![bench.event("m1", "crm")]).await.unwrap();
        assert_eq!(appended.duplicates(), 1);
        bench.reopen();
    }
    // An id is never used twice, although its row is gone.
    assert_eq!(bench.append(bench.event("m2", "crm")).await, DeliveryId(2));
    bench.clock.advance(25 * HOUR);
    bench.queue.tidy().await.unwrap();
    let remembered: i64 = bench
        .shell()
        .query_row("SELECT count(*) FROM seen", [], |row| row.get(0))
        .unwrap();
    assert_eq!(remembered, 0);
}

#[tokio::test]
async fn record_retention_and_dead_letter_retention() {
    let bench = Bench::with(|settings| {
        settings.record_retention = HOUR;
        settings.dead_letter_retention = 3 * HOUR;
    });
    for n in 1..=3 {
        bench.append(bench.event(&format!("m{n}"), "crm")).await;
    }
    let mut leased = bench.lease("crm").await;
    let dead = Settled::Dead {
        failure: failure("no"),
        report: bench.report(503),
    };
    bench
        .settle(leased.remove(0), Settled::delivered(bench.report(200)))
        .await;
    bench.settle(leased.remove(0), dead).await;
    drop(leased);
    let mut left = Vec::new();
    for _ in 0..5 {
        bench.queue.tidy().await.unwrap();
        let page = bench.queue.records(RecordQuery::default()).await.unwrap();
        left.push(page.items.iter().map(|record| record.id.0).collect::<Vec<_>>());
        bench.clock.advance(HOUR);
    }
    // What waits has no retention.
    assert_eq!(left, [vec![3, 2, 1], vec![3, 2], vec![3, 2], vec![3], vec![3]]);
    let total = bench.queue.ledger().await.unwrap().total;
    assert_eq!((total.delivered, total.dead, total.purged), (1, 0, 1));
    bench.audit();
}

#[tokio::test]
async fn space_returns_to_the_disk() {
    let bench = Bench::with(|settings| settings.record_retention = HOUR);
    let events = (0..300).map(|n| NewEvent {
        body: vec![b'x'; 4000].into(),
        ..bench.event_with(&n.to_string(), vec![skipped(SkipRule::NoConnection)])
    });
    bench.queue.append(events.collect()).await.unwrap();
    let pages = || -> i64 {
        bench
            .shell()
            .pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap()
    };
    let before = pages();
    bench.clock.advance(2 * HOUR);
    bench.queue.tidy().await.unwrap();
    assert!(pages() < before / 2, "{} of {before} pages", pages());
}

#[tokio::test]
async fn path() {
    let bench = Bench::new();
    bench.append(bench.event("m1", "crm")).await;
    let other = Bench::new();
    assert_ne!(other.settings.path, bench.settings.path);
    assert!(other.lease("crm").await.is_empty());
    assert!(bench.settings.path.exists());
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    bench.append(bench.event("m1", "crm")).await;
    for suffix in ["", "-wal", "-shm"] {
        let path = format!("{}{suffix}", bench.settings.path.display());
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{path} has mode {mode:o}");
    }
}

/// Two reads, the first of which ends only when it is told to.
async fn overlap(readers: usize, tell_early: bool) -> Vec<&'static str> {
    let bench = Bench::with(|settings| settings.readers = readers);
    let log = Arc::new(Mutex::new(Vec::new()));
    let (tell, told) = mpsc::channel::<()>();
    let (begun, has_begun) = oneshot::channel();
    let note = |text| {
        let log = Arc::clone(&log);
        move || log.lock().unwrap().push(text)
    };
    let (first_ends, second_runs) = (note("first ends"), note("second runs"));
    let first = bench.queue.read(move |_, _| {
        let _ = begun.send(());
        let _ = told.recv();
        first_ends();
        Ok(())
    });
    let second = async {
        has_begun.await.unwrap();
        let second = bench.queue.read(move |_, _| {
            second_runs();
            Ok(())
        });
        if tell_early {
            let mut second = Box::pin(second);
            assert!(poll_once(&mut second).await.is_none());
            drop(tell);
            second.await.unwrap();
        } else {
            second.await.unwrap();
            drop(tell);
        }
    };
    let (first, ()) = tokio::join!(first, second);
    first.unwrap();
    let entries = log.lock().unwrap();
    entries.clone()
}

#[tokio::test]
async fn readers() {
    assert_eq!(overlap(1, true).await, ["first ends", "second runs"]);
    assert_eq!(overlap(2, false).await, ["second runs", "first ends"]);
}

#[tokio::test]
async fn occupancy_shows_how_full_the_store_is() {
    let bench = Bench::with(|settings| settings.max_bytes = 1 << 19);
    let empty = bench.queue.occupancy().await.unwrap();
    fill(&bench, 0).await;
    let full = bench.queue.occupancy().await.unwrap();
    assert_eq!(full.limit, empty.limit);
    assert!(full.limit < 1 << 19, "some of it is kept free for settlements");
    assert!(
        empty.used < full.limit / 2 && full.used > full.limit / 4 * 3,
        "{empty:?}, then {full:?}"
    );
}

#[tokio::test]
async fn an_event_that_was_rejected_or_skipped_does_not_own_its_message_id() {
    let bench = Bench::new();
    let rejected = NewDelivery {
        fate: Fate::Dead(failure("no user")),
        ..skipped(SkipRule::NoConnection)
    };
    for (id, before) in [
        ("rejected", rejected),
        ("skipped", skipped(SkipRule::NoSubscriptionMatched)),
    ] {
        bench.append(bench.event_with(id, vec![before])).await;
        bench.append(bench.event(id, "crm")).await;
        let again = bench.queue.append(vec![bench.event(id, "crm")]).await.unwrap();
        assert_eq!(again.duplicates(), 1, "{id}: now it is owned");
    }
}

#[tokio::test]
async fn an_event_that_was_skipped_does_not_own_its_message_id_when_its_record_is_gone() {
    let bench = Bench::with(|settings| settings.record_retention = SECOND);
    bench
        .append(bench.event_with("m1", vec![skipped(SkipRule::ConnectionDisabled)]))
        .await;
    bench.clock.advance(2 * SECOND);
    bench.queue.tidy().await.unwrap();
    bench.append(bench.event("m1", "crm")).await;
}
