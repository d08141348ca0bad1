//! Partners that refuse with 429 and name no time: too many at once is told from too many in a time, and each gets
//! nearly as much as the best fixed setting would send.

use std::collections::VecDeque;
use std::num::{NonZeroU32, NonZeroUsize};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::Instant;
use waystation_runtime::guards::{ConcurrencySettings, HoldSettings, RateLimitSettings};
use waystation_runtime::{GuardSettings, RetrySettings};

use crate::support::partner::{Partner, Reply};
use crate::support::{Bench, no_guards};

/// How long a simulation runs; its second half is counted.
const SPAN: Duration = Duration::from_secs(60);

const CLIENTS: usize = 16;

/// Refuses what is more than so many.
#[derive(Debug, Clone, Copy)]
enum Refuses {
    AtOnce(usize),
    InASecond(usize),
    InAQuarterMinute(usize),
}

/// What the partner took and refused in the second half.
#[derive(Debug, Default)]
struct Seen {
    taken: f64,
    refused: f64,
}

/// A partner that refuses so.
fn partner(refuses: Refuses, latency: Duration) -> (Partner, Arc<Mutex<Seen>>) {
    let seen = Arc::new(Mutex::new(Seen::default()));
    let (counted, began) = (Arc::clone(&seen), Instant::now());
    let window = Mutex::new(VecDeque::new());
    let partner = Partner::answering(move |_, asked| {
        let mut window = window.lock().unwrap();
        let is_refused = match refuses {
            Refuses::AtOnce(most) => asked.in_flight > most,
            Refuses::InASecond(most) => {
                window.retain(|at: &Instant| asked.at - *at < Duration::from_secs(1));
                window.len() >= most
            }
            Refuses::InAQuarterMinute(most) => {
                let quarter = |at: Instant| (at - began).as_secs() / 15;
                window.retain(|at| quarter(*at) == quarter(asked.at));
                window.len() >= most
            }
        };
        let share = if asked.at - began >= SPAN / 2 { 1.0 } else { 0.0 };
        let mut seen = counted.lock().unwrap();
        if is_refused {
            seen.refused += share;
            return Reply::status(429).after(latency / 10);
        }
        window.push_back(asked.at);
        seen.taken += share;
        Reply::status(200).after(latency)
    });
    (partner, seen)
}

/// Requests a second that the partner takes and refuses from a connection with these guards.
fn seen_with(refuses: Refuses, latency: Duration, settings: GuardSettings) -> Seen {
    let executor = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    executor.block_on(async {
        let (partner, seen) = partner(refuses, latency);
        let mut bench = Bench::guarded(partner, settings);
        bench.options.retries = RetrySettings::single_attempt();
        let end = Instant::now() + SPAN;
        join_all((0..CLIENTS).map(|_| async {
            while Instant::now() < end {
                let report = bench.event().await;
                // As the dispatcher does, which leases nothing while the guards give no room.
                if let (Err(_), Some(ready_at)) = (report.result, bench.guards().ready_at()) {
                    tokio::time::sleep_until(ready_at).await;
                }
            }
        }))
        .await;
        let seen = std::mem::take(&mut *seen.lock().unwrap());
        let seconds = (SPAN / 2).as_secs_f64();
        Seen {
            taken: seen.taken / seconds,
            refused: seen.refused / seconds,
        }
    })
}

fn fixed(limit: usize, rate: Option<u32>) -> GuardSettings {
    GuardSettings {
        concurrency: ConcurrencySettings::Fixed {
            limit: NonZeroUsize::new(limit).unwrap(),
        },
        rate_limit: rate.map(|requests| RateLimitSettings {
            requests: NonZeroU32::new(requests).unwrap(),
            per: Duration::from_secs(1),
            burst: NonZeroU32::MIN,
        }),
        ..no_guards()
    }
}

/// The service's defaults, but for the breaker, which is tested elsewhere.
fn defaults() -> GuardSettings {
    GuardSettings {
        breaker: None,
        retry_budget: None,
        ..GuardSettings::default()
    }
}

#[track_caller]
fn assert_close_to_the_best(refuses: Refuses, latency_ms: u64, settings: &[GuardSettings]) {
    let latency = Duration::from_millis(latency_ms);
    let fixed = settings
        .iter()
        .map(|settings| seen_with(refuses, latency, settings.clone()).taken);
    let best = fixed.fold(0.0, f64::max);
    let ours = seen_with(refuses, latency, defaults()).taken;
    println!("{refuses:?}, {latency_ms} ms: {ours:.1} a second, the best fixed setting {best:.1}");
    assert!(
        ours >= 0.9 * best,
        "{refuses:?}: {ours:.1} a second, {best:.1} are possible"
    );
}

#[test]
fn a_partner_that_refuses_too_many_at_once_gets_what_it_takes() {
    for (most, latency_ms) in [(4, 90), (4, 400), (10, 100), (1, 50)] {
        let settings: Vec<_> = (most..=most + 1).map(|limit| fixed(limit, None)).collect();
        assert_close_to_the_best(Refuses::AtOnce(most), latency_ms, &settings);
    }
}

#[test]
fn a_partner_that_refuses_too_many_in_a_time_gets_what_it_takes() {
    for (most, latency_ms) in [(50, 100), (10, 50), (20, 300)] {
        let around = |percent: u32| u32::try_from(most).unwrap() * percent / 100;
        let settings: Vec<_> = [90, 100, 110]
            .iter()
            .map(|percent| fixed(CLIENTS, Some(around(*percent))))
            .collect();
        assert_close_to_the_best(Refuses::InASecond(most), latency_ms, &settings);
    }
}

#[test]
fn a_partner_whose_window_is_long_is_not_asked_in_vain_all_the_time() {
    let refuses = Refuses::InAQuarterMinute(50);
    let seen = seen_with(refuses, Duration::from_millis(100), defaults());
    assert!(seen.taken > 0.5 * 50.0 / 15.0, "{seen:?}");
    assert!(seen.refused < 0.2 * seen.taken, "{seen:?}");
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_one_at_a_time_is_one_of_too_many_in_a_time() {
    let partner = Partner::in_order([Reply::status(429), Reply::status(200)]);
    let settings = GuardSettings {
        hold: HoldSettings::default(),
        ..defaults()
    };
    let mut bench = Bench::guarded(partner, settings);
    bench.options.retries = RetrySettings::single_attempt();
    bench.event().await;
    assert_eq!(bench.guards().state().held_for_ms, Some(1_000));
    assert!(bench.event().await.result.is_ok());
}
