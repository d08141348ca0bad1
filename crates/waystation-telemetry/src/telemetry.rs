//! The whole: what counts, and what can be asked.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tracing_appender::non_blocking::ErrorCounter;
use waystation_config::Config;
use waystation_delivery::Deliveries;
use waystation_http::server::Stats;
use waystation_ingest::Acceptor;
use waystation_queue::{Clock, Millis, Queue, QueueError, Stage};

use crate::ingest::{CountingAcceptor, REASONS};
use crate::logging::Logs;
use crate::metrics::catalog::Metric;
use crate::metrics::snapshot::{Reading, Snapshot, Value};
use crate::metrics::{Counted, readings, text};
use crate::process;

/// Keeps the metrics of a service. There is one in a process; tests have as many as they like.
#[derive(Debug)]
pub struct Telemetry {
    counted: Arc<Counted>,
    clock: Clock,
    started_at: Millis,
    reloads: Mutex<Vec<(Reload, Millis)>>,
    server: Arc<Stats>,
    lost_lines: OnceLock<ErrorCounter>,
}

/// Where the metrics come from that are read when somebody asks. Cloning it is cheap.
#[derive(Clone)]
pub struct Sources {
    /// The queue.
    pub queue: Arc<dyn Queue>,
    /// The dispatchers, with the guards of their connections.
    pub deliveries: Arc<Deliveries>,
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sources").finish_non_exhaustive()
    }
}

/// What became of a reading of the configuration after the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reload {
    /// It is in force.
    Applied,
    /// It is the same as before.
    Unchanged,
    /// It is not in force; the one before is.
    Refused,
}

impl Reload {
    /// The name for metrics.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Unchanged => "unchanged",
            Self::Refused => "refused",
        }
    }
}

impl Telemetry {
    /// Metrics that start now, by this clock.
    #[must_use]
    pub fn new(clock: Clock) -> Arc<Self> {
        let counted = Counted::new();
        // A series to look at, even before anything has failed.
        counted.failed_readings.add([], 0);
        Arc::new(Self {
            counted: Arc::new(counted),
            started_at: clock.now(),
            clock,
            reloads: Mutex::default(),
            server: Arc::default(),
            lost_lines: OnceLock::new(),
        })
    }

    /// Where the HTTP server counts its connections.
    #[must_use]
    pub fn server(&self) -> Arc<Stats> {
        Arc::clone(&self.server)
    }

    /// Shows the losses of this log.
    pub fn show_losses(&self, logs: &Logs) {
        if let Some(lost) = logs.lost_lines() {
            let _ = self.lost_lines.set(lost.clone());
        }
    }

    /// Begins the series of everything that is configured: an alert on what a counter grew by sees nothing of a series
    /// that begins with its first value.
    pub fn expect(&self, config: &Config) {
        let counted = &self.counted;
        for source in &config.sources {
            counted.accepted_events.add([&source.name], 0);
            counted.duplicate_events.add([&source.name], 0);
            for reason in REASONS {
                counted.refused_events.add([&source.name, reason], 0);
            }
        }
        for connection in config.connections.iter().filter(|connection| connection.enabled) {
            let destination = connection.destination.definition().slug;
            for subscription in &connection.subscriptions {
                let action = subscription.pipeline.action.as_str();
                let place = [&*connection.name, destination, action];
                counted.delivered_deliveries.add(place, 0);
                counted.returned_deliveries.add(place, 0);
                for stage in Stage::ALL {
                    let labels = [&*connection.name, destination, action, stage.name()];
                    counted.dead_deliveries.add(labels, 0);
                }
            }
        }
    }

    /// The same acceptor, with its events counted.
    #[must_use]
    pub fn counting(&self, acceptor: Arc<dyn Acceptor>) -> Arc<dyn Acceptor> {
        Arc::new(CountingAcceptor {
            inner: acceptor,
            counted: self.share(),
        })
    }

    /// The configuration was read again.
    pub fn reloaded(&self, reload: Reload) {
        self.counted.config_reloads.add([reload.label()], 1);
        let mut reloads = self.reloads.lock().unwrap_or_else(PoisonError::into_inner);
        reloads.retain(|(before, _)| *before != reload);
        reloads.push((reload, self.clock.now()));
    }

    /// Everything at this moment. What the store does not answer is left out, and counted.
    pub async fn collect(&self, sources: &Sources) -> Snapshot {
        let mut collected = self.of_process();
        let connections = sources.deliveries.connections();
        for connection in &connections {
            let state = connection.guards().state();
            collected.extend(readings::of_guards(connection.name(), &state));
        }
        let names = connections.iter().map(|connection| &**connection.name());
        collected.extend(readings::of_pauses(&sources.deliveries.pauses().all(), names));
        let running: Vec<Arc<str>> = connections
            .iter()
            .map(|connection| Arc::clone(connection.name()))
            .collect();
        let queue = &sources.queue;
        let (depths, ledger, occupancy) = tokio::join!(queue.depths(), queue.ledger(), queue.occupancy());
        if let Some(depths) = self.unless_failed(depths) {
            collected.extend(readings::of_queue(depths, &running, queue.clock().now()));
        }
        if let Some(ledger) = self.unless_failed(ledger) {
            collected.extend(readings::of_ledger(&ledger, &running));
        }
        if let Some(occupancy) = self.unless_failed(occupancy) {
            collected.extend(readings::of_store(occupancy));
        }
        collected.extend(readings::of_activity(queue.activity()));
        Snapshot::new(self.counted.read(), collected)
    }

    /// The metrics page.
    pub async fn render(&self, sources: &Sources) -> String {
        text::write(&self.collect(sources).await.complete())
    }

    /// When counting began, and now.
    #[cfg(feature = "otlp")]
    pub(crate) fn lifetime(&self) -> (Millis, Millis) {
        (self.started_at, self.clock.now())
    }

    pub(crate) fn counted(&self) -> &Counted {
        &self.counted
    }

    pub(crate) fn share(&self) -> Arc<Counted> {
        Arc::clone(&self.counted)
    }

    fn of_process(&self) -> Vec<Reading> {
        let mut readings = vec![
            Reading::new(Metric::BuildInfo, [env!("CARGO_PKG_VERSION")], Value::Gauge(1.0)),
            Reading::single(Metric::StartTime, moment(self.started_at)),
            Reading::single(Metric::ProcessStart, moment(self.started_at)),
        ];
        readings.extend(process::readings());
        readings.extend(readings::of_server(&self.server));
        if let Some(lost) = self.lost_lines.get() {
            let lost = Value::Counter(lost.dropped_lines() as u64);
            readings.push(Reading::single(Metric::LostLogLines, lost));
        }
        let reloads = self.reloads.lock().unwrap_or_else(PoisonError::into_inner);
        readings.extend(
            reloads
                .iter()
                .map(|(reload, at)| Reading::new(Metric::ConfigReloadTime, [reload.label()], moment(*at))),
        );
        readings
    }

    fn unless_failed<T>(&self, answer: Result<T, QueueError>) -> Option<T> {
        if let Err(error) = &answer {
            tracing::warn!(%error, "the store could not be read for the metrics");
            self.counted.failed_readings.add([], 1);
        }
        answer.ok()
    }
}

#[cfg(test)]
impl Telemetry {
    /// The part of the page that needs nobody else.
    pub(crate) fn render_counted(&self) -> String {
        text::write(&Snapshot::new(self.counted.read(), self.of_process()))
    }
}

/// Seconds since 1970.
fn moment(at: Millis) -> Value {
    Value::Gauge(at.since(Millis(0)).as_secs_f64())
}
