//! Takes the deliveries of one connection from the queue and has them made.
//!
//! Each connection has a dispatcher of its own, so that a partner that is slow or dead delays nobody else. What
//! it holds in memory is bounded; while the connection's guards refuse, it leases nothing.

mod expire;
mod gather;
mod park;
mod ready;
mod settle;

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::task::Poll;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use waystation_queue::Settlement;

use crate::connection::OpenConnection;
use crate::live::Live;
use crate::pause::Pauses;
use crate::perform::Performer;
use crate::supervisor::Resources;

use expire::LeftAlone;
pub use gather::{Gather, Group};
use park::Parking;
use ready::Ready;
pub(crate) use settle::LAST_TRIES;
use settle::settle;

/// The most deliveries of one connection in memory: some batches of the usual size, a few MiB.
pub const MOST_LEASED: usize = 2_048;

/// The pause after a failure of the store.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// How often the pause doubles while the store goes on failing: up to half a minute.
const LONGEST_STORE_PAUSE: u32 = 5;

/// How long to wait for room that nobody announces.
const ROOM_PAUSE: Duration = Duration::from_millis(50);

/// Takes the deliveries of one connection from the queue and has them made.
pub struct Dispatcher {
    resources: Arc<Resources>,
    connection: Arc<OpenConnection>,
    performer: Performer,
    live: Arc<Live>,
    pauses: Arc<Pauses>,
    in_flight: Arc<AtomicUsize>,
    cut_off: CancellationToken,
    store_failures: AtomicU32,
}

/// Deliveries that are being made; they are counted until this is dropped, even by a panic.
struct Counted {
    deliveries: usize,
    in_flight: Arc<AtomicUsize>,
}

impl Counted {
    fn new(deliveries: usize, in_flight: &Arc<AtomicUsize>) -> Self {
        in_flight.fetch_add(deliveries, Ordering::AcqRel);
        Self {
            deliveries,
            in_flight: Arc::clone(in_flight),
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.in_flight.fetch_sub(self.deliveries, Ordering::AcqRel);
    }
}

impl Dispatcher {
    /// A dispatcher; calls are cut off when `cancellation` is cancelled.
    #[must_use]
    pub fn new(
        resources: Arc<Resources>,
        connection: Arc<OpenConnection>,
        live: Arc<Live>,
        pauses: Arc<Pauses>,
        cancellation: CancellationToken,
    ) -> Self {
        let performer = Performer::new(
            Arc::clone(&resources),
            Arc::clone(&connection),
            cancellation.clone(),
        );
        Self {
            resources,
            connection,
            performer,
            live,
            pauses,
            in_flight: Arc::default(),
            cut_off: cancellation,
            store_failures: AtomicU32::new(0),
        }
    }

    /// Runs until `stop` is cancelled and what is under way has come to an end. What was gathered and not sent
    /// goes back to the queue.
    pub async fn run(self, stop: CancellationToken) {
        let (mut gather, mut ready) = (Gather::default(), Ready::default());
        let mut running = JoinSet::new();
        let mut left_alone = LeftAlone::default();
        let mut pauses = self.pauses.watch();
        loop {
            let is_held = self.pauses.holds(self.connection.name());
            if is_held {
                // What was leased and not sent goes back.
                gather = Gather::default();
                ready.clear();
            }
            for group in ready.take(self.connection.guards()) {
                self.start(&ready, &mut running, group);
            }
            let room = if is_held { 0 } else { self.room(&gather, &ready) };
            if room == 0 || !ready.is_empty() || left_alone.is_begun() {
                let guards = self.connection.guards().state();
                left_alone.observe(&guards, &self.connection.config().policy);
            }
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                Ok(()) = pauses.changed() => {}
                Some(_) = running.join_next(), if !running.is_empty() => {}
                () = ready.changed() => {}
                () = ripe(&gather) => {
                    for group in gather.ripe(Instant::now()) {
                        self.start(&ready, &mut running, group);
                    }
                }
                () = left_alone.next_look(), if !is_held => self.expire(&mut left_alone, &mut running).await,
                () = self.guards_give_room(), if !is_held && (room == 0 || !ready.is_empty()) => {}
                () = self.resources.queue.due(self.connection.name()), if room > 0 && ready.is_empty() => {
                    self.lease(&mut gather, &mut ready, &mut running, room).await;
                }
            }
        }
        drop((gather, ready));
        while running.join_next().await.is_some() {}
    }

    /// How many deliveries are worth leasing now: what the guards let begin, in batches, and some ahead where there are
    /// none, within the bound of memory.
    fn room(&self, gather: &Gather, ready: &Ready) -> usize {
        let in_flight = self.in_flight.load(Ordering::Acquire);
        let held = gather.held() + ready.held() + in_flight;
        let (groups, largest) = (
            ready.room(self.connection.guards()),
            self.connection.largest_batch(),
        );
        let wanted = match (groups, largest) {
            (0, _) => 0,
            (_, 1) => groups.saturating_add(Ready::ahead(in_flight)),
            _ => groups.saturating_mul(largest),
        };
        wanted.min(MOST_LEASED.saturating_sub(held))
    }

    /// Completes when the guards may have room again. What ends makes room as well, and is told by its task.
    async fn guards_give_room(&self) {
        match self.connection.guards().ready_at() {
            Some(ready_at) => sleep_until(ready_at).await,
            None => sleep(ROOM_PAUSE).await,
        }
    }

    async fn lease(&self, gather: &mut Gather, ready: &mut Ready, running: &mut JoinSet<()>, room: usize) {
        match self.resources.queue.lease(self.connection.name(), room).await {
            Ok(leased) => {
                self.store_failures.store(0, Ordering::Relaxed);
                let mut parking = Parking::default();
                for mut leased in leased {
                    let (name, policy) = (self.connection.name(), &self.connection.config().policy);
                    self.pauses.prolong(name, policy.horizon, &mut leased);
                    if let Some(why) = self.pauses.parks(name, &leased) {
                        parking.add(leased, why, self.resources.queue.clock().now());
                    } else if let Some(group) = gather.add(&self.connection, leased) {
                        ready.push(group);
                    }
                }
                for (action, settlements) in parking.into_actions() {
                    self.settle_apart(running, action, settlements);
                }
                // A batch that is larger than the room for it would wait for ever.
                if ready.is_empty()
                    && self.room(gather, ready) == 0
                    && running.is_empty()
                    && let Some(group) = gather.fullest()
                {
                    self.start(ready, running, group);
                }
            }
            Err(error) => {
                let failures = self.store_failures.fetch_add(1, Ordering::Relaxed);
                // Told more and more rarely, and tried too.
                if failures.is_power_of_two() || failures == 0 {
                    let connection = &**self.connection.name();
                    tracing::error!(connection, %error, "deliveries could not be read from the store");
                }
                sleep(STORE_PAUSE * (1 << failures.min(LONGEST_STORE_PAUSE))).await;
            }
        }
    }

    /// Settles what is not sent, beside what is.
    fn settle_apart(&self, running: &mut JoinSet<()>, action: Arc<str>, settlements: Vec<Settlement>) {
        let (resources, connection) = (Arc::clone(&self.resources), Arc::clone(&self.connection));
        let (live, cut_off) = (Arc::clone(&self.live), self.cut_off.clone());
        let counted = Counted::new(settlements.len(), &self.in_flight);
        running.spawn(async move {
            settle(&resources, &connection, &action, settlements, &live, &cut_off).await;
            drop(counted);
        });
    }

    fn start(&self, ready: &Ready, running: &mut JoinSet<()>, group: Group) {
        let mut started = ready.start();
        let counted = Counted::new(group.work.len(), &self.in_flight);
        let performer = self.performer.clone();
        let cut_off = self.cut_off.clone();
        let resources = Arc::clone(&self.resources);
        let connection = Arc::clone(&self.connection);
        let live = Arc::clone(&self.live);
        let span = tracing::info_span!("deliveries", connection = &**connection.name());
        let deliveries = async move {
            let action = action_of(&connection, &group.subscription);
            let mut performed = pin!(performer.perform(&group.subscription, group.work));
            // The guards know of it when it waits for the first time, mostly for the partner.
            let first = poll_fn(|context| Poll::Ready(performed.as_mut().poll(context))).await;
            started.begun();
            let settlements = match first {
                Poll::Ready(settlements) => settlements,
                Poll::Pending => performed.await,
            };
            drop((started, group.under_way));
            settle(&resources, &connection, &action, settlements, &live, &cut_off).await;
            drop(counted);
        };
        running.spawn(deliveries.instrument(span));
    }
}

fn action_of(connection: &OpenConnection, subscription: &str) -> String {
    let subscription = connection.subscription(subscription);
    subscription
        .map(|subscription| subscription.pipeline.action.clone())
        .unwrap_or_default()
}

async fn ripe(gather: &Gather) {
    match gather.next_ripe() {
        // The timer is only as exact as a millisecond.
        Some(at) if at <= Instant::now() => {}
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
