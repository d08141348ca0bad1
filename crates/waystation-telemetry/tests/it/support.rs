//! A service without its HTTP edge: configuration, store, dispatchers.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};
use tempfile::TempDir;
use waystation_client::{Client, ClientConfig, Outlet};
use waystation_config::{Config, Loader};
use waystation_delivery::routing::Arrival;
use waystation_delivery::{Deliveries, Resources, Watch};
use waystation_queue::{Clock, Ledger, NewEvent, Queue, SqliteQueue, SqliteSettings};
use waystation_telemetry::{Sources, Telemetry};

/// How long something may take to happen.
const PATIENCE: Duration = Duration::from_secs(30);

/// A service without its HTTP edge. Its metrics are kept by [`Service::telemetry`].
pub(crate) struct Service {
    pub(crate) telemetry: Arc<Telemetry>,
    pub(crate) sources: Sources,
    _folder: TempDir,
}

impl Service {
    /// Runs a configuration.
    pub(crate) async fn start(config: &str) -> Self {
        let registry = waystation_runtime::Registry::new(waystation_destinations::all()).unwrap();
        let config = Loader::new(&registry).parse("test.toml", config).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let queue = SqliteQueue::open(SqliteSettings::new(folder.path().join("store.db"))).unwrap();
        let queue: Arc<dyn Queue> = Arc::new(queue);
        let telemetry = Telemetry::new(Clock::System);
        telemetry.expect(&config);
        let deliveries = Deliveries::new(&queue);
        let resources = Arc::new(Resources {
            queue: Arc::clone(&queue),
            client: client(&config),
            record: config.record.clone(),
            watch: Arc::clone(&telemetry) as Arc<dyn Watch>,
        });
        deliveries.apply(&config, &resources).await.unwrap();
        Self {
            telemetry,
            sources: Sources { queue, deliveries },
            _folder: folder,
        }
    }

    /// Takes an event of the source `web`.
    pub(crate) async fn take(&self, message_id: &str, event: Value) {
        let received_at = Clock::System.now();
        let arrival = Arrival {
            received_at,
            user: None,
        };
        let deliveries = self
            .sources
            .deliveries
            .routing()
            .deliveries("web", &event, arrival);
        let event = NewEvent {
            source: "web".into(),
            message_id: message_id.to_owned(),
            user: None,
            event_type: None,
            event_name: None,
            received_at,
            body: Bytes::from(event.to_string()),
            deliveries,
        };
        self.sources.queue.append(vec![event]).await.unwrap();
    }

    /// Waits until the ledger is as wanted.
    pub(crate) async fn until(&self, wanted: impl Fn(&Ledger) -> bool) {
        let reached = async {
            while !wanted(&self.sources.queue.ledger().await.unwrap()) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(PATIENCE, reached)
            .await
            .expect("it happens in time");
    }

    /// Ends deliveries and closes the store.
    pub(crate) async fn stop(self) {
        self.sources.deliveries.shutdown(PATIENCE).await;
        self.sources.queue.close().await.unwrap();
    }
}

/// An event that the tests' subscriptions match.
pub(crate) fn track(message_id: &str) -> Value {
    json!({
        "type": "track",
        "event": "Signed Up",
        "messageId": message_id,
        "userId": "user-secret",
        "timestamp": "2026-01-01T00:00:00Z",
    })
}

fn client(config: &Config) -> Client {
    Client::new(ClientConfig {
        outlet: Outlet::Network(config.network.client()),
        rewrites: config.network.rewrites(),
    })
    .unwrap()
}
