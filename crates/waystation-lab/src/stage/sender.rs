//! Sends events as an SDK does: the same message id again, until it is acknowledged.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::stage::journal::{digest, now_millis};

/// What is sent.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// Where the server is.
    pub(crate) origin: String,
    /// The source's key.
    pub(crate) write_key: String,
    /// The beginning of every message id.
    pub(crate) prefix: String,
    /// How many requests are under way at once.
    pub(crate) senders: usize,
    /// Events in a request; 1 sends them one by one.
    pub(crate) batch: usize,
    /// The pause after each request.
    pub(crate) pause: Duration,
}

/// An event that was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Its message id.
    pub(crate) id: String,
    /// A digest of its properties.
    pub(crate) digest: u64,
    /// From the first try to the acknowledgement.
    pub(crate) took: Duration,
}

/// Senders that run until they are told to stop.
#[derive(Debug)]
pub(crate) struct Senders {
    stop: Arc<AtomicBool>,
    tasks: Vec<tokio::task::JoinHandle<Vec<Sent>>>,
}

impl Senders {
    /// Begins to send.
    #[must_use]
    pub(crate) fn start(plan: &Plan) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let next = Arc::new(AtomicU64::new(0));
        let client = reqwest::Client::new();
        let tasks = (0..plan.senders).map(|_| {
            let sender = Sender {
                client: client.clone(),
                plan: plan.clone(),
                next: Arc::clone(&next),
                stop: Arc::clone(&stop),
            };
            tokio::spawn(sender.run())
        });
        Self {
            tasks: tasks.collect(),
            stop,
        }
    }

    /// Begins nothing new, and waits until all that was begun is acknowledged.
    pub(crate) async fn finish(self) -> Vec<Sent> {
        self.stop.store(true, Ordering::Release);
        let mut sent = Vec::new();
        for task in self.tasks {
            sent.extend(task.await.unwrap_or_default());
        }
        sent
    }
}

struct Sender {
    client: reqwest::Client,
    plan: Plan,
    next: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

impl Sender {
    async fn run(self) -> Vec<Sent> {
        let mut sent = Vec::new();
        while !self.stop.load(Ordering::Acquire) {
            let events: Vec<Value> = (0..self.plan.batch).map(|_| self.event()).collect();
            let begun = Instant::now();
            while !self.acknowledged(&events).await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let took = begun.elapsed();
            sent.extend(events.iter().map(|event| Sent {
                id: event["messageId"].as_str().unwrap_or_default().to_owned(),
                digest: digest(&event["properties"].to_string()),
                took,
            }));
            tokio::time::sleep(self.plan.pause).await;
        }
        sent
    }

    /// One event in ten matches no subscription; the others are of two kinds, one for each connection.
    fn event(&self) -> Value {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let name = match number % 10 {
            0 => "Nobody Listens",
            1..=4 => "Single",
            _ => "Batched",
        };
        json!({
            "type": "track",
            "event": name,
            "userId": format!("user-{}", number % 97),
            "messageId": format!("{}{number}", self.plan.prefix),
            "properties": {"number": number, "madeAt": now_millis(), "text": "x".repeat(usize::try_from(number % 400).unwrap_or_default())},
        })
    }

    async fn acknowledged(&self, events: &[Value]) -> bool {
        let url = format!("{}/v1/batch", self.plan.origin);
        let body = json!({"batch": events, "writeKey": self.plan.write_key});
        let request = self
            .client
            .post(url)
            .header("content-type", "application/json")
            .body(body.to_string())
            .timeout(Duration::from_secs(10));
        match request.send().await {
            Ok(response) => response.status() == reqwest::StatusCode::OK,
            Err(_) => false,
        }
    }
}
