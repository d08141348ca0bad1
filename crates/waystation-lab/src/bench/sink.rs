//! A partner that takes everything, by hand and within this process: it counts, and notes when what was made arrived.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::stage::Error;

/// The paths that begin so are not answered.
pub(crate) const SILENT: &str = "/silent";

/// How long a look at the counts is put off.
const LOOK: Duration = Duration::from_millis(2);

/// A partner.
#[derive(Debug, Clone)]
pub(crate) struct Sink {
    pub(crate) origin: String,
    seen: Arc<Seen>,
}

#[derive(Debug)]
struct Seen {
    base: Instant,
    events: AtomicU64,
    requests: AtomicU64,
    /// Microseconds since `base`; 0 for none.
    first: AtomicU64,
    last: AtomicU64,
    /// From the making of an event to its arrival, in milliseconds.
    waits: Mutex<Vec<f64>>,
}

impl Sink {
    /// Begins to listen.
    pub(crate) async fn start() -> Result<Self, Error> {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .map_err(Error::io("listening"))?;
        let address = listener.local_addr().map_err(Error::io("listening"))?;
        let seen = Arc::new(Seen {
            base: Instant::now(),
            events: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            first: AtomicU64::new(0),
            last: AtomicU64::new(0),
            waits: Mutex::default(),
        });
        let sink = Self {
            origin: format!("http://{address}"),
            seen: Arc::clone(&seen),
        };
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let seen = Arc::clone(&seen);
                // Whoever breaks a connection off has its reasons.
                tokio::spawn(async move { drop(serve(stream, &seen).await) });
            }
        });
        Ok(sink)
    }

    /// Now, as events say when they were made: microseconds since a moment of its own.
    pub(crate) fn now(&self) -> u64 {
        self.seen.now()
    }

    /// Forgets all it has seen.
    pub(crate) fn reset(&self) {
        for count in [
            &self.seen.events,
            &self.seen.requests,
            &self.seen.first,
            &self.seen.last,
        ] {
            count.store(0, Ordering::Release);
        }
        self.seen.waits().clear();
    }

    /// How many events have come.
    pub(crate) fn events(&self) -> u64 {
        self.seen.events.load(Ordering::Acquire)
    }

    /// How many requests have come.
    pub(crate) fn requests(&self) -> u64 {
        self.seen.requests.load(Ordering::Acquire)
    }

    /// Waits until so many events have come, and tells how long it was from the first of them to the last.
    pub(crate) async fn wait_for(&self, events: u64, limit: Duration) -> Result<Duration, Error> {
        let begun = Instant::now();
        while self.events() < events {
            if begun.elapsed() > limit {
                let came = self.events();
                return Err(Error::Other(format!(
                    "{came} of {events} events came to the partner"
                )));
            }
            tokio::time::sleep(LOOK).await;
        }
        let first = self.seen.first.load(Ordering::Acquire);
        let last = self.seen.last.load(Ordering::Acquire);
        Ok(Duration::from_micros(last.saturating_sub(first)))
    }

    /// How long events took to arrive, in milliseconds, sorted.
    pub(crate) fn waits(&self) -> Vec<f64> {
        let mut waits = self.seen.waits().clone();
        waits.sort_unstable_by(f64::total_cmp);
        waits
    }
}

impl Seen {
    fn now(&self) -> u64 {
        u64::try_from(self.base.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn waits(&self) -> std::sync::MutexGuard<'_, Vec<f64>> {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, body: &[u8]) {
        let now = self.now().max(1);
        let text = str::from_utf8(body).unwrap_or_default();
        let made = text.split("\"madeAt\":").skip(1).filter_map(|rest| {
            let end = rest.find(|letter: char| !letter.is_ascii_digit())?;
            rest[..end].parse::<u64>().ok()
        });
        let waits: Vec<f64> = made
            .map(|made| now.saturating_sub(made) as f64 / 1_000.0)
            .collect();
        let _ = self
            .first
            .compare_exchange(0, now, Ordering::AcqRel, Ordering::Acquire);
        self.last.fetch_max(now, Ordering::AcqRel);
        self.requests.fetch_add(1, Ordering::AcqRel);
        let events = waits.len() as u64;
        self.waits().extend(waits);
        self.events.fetch_add(events, Ordering::AcqRel);
    }
}

async fn serve(stream: TcpStream, seen: &Seen) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut stream = BufReader::with_capacity(64 << 10, stream);
    let (mut line, mut body) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let is_silent = line.starts_with(format!("POST {SILENT}").as_bytes());
        let mut length = 0;
        loop {
            line.clear();
            stream.read_until(b'\n', &mut line).await?;
            let text = str::from_utf8(&line).unwrap_or_default().trim_end();
            match text.split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().unwrap_or_default();
                }
                Some(_) => {}
                None => break,
            }
        }
        body.resize(length, 0);
        stream.read_exact(&mut body).await?;
        if is_silent {
            std::future::pending::<()>().await;
        }
        seen.note(&body);
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}")
            .await?;
    }
}
