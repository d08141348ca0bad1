//! The service under load.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::stage::configuration::{self, WRITE_KEY};
use crate::stage::partner::{Mood, Partner};
use crate::stage::sender::{Plan, Senders};
use crate::stage::server::{Server, build, free_port};
use crate::stage::store::Store;
use crate::stage::{Error, journal};

use super::disk::durable_writes_per_second;
use super::relay::Relay;
use super::summary::{of_sent, percentiles};

/// How long deliveries may take once nothing more is sent.
const DRAIN_LIMIT: Duration = Duration::from_secs(300);

struct Bench {
    folder: PathBuf,
    server: Server,
    time: Duration,
}

pub(crate) async fn run(time: Duration, senders: usize, server: Option<PathBuf>) -> Result<(), Error> {
    let binary = match server {
        Some(binary) => binary,
        None => build().await?,
    };
    let folder = tempfile::tempdir().map_err(Error::io("making a folder"))?;
    let partner = Partner::spawn(&folder.path().join("arrivals"), 1, Mood::Healthy).await?;
    let writes = durable_writes_per_second(folder.path(), Duration::from_secs(2))?;
    println!("disk: {writes:.0} durable writes/s, one after the other");

    let bench = Bench {
        server: start(&binary, folder.path(), &partner).await?,
        folder: folder.path().to_owned(),
        time,
    };
    let relay = Relay::spawn(&format!("{}/single", partner.origin())).await?;
    let (floor, _) = bench
        .send(&relay.origin, "relay-", 1, senders, Duration::ZERO)
        .await;
    println!("relay, keeps nothing, one event a request: {floor}");
    drop(relay);

    bench
        .measure("one event a request", "one-", 1, senders, Duration::ZERO)
        .await?;
    bench
        .measure("100 events a request", "many-", 100, senders, Duration::ZERO)
        .await?;
    bench
        .measure(
            "little traffic, one event a request",
            "calm-",
            1,
            4,
            Duration::from_millis(20),
        )
        .await?;
    bench.server.terminate().await
}

async fn start(binary: &Path, folder: &Path, partner: &Partner) -> Result<Server, Error> {
    let port = free_port()?;
    let config = folder.join("waystation.toml");
    let text = configuration::text(port, &folder.join("waystation.db"), &partner.origin());
    std::fs::write(&config, text).map_err(Error::io("writing the configuration"))?;
    let mut server = Server::spawn(binary, &config, port, &folder.join("server.log"))?;
    server.ready().await?;
    Ok(server)
}

impl Bench {
    async fn send(
        &self,
        origin: &str,
        prefix: &str,
        batch: usize,
        senders: usize,
        pause: Duration,
    ) -> (String, usize) {
        let begun = Instant::now();
        let sending = Senders::start(&Plan {
            origin: origin.into(),
            write_key: WRITE_KEY.into(),
            prefix: prefix.into(),
            senders,
            batch,
            pause,
        });
        tokio::time::sleep(self.time).await;
        let sent = sending.finish().await;
        (of_sent(&sent, begun.elapsed()), sent.len())
    }

    /// Sends for a while, then waits until all is delivered.
    async fn measure(
        &self,
        what: &str,
        prefix: &str,
        batch: usize,
        senders: usize,
        pause: Duration,
    ) -> Result<(), Error> {
        let begun = Instant::now();
        let origin = self.server.origin();
        let (acknowledged, events) = self.send(&origin, prefix, batch, senders, pause).await;
        println!("{what}, acknowledged (durable): {acknowledged}");
        self.drained().await?;
        let took = begun.elapsed();
        for path in [configuration::SINGLE, configuration::BATCHED] {
            let waits = self.waits(path, prefix)?;
            println!(
                "  delivered to {path}: {:.0} events/s, from made to arrived {}",
                waits.len() as f64 / took.as_secs_f64(),
                percentiles(&waits)
            );
        }
        println!(
            "  all {events} settled after {:.1} s, {:.0}/s",
            took.as_secs_f64(),
            events as f64 / took.as_secs_f64()
        );
        Ok(())
    }

    async fn drained(&self) -> Result<(), Error> {
        let store = Store::open(&self.folder.join("waystation.db"))?;
        let begun = Instant::now();
        while store.counts()?.waiting > 0 {
            if begun.elapsed() > DRAIN_LIMIT {
                return Err(Error::Other(format!(
                    "deliveries still wait: {:?}",
                    store.counts()?
                )));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// How long events took from their making to the partner, in milliseconds, sorted.
    fn waits(&self, path: &str, prefix: &str) -> Result<Vec<f64>, Error> {
        let arrivals = journal::read(&self.folder.join("arrivals"))?;
        let mine = arrivals
            .iter()
            .filter(|arrival| arrival.path == path && arrival.id.starts_with(prefix));
        let mut waits: Vec<f64> = mine.map(|arrival| arrival.waited as f64).collect();
        waits.sort_unstable_by(f64::total_cmp);
        Ok(waits)
    }
}
