//! A store and deliveries from it.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use serde_json::Value;
use tempfile::TempDir;
use waystation_client::{Client, ClientConfig, Outlet};
use waystation_config::Config;
use waystation_delivery::routing::Arrival;
use waystation_delivery::supervisor::Applied;
use waystation_delivery::{Deliveries, OpenConnection, Outcome, Resources, Watch};
use waystation_queue::{
    Clock, Millis, NewEvent, Queue, RecordDetail, RecordFilter, RecordQuery, Selection, SqliteQueue,
    SqliteSettings, State, Tally,
};

/// How long a test waits for what should happen at once.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until this is so.
#[track_caller]
pub(crate) fn eventually<C, F>(what: &str, check: C) -> impl Future<Output = ()>
where
    C: Fn() -> F,
    F: Future<Output = bool>,
{
    let (what, since) = (what.to_owned(), Instant::now());
    async move {
        while !check().await {
            assert!(since.elapsed() < PATIENCE, "in vain it was waited until {what}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// Remembers what it was told.
#[derive(Debug, Default)]
pub(crate) struct Told(Mutex<Vec<(String, Outcome)>>);

impl Told {
    /// What became of deliveries of a connection, in order.
    pub(crate) fn of(&self, connection: &str) -> Vec<Outcome> {
        let told = self.0.lock().unwrap();
        let of_connection = told.iter().filter(|(name, _)| name == connection);
        of_connection.map(|(_, outcome)| *outcome).collect()
    }
}

impl Watch for Told {
    fn settled(&self, connection: &str, _: &str, _: &str, outcome: Outcome) {
        self.0.lock().unwrap().push((connection.to_owned(), outcome));
    }
}

/// A store in a folder of its own, and deliveries from it.
pub(crate) struct Bench {
    pub(crate) queue: Arc<dyn Queue>,
    pub(crate) deliveries: Arc<Deliveries>,
    pub(crate) told: Arc<Told>,
    folder: TempDir,
}

impl Bench {
    /// With a configuration in force.
    pub(crate) async fn with(config: &Config) -> Self {
        Self::at(Clock::System, config).await
    }

    /// With another clock than the machine's.
    pub(crate) async fn at(clock: Clock, config: &Config) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bench = Self::open(folder, clock);
        bench.apply(config).await;
        bench
    }

    fn open(folder: TempDir, clock: Clock) -> Self {
        let settings = SqliteSettings::new(Self::path(&folder));
        let queue: Arc<dyn Queue> = Arc::new(SqliteQueue::open_at(settings, clock).unwrap());
        Self {
            deliveries: Deliveries::new(&queue),
            queue,
            told: Arc::default(),
            folder,
        }
    }

    fn path(folder: &TempDir) -> PathBuf {
        folder.path().join("queue.db")
    }

    /// The file of the store.
    pub(crate) fn store(&self) -> PathBuf {
        Self::path(&self.folder)
    }

    /// Puts another configuration in force.
    pub(crate) async fn apply(&self, config: &Config) -> Applied {
        let client = Client::new(ClientConfig {
            outlet: Outlet::Network(config.network.client()),
            rewrites: config.network.rewrites(),
        });
        let resources = Arc::new(Resources {
            queue: Arc::clone(&self.queue),
            client: client.unwrap(),
            record: config.record.clone(),
            watch: Arc::clone(&self.told) as _,
        });
        self.deliveries.apply(config, &resources).await.unwrap()
    }

    /// Ends in good order, opens the store again and goes on with this configuration.
    pub(crate) async fn restart(self, config: &Config) -> Self {
        self.deliveries.shutdown(Duration::from_secs(5)).await;
        self.queue.close().await.unwrap();
        let Self {
            queue,
            deliveries,
            folder,
            ..
        } = self;
        let clock = queue.clock().clone();
        drop((queue, deliveries));
        let bench = Self::open(folder, clock);
        bench.apply(config).await;
        bench
    }

    /// Accepts events of the source `web`, all at once.
    pub(crate) async fn send(&self, events: impl IntoIterator<Item = Value>) {
        self.send_from("web", self.queue.clock().now(), events).await;
    }

    /// Accepts events that came at this time.
    pub(crate) async fn send_from(&self, source: &str, at: Millis, events: impl IntoIterator<Item = Value>) {
        let routing = self.deliveries.routing();
        let events = events.into_iter().map(|event| {
            let text = |key: &str| event[key].as_str().map(str::to_owned);
            let user = text("userId");
            let arrival = Arrival {
                received_at: at,
                user: user.as_deref(),
            };
            NewEvent {
                source: source.into(),
                message_id: text("messageId").unwrap_or_default(),
                event_type: text("type"),
                event_name: text("event"),
                received_at: at,
                body: Bytes::from(event.to_string()),
                deliveries: routing.deliveries(source, &event, arrival),
                user,
            }
        });
        self.queue.append(events.collect()).await.unwrap();
    }

    /// The counts of all deliveries.
    pub(crate) async fn tally(&self) -> Tally {
        let total = self.queue.ledger().await.unwrap().total;
        assert!(total.balances(), "{total:?}");
        total
    }

    /// Waits until the counts are like this.
    pub(crate) async fn until(&self, what: &str, check: impl Fn(&Tally) -> bool) {
        let check = &check;
        eventually(what, || async move { check(&self.tally().await) }).await;
    }

    /// Waits until so many are delivered and nothing waits.
    pub(crate) async fn until_delivered(&self, count: u64) {
        let what = format!("{count} are delivered and none waits");
        self.until(&what, |tally| tally.delivered == count && tally.waiting == 0)
            .await;
    }

    /// Lets every dispatcher have many turns: what does not happen meanwhile is not about to happen.
    pub(crate) async fn turns(&self) {
        for _ in 0..200 {
            self.queue.depths().await.unwrap();
            tokio::task::yield_now().await;
        }
    }

    /// All records, oldest first, with their events and rounds.
    pub(crate) async fn records(&self) -> Vec<RecordDetail> {
        let query = RecordQuery {
            limit: 1_000,
            ..RecordQuery::default()
        };
        let mut found = Vec::new();
        for summary in self.queue.records(query).await.unwrap().items.into_iter().rev() {
            found.extend(self.queue.record(summary.id).await.unwrap());
        }
        found
    }

    /// The record of the delivery of this event.
    pub(crate) async fn record(&self, message_id: &str) -> RecordDetail {
        let records = self.records().await;
        let mut found = records
            .into_iter()
            .filter(|record| record.summary.message_id == message_id);
        found.next().expect("there is a record of it")
    }

    /// Waits until a round of the only delivery of this event has failed for now.
    pub(crate) async fn until_again(&self, message_id: &str) -> RecordDetail {
        eventually("a round has failed for now", || async {
            let record = self.record(message_id).await;
            record.summary.rounds > 0 && matches!(record.summary.state, State::Waiting { .. })
        })
        .await;
        self.record(message_id).await
    }

    /// Lets all dead letters wait again; how many.
    pub(crate) async fn replay(&self) -> u64 {
        let horizon = Clock::System.now().plus(Duration::from_secs(3_600));
        let all = Selection::Matching(RecordFilter::default());
        self.queue.replay(all, horizon).await.unwrap()
    }

    /// The connection of this name.
    pub(crate) fn connection(&self, name: &str) -> Arc<OpenConnection> {
        let connections = self.deliveries.connections();
        let found = connections
            .into_iter()
            .find(|connection| **connection.name() == *name);
        found.expect("it runs")
    }
}
