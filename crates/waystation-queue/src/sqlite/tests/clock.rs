//! Clocks that are set.

use super::*;

const YEARS: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

#[tokio::test]
async fn what_waits_is_due_after_the_clock_was_set_back() {
    let bench = Bench::new();
    bench.clock.advance(2 * HOUR);
    for id in ["m1", "m2"] {
        bench.append(bench.event(id, "crm")).await;
    }
    let again = Settled::Again {
        due: bench.now().plus(SECOND),
        resume: None,
        unknown_outcomes: 0,
        failure: failure("later"),
        report: bench.report(503),
    };
    let first = bench.queue.lease("crm", 1).await.unwrap().remove(0);
    bench.settle(first, again).await;
    bench.clock.set(START);
    bench.queue.tidy().await.unwrap();
    let leased = bench.lease("crm").await;
    assert_eq!(leased.len(), 2);
    for leased in leased {
        assert_eq!(
            leased.horizon,
            START.plus(4 * HOUR),
            "its time to be tried is the same"
        );
    }
}

#[tokio::test]
async fn a_clock_that_was_ten_years_ahead_leaves_nothing_waiting_even_across_a_restart() {
    let mut bench = Bench::new();
    bench.clock.advance(YEARS);
    bench.append(bench.event("m1", "crm")).await;
    bench.clock.set(START);
    bench.reopen();
    bench.queue.tidy().await.unwrap();
    assert_eq!(bench.due_ids("crm").await, [1]);
    let depths = bench.queue.depths().await.unwrap();
    assert_eq!(depths[0].oldest_received, Some(START), "its age begins now");
}

#[tokio::test]
async fn a_lease_that_was_out_while_the_clock_was_set_goes_back_to_its_place() {
    let bench = Bench::new();
    bench.clock.advance(2 * HOUR);
    bench.append(bench.event("m1", "crm")).await;
    let leased = bench.lease("crm").await;
    bench.clock.set(START);
    bench.queue.tidy().await.unwrap();
    assert!(bench.lease("crm").await.is_empty(), "it is leased");
    drop(leased);
    assert_eq!(bench.due_ids("crm").await, [1]);
}
