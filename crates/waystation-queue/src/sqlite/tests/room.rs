//! Stores without room, and stores that cannot be written.

use super::*;
use crate::error::Remedy;

const MAX: u64 = 512 << 10;

fn small() -> Bench {
    Bench::with(|settings| settings.max_bytes = MAX)
}

/// Appends until the store takes no more; how many fitted.
async fn fill(bench: &Bench) -> u64 {
    for id in 0.. {
        match bench
            .queue
            .append(vec![bench.event(&format!("m{id}"), "crm")])
            .await
        {
            Ok(_) => {}
            Err(QueueError::Full { .. }) => return id,
            Err(other) => panic!("{other}"),
        }
    }
    0
}

fn file_size(bench: &Bench) -> u64 {
    let shell = bench.shell();
    let count = |pragma| {
        shell
            .pragma_query_value(None, pragma, |row| row.get::<_, i64>(0))
            .unwrap()
    };
    (count("page_count") * count("page_size")).cast_unsigned()
}

async fn fail_all(bench: &Bench, round: u8) {
    loop {
        let leased = bench.queue.lease("crm", 50).await.unwrap();
        if leased.is_empty() {
            return;
        }
        let settlements = leased.into_iter().map(|leased| Settlement {
            lease: leased.lease,
            outcome: Settled::Again {
                due: bench.now().plus(SECOND),
                resume: None,
                unknown_outcomes: 0,
                failure: failure(&"a long answer. ".repeat(200)),
                report: Report {
                    detail: Some(Bytes::from(vec![round; 8192])),
                    ..bench.report(500)
                },
            },
        });
        bench.queue.settle(settlements.collect()).await.unwrap();
    }
}

#[tokio::test]
async fn rounds_do_not_make_the_store_larger_than_it_may_be_and_are_settled_all_the_same() {
    let bench = small();
    let waiting = fill(&bench).await;
    for round in 0..5 {
        fail_all(&bench, round).await;
        bench.clock.advance(SECOND);
    }
    let size = file_size(&bench);
    assert!(size <= MAX + MAX / 16 + 256 * 4096, "{size} bytes");
    let leased = bench.queue.lease("crm", 10_000).await.unwrap();
    assert!(
        leased
            .iter()
            .all(|leased| leased.rounds == 5 && leased.attempts == 5)
    );
    drop(leased);
    let mut delivered = 0;
    loop {
        let leased = bench.queue.lease("crm", 50).await.unwrap();
        if leased.is_empty() {
            break;
        }
        delivered += leased.len() as u64;
        let settlements = leased.into_iter().map(|leased| Settlement {
            lease: leased.lease,
            outcome: Settled::delivered(bench.report(200)),
        });
        bench.queue.settle(settlements.collect()).await.unwrap();
    }
    assert_eq!(delivered, waiting);
    bench.audit();
    bench.append(bench.event("after", "crm")).await;
}

#[tokio::test]
async fn a_full_store_is_not_ready_and_is_again_when_there_is_room() {
    let bench = small();
    bench.queue.ready().await.unwrap();
    fill(&bench).await;
    let error = bench.queue.ready().await.unwrap_err();
    assert!(matches!(error, QueueError::Full { .. }), "{error}");
    assert_eq!(error.remedy(), Remedy::Wait);
    for leased in bench.queue.lease("crm", 500).await.unwrap() {
        bench.settle(leased, Settled::delivered(bench.report(200))).await;
    }
    bench.queue.ready().await.unwrap();
}

#[tokio::test]
async fn a_limit_that_leaves_no_room_for_any_event_is_told_as_such() {
    let bench = Bench::with(|settings| settings.max_bytes = 1024);
    let error = bench.queue.ready().await.unwrap_err().to_string();
    assert!(error.contains("less than an empty store takes"), "{error}");
    let error = bench
        .queue
        .append(vec![bench.event("m1", "crm")])
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("less than an empty store takes"),
        "{error}"
    );
}

#[tokio::test]
async fn a_store_whose_file_was_removed_takes_nothing_and_says_why() {
    let bench = Bench::new();
    bench.append(bench.event("m1", "crm")).await;
    std::fs::remove_file(&bench.settings.path).unwrap();
    let error = bench
        .queue
        .append(vec![bench.event("m2", "crm")])
        .await
        .unwrap_err();
    assert!(error.to_string().contains("was removed or replaced"), "{error}");
    let error = bench.queue.ready().await.unwrap_err();
    assert!(error.to_string().contains("was removed or replaced"), "{error}");
}

#[tokio::test]
async fn a_store_whose_log_was_removed_takes_nothing_and_says_why() {
    let bench = Bench::new();
    bench.append(bench.event("m1", "crm")).await;
    let mut log = bench.settings.path.clone().into_os_string();
    log.push("-wal");
    std::fs::remove_file(log).unwrap();
    let error = bench
        .queue
        .append(vec![bench.event("m2", "crm")])
        .await
        .unwrap_err();
    assert!(error.to_string().contains("-wal was removed"), "{error}");
}

#[tokio::test]
async fn a_store_that_another_process_replaced_takes_nothing() {
    let bench = Bench::new();
    bench.append(bench.event("m1", "crm")).await;
    let copy = bench.settings.path.with_extension("copy");
    std::fs::copy(&bench.settings.path, &copy).unwrap();
    std::fs::rename(&copy, &bench.settings.path).unwrap();
    let error = bench
        .queue
        .append(vec![bench.event("m2", "crm")])
        .await
        .unwrap_err();
    assert!(error.to_string().contains("was removed or replaced"), "{error}");
}

#[tokio::test]
async fn a_closed_store_is_not_ready_and_says_that_nothing_helps() {
    let bench = Bench::new();
    bench.queue.close().await.unwrap();
    let error = bench.queue.ready().await.unwrap_err();
    assert_eq!(error.remedy(), Remedy::Stop);
}
