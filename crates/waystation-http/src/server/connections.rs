//! The connections that there are, counted.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::limits::{Limits, descriptor_limit};
use super::stats::Stats;

/// Room for connections.
pub(super) struct Connections {
    room: Arc<Semaphore>,
    per_address: Option<usize>,
    by_address: ByAddress,
    stats: Arc<Stats>,
}

type ByAddress = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// The place that a connection takes, until it is dropped.
pub(super) struct Place {
    address: IpAddr,
    by_address: ByAddress,
    stats: Arc<Stats>,
    _room: OwnedSemaphorePermit,
}

impl Connections {
    pub(super) fn new(limits: &Limits, stats: Arc<Stats>) -> Self {
        let room = limits.connections_within(descriptor_limit());
        stats.set_limit(room);
        Self {
            room: Arc::new(Semaphore::new(room)),
            per_address: limits.connections_per_address,
            by_address: ByAddress::default(),
            stats,
        }
    }

    /// Waits until there is room for one more.
    pub(super) async fn room(&self) -> Option<OwnedSemaphorePermit> {
        if self.room.available_permits() == 0 {
            self.stats.full();
        }
        Arc::clone(&self.room).acquire_owned().await.ok()
    }

    /// A place for a connection from this address; `None` if the address has too many.
    pub(super) fn place(&self, room: OwnedSemaphorePermit, address: IpAddr) -> Option<Place> {
        let address = address.to_canonical();
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let count = by_address.entry(address).or_default();
        if self.per_address.is_some_and(|most| *count >= most) {
            self.stats.turned_away(address);
            return None;
        }
        *count += 1;
        self.stats.opened();
        Some(Place {
            address,
            by_address: Arc::clone(&self.by_address),
            stats: Arc::clone(&self.stats),
            _room: room,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.stats.closed();
        let mut by_address = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = by_address.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                by_address.remove(&self.address);
            }
        }
    }
}
