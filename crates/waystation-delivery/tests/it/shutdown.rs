//! The end: in good order, or cut off.

use std::time::Duration;

use crate::support::{Bench, HASTY, Partner, Reaction, config, eventually, example, head, track};

#[tokio::test]
async fn what_is_cut_off_goes_back_and_is_delivered_after_a_restart() {
    let partner = Partner::deciding(|before, _| match before {
        0 => Reaction::Hang,
        _ => Reaction::ok(),
    })
    .await;
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], HASTY)
    ));
    let bench = Bench::with(&config).await;
    bench.send(["m-1", "m-2"].map(track)).await;
    eventually("the partner is asked", || async { partner.requests().len() == 1 }).await;
    assert!(
        !bench.deliveries.shutdown(Duration::from_millis(10)).await,
        "it was cut off"
    );
    let depth = bench.queue.depths().await.unwrap().remove(0);
    assert_eq!((depth.waiting, depth.leased), (2, 0));
    // Nothing is known of a call that was cut off, and nothing is recorded.
    assert_eq!(bench.record("m-1").await.summary.rounds, 0);

    let bench = bench.restart(&config).await;
    bench.until_delivered(2).await;
}

#[tokio::test]
async fn what_is_under_way_ends_within_the_grace() {
    let partner = Partner::deciding(|_, _| Reaction::Hang).await;
    let delivery = format!("{HASTY}deadline = \"300ms\"\n");
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], &delivery)
    ));
    let bench = Bench::with(&config).await;
    bench.send([track("m-1")]).await;
    eventually("the partner is asked", || async { partner.requests().len() == 1 }).await;
    assert!(
        bench.deliveries.shutdown(Duration::from_secs(20)).await,
        "it ended by itself"
    );
    assert_eq!(bench.record("m-1").await.summary.rounds, 1);
    assert_eq!(partner.requests().len(), 1, "nothing more is leased");
}

#[tokio::test]
async fn what_waits_for_its_batch_goes_back() {
    let partner = Partner::willing().await;
    let delivery = HASTY.replace("50ms", "1h");
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], &delivery)
    ));
    let bench = Bench::with(&config).await;
    bench.send([track("m-1")]).await;
    eventually("it is leased", || async {
        bench.queue.depths().await.unwrap()[0].leased == 1
    })
    .await;
    assert!(bench.deliveries.shutdown(Duration::from_secs(20)).await);
    let depth = bench.queue.depths().await.unwrap().remove(0);
    assert_eq!((depth.waiting, depth.leased), (1, 0));
    assert!(partner.requests().is_empty());
}

#[tokio::test]
async fn a_store_that_cannot_be_written_does_not_keep_the_process_and_counts_nothing() {
    let partner = Partner::willing().await;
    let config = config(&format!(
        "{}{}",
        head(&partner),
        example("crm", &["trackEvent"], HASTY)
    ));
    let bench = Bench::with(&config).await;
    bench.send([track("m-1")]).await;
    std::fs::remove_file(bench.store()).unwrap();
    eventually("the partner is asked", || async { partner.requests().len() == 1 }).await;
    // From here on nothing but waiting is left, and that costs no time.
    tokio::time::pause();
    assert!(!bench.deliveries.shutdown(Duration::ZERO).await, "it is cut off");
    assert_eq!(bench.told.of("crm"), [], "what is not on disk is not counted");
}
