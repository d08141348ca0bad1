//! Searching, replaying, purging.

use super::*;
use crate::outcome::OutcomeKind;
use crate::record::{RecordFilter, TimeRange};

/// Nine deliveries, one each minute: by turns for `crm`, `mail` and nobody; delivered, dead, waiting, skipped.
pub(super) async fn varied() -> Bench {
    let bench = Bench::new();
    for n in 1..=9_u64 {
        let connection = ["crm", "mail", "crm"][n as usize % 3];
        let mut event = bench.event(&format!("m{n}"), connection);
        if n == 9 {
            event = bench.event_with("m9", vec![skipped(SkipRule::NoConnection)]);
        }
        event.user = Some(["ann", "bob"][n as usize % 2].to_owned());
        if n > 6 {
            event.source = "app".into();
        }
        bench.append(event).await;
        let outcome = match n {
            1 | 2 => Some(Settled::delivered(bench.report(200))),
            3 | 4 => Some(Settled::Dead {
                failure: failure("busy"),
                report: bench.report(503),
            }),
            5 => Some(Settled::Dead {
                failure: Failure {
                    stage: Stage::Mapping,
                    status: Some(400),
                    error_type: Some("PayloadValidationFailed".to_owned()),
                    message: "no email".to_owned(),
                    held_back: None,
                },
                report: Report::unsent(bench.now()),
            }),
            _ => None,
        };
        if let Some(outcome) = outcome {
            bench
                .settle(bench.lease(connection).await.remove(0), outcome)
                .await;
        }
        bench.clock.advance(60 * SECOND);
    }
    bench
}

async fn found(bench: &Bench, filter: RecordFilter) -> Vec<u64> {
    let query = RecordQuery {
        filter,
        ..RecordQuery::default()
    };
    let page = bench.queue.records(query).await.unwrap();
    assert_eq!(page.next, None);
    page.items.iter().map(|record| record.id.0).collect()
}

fn any() -> RecordFilter {
    RecordFilter::default()
}

fn minutes(from: u32, until: u32) -> TimeRange {
    TimeRange {
        from: Some(START.plus(60 * from * SECOND)),
        until: Some(START.plus(60 * until * SECOND)),
    }
}

#[tokio::test]
async fn each_part_of_a_filter_selects() {
    let bench = varied().await;
    let cases: Vec<(RecordFilter, &[u64])> = vec![
        (any(), &[9, 8, 7, 6, 5, 4, 3, 2, 1]),
        (
            RecordFilter {
                source: Some("app".into()),
                ..any()
            },
            &[9, 8, 7],
        ),
        (
            RecordFilter {
                connection: Some("mail".into()),
                ..any()
            },
            &[7, 4, 1],
        ),
        (
            RecordFilter {
                outcome: Some(OutcomeKind::Dead),
                ..any()
            },
            &[5, 4, 3],
        ),
        (
            RecordFilter {
                outcome: Some(OutcomeKind::Waiting),
                ..any()
            },
            &[8, 7, 6],
        ),
        (
            RecordFilter {
                outcome: Some(OutcomeKind::Delivered),
                ..any()
            },
            &[2, 1],
        ),
        (
            RecordFilter {
                rule: Some(SkipRule::NoConnection),
                ..any()
            },
            &[9],
        ),
        (
            RecordFilter {
                stage: Some(Stage::Mapping),
                ..any()
            },
            &[5],
        ),
        (
            RecordFilter {
                status: Some(503),
                ..any()
            },
            &[4, 3],
        ),
        (
            RecordFilter {
                error_type: Some("Unavailable".into()),
                ..any()
            },
            &[4, 3],
        ),
        (
            RecordFilter {
                message_id: Some("m4".into()),
                ..any()
            },
            &[4],
        ),
        (
            RecordFilter {
                message_id: Some("m44".into()),
                ..any()
            },
            &[],
        ),
        (
            RecordFilter {
                user: Some("ann".into()),
                ..any()
            },
            &[8, 6, 4, 2],
        ),
        (
            RecordFilter {
                received: minutes(2, 5),
                ..any()
            },
            &[5, 4, 3],
        ),
        (
            RecordFilter {
                finished: minutes(2, 4),
                ..any()
            },
            &[4, 3],
        ),
        (
            RecordFilter {
                user: Some("ann".into()),
                connection: Some("mail".into()),
                outcome: Some(OutcomeKind::Dead),
                ..any()
            },
            &[4],
        ),
    ];
    for (filter, expected) in cases {
        assert_eq!(found(&bench, filter.clone()).await, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn pages_join_without_gaps() {
    let bench = varied().await;
    for filter in [
        any(),
        RecordFilter {
            user: Some("bob".into()),
            ..any()
        },
        RecordFilter {
            connection: Some("crm".into()),
            ..any()
        },
        RecordFilter {
            outcome: Some(OutcomeKind::Dead),
            ..any()
        },
    ] {
        let all = found(&bench, filter.clone()).await;
        let mut joined = Vec::new();
        let mut before = None;
        loop {
            let query = RecordQuery {
                filter: filter.clone(),
                before,
                limit: 2,
            };
            let page = bench.queue.records(query).await.unwrap();
            joined.extend(page.items.iter().map(|record| record.id.0));
            before = page.next;
            if before.is_none() {
                break;
            }
        }
        assert_eq!(joined, all, "{filter:?}");
    }
}

#[tokio::test]
async fn a_users_events_are_found_across_blocks_of_ids() {
    let bench = Bench::new();
    for n in 0..4 {
        let deliveries = vec![skipped(SkipRule::NoConnection); 3000];
        let mut event = bench.event_with(&n.to_string(), deliveries);
        event.user = Some(["ann", "bob"][n % 2].to_owned());
        bench.append(event).await;
    }
    let filter = RecordFilter {
        user: Some("bob".into()),
        ..any()
    };
    let mut query = RecordQuery {
        filter,
        limit: 1000,
        before: None,
    };
    let mut ids = Vec::new();
    loop {
        let page = bench.queue.records(query.clone()).await.unwrap();
        ids.extend(page.items.iter().map(|record| record.id.0));
        query.before = page.next;
        if query.before.is_none() {
            break;
        }
    }
    let expected: Vec<u64> = (3001..=6000).chain(9001..=12000).rev().collect();
    assert_eq!(ids, expected);
}

#[tokio::test]
async fn replay_takes_what_was_chosen_and_nothing_else() {
    let one = Selection::One(DeliveryId(3));
    let all = Selection::Matching(any());
    let by_status = Selection::Matching(RecordFilter {
        status: Some(503),
        ..any()
    });
    let by_stage = Selection::Matching(RecordFilter {
        stage: Some(Stage::Mapping),
        ..any()
    });
    let by_time = Selection::Matching(RecordFilter {
        finished: minutes(3, 99),
        ..any()
    });
    let delivered = Selection::One(DeliveryId(1));
    let cases: [(Selection, &[u64]); 6] = [
        (one, &[3]),
        (all, &[3, 4, 5]),
        (by_status, &[3, 4]),
        (by_stage, &[5]),
        (by_time, &[4, 5]),
        (delivered, &[]),
    ];
    for (selection, expected) in cases {
        let bench = varied().await;
        let count = bench
            .queue
            .replay(selection.clone(), bench.now().plus(HOUR))
            .await
            .unwrap();
        assert_eq!(count, expected.len() as u64, "{selection:?}");
        let mut waiting = bench.due_ids("crm").await;
        waiting.extend(bench.due_ids("mail").await);
        waiting.retain(|id| *id < 6);
        waiting.sort_unstable();
        assert_eq!(waiting, expected, "{selection:?}");
        assert_eq!(bench.queue.ledger().await.unwrap().total.replayed, count);
        bench.audit();
    }
}

#[tokio::test]
async fn a_replayed_delivery_keeps_its_history() {
    let bench = varied().await;
    let horizon = bench.now().plus(HOUR);
    bench
        .queue
        .replay(Selection::One(DeliveryId(3)), horizon)
        .await
        .unwrap();
    let mut leased = bench.lease("crm").await;
    let at = leased.iter().position(|item| item.id().0 == 3).unwrap();
    let item = leased.remove(at);
    assert_eq!((item.attempts, item.rounds, item.horizon), (1, 1, horizon));
    bench.settle(item, Settled::delivered(bench.report(201))).await;
    let record = bench.queue.record(DeliveryId(3)).await.unwrap().unwrap();
    assert_eq!(record.summary.attempts, 2);
    assert_eq!(record.history[0].failure.as_ref().unwrap().message, "busy");
    assert_eq!(record.history[1].report.status, Some(201));
}

#[tokio::test]
async fn dead_letters_without_a_connection_are_purged_but_not_replayed() {
    let bench = Bench::new();
    let homeless = NewDelivery {
        fate: Fate::Dead(failure("no identity")),
        ..skipped(SkipRule::NoConnection)
    };
    bench.append(bench.event_with("m1", vec![homeless])).await;
    let all = || Selection::Matching(any());
    assert_eq!(bench.queue.replay(all(), bench.now()).await.unwrap(), 0);
    assert_eq!(bench.queue.purge(all()).await.unwrap(), 1);
    assert_eq!(
        bench.queue.records(RecordQuery::default()).await.unwrap().items,
        []
    );
    bench.audit();
}

#[tokio::test]
async fn purge_leaves_other_deliveries_of_the_event() {
    let bench = Bench::new();
    let dead = NewDelivery {
        fate: Fate::Dead(failure("no")),
        ..bench.waiting("crm")
    };
    bench
        .append(bench.event_with("m1", vec![dead, bench.waiting("mail")]))
        .await;
    assert_eq!(bench.queue.purge(Selection::One(DeliveryId(1))).await.unwrap(), 1);
    assert_eq!(bench.queue.purge(Selection::One(DeliveryId(1))).await.unwrap(), 0);
    assert_eq!(
        &bench.lease("mail").await[0].event.body[..],
        b"{\"messageId\":\"m1\"}"
    );
    bench.audit();
}
