//! Events in the place of deliveries that were skipped or had no connection.

use super::*;
use crate::event::Replacement;
use crate::outcome::OutcomeKind;

/// A dead letter that never had a connection.
fn rejected() -> NewDelivery {
    NewDelivery {
        fate: Fate::Dead(failure("no identity")),
        ..skipped(SkipRule::Consent)
    }
}

async fn replace(bench: &Bench, replaced: DeliveryId, message_id: &str) -> u64 {
    let event = bench.event(message_id, "crm");
    let replacement = Replacement { replaced, event };
    bench.queue.replace(vec![replacement]).await.unwrap()
}

#[tokio::test]
async fn what_was_rejected_or_skipped_waits_in_its_place_and_the_ledger_adds_up() {
    let bench = Bench::new();
    let dead = bench.append(bench.event_with("dead", vec![rejected()])).await;
    let rule = SkipRule::ConnectionDisabled;
    let skip = bench.append(bench.event_with("skip", vec![skipped(rule)])).await;
    assert_eq!(replace(&bench, dead, "dead").await, 1);
    assert_eq!(replace(&bench, skip, "skip").await, 1);
    assert_eq!(bench.queue.record(dead).await.unwrap(), None);
    assert_eq!(bench.due_ids("crm").await, [3, 4]);
    let total = bench.queue.ledger().await.unwrap().total;
    assert_eq!((total.accepted, total.waiting, total.purged), (4, 2, 1));
    assert_eq!((total.skipped[&rule], total.replayed, total.dead), (1, 2, 0));
    bench.audit();
    // Nothing is replaced twice, and the sender's repetition is a duplicate now.
    assert_eq!(replace(&bench, dead, "dead").await, 0);
    let again = bench
        .queue
        .append(vec![bench.event("skip", "crm")])
        .await
        .unwrap();
    assert_eq!(again.duplicates(), 1);
}

#[tokio::test]
async fn a_skip_beside_a_delivery_is_replaced_without_the_delivery() {
    let bench = Bench::new();
    let both = vec![bench.waiting("well"), skipped(SkipRule::ConnectionDisabled)];
    let first = bench.append(bench.event_with("both", both)).await;
    assert_eq!(replace(&bench, DeliveryId(first.0 + 1), "both").await, 1);
    assert_eq!(bench.due_ids("well").await.len(), 1);
    assert_eq!(bench.due_ids("crm").await.len(), 1);
    bench.audit();
}

#[tokio::test]
async fn what_was_corrected_and_sent_again_meanwhile_is_left_alone() {
    let bench = Bench::new();
    let dead = bench.append(bench.event_with("m1", vec![rejected()])).await;
    bench.append(bench.event("m1", "crm")).await;
    assert_eq!(replace(&bench, dead, "m1").await, 0);
    let record = bench.queue.record(dead).await.unwrap().unwrap();
    assert_eq!(record.summary.state.kind(), OutcomeKind::Dead);
    bench.audit();
}

#[tokio::test]
async fn what_has_a_connection_or_was_delivered_is_not_replaced() {
    let bench = Bench::new();
    let waiting = bench.append(bench.event("waits", "crm")).await;
    assert_eq!(replace(&bench, waiting, "waits").await, 0);
    let leased = bench.lease("crm").await.pop().unwrap();
    bench.settle(leased, Settled::delivered(bench.report(200))).await;
    assert_eq!(replace(&bench, waiting, "waits").await, 0);
    bench.audit();
}
