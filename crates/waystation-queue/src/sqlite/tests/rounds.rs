//! What is recorded of rounds: once for a call, with the partner's last words.

use super::*;
use crate::outcome::{Failure, OutcomeKind};
use crate::record::{RecordFilter, State};

fn held_back() -> Failure {
    Failure {
        stage: Stage::Delivery,
        status: Some(503),
        error_type: Some("BREAKER_REFUSING".to_owned()),
        message: "the partner is left alone".to_owned(),
        held_back: Some("the partner is left alone".to_owned()),
    }
}

fn again(bench: &Bench, attempts: u32, failure: Failure) -> Settled {
    Settled::Again {
        due: bench.now(),
        resume: None,
        unknown_outcomes: 0,
        failure,
        report: Report {
            attempts,
            ..bench.report(503)
        },
    }
}

async fn next(bench: &Bench) -> Leased {
    bench.lease("crm").await.remove(0)
}

#[tokio::test]
async fn deliveries_of_one_call_share_one_record_of_it() {
    let bench = Bench::new();
    for id in 1..=3 {
        bench.append(bench.event(&format!("m{id}"), "crm")).await;
    }
    let call = Bytes::from("{\"attempts\":[1]}");
    let settlements = bench.lease("crm").await.into_iter().map(|leased| Settlement {
        outcome: Settled::delivered(Report {
            detail: Some(Bytes::from(format!("{{\"of\":{}}}", leased.id()))),
            call: Some(call.clone()),
            ..bench.report(200)
        }),
        lease: leased.lease,
    });
    bench.queue.settle(settlements.collect()).await.unwrap();
    let count = |sql| {
        bench
            .shell()
            .query_row(sql, [], |row| row.get::<_, i64>(0))
            .unwrap()
    };
    assert_eq!(count("SELECT count(*) FROM calls"), 1);
    let third = bench.queue.record(DeliveryId(3)).await.unwrap().unwrap();
    let report = &third.history[0].report;
    assert_eq!(report.call, Some(call));
    assert_eq!(report.detail, Some(Bytes::from("{\"of\":3}")));
    bench.audit();

    bench.clock.advance(10 * 24 * HOUR);
    bench.queue.tidy().await.unwrap();
    assert_eq!(
        count("SELECT count(*) FROM calls"),
        0,
        "it goes with the last delivery"
    );
}

#[tokio::test]
async fn what_the_partner_said_last_stays_beside_why_it_is_not_asked() {
    let bench = Bench::new();
    bench.append(bench.event("m1", "crm")).await;
    bench
        .settle(
            next(&bench).await,
            again(&bench, 1, failure("maintenance until noon")),
        )
        .await;
    bench
        .settle(next(&bench).await, again(&bench, 0, held_back()))
        .await;
    let record = bench.queue.record(DeliveryId(1)).await.unwrap().unwrap();
    let expected = Failure {
        held_back: Some("the partner is left alone".to_owned()),
        ..failure("maintenance until noon")
    };
    let State::Waiting { failure: told, .. } = &record.summary.state else {
        panic!("it waits")
    };
    assert_eq!(told.as_ref(), Some(&expected));
    assert_eq!(
        record.history[1].failure,
        Some(held_back()),
        "the round tells what happened in it"
    );

    let dead = Settled::Dead {
        failure: held_back(),
        report: Report {
            attempts: 0,
            ..bench.report(503)
        },
    };
    bench.settle(next(&bench).await, dead).await;
    let filter = RecordFilter {
        outcome: Some(OutcomeKind::Dead),
        error_type: Some("Unavailable".to_owned()),
        held_back: Some(true),
        ..RecordFilter::default()
    };
    let query = RecordQuery {
        filter,
        ..RecordQuery::default()
    };
    let page = bench.queue.records(query).await.unwrap();
    let State::Dead { failure: told, .. } = &page.items[0].state else {
        panic!("it is dead")
    };
    assert_eq!(*told, expected);
}

#[tokio::test]
async fn a_delivery_that_was_never_sent_tells_why_it_is_held_back() {
    let bench = Bench::new();
    bench.append(bench.event("m1", "crm")).await;
    bench
        .settle(next(&bench).await, again(&bench, 0, held_back()))
        .await;
    let record = bench.queue.record(DeliveryId(1)).await.unwrap().unwrap();
    assert!(
        matches!(&record.summary.state, State::Waiting { failure: Some(told), .. } if *told == held_back()),
        "{record:?}"
    );
}

#[tokio::test]
async fn the_words_of_a_later_answer_replace_the_earlier_ones() {
    let bench = Bench::new();
    bench.append(bench.event("m1", "crm")).await;
    bench
        .settle(next(&bench).await, again(&bench, 1, failure("first")))
        .await;
    bench
        .settle(next(&bench).await, again(&bench, 0, held_back()))
        .await;
    bench
        .settle(next(&bench).await, again(&bench, 1, failure("second")))
        .await;
    let record = bench.queue.record(DeliveryId(1)).await.unwrap().unwrap();
    assert!(
        matches!(&record.summary.state, State::Waiting { failure: Some(told), .. } if *told == failure("second")),
        "{record:?}"
    );
}

#[tokio::test]
async fn warnings_are_stored_counted_and_found() {
    let bench = Bench::new();
    for id in ["m1", "m2"] {
        bench.append(bench.event(id, "crm")).await;
    }
    let warned = Settled::Delivered {
        warning: Some("birthday ignored".to_owned()),
        notes: None,
        report: bench.report(200),
    };
    bench.settle(next(&bench).await, warned).await;
    bench
        .settle(next(&bench).await, Settled::delivered(bench.report(200)))
        .await;
    let ledger = bench.queue.ledger().await.unwrap();
    assert_eq!((ledger.total.delivered, ledger.total.warned), (2, 1));
    assert!(ledger.total.balances());
    for (wanted, expected) in [(true, vec![1]), (false, vec![2])] {
        let query = RecordQuery {
            filter: RecordFilter {
                warning: Some(wanted),
                ..RecordFilter::default()
            },
            ..RecordQuery::default()
        };
        let page = bench.queue.records(query).await.unwrap();
        let ids: Vec<u64> = page.items.iter().map(|item| item.id.0).collect();
        assert_eq!(ids, expected, "warning: {wanted}");
    }
}

#[tokio::test]
async fn unknown_outcomes_are_counted_over_the_whole_life_of_a_delivery() {
    let mut bench = Bench::new();
    bench.append(bench.event("m1", "crm")).await;
    assert_eq!(next(&bench).await.unknown_outcomes, 0);
    let Settled::Again {
        due,
        resume,
        failure,
        report,
        ..
    } = again(&bench, 1, failure("what?"))
    else {
        panic!("again")
    };
    let outcome = Settled::Again {
        due,
        resume,
        unknown_outcomes: 2,
        failure,
        report,
    };
    bench.settle(next(&bench).await, outcome).await;
    bench.reopen();
    assert_eq!(next(&bench).await.unknown_outcomes, 2);
}

#[tokio::test]
async fn a_settlement_of_what_somebody_deleted_is_told_and_does_not_come_back() {
    let bench = Bench::new();
    for id in ["m1", "m2"] {
        bench.append(bench.event(id, "crm")).await;
    }
    let leased = bench.lease("crm").await;
    rusqlite::Connection::open(&bench.settings.path)
        .unwrap()
        .execute("DELETE FROM deliveries WHERE id = 1", [])
        .unwrap();
    let settlements = leased.into_iter().map(|leased| Settlement {
        lease: leased.lease,
        outcome: Settled::delivered(bench.report(200)),
    });
    let missing = bench.queue.settle(settlements.collect()).await.unwrap();
    assert_eq!(missing, [DeliveryId(1)]);
    assert!(bench.lease("crm").await.is_empty());
    let second = bench.queue.record(DeliveryId(2)).await.unwrap().unwrap();
    assert_eq!(second.summary.state.kind(), OutcomeKind::Delivered);
}

#[tokio::test]
async fn what_a_delivery_noted_is_there_for_the_others_of_its_event() {
    let bench = Bench::new();
    bench.append(bench.event("m1", "crm")).await;
    let leased = next(&bench).await;
    let (first, notes) = (leased.event.first, Bytes::from("{\"contact\":\"7\"}"));
    assert!(bench.queue.noted(first, "crm").await.unwrap().is_empty());
    let settled = Settled::Delivered {
        warning: None,
        notes: Some(notes.clone()),
        report: bench.report(200),
    };
    let settlement = Settlement {
        lease: leased.lease,
        outcome: settled,
    };
    bench.queue.settle(vec![settlement]).await.unwrap();
    assert_eq!(bench.queue.noted(first, "crm").await.unwrap(), [notes]);
    assert!(bench.queue.noted(first, "other").await.unwrap().is_empty());
    assert!(
        bench
            .queue
            .noted(DeliveryId(first.0 + 1), "crm")
            .await
            .unwrap()
            .is_empty()
    );
}
