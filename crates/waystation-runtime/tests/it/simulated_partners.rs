//! The adaptive limit against simulated partners, which are data: latency, limits, errors, and the range in which
//! the limit has to settle.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::time::Duration;

use futures_util::future::join_all;
use serde::Deserialize;
use tokio::time::{Instant, sleep};
use waystation_runtime::guards::ConcurrencySettings;
use waystation_runtime::{GuardSettings, RetrySettings};

use crate::support::partner::{Asked, Partner, Reply};
use crate::support::{Bench, no_guards};

/// How long a simulation runs; its second half is looked at.
const SPAN: Duration = Duration::from_secs(16);

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Simulated {
    name: String,
    /// Deliveries that are always wanted at once.
    clients: usize,
    #[serde(default = "one")]
    start: NonZeroUsize,
    #[serde(default = "two_hundred")]
    ceiling: NonZeroUsize,
    latency_ms: u64,
    /// Answers take up to so much longer, each another time.
    #[serde(default)]
    jitter_ms: u64,
    /// Answers take so much longer for each other request that is under way.
    #[serde(default)]
    slower_by_ms: u64,
    /// Requests beyond these queue up.
    workers: Option<u64>,
    /// 503 beyond so many at once.
    most_at_once: Option<usize>,
    /// 429 beyond so many in any second.
    most_per_second: Option<usize>,
    /// Every so manyth request fails with 500.
    fails_every: Option<usize>,
    /// The mean limit lies within.
    limit: [f64; 2],
    /// The mean number of requests under way lies within.
    in_flight: [f64; 2],
}

const fn one() -> NonZeroUsize {
    NonZeroUsize::MIN
}

fn two_hundred() -> NonZeroUsize {
    NonZeroUsize::new(200).unwrap()
}

impl Simulated {
    fn partner(&self) -> Partner {
        let (simulated, answered) = (self.clone(), Mutex::new(Vec::new()));
        Partner::answering(move |number, asked| {
            let status = simulated.status(number, asked, &mut answered.lock().unwrap());
            Reply::status(status).after(simulated.latency(number, asked.in_flight as u64))
        })
    }

    fn status(&self, number: usize, asked: &Asked, answered: &mut Vec<Instant>) -> u16 {
        if self.fails_every.is_some_and(|every| number % every == every - 1) {
            return 500;
        }
        if self.most_at_once.is_some_and(|most| asked.in_flight > most) {
            return 503;
        }
        if let Some(most) = self.most_per_second {
            answered.retain(|at| asked.at - *at < Duration::from_secs(1));
            if answered.len() >= most {
                return 429;
            }
            answered.push(asked.at);
        }
        200
    }

    fn latency(&self, number: usize, in_flight: u64) -> Duration {
        let rounds = self.workers.map_or(1, |workers| in_flight.div_ceil(workers));
        // Scattered, but the same in every run.
        let jitter = (number as u64).wrapping_mul(2_654_435_761) % 1_000 * self.jitter_ms / 1_000;
        Duration::from_millis(self.latency_ms * rounds + self.slower_by_ms * (in_flight - 1) + jitter)
    }

    fn guards(&self) -> GuardSettings {
        GuardSettings {
            concurrency: ConcurrencySettings::Adaptive {
                start: self.start,
                ceiling: self.ceiling,
            },
            ..no_guards()
        }
    }

    /// The mean limit and the mean number of requests under way, in the second half.
    async fn run(&self) -> (f64, f64) {
        let mut bench = Bench::guarded(self.partner(), self.guards());
        bench.options.retries = RetrySettings::single_attempt();
        let end = Instant::now() + SPAN;
        let clients = join_all((0..self.clients).map(|_| async {
            while Instant::now() < end {
                let _ = bench.event().await;
            }
        }));
        let ((), means) = tokio::join!(async { drop(clients.await) }, sample(&bench));
        means
    }
}

async fn sample(bench: &Bench) -> (f64, f64) {
    sleep(SPAN / 2).await;
    let mut samples = Vec::new();
    // Not in step with any latency.
    for _ in 0..1_000 {
        sleep(SPAN / 2_017).await;
        let state = bench.guards().state();
        samples.push((state.concurrency_limit as f64, state.in_flight as f64));
    }
    let mean =
        |values: fn(&(f64, f64)) -> f64| samples.iter().map(values).sum::<f64>() / samples.len() as f64;
    (mean(|sample| sample.0), mean(|sample| sample.1))
}

#[test]
fn the_limit_settles_where_the_partner_can_bear_it() {
    let simulated: Vec<Simulated> = serde_json::from_str(include_str!("simulated-partners.json")).unwrap();
    let mut astray = Vec::new();
    for simulated in &simulated {
        let executor = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .unwrap();
        let (limit, in_flight) = executor.block_on(simulated.run());
        println!("{}: limit {limit:.1}, in flight {in_flight:.1}", simulated.name);
        let is_within = |[low, high]: [f64; 2], value: f64| (low..=high).contains(&value);
        if !is_within(simulated.limit, limit) || !is_within(simulated.in_flight, in_flight) {
            astray.push(format!(
                "{}: limit {limit:.1}, in flight {in_flight:.1}",
                simulated.name
            ));
        }
    }
    assert!(astray.is_empty(), "{}", astray.join("\n"));
}
