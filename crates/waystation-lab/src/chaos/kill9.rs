//! SIGKILL at random points under load.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::stage::Error;
use crate::stage::partner::Mood;
use crate::stage::sender::Senders;
use crate::stage::server::Server;
use fastrand::Rng;

use super::ledger::{self, Round, Settled};
use super::site::Site;

/// How long a round may take to come to rest.
const REST_LIMIT: Duration = Duration::from_secs(120);

/// One kill in so many comes while the server starts.
const KILLS_AT_START: u32 = 5;

pub(crate) async fn run(rounds: u32, seed: u64, server: Option<PathBuf>) -> Result<bool, Error> {
    let site = Site::prepare(server, seed, Mood::Moody).await?;
    let mut random = Rng::with_seed(seed);
    let mut running = site.start()?;
    let (mut balanced, mut lost, mut duplicates) = (0, 0, 0);
    for number in 1..=rounds {
        let (round, survivor) = one_round(&site, number, &mut random, running).await?;
        running = survivor;
        lost += round.lost;
        duplicates += round.duplicates;
        match round.faults.is_empty() {
            true => balanced += 1,
            false => tell(&site, number, &round),
        }
        if number % 10 == 0 {
            eprintln!("{number} of {rounds} rounds, {balanced} balanced, {duplicates} duplicates");
        }
    }
    running.terminate().await?;
    let counts = site.store()?.counts()?;
    let twice = counts.skipped.get("duplicate").copied().unwrap_or_default();
    println!(
        "ledger balanced {balanced}/{rounds} rounds, accepted {}, delivered {}, skipped {}, dead {}, lost {lost}, \
         duplicates {duplicates}",
        counts.accepted - twice,
        counts.delivered,
        counts.skipped_in_all() - twice,
        counts.dead,
    );
    Ok(balanced == rounds && lost == 0)
}

fn tell(site: &Site, number: u32, round: &Round) {
    eprintln!("round {number} does not balance, {} faults:", round.faults.len());
    for fault in round.faults.iter().take(20) {
        eprintln!("  {fault}");
    }
    eprintln!("the end of the server's log:\n{}", site.end_of_log());
}

async fn one_round(
    site: &Site,
    number: u32,
    random: &mut Rng,
    mut server: Server,
) -> Result<(Round, Server), Error> {
    let prefix = format!("r{number}-");
    let before = site.arrivals()?.len();
    let senders = Senders::start(&site.plan(prefix.clone()));
    if random.u32(0..KILLS_AT_START) == 0 {
        server.kill().await?;
        server = site.start()?;
        tokio::time::sleep(Duration::from_millis(random.u64(0..60))).await;
    } else {
        server.ready().await?;
        tokio::time::sleep(Duration::from_millis(random.u64(20..1_000))).await;
    }
    server.kill().await?;
    // A request that was under way at the kill may be written down a moment after it.
    let arrivals = settled_arrivals(site, before).await?;
    let (settled, faults) = match site.store_left_behind()? {
        Some(store) => Settled::of(&store, &prefix, arrivals)?,
        None => Settled::nothing(arrivals),
    };
    let mut server = site.start()?;
    server.ready().await?;
    tokio::time::sleep(Duration::from_millis(random.u64(0..200))).await;
    let sent = senders.finish().await;
    rest(site).await?;
    let arrived = site.arrivals()?;
    let mut round = ledger::check(&site.store()?, &prefix, &sent, &arrived[before..], &settled)?;
    round.faults.extend(faults);
    Ok((round, server))
}

/// How many arrivals there were since `before`, once no more come in.
async fn settled_arrivals(site: &Site, before: usize) -> Result<usize, Error> {
    let mut known = site.arrivals()?.len();
    loop {
        tokio::time::sleep(Duration::from_millis(30)).await;
        let now = site.arrivals()?.len();
        if now == known {
            return Ok(known - before);
        }
        known = now;
    }
}

/// Waits until nothing waits in the queue.
async fn rest(site: &Site) -> Result<(), Error> {
    let begun = Instant::now();
    let store = site.store()?;
    while store.counts()?.waiting > 0 {
        if begun.elapsed() > REST_LIMIT {
            return Err(Error::Other(format!(
                "deliveries still wait: {:?}",
                store.counts()?
            )));
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
