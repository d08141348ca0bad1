//! How many deliveries of a connection are under way at once.

use std::num::NonZeroUsize;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::timeout;
use waystation_kit::Error;
use waystation_kit::error::NotSent;

/// When somebody who found no place may come again.
const COME_AGAIN: Duration = Duration::from_secs(1);

/// Places for deliveries, those that sleep before another attempt included.
#[derive(Debug)]
pub(crate) struct Admission(Semaphore);

impl Admission {
    pub(super) fn new(places: NonZeroUsize) -> Self {
        Self(Semaphore::new(places.get().min(Semaphore::MAX_PERMITS)))
    }

    /// Waits in line for a place, but not for ever: a caller that is sent back can slow down or keep the
    /// delivery in a queue, one that waits cannot.
    ///
    /// # Errors
    /// [`NotSent::Crowded`] when no place is free within `patience`.
    pub(crate) async fn enter(&self, patience: Duration) -> Result<SemaphorePermit<'_>, Error> {
        // The semaphore fails only once it is closed, which nobody does.
        let place = timeout(patience, self.0.acquire()).await;
        place.ok().and_then(Result::ok).ok_or(Error::NotSent {
            reason: NotSent::Crowded,
            after: COME_AGAIN,
        })
    }

    pub(super) fn room(&self) -> usize {
        self.0.available_permits()
    }
}
