//! Connections, subscriptions and sources that somebody has paused, until somebody resumes them.
//!
//! | paused | events meanwhile wait | events meanwhile are skipped |
//! | --- | --- | --- |
//! | a connection | nothing of it is leased | new ones are skipped by the rule `paused`; what waits already waits on |
//! | a subscription, a source | new ones are parked as they are accepted, older ones when they come out of the queue | the same |
//!
//! What is under way comes to its end. Parked deliveries are due at [`waystation_queue::Millis::PARKED`], so that they cost nothing; the
//! end of a pause releases them. The time of a pause does not count for the horizon of what waited for its end.

mod list;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::watch;
use waystation_queue::{Leased, Parked, Queue, QueueError};

use list::List;
pub use list::{Meanwhile, Pause, Paused};

/// Under which key the store keeps them.
const KEY: &str = "pauses";

/// What is paused.
#[derive(Debug)]
pub struct Pauses {
    queue: Arc<dyn Queue>,
    list: ArcSwap<List>,
    changed: watch::Sender<()>,
    /// One change at a time: each is stored before it is in force.
    turn: tokio::sync::Mutex<()>,
    is_restored: Mutex<bool>,
}

impl Pauses {
    pub(crate) fn new(queue: &Arc<dyn Queue>) -> Self {
        Self {
            queue: Arc::clone(queue),
            list: ArcSwap::default(),
            changed: watch::Sender::new(()),
            turn: tokio::sync::Mutex::default(),
            is_restored: Mutex::default(),
        }
    }

    /// Puts in force what the store has kept, and brings to an end what a restart has cut off; once.
    ///
    /// # Errors
    /// The store cannot be read.
    pub(crate) async fn restore(&self) -> Result<(), QueueError> {
        let _turn = self.turn.lock().await;
        if *self.is_restored.lock().unwrap_or_else(PoisonError::into_inner) {
            return Ok(());
        }
        let kept = self.queue.kept(KEY).await?;
        let list = match kept.map(|kept| serde_json::from_slice::<List>(&kept)) {
            None => List::default(),
            Some(Ok(list)) => list,
            Some(Err(error)) => {
                tracing::error!(%error, "what was paused cannot be read: nothing is paused");
                List::default()
            }
        };
        for pause in &list.pauses {
            tracing::warn!(paused = %pause.paused, reason = pause.reason, "paused by hand before the start");
        }
        let unreleased: Vec<Paused> = list.unreleased().cloned().collect();
        self.list.store(Arc::new(list));
        self.changed.send_replace(());
        for paused in &unreleased {
            self.release(paused).await?;
        }
        if !unreleased.is_empty() {
            self.change(List::released).await?;
        }
        *self.is_restored.lock().unwrap_or_else(PoisonError::into_inner) = true;
        Ok(())
    }

    /// Everything that is paused, in the order of when it was.
    #[must_use]
    pub fn all(&self) -> Vec<Pause> {
        self.list.load().pauses.clone()
    }

    /// How this is paused, if it is.
    #[must_use]
    pub fn get(&self, paused: &Paused) -> Option<Pause> {
        self.list.load().get(paused).cloned()
    }

    /// Pauses something; what was paused already goes on being so, with the new reason.
    ///
    /// # Errors
    /// It could not be stored, and is not in force.
    pub async fn pause(&self, mut pause: Pause) -> Result<Pause, QueueError> {
        let _turn = self.turn.lock().await;
        if let Some(before) = self.get(&pause.paused) {
            pause.since = before.since;
        }
        let new = pause.clone();
        self.change(move |list| list.pause(new)).await?;
        tracing::warn!(paused = %pause.paused, reason = pause.reason, by = pause.by, "paused by hand");
        Ok(pause)
    }

    /// Ends a pause; how many parked deliveries that releases. None if there was no such pause.
    ///
    /// # Errors
    /// It could not be stored; or it is over, and what is parked is released at the next start.
    pub async fn resume(&self, paused: &Paused) -> Result<Option<u64>, QueueError> {
        let _turn = self.turn.lock().await;
        if self.get(paused).is_none() {
            return Ok(None);
        }
        let now = self.queue.clock().now();
        self.change(|list| list.end(paused, now)).await?;
        tracing::info!(%paused, "resumed by hand");
        let released = self.release(paused).await?;
        self.change(List::released).await?;
        Ok(Some(released))
    }

    async fn change(&self, change: impl FnOnce(&mut List)) -> Result<(), QueueError> {
        let mut list = (**self.list.load()).clone();
        change(&mut list);
        // Texts and numbers can be written as JSON.
        let kept = serde_json::to_vec(&list).unwrap_or_default();
        self.queue.keep(KEY, kept).await?;
        self.list.store(Arc::new(list));
        self.changed.send_replace(());
        Ok(())
    }

    async fn release(&self, paused: &Paused) -> Result<u64, QueueError> {
        let (connections, subscription, source) = match paused {
            // It parks nothing itself; what other pauses have parked since it began is theirs.
            Paused::Connection { .. } => return Ok(0),
            Paused::Subscription { connection, name } => (vec![connection.as_str().into()], Some(name), None),
            Paused::Source { name } => {
                let depths = self.queue.depths().await?.into_iter();
                (depths.map(|depth| depth.connection).collect(), None, Some(name))
            }
        };
        let mut released = 0;
        for connection in connections {
            let parked = Parked {
                connection,
                subscription: subscription.map(|name| name.as_str().into()),
                source: source.map(|name| name.as_str().into()),
            };
            released += self.queue.release(parked).await?;
        }
        Ok(released)
    }

    /// Completes with the next change, for whoever has it from here.
    pub(crate) fn watch(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Whether nothing of this connection is to be leased.
    pub(crate) fn holds(&self, connection: &str) -> bool {
        let list = self.list.load();
        let pause = list
            .pauses
            .iter()
            .find(|pause| pause.paused.is_connection(connection));
        pause.is_some()
    }

    /// What new events of a source come to for a subscription, if it is not what they come to anyway.
    pub(crate) fn meanwhile(&self, source: &str, connection: &str, subscription: &str) -> Option<Meanwhile> {
        let list = self.list.load();
        let concerned = list.pauses.iter().filter(|pause| match &pause.paused {
            // Its events wait by not being leased.
            Paused::Connection { name } => *name == *connection && pause.meanwhile == Meanwhile::Skip,
            _ => pause.paused.parks(source, connection, subscription),
        });
        // What somebody wants to be skipped is skipped.
        concerned.map(|pause| pause.meanwhile).max()
    }

    /// Why a leased delivery is to be parked, if it is.
    pub(crate) fn parks(&self, connection: &str, leased: &Leased) -> Option<String> {
        let list = self.list.load();
        let subscription = leased.subscription.as_deref().unwrap_or_default();
        let mut pauses = list.pauses.iter();
        let pause =
            pauses.find(|pause| pause.paused.parks(&leased.event.source, connection, subscription))?;
        Some(pause.told())
    }

    /// Gives a leased delivery the time back for which it waited for the end of pauses; it was to be tried for
    /// `patience`.
    pub(crate) fn prolong(&self, connection: &str, patience: Duration, leased: &mut Leased) {
        let list = self.list.load();
        if list.ended.is_empty() {
            return;
        }
        let subscription = leased.subscription.as_deref().unwrap_or_default();
        let source = &leased.event.source;
        let start = leased.horizon.minus(patience);
        leased.horizon = list.prolonged(start, leased.horizon, |paused| {
            paused.is_connection(connection) || paused.parks(source, connection, subscription)
        });
    }
}

#[cfg(test)]
mod tests;
