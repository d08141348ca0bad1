//! Runs a dispatcher for each connection, across changes of the configuration.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use waystation_client::Client;
use waystation_config::{Config, ConnectionConfig, Record, WhenFull};
use waystation_queue::{Queue, QueueError, Stage, WaitingLimit, WaitingLimits};

use crate::connection::{OpenConnection, OpenError};
use crate::dispatcher::{Dispatcher, LAST_TRIES, MOST_LEASED};
use crate::live::Live;
use crate::pause::Pauses;
use crate::removed::Removed;
use crate::resend::Resends;
use crate::routing::Routing;
use crate::settlement::untried;
use crate::tokens::Accounts;
use crate::watch::Watch;

/// How often deliveries are looked for whose connection is not configured.
const ORPHANS_PAUSE: Duration = Duration::from_secs(5);

/// How long the tasks may take to end once they are cut off: the last tries to settle, and some time around them.
const LONGEST_END: Duration = LAST_TRIES.saturating_add(Duration::from_secs(2));

/// What all deliveries share.
#[derive(Debug)]
pub struct Resources {
    /// Where deliveries wait.
    pub queue: Arc<dyn Queue>,
    /// The way to partners.
    pub client: Client,
    /// What is recorded.
    pub record: Record,
    /// Keeps metrics of deliveries and their attempts.
    pub watch: Arc<dyn Watch>,
}

/// The dispatchers of all connections.
pub struct Deliveries {
    running: Mutex<BTreeMap<Arc<str>, Running>>,
    /// Connections that the configuration has, running or switched off.
    known: ArcSwap<Vec<Arc<str>>>,
    accounts: Accounts,
    removed: Removed,
    routing: ArcSwap<Routing>,
    live: Arc<Live>,
    pauses: Arc<Pauses>,
    resends: Resends,
    tracker: TaskTracker,
    stop: CancellationToken,
    cut_off: CancellationToken,
}

struct Running {
    connection: Arc<OpenConnection>,
    resources: Arc<Resources>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// What a configuration changed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// Connections whose deliveries are made now and were not before.
    pub started: Vec<Arc<str>>,
    /// Connections whose deliveries are made otherwise than before.
    pub restarted: Vec<Arc<str>>,
    /// Connections whose deliveries are not made any more.
    pub stopped: Vec<Arc<str>>,
}

impl Deliveries {
    /// Without any connection; [`Deliveries::apply`] brings them.
    #[must_use]
    pub fn new(queue: &Arc<dyn Queue>) -> Arc<Self> {
        let stop = CancellationToken::new();
        let deliveries = Arc::new(Self {
            running: Mutex::default(),
            known: ArcSwap::default(),
            accounts: Accounts::default(),
            removed: Removed::default(),
            routing: ArcSwap::default(),
            live: Arc::new(Live::new(stop.clone())),
            pauses: Arc::new(Pauses::new(queue)),
            resends: Resends::default(),
            tracker: TaskTracker::new(),
            stop,
            cut_off: CancellationToken::new(),
        });
        let orphans = Arc::clone(&deliveries).bury_orphans(Arc::clone(queue));
        deliveries.tracker.spawn(orphans);
        deliveries
    }

    /// Where events go.
    #[must_use]
    pub fn routing(&self) -> Arc<Routing> {
        self.routing.load_full()
    }

    /// Tells what becomes of deliveries as it happens.
    #[must_use]
    pub fn live(&self) -> &Arc<Live> {
        &self.live
    }

    /// What is paused by hand.
    #[must_use]
    pub fn pauses(&self) -> &Arc<Pauses> {
        &self.pauses
    }

    /// What is sent again.
    #[must_use]
    pub fn resends(&self) -> &Resends {
        &self.resends
    }

    /// Cancelled when the service begins to end.
    pub(crate) fn stopping(&self) -> &CancellationToken {
        &self.stop
    }

    /// Runs a task whose end the end of the service waits for.
    pub(crate) fn track(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tracker.spawn(task);
    }

    /// The connections that run, in the order of their names.
    #[must_use]
    pub fn connections(&self) -> Vec<Arc<OpenConnection>> {
        let running = self.locked();
        running
            .values()
            .map(|running| Arc::clone(&running.connection))
            .collect()
    }

    /// Puts a configuration in force. Connections that are the same as before go on undisturbed; what others have
    /// under way comes to its end with the settings it began with, and their guards stay if they can.
    ///
    /// # Errors
    /// A connection cannot be opened; then everything stays as it was.
    pub async fn apply(&self, config: &Config, resources: &Arc<Resources>) -> Result<Applied, OpenError> {
        self.pauses.restore().await.map_err(OpenError::Pauses)?;
        let mut opened = Vec::new();
        for connection in config.connections.iter().filter(|connection| connection.enabled) {
            if !self.runs_unchanged(connection, resources) {
                let (config, queue) = (Arc::clone(connection), &resources.queue);
                let before = self.running(&connection.name);
                opened.push(Arc::new(match before {
                    Some(before) => before.reopen(config, queue).await?,
                    None => {
                        let account = self.accounts.of(&config.name);
                        OpenConnection::open(config, account, queue).await?
                    }
                }));
            }
        }
        let names = config
            .connections
            .iter()
            .map(|connection| Arc::clone(&connection.name));
        // Whoever reloads may have mended the credentials at the partner.
        for connection in self.connections() {
            connection.guards().probe_credentials();
        }
        let names: Vec<Arc<str>> = names.collect();
        self.removed
            .configure(&names, config.delivery.removed_connection_wait);
        self.known.store(Arc::new(names));
        resources.queue.limit_waiting(waiting_limits(config));
        let applied = self.replace(config, opened, resources);
        let routing = Routing::new(config).pausing(Arc::clone(&self.pauses));
        self.routing.store(Arc::new(routing));
        Ok(applied)
    }

    fn running(&self, name: &str) -> Option<Arc<OpenConnection>> {
        let running = self.locked();
        running.get(name).map(|running| Arc::clone(&running.connection))
    }

    fn runs_unchanged(&self, connection: &ConnectionConfig, resources: &Arc<Resources>) -> bool {
        self.locked().get(&connection.name).is_some_and(|running| {
            running.connection.config().fingerprint == connection.fingerprint
                && Arc::ptr_eq(&running.resources, resources)
        })
    }

    fn replace(
        &self,
        config: &Config,
        opened: Vec<Arc<OpenConnection>>,
        resources: &Arc<Resources>,
    ) -> Applied {
        let mut applied = Applied::default();
        let mut running = self.locked();
        let is_wanted = |name: &Arc<str>| {
            let mut connections = config.connections.iter();
            connections.any(|connection| connection.enabled && connection.name == *name)
        };
        running.retain(|name, running| {
            let stays = is_wanted(name);
            if !stays {
                running.stop.cancel();
                applied.stopped.push(Arc::clone(name));
            }
            stays
        });
        for connection in opened {
            let name = Arc::clone(connection.name());
            connection.take_over();
            let started = self.start(connection, Arc::clone(resources));
            match running.insert(Arc::clone(&name), started) {
                Some(before) => {
                    before.stop.cancel();
                    applied.restarted.push(name);
                }
                None => applied.started.push(name),
            }
        }
        applied
    }

    fn start(&self, connection: Arc<OpenConnection>, resources: Arc<Resources>) -> Running {
        let stop = self.stop.child_token();
        let dispatcher = Dispatcher::new(
            Arc::clone(&resources),
            Arc::clone(&connection),
            Arc::clone(&self.live),
            Arc::clone(&self.pauses),
            self.cut_off.clone(),
        );
        let task = self.tracker.spawn(dispatcher.run(stop.clone()));
        Running {
            connection,
            resources,
            stop,
            task,
        }
    }

    /// Whether every connection's dispatcher is alive.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        !self.locked().values().any(|running| running.task.is_finished())
    }

    /// Leases nothing more, and gives what is under way this long to come to its end. What is cut off then goes
    /// back to the queue. Whether everything ended by itself.
    pub async fn shutdown(&self, grace: Duration) -> bool {
        self.stop.cancel();
        self.tracker.close();
        if tokio::time::timeout(grace, self.tracker.wait()).await.is_ok() {
            return true;
        }
        self.cut_off().await;
        false
    }

    /// Leases nothing more, and cuts off what is under way: it goes back to the queue.
    pub async fn cut_off(&self) {
        self.stop.cancel();
        self.tracker.close();
        self.cut_off.cancel();
        // Each task has a bound of its own after this; one that overruns it must not keep the process.
        if tokio::time::timeout(LONGEST_END, self.tracker.wait())
            .await
            .is_err()
        {
            tracing::error!(
                tasks = self.tracker.len(),
                "deliveries under way did not come to an end"
            );
        }
    }

    /// Deliveries whose connection is not configured any more become dead letters, which can be replayed when it
    /// is back. Looked for again and again, because an event may have been accepted just before the change.
    async fn bury_orphans(self: Arc<Self>, queue: Arc<dyn Queue>) {
        loop {
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(ORPHANS_PAUSE) => {}
            }
            if let Err(error) = self.bury_once(&*queue).await {
                tracing::error!(%error, "deliveries without a connection could not be looked for");
            }
        }
    }

    async fn bury_once(&self, queue: &dyn Queue) -> Result<(), QueueError> {
        for depth in queue.depths().await? {
            let name = &depth.connection;
            let is_orphaned = || !self.known.load().contains(name) && !self.stop.is_cancelled();
            if is_orphaned() && !self.removed.may_come_back(name) {
                bury(queue, name, is_orphaned).await?;
            }
        }
        Ok(())
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<Arc<str>, Running>> {
        // Entries are inserted and removed whole; a panic elsewhere cannot leave one half written.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How much may wait for each connection.
#[must_use]
pub fn waiting_limits(config: &Config) -> WaitingLimits {
    let limits = config.connections.iter().map(|connection| {
        let wanted = &connection.policy.max_waiting;
        let limit = WaitingLimit {
            deliveries: u64::from(wanted.deliveries),
            bytes: wanted.bytes_of(config.store.max_size),
            when_full: match wanted.when_full {
                WhenFull::DeadLetter => waystation_queue::WhenFull::DeadLetter,
                WhenFull::Refuse => waystation_queue::WhenFull::Refuse,
            },
        };
        (Arc::clone(&connection.name), limit)
    });
    limits.collect()
}

/// Makes dead letters of the deliveries of a connection as long as it is orphaned: it may come back meanwhile.
async fn bury(
    queue: &dyn Queue,
    connection: &Arc<str>,
    is_orphaned: impl Fn() -> bool,
) -> Result<(), QueueError> {
    while is_orphaned() {
        let leased = queue.lease(connection, MOST_LEASED).await?;
        if leased.is_empty() {
            break;
        }
        let message = format!("There is no connection \"{connection}\" any more");
        let now = queue.clock().now();
        let dead = leased.into_iter();
        let dead = dead.map(|leased| untried(leased, Stage::Connection, message.as_str(), now));
        if let Err(unsettled) = queue.settle(dead.collect()).await {
            return Err(unsettled.error.clone());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
