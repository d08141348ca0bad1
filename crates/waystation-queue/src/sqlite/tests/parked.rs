//! Deliveries that wait until they are released.

use super::*;
use crate::record::Parked;

/// A delivery of this subscription that is parked.
fn parked(bench: &Bench, subscription: &str) -> NewDelivery {
    let fate = Fate::Waiting {
        due: Millis::PARKED,
        horizon: bench.now().plus(4 * HOUR),
    };
    NewDelivery {
        subscription: Some(subscription.into()),
        fate,
        ..bench.waiting("crm")
    }
}

fn of_crm(subscription: Option<&str>, source: Option<&str>) -> Parked {
    Parked {
        connection: "crm".into(),
        subscription: subscription.map(Into::into),
        source: source.map(Into::into),
    }
}

#[tokio::test]
async fn what_is_parked_is_due_once_it_is_released_and_nothing_else_is() {
    let bench = Bench::new();
    bench
        .append(bench.event_with("a", vec![parked(&bench, "orders"), parked(&bench, "people")]))
        .await;
    let from_app = NewEvent {
        source: "app".into(),
        ..bench.event_with("b", vec![parked(&bench, "orders")])
    };
    bench.append(from_app).await;
    let later = NewDelivery {
        fate: Fate::Waiting {
            due: bench.now().plus(HOUR),
            horizon: bench.now().plus(4 * HOUR),
        },
        ..parked(&bench, "orders")
    };
    bench.append(bench.event_with("c", vec![later])).await;
    assert_eq!(bench.due_ids("crm").await, [0; 0]);
    for nobodys in [of_crm(Some("nobody"), None), of_crm(None, Some("nobody"))] {
        assert_eq!(bench.queue.release(nobodys).await.unwrap(), 0);
    }
    assert_eq!(
        bench
            .queue
            .release(of_crm(Some("orders"), Some("web")))
            .await
            .unwrap(),
        1
    );
    assert_eq!(bench.due_ids("crm").await, [1]);
    assert_eq!(bench.queue.release(of_crm(None, None)).await.unwrap(), 2);
    assert_eq!(bench.due_ids("crm").await, [1, 2, 3]);
    assert_eq!(bench.queue.release(of_crm(None, None)).await.unwrap(), 0);
    bench.audit();
}

#[tokio::test]
async fn many_are_released_in_slices() {
    let bench = Bench::new();
    for number in 0..20 {
        let subscription = if number % 5 == 4 { "people" } else { "orders" };
        bench
            .append(bench.event_with(&format!("m-{number}"), vec![parked(&bench, subscription)]))
            .await;
    }
    assert_eq!(
        bench.queue.release(of_crm(Some("people"), None)).await.unwrap(),
        4
    );
    assert_eq!(bench.due_ids("crm").await, [5, 10, 15, 20]);
    assert_eq!(bench.queue.release(of_crm(None, None)).await.unwrap(), 16);
}

#[tokio::test]
async fn one_that_comes_out_of_the_queue_can_be_parked() {
    let bench = Bench::new();
    bench.append(bench.event("a", "crm")).await;
    let leased = bench.lease("crm").await.pop().unwrap();
    let again = Settled::Again {
        due: Millis::PARKED,
        resume: None,
        unknown_outcomes: 0,
        failure: failure("paused"),
        report: Report::unsent(bench.now()),
    };
    bench.settle(leased, again).await;
    bench.clock.advance(1_000 * HOUR);
    assert_eq!(bench.due_ids("crm").await, [0; 0]);
    assert_eq!(bench.queue.release(of_crm(None, None)).await.unwrap(), 1);
    assert_eq!(bench.due_ids("crm").await, [1]);
}
