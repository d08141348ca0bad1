//! One partner is sick, another is well: nothing may be lost, and the healthy one may not notice.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::stage::Error;
use crate::stage::configuration::{BATCHED, SINGLE};
use crate::stage::journal::Arrival;
use crate::stage::partner::Mood;
use crate::stage::sender::{Plan, Senders, Sent};

use super::ledger::{self, Settled};
use super::site::Site;

/// How long deliveries are watched while everybody is well.
const HEALTHY: Duration = Duration::from_secs(10);

pub(crate) async fn run(sick: Duration, seed: u64, server: Option<PathBuf>) -> Result<bool, Error> {
    let site = Site::prepare(server, seed, Mood::Healthy).await?;
    let mut running = site.start()?;
    running.ready().await?;
    let plan = |prefix: &str| Plan {
        senders: 2,
        pause: Duration::from_millis(50),
        ..site.plan(prefix.into())
    };

    let senders = Senders::start(&plan("well-"));
    tokio::time::sleep(HEALTHY).await;
    let mut sent = senders.finish().await;
    let well = waits(&site.arrivals()?, "well-");

    let senders = Senders::start(&plan("sick-"));
    for mood in Mood::SICK {
        site.partner.set_mood(SINGLE, mood).await?;
        eprintln!("the partner of the first connection is {}", mood.name());
        tokio::time::sleep(sick / u32::try_from(Mood::SICK.len()).unwrap_or(1)).await;
    }
    let during = senders.finish().await;
    let sick_waits = waits(&site.arrivals()?, "sick-");
    sent.extend(during);

    site.partner.set_mood(SINGLE, Mood::Healthy).await?;
    let begun = Instant::now();
    rest(&site).await?;
    println!("healthy partner, everybody well: {}", percentiles(&well));
    println!("healthy partner, the other sick: {}", percentiles(&sick_waits));
    println!(
        "recovered {:.1} s after the partner did, by itself",
        begun.elapsed().as_secs_f64()
    );
    summary(&site, &sent)
}

/// The last line, as of the other command: one round that balances or not.
fn summary(site: &Site, sent: &[Sent]) -> Result<bool, Error> {
    let arrivals = site.arrivals()?;
    // Nobody was killed, so nothing may come twice: not even a single arrival is before a kill.
    let round = ledger::check(&site.store()?, "", sent, &arrivals, &Settled::default())?;
    for fault in round.faults.iter().take(20) {
        eprintln!("  {fault}");
    }
    let counts = site.store()?.counts()?;
    println!(
        "ledger balanced {}/1 rounds, accepted {}, delivered {}, skipped {}, dead {}, lost {}, duplicates {}",
        u8::from(round.faults.is_empty()),
        counts.accepted,
        counts.delivered,
        counts.skipped_in_all(),
        counts.dead,
        round.lost,
        round.duplicates
    );
    Ok(round.faults.is_empty())
}

/// From when an event was made to when the healthy partner had it, in milliseconds, sorted.
fn waits(arrivals: &[Arrival], prefix: &str) -> Vec<u64> {
    let mut first: HashMap<&str, u64> = HashMap::new();
    for arrival in arrivals
        .iter()
        .filter(|arrival| arrival.path == BATCHED && arrival.id.starts_with(prefix))
    {
        first.entry(&arrival.id).or_insert(arrival.waited);
    }
    let mut waits: Vec<u64> = first.into_values().collect();
    waits.sort_unstable();
    waits
}

fn percentiles(sorted: &[u64]) -> String {
    let at = |share: usize| sorted.get((sorted.len() * share / 1_000).min(sorted.len().saturating_sub(1)));
    match (at(500), at(990), sorted.last()) {
        (Some(median), Some(high), Some(worst)) => format!(
            "{} deliveries, p50 {median} ms, p99 {high} ms, worst {worst} ms, the lingering for a batch included",
            sorted.len()
        ),
        _ => "no deliveries".into(),
    }
}

async fn rest(site: &Site) -> Result<(), Error> {
    let store = site.store()?;
    let begun = Instant::now();
    while store.counts()?.waiting > 0 {
        if begun.elapsed() > Duration::from_secs(300) {
            return Err(Error::Other(format!(
                "deliveries still wait: {:?}",
                store.counts()?
            )));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}
