//! Deliveries with order keys.

use super::*;

fn ordered(bench: &Bench, message_id: &str, key: &str) -> NewEvent {
    let delivery = NewDelivery {
        order: Some(key.to_owned()),
        ..bench.waiting("crm")
    };
    bench.event_with(message_id, vec![delivery])
}

#[tokio::test]
async fn only_the_oldest_of_a_key_is_leased() {
    let mut bench = Bench::new();
    for (message_id, key) in [("1", "ann"), ("2", "ann"), ("3", "bob"), ("4", "ann")] {
        bench.append(ordered(&bench, message_id, key)).await;
    }
    let mut leased = bench.lease("crm").await;
    assert_eq!(leased.iter().map(|item| item.id().0).collect::<Vec<_>>(), [1, 3]);
    bench
        .settle(leased.remove(0), Settled::delivered(bench.report(200)))
        .await;
    assert_eq!(bench.due_ids("crm").await, [2]);
    drop(leased);
    bench.reopen();
    assert_eq!(bench.due_ids("crm").await, [2, 3]);
}

#[tokio::test]
async fn a_retry_holds_back_the_younger_ones() {
    let mut bench = Bench::new();
    for message_id in ["1", "2"] {
        bench.append(ordered(&bench, message_id, "ann")).await;
    }
    let again = Settled::Again {
        due: bench.now().plus(HOUR),
        resume: None,
        unknown_outcomes: 0,
        failure: failure("not yet"),
        report: bench.report(503),
    };
    bench.settle(bench.lease("crm").await.remove(0), again).await;
    assert!(bench.due_ids("crm").await.is_empty());
    bench.reopen();
    assert!(bench.due_ids("crm").await.is_empty());
    bench.clock.advance(HOUR);
    assert_eq!(bench.due_ids("crm").await, [1]);
    let dead = Settled::Dead {
        failure: failure("no"),
        report: bench.report(503),
    };
    bench.settle(bench.lease("crm").await.remove(0), dead).await;
    bench.queue.due("crm").await;
    assert_eq!(bench.due_ids("crm").await, [2]);
}

#[tokio::test]
async fn a_replayed_one_goes_before_the_younger_ones() {
    let bench = Bench::new();
    for message_id in ["1", "2"] {
        bench.append(ordered(&bench, message_id, "ann")).await;
    }
    let dead = Settled::Dead {
        failure: failure("no"),
        report: bench.report(503),
    };
    bench.settle(bench.lease("crm").await.remove(0), dead).await;
    let selection = Selection::One(DeliveryId(1));
    let replayed = bench
        .queue
        .replay(selection, bench.now().plus(HOUR))
        .await
        .unwrap();
    assert_eq!(replayed, 1);
    let leased = bench.lease("crm").await;
    assert_eq!(leased.len(), 1);
    assert_eq!(leased[0].id(), DeliveryId(1));
    assert_eq!(leased[0].horizon, bench.now().plus(HOUR));
}

#[tokio::test]
async fn many_that_are_held_back_do_not_hide_the_others() {
    let bench = Bench::new();
    let mut events: Vec<NewEvent> = (0..200).map(|n| ordered(&bench, &n.to_string(), "ann")).collect();
    events.push(ordered(&bench, "last", "bob"));
    bench.queue.append(events).await.unwrap();
    let first = bench.queue.lease("crm", 1).await.unwrap();
    assert_eq!(first[0].id(), DeliveryId(1));
    assert_eq!(bench.due_ids("crm").await, [201]);
}

#[tokio::test]
async fn a_lease_that_passes_over_many_hands_out_what_it_has_found_and_the_next_one_the_rest() {
    let bench = Bench::new();
    let ordered = |id: usize, order: Option<&str>| {
        let delivery = NewDelivery {
            order: order.map(str::to_owned),
            ..bench.waiting("crm")
        };
        bench.event_with(&format!("m{id}"), vec![delivery])
    };
    let followers = limits::MOST_PASSED_OVER;
    for id in 0..=followers {
        bench.append(ordered(id, Some("ada"))).await;
    }
    bench.append(ordered(followers + 1, None)).await;
    let last = followers as u64 + 2;
    let first = bench.queue.lease("crm", 10).await.unwrap();
    assert_eq!(first.iter().map(|leased| leased.id().0).collect::<Vec<_>>(), [1]);
    assert!(first[0].is_followed, "the others of ada wait for it");
    let second = bench.queue.lease("crm", 10).await.unwrap();
    assert_eq!(
        second.iter().map(|leased| leased.id().0).collect::<Vec<_>>(),
        [last]
    );
    assert!(!second[0].is_followed);
    assert!(bench.queue.lease("crm", 10).await.unwrap().is_empty());
}
