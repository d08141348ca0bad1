//! Partners that answer in every way, understood or not: what the record says of each event is held against what the
//! partner itself wrote down.

mod answers;
mod check;
mod partner;
mod service;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::stage::Error;
use crate::stage::server::build;
use crate::stage::store::Store;

use self::partner::Partner;
use self::service::Service;

/// How long everything may take to come to rest once it is sent.
const REST_LIMIT: Duration = Duration::from_secs(600);

/// Sends so many events, waits until each is settled, and compares; whether the record tells the truth.
pub(crate) async fn run(events: usize, seed: u64, server: Option<PathBuf>) -> Result<bool, Error> {
    let binary = match server {
        Some(binary) => binary,
        None => build().await?,
    };
    let partner = Partner::start(seed).await?;
    let service = Service::start(&binary, partner.port()).await?;
    service.send(events).await?;
    eprintln!("{events} events are acknowledged");
    let store = service.store()?;
    rest(&store).await?;
    let arrivals = partner.arrivals();
    let report = check::compare(&store, &arrivals, events)?;
    service.stop().await?;
    for (connection, tally) in &report.tallies {
        println!("{connection}: {tally}");
    }
    for fault in report.faults.iter().take(20) {
        eprintln!("  {fault}");
    }
    println!(
        "truth {}/{events} events, {} requests, {} faults",
        report.true_events,
        partner.requests(),
        report.faults.len()
    );
    Ok(report.faults.is_empty() && report.true_events == events)
}

async fn rest(store: &Store) -> Result<(), Error> {
    let begun = Instant::now();
    let mut told = Instant::now();
    loop {
        let waiting = store.counts()?.waiting;
        if waiting == 0 {
            return Ok(());
        }
        if begun.elapsed() > REST_LIMIT {
            return Err(Error::Other(format!("{waiting} deliveries still wait")));
        }
        if told.elapsed() > Duration::from_secs(10) {
            told = Instant::now();
            eprintln!("{waiting} deliveries wait");
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
