//! The memory for large answers, which all connections share.
//!
//! A partner that fails is asked by many at the same time, and whoever receives a webhook decides how long his answers
//! are: the limit of one answer times the number of requests under way is no bound.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bodies up to this size, in bytes, need no place: hundreds of them are as large as a single one of the largest.
pub(super) const FREE: usize = 64 << 10;

/// How many bytes of larger answers are in memory at the same time, until the last copy of each is dropped.
const SIZE: usize = 256 << 20;

/// Gives places to large answers. Who gets none waits, within the time limit of the request.
#[derive(Debug, Clone)]
pub(super) struct Pool {
    places: Arc<Semaphore>,
    size: usize,
}

/// The places of an answer that is being read.
#[derive(Debug)]
pub(super) struct Places(Option<OwnedSemaphorePermit>);

/// An answer with its places, which are free again when it is dropped.
struct Placed {
    body: Bytes,
    _places: OwnedSemaphorePermit,
}

impl Default for Pool {
    fn default() -> Self {
        Self::new(SIZE)
    }
}

impl Pool {
    /// A pool of so many bytes.
    pub(super) fn new(bytes: usize) -> Self {
        let size = places(bytes).clamp(1, Semaphore::MAX_PERMITS);
        Self {
            places: Arc::new(Semaphore::new(size)),
            size,
        }
    }

    /// Places for an answer of up to so many bytes, all of them at once: of two that had each got a part, both would wait
    /// for ever. One that is larger than the pool takes all of it.
    pub(super) async fn places(&self, bytes: usize) -> Places {
        let number = u32::try_from(places(bytes).min(self.size)).unwrap_or(u32::MAX);
        // The semaphore is never closed.
        Places(Arc::clone(&self.places).acquire_many_owned(number).await.ok())
    }

    /// How many places are free.
    #[cfg(test)]
    pub(super) fn free(&self) -> usize {
        self.places.available_permits()
    }
}

impl Places {
    /// Keeps those that the body takes, as long as there is a copy of it.
    pub(super) fn hold(self, body: Bytes) -> Bytes {
        let Some(mut held) = self.0 else {
            return body;
        };
        let Some(taken) = held.split(places(body.len()).min(held.num_permits())) else {
            return body;
        };
        Bytes::from_owner(Placed { body, _places: taken })
    }
}

impl AsRef<[u8]> for Placed {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

const fn places(bytes: usize) -> usize {
    bytes.div_ceil(FREE)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn places_are_taken_at_once_and_held_by_every_copy() {
        let pool = Pool::new(10 * FREE);
        let one = pool.places(6 * FREE).await;
        assert!(timeout(Duration::ZERO, pool.places(6 * FREE)).await.is_err());
        let body = one.hold(Bytes::from(vec![7; 2 * FREE + 1]));
        assert_eq!((pool.free(), body.len(), body[0]), (7, 2 * FREE + 1, 7));
        let copy = body.slice(..10);
        drop(body);
        assert_eq!(pool.free(), 7);
        drop(copy);
        assert_eq!(pool.free(), 10);
    }

    #[tokio::test]
    async fn an_answer_that_is_larger_than_the_pool_takes_all_of_it() {
        let pool = Pool::new(2 * FREE);
        let all = pool.places(100 * FREE).await;
        assert_eq!(pool.free(), 0);
        let body = all.hold(Bytes::from(vec![0; 5 * FREE]));
        assert_eq!(pool.free(), 0);
        drop(body);
        assert_eq!(pool.free(), 2);
    }
}
