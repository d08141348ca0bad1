//! What an observer is told.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use waystation_runtime::guards::{BreakerSettings, BreakerState, HoldSettings};
use waystation_runtime::observe::{Attempted, Counter, Observer, Place};
use waystation_runtime::retry::{GaveUp, Jitter, Why};
use waystation_runtime::{GuardSettings, RetrySettings, SplitSettings};

use crate::support::partner::{Partner, Reply};
use crate::support::{Bench, no_guards};

/// Writes down what it is told.
#[derive(Debug, Default)]
struct Noted(Mutex<Vec<String>>);

impl Noted {
    fn note(&self, place: Place, what: String) {
        assert_eq!((place.destination, place.action), ("shop", "order"));
        self.0.lock().unwrap().push(what);
    }
}

impl Observer for Noted {
    fn count(&self, _: Counter, _: &str, _: usize) {}

    fn attempted(&self, place: Place, attempted: &Attempted) {
        let latency = attempted.latency.as_secs();
        self.note(place, format!("{} after {latency} s", attempted.end.label()));
    }

    fn retrying(&self, place: Place, why: Why) {
        self.note(place, format!("retrying: {}", why.label()));
    }

    fn gave_up(&self, place: Place, gave_up: GaveUp, why: Why) {
        self.note(place, format!("gave up for {}: {}", gave_up.label(), why.label()));
    }

    fn split(&self, place: Place, why: Why) {
        self.note(place, format!("split: {}", why.label()));
    }

    fn breaker_changed(&self, place: Place, state: BreakerState) {
        self.note(place, format!("breaker: {}", state.label()));
    }

    fn held(&self, place: Place, wait: Duration) {
        self.note(place, format!("held for {} s", wait.as_secs()));
    }
}

fn observed(partner: Partner, settings: GuardSettings) -> (Bench, Arc<Noted>) {
    let mut bench = Bench::guarded(partner, settings);
    let noted = Arc::new(Noted::default());
    bench.options.observer = Arc::clone(&noted) as _;
    (bench, noted)
}

fn heard(noted: &Noted) -> Vec<String> {
    std::mem::take(&mut noted.0.lock().unwrap())
}

#[tokio::test(start_paused = true)]
async fn attempts_retries_and_rests_are_told() {
    let settings = GuardSettings {
        hold: HoldSettings::default(),
        ..no_guards()
    };
    let slow = Reply::status(429)
        .header("retry-after", "3")
        .after(Duration::from_secs(2));
    let (bench, noted) = observed(Partner::in_order([slow, Reply::status(200)]), settings);
    bench.event().await;
    assert_eq!(
        heard(&noted),
        ["held for 3 s", "429 after 2 s", "retrying: 429", "2xx after 0 s"]
    );
}

#[tokio::test(start_paused = true)]
async fn the_breakers_changes_and_refusals_are_told() {
    let settings = GuardSettings {
        breaker: Some(BreakerSettings {
            consecutive_failures: NonZeroU32::MIN,
            jitter: Jitter::None,
            ..BreakerSettings::default()
        }),
        ..no_guards()
    };
    let (mut bench, noted) = observed(Partner::in_order([Reply::broken(), Reply::status(200)]), settings);
    bench.options.retries = RetrySettings::single_attempt();
    bench.event().await;
    bench.event().await;
    assert_eq!(
        heard(&noted),
        [
            "network after 0 s",
            "breaker: refusing",
            "gave up for attempts: connection_reset",
            "gave up for attempts: breaker_refusing"
        ]
    );
    tokio::time::sleep(Duration::from_secs(1)).await;
    bench.event().await;
    assert_eq!(
        heard(&noted),
        ["breaker: probing", "2xx after 0 s", "breaker: admitting"]
    );
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_cut_off_is_told() {
    let slow = Reply::status(200).after(Duration::from_secs(60));
    let (mut bench, noted) = observed(Partner::in_order([slow]), no_guards());
    bench.options.deadline = Some(Duration::from_secs(5));
    bench.event().await;
    assert_eq!(heard(&noted), ["cut_off after 5 s"]);
}

#[tokio::test(start_paused = true)]
async fn batches_are_told_by_their_items() {
    let (mut bench, noted) = observed(
        Partner::in_order([
            Reply::results(&[200, 503]),
            Reply::status(400),
            Reply::results(&[400]),
        ]),
        no_guards(),
    );
    bench.options.retries.split = Some(SplitSettings::default());
    bench.batch([json!("a"), json!("b")]).await;
    assert_eq!(heard(&noted), ["207 after 0 s", "retrying: 5xx", "4xx after 0 s"]);
    bench.batch([json!("a")]).await;
    assert_eq!(heard(&noted), ["4xx after 0 s"]);
}

#[tokio::test(start_paused = true)]
async fn splitting_is_told() {
    let whole = Partner::answering(|number, asked| match number {
        0 => Reply::status(422),
        _ => Reply::results(&vec![200; asked.ids.len()]),
    });
    let (mut bench, noted) = observed(whole, no_guards());
    bench.options.retries.split = Some(SplitSettings::default());
    bench.batch([json!("a"), json!("b")]).await;
    assert_eq!(
        heard(&noted),
        ["4xx after 0 s", "split: 4xx", "2xx after 0 s", "2xx after 0 s"]
    );
}
