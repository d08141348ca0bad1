//! Measures the embedded store on this machine's disk:
//!
//! ```text
//! cargo run --release -p waystation-queue --example measure -- FOLDER [DELIVERIES]
//! ```

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use waystation_queue::{
    Clock, Fate, NewDelivery, NewEvent, Queue, Report, Settled, Settlement, SqliteQueue, SqliteSettings,
};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// How large an event is, in bytes.
const BODY: usize = 1000;
/// How many callers append or deliver at the same time.
const CALLERS: usize = 64;

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("say in which folder to measure")?;
    let deliveries: usize = arguments.next().map_or(Ok(1_000_000), |text| text.parse())?;
    fs::create_dir_all(&folder)?;
    let folder = Path::new(&folder);
    println!(
        "flushes of 4 KiB               {:>10.0} /s",
        flushes(&folder.join("flush"))?
    );
    for batch in [1, 20] {
        appends(&folder.join(format!("append-{batch}.db")), batch).await?;
    }
    large(&folder.join("large.db"), deliveries).await
}

/// How often the disk flushes a small append in a second.
fn flushes(path: &Path) -> Outcome<f64> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    let began = Instant::now();
    let mut count = 0.0;
    while began.elapsed() < Duration::from_secs(2) {
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        count += 1.0;
    }
    fs::remove_file(path)?;
    Ok(count / began.elapsed().as_secs_f64())
}

fn event(number: usize) -> NewEvent {
    let now = Clock::System.now();
    // Spread like random ids.
    let id = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    NewEvent {
        source: "web".into(),
        message_id: format!("{id:016x}-{number:019}"),
        user: Some(format!("user-{}", id % 100_000)),
        event_type: Some("track".to_owned()),
        event_name: Some("Order Completed".to_owned()),
        received_at: now,
        body: Bytes::from(vec![b'x'; BODY]),
        deliveries: vec![NewDelivery {
            connection: Some("crm".into()),
            subscription: Some("orders".into()),
            action: Some("sendOrder".into()),
            order: None,
            fate: Fate::Waiting {
                due: now,
                horizon: now.plus(Duration::from_secs(4 * 3600)),
            },
        }],
    }
}

fn open(path: &Path) -> Outcome<Arc<SqliteQueue>> {
    Ok(Arc::new(SqliteQueue::open(SqliteSettings::new(path))?))
}

fn remove(path: &Path) {
    for suffix in ["", "-wal", "-shm", "-lock"] {
        let _ = fs::remove_file(format!("{}{suffix}", path.display()));
    }
}

/// Appends by many callers for a while, then delivers all of it.
async fn appends(path: &Path, batch: usize) -> Outcome<()> {
    remove(path);
    let queue = open(path)?;
    let counter = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let callers = (0..CALLERS).map(|_| {
        let (queue, counter) = (Arc::clone(&queue), Arc::clone(&counter));
        tokio::spawn(async move {
            while began.elapsed() < Duration::from_secs(5) {
                let from = counter.fetch_add(batch, Ordering::Relaxed);
                queue.append((from..from + batch).map(event).collect()).await?;
            }
            Outcome::Ok(())
        })
    });
    for caller in callers.collect::<Vec<_>>() {
        caller.await??;
    }
    let appended = counter.load(Ordering::Relaxed);
    let rate = appended as f64 / began.elapsed().as_secs_f64();
    println!("appends, {CALLERS} callers, {batch:>2} a call  {rate:>10.0} events/s");
    let (rate, _) = deliver(&queue, 8, 100, usize::MAX).await?;
    println!("lease and settle, 8 by 100     {rate:>10.0} /s");
    queue.close().await?;
    remove(path);
    Ok(())
}

/// Leases and settles until nothing is due.
async fn deliver(
    queue: &Arc<SqliteQueue>,
    workers: usize,
    batch: usize,
    most: usize,
) -> Outcome<(f64, usize)> {
    let began = Instant::now();
    let tasks: Vec<_> = (0..workers)
        .map(|_| {
            let queue = Arc::clone(queue);
            tokio::spawn(async move {
                let mut done = 0;
                while done < most / workers {
                    let leased = queue.lease("crm", batch).await?;
                    if leased.is_empty() {
                        break;
                    }
                    done += leased.len();
                    let now = Clock::System.now();
                    let settlements = leased.into_iter().map(|item| Settlement {
                        lease: item.lease,
                        outcome: Settled::delivered(Report {
                            status: Some(200),
                            attempts: 1,
                            ..Report::unsent(now)
                        }),
                    });
                    queue.settle(settlements.collect()).await?;
                }
                Outcome::Ok(done)
            })
        })
        .collect();
    let mut done = 0;
    for task in tasks {
        done += task.await??;
    }
    Ok((done as f64 / began.elapsed().as_secs_f64(), done))
}

/// Fills a store, opens it again, and delivers from it.
async fn large(path: &Path, deliveries: usize) -> Outcome<()> {
    remove(path);
    let queue = open(path)?;
    let began = Instant::now();
    for from in (0..deliveries).step_by(2000) {
        queue
            .append((from..(from + 2000).min(deliveries)).map(event).collect())
            .await?;
    }
    let rate = deliveries as f64 / began.elapsed().as_secs_f64();
    println!("filling with {deliveries}, one caller  {rate:>10.0} events/s");
    drop(queue);
    println!("memory before opening          {:>10.1} MiB", memory()?);
    let began = Instant::now();
    let queue = open(path)?;
    println!("opening                        {:>10.1} ms", millis(began));
    let began = Instant::now();
    let leased = queue.lease("crm", 100).await?;
    println!(
        "first lease of {:<3}             {:>10.1} ms",
        leased.len(),
        millis(began)
    );
    drop(leased);
    let began = Instant::now();
    let depths = queue.depths().await?;
    println!(
        "depths ({} wait)          {:>10.1} ms",
        depths[0].waiting,
        millis(began)
    );
    let (rate, done) = deliver(&queue, 8, 100, 200_000).await?;
    println!("lease and settle of {done}     {rate:>10.0} /s");
    println!("memory after that              {:>10.1} MiB", memory()?);
    queue.close().await?;
    println!(
        "file                           {:>10.1} MiB",
        fs::metadata(path)?.len() as f64 / 1048576.0
    );
    remove(path);
    Ok(())
}

fn millis(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1000.0
}

/// Resident memory, where the system tells it.
fn memory() -> Outcome<f64> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap_or("0");
    let kib: f64 = line.trim().trim_end_matches(" kB").parse()?;
    Ok(kib / 1024.0)
}
