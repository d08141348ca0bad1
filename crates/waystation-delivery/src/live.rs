//! What becomes of deliveries, told as it happens to whoever watches.
//!
//! Nothing is kept and nobody is waited for: a watcher that reads slowly misses what it is too late for, and learns
//! how much that was. While nobody watches, this costs one atomic read a delivery.

use std::sync::Arc;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{Receiver, Sender, channel};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};
use waystation_queue::DeliveryId;

use crate::watch::Outcome;

/// How many happenings a watcher may be behind.
const BEHIND: usize = 4_096;

/// How many may watch at once.
pub const MOST_WATCHERS: usize = 16;

/// Something that happened to a delivery, and that is on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Happening {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The source of its event; none where only the store knows it.
    pub source: Option<Arc<str>>,
    /// Its connection, if it has one.
    pub connection: Option<Arc<str>>,
    /// What it came to.
    pub outcome: Outcome,
}

/// Tells what becomes of deliveries.
#[derive(Debug)]
pub struct Live {
    sender: Sender<Happening>,
    end: CancellationToken,
}

/// Hears what becomes of deliveries.
pub struct Watcher {
    receiver: Receiver<Happening>,
    end: std::pin::Pin<Box<WaitForCancellationFutureOwned>>,
}

/// What a watcher hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Something happened.
    Happening(Happening),
    /// So much happened that the watcher was too late for.
    Missed(u64),
}

impl Live {
    /// Tells until `end` is cancelled.
    pub(crate) fn new(end: CancellationToken) -> Self {
        Self {
            sender: channel(BEHIND).0,
            end,
        }
    }

    /// Whether anybody watches.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        self.watchers() > 0
    }

    /// How many watch.
    #[must_use]
    pub fn watchers(&self) -> usize {
        self.sender.receiver_count()
    }

    /// Tells that something happened.
    pub fn tell(&self, happening: Happening) {
        // Nobody may watch any more.
        let _ = self.sender.send(happening);
    }

    /// Watches from now on; none if [`MOST_WATCHERS`] do already.
    #[must_use]
    pub fn watch(&self) -> Option<Watcher> {
        (self.watchers() < MOST_WATCHERS).then(|| Watcher {
            receiver: self.sender.subscribe(),
            end: Box::pin(self.end.clone().cancelled_owned()),
        })
    }
}

impl Watcher {
    /// What happens next; none once the service ends.
    pub async fn next(&mut self) -> Option<Heard> {
        tokio::select! {
            () = &mut self.end => None,
            heard = self.receiver.recv() => match heard {
                Ok(happening) => Some(Heard::Happening(happening)),
                Err(RecvError::Lagged(missed)) => Some(Heard::Missed(missed)),
                Err(RecvError::Closed) => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn happening(delivery: u64) -> Happening {
        Happening {
            delivery: DeliveryId(delivery),
            source: None,
            connection: Some("crm".into()),
            outcome: Outcome::Delivered,
        }
    }

    #[tokio::test]
    async fn who_is_too_slow_learns_how_much_was_missed() {
        let live = Live::new(CancellationToken::new());
        assert!(!live.is_watched());
        let mut watcher = live.watch().unwrap();
        for delivery in 0..(BEHIND as u64 + 3) {
            live.tell(happening(delivery));
        }
        assert_eq!(watcher.next().await, Some(Heard::Missed(3)));
        assert_eq!(watcher.next().await, Some(Heard::Happening(happening(3))));
    }

    #[tokio::test]
    async fn watching_ends_with_the_service_and_is_for_a_few() {
        let end = CancellationToken::new();
        let live = Live::new(end.clone());
        let mut watchers: Vec<_> = std::iter::from_fn(|| live.watch()).take(100).collect();
        assert_eq!(watchers.len(), MOST_WATCHERS);
        end.cancel();
        assert_eq!(watchers[0].next().await, None);
        drop(watchers);
        assert!(live.watch().is_some());
    }
}
