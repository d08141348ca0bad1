//! Requests as fast as they are answered, by hand: what sends should cost as little as it can.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::processor;
use crate::stage::Error;

/// Makes the body of the request with this number.
type Body = dyn Fn(u64) -> String + Send + Sync;

/// Requests to one address.
#[derive(Clone)]
pub(crate) struct Load {
    authority: String,
    path: &'static str,
    body: Arc<Body>,
    senders: usize,
    pause: Duration,
}

/// What became of them.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    /// How many were answered.
    pub(crate) requests: u64,
    /// How long that took.
    pub(crate) elapsed: Duration,
    /// How long each took, in milliseconds, in no order.
    pub(crate) took: Vec<f64>,
}

impl Loaded {
    pub(crate) fn per_second(&self) -> f64 {
        self.requests as f64 / self.elapsed.as_secs_f64()
    }
}

/// When to stop.
#[derive(Debug, Clone, Copy)]
enum Until {
    Time(Instant),
    Number(u64),
}

impl Load {
    /// Requests to `origin`, so many under way at once.
    pub(crate) fn new(
        origin: &str,
        path: &'static str,
        senders: usize,
        body: impl Fn(u64) -> String + Send + Sync + 'static,
    ) -> Self {
        Self {
            authority: origin.trim_start_matches("http://").to_owned(),
            path,
            body: Arc::new(body),
            senders,
            pause: Duration::ZERO,
        }
    }

    /// The same, but each sender rests after each request.
    pub(crate) fn with_pause(self, pause: Duration) -> Self {
        Self { pause, ..self }
    }

    /// Sends for so long.
    pub(crate) async fn run_for(&self, time: Duration) -> Result<Loaded, Error> {
        self.run(&Arc::new(AtomicU64::new(0)), Until::Time(Instant::now() + time))
            .await
    }

    /// Sends for so long, and goes on counting where it was.
    pub(crate) async fn go_on_for(&self, next: &Arc<AtomicU64>, time: Duration) -> Result<Loaded, Error> {
        self.run(next, Until::Time(Instant::now() + time)).await
    }

    /// The same, with the microseconds of processor time that a process used for each request.
    pub(crate) async fn measured(
        &self,
        process: Option<u32>,
        next: &Arc<AtomicU64>,
        time: Duration,
    ) -> Result<(f64, f64), Error> {
        let before = processor::used(process)?;
        let loaded = self.go_on_for(next, time).await?;
        let used = processor::used(process)? - before;
        Ok((loaded.per_second(), used * 1e6 / loaded.requests.max(1) as f64))
    }

    /// Sends so many.
    pub(crate) async fn send(&self, count: u64) -> Result<Loaded, Error> {
        self.run(&Arc::new(AtomicU64::new(0)), Until::Number(count)).await
    }

    async fn run(&self, next: &Arc<AtomicU64>, until: Until) -> Result<Loaded, Error> {
        let begun = Instant::now();
        let mut senders = JoinSet::new();
        for _ in 0..self.senders {
            senders.spawn(self.clone().sender(Arc::clone(next), until));
        }
        let mut loaded = Loaded::default();
        while let Some(sender) = senders.join_next().await {
            let took = sender.map_err(|error| Error::Other(error.to_string()))??;
            loaded.requests += took.len() as u64;
            loaded.took.extend(took);
        }
        loaded.elapsed = begun.elapsed();
        Ok(loaded)
    }

    async fn sender(self, next: Arc<AtomicU64>, until: Until) -> Result<Vec<f64>, Error> {
        let stream = TcpStream::connect(&self.authority)
            .await
            .map_err(Error::io("connecting"))?;
        stream.set_nodelay(true).map_err(Error::io("connecting"))?;
        let mut stream = BufReader::new(stream);
        let mut took = Vec::new();
        loop {
            if matches!(until, Until::Time(end) if Instant::now() >= end) {
                break;
            }
            let number = next.fetch_add(1, Ordering::Relaxed);
            if matches!(until, Until::Number(end) if number >= end) {
                break;
            }
            let body = (self.body)(number);
            let begun = Instant::now();
            let status = self
                .exchange(&mut stream, &body)
                .await
                .map_err(Error::io("sending"))?;
            if status != 200 {
                return Err(Error::Other(format!("{} answered {status}", self.authority)));
            }
            took.push(begun.elapsed().as_secs_f64() * 1_000.0);
            if !self.pause.is_zero() {
                tokio::time::sleep(self.pause).await;
            }
        }
        Ok(took)
    }

    async fn exchange(&self, stream: &mut BufReader<TcpStream>, body: &str) -> std::io::Result<u16> {
        let request = format!(
            "POST {} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.path,
            self.authority,
            body.len()
        );
        stream.write_all(request.as_bytes()).await?;
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
        let mut length = 0;
        loop {
            line.clear();
            stream.read_line(&mut line).await?;
            match line.trim_end().split_once(':') {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.trim().parse().unwrap_or_default();
                }
                Some(_) => {}
                None => break,
            }
        }
        let mut answer = vec![0; length];
        stream.read_exact(&mut answer).await?;
        Ok(status.unwrap_or_default())
    }
}
