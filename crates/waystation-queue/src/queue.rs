//! The interface of every store.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;

use crate::activity::Activity;
use crate::error::QueueError;
use crate::event::{Appended, DeliveryId, NewEvent, Replacement};
use crate::lease::Leased;
use crate::ledger::{Depth, Ledger, Occupancy};
use crate::record::{Page, Parked, RecordDetail, RecordQuery, RecordSummary, Selection};
use crate::settlement::{Settlement, Unsettled};
use crate::waiting::WaitingLimits;
use waystation_clock::{Clock, Millis};

/// A durable queue of deliveries.
///
/// Methods that change something return when the change would survive a power cut. A caller that stops
/// waiting for such a method does not undo it: the change may still be made.
#[async_trait]
pub trait Queue: Send + Sync + fmt::Debug {
    /// The clock by which deliveries are due; whoever compares with such a time asks it, too.
    fn clock(&self) -> &Clock;

    /// Stores events and their deliveries: all of this call or nothing.
    ///
    /// An event whose message id was seen within the window, from the same source, is not stored again (also
    /// within one call); it is counted as one delivery skipped by [`SkipRule::Duplicate`](crate::SkipRule).
    ///
    /// # Errors
    /// [`QueueError::Full`] if the store has no room; [`QueueError::ConnectionFull`] if a connection may have no more
    /// waiting; [`QueueError::Unavailable`] if the disk refused;
    /// [`QueueError::Invalid`] for an event without deliveries. Nothing is accepted then.
    async fn append(&self, events: Vec<NewEvent>) -> Result<Appended, QueueError>;

    /// Puts limits on what may wait, in place of those before. What waits already stays.
    fn limit_waiting(&self, limits: WaitingLimits);

    /// Stores events that were accepted before once more, with other deliveries: they are no duplicates, and a duplicate
    /// of them is found by the event that was accepted first.
    ///
    /// # Errors
    /// As [`Queue::append`].
    async fn append_again(&self, events: Vec<NewEvent>) -> Result<Appended, QueueError>;

    /// Up to `limit` deliveries of a connection that are due, the longest due first; none if there are none.
    ///
    /// There may be fewer although more are due: a store that has to pass over many that wait for their order
    /// keys hands out what it has found. Ask again.
    ///
    /// A leased delivery is not leased again until its [`Lease`](crate::Lease) is settled or dropped. Of the
    /// deliveries with the same order key only the oldest waiting one is ever leased.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] if the store cannot be read.
    async fn lease(&self, connection: &str, limit: usize) -> Result<Vec<Leased>, QueueError>;

    /// Completes when something of this connection may be due.
    ///
    /// It looks at the state, not at events: nothing is missed between a `lease` that came back empty and this
    /// call. It may complete without need (another worker was faster), never too late. While deliveries are
    /// due and not leased it completes at once.
    async fn due(&self, connection: &str);

    /// Says what became of leased deliveries: all of this call or nothing. Returns those among them that did not
    /// wait any more, because somebody else has written into the store: nothing was changed for them.
    ///
    /// # Errors
    /// [`Unsettled`] gives the settlements back, leases and all: try again, or drop them and have the
    /// deliveries leased (and sent) once more.
    async fn settle(&self, settlements: Vec<Settlement>) -> Result<Vec<DeliveryId>, Unsettled>;

    /// What deliveries of an event to a connection noted when they were [delivered](crate::Settled::Delivered), in
    /// the order of the deliveries; `event` is its first delivery. Notes go with the delivered row.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] if the store cannot be read.
    async fn noted(&self, event: DeliveryId, connection: &str) -> Result<Vec<Bytes>, QueueError>;

    /// Delivery records, newest first.
    ///
    /// A page may hold fewer than asked for and still have a next one: a search that matches little stops
    /// after a bounded number of rows and is continued by the cursor.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] if the store cannot be read.
    async fn records(&self, query: RecordQuery) -> Result<Page<RecordSummary>, QueueError>;

    /// One delivery record with its event and its rounds; none if it was never there or is gone.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] if the store cannot be read.
    async fn record(&self, id: DeliveryId) -> Result<Option<RecordDetail>, QueueError>;

    /// Lets dead letters wait again, due now and to be tried until `horizon`; how many.
    ///
    /// Dead letters without a connection stay: nothing could lease them. What dies while this runs is not
    /// picked up a second time.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`]; a part of the selection may have been replayed by then.
    async fn replay(&self, selection: Selection, horizon: Millis) -> Result<u64, QueueError>;

    /// Stores events in the place of deliveries that were skipped or had no connection; how many. All of this call or
    /// nothing.
    ///
    /// A delivery that is not there any more, or is of another kind, is left out with its event; so is one whose message
    /// id another event of the source has taken within the window meanwhile. A dead letter counts as purged, one that
    /// was skipped stays counted, and each as replayed.
    ///
    /// # Errors
    /// As those of [`append`](Self::append).
    async fn replace(&self, replacements: Vec<Replacement>) -> Result<u64, QueueError>;

    /// Makes parked deliveries due now; how many. A delivery is parked by being due at [`Millis::PARKED`].
    ///
    /// # Errors
    /// [`QueueError::Unavailable`]; a part of them may have been released by then.
    async fn release(&self, parked: Parked) -> Result<u64, QueueError>;

    /// Removes dead letters for good; how many.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`]; a part of the selection may have been purged by then.
    async fn purge(&self, selection: Selection) -> Result<u64, QueueError>;

    /// The counts of everything that was ever accepted.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] if the store cannot be read.
    async fn ledger(&self) -> Result<Ledger, QueueError>;

    /// What waits, by connection; a connection for which nothing ever waited is not listed.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] if the store cannot be read.
    async fn depths(&self) -> Result<Vec<Depth>, QueueError>;

    /// How full the store is.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] if the store cannot be read.
    async fn occupancy(&self) -> Result<Occupancy, QueueError>;

    /// Whether events can be taken, as whoever writes finds it; asked for readiness.
    ///
    /// # Errors
    /// What keeps them from being taken, with the reason.
    async fn ready(&self) -> Result<(), QueueError>;

    /// What the store has been doing since it was opened.
    fn activity(&self) -> Activity;

    /// Keeps a small value under a key, in place of the one before: OAuth tokens.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] if the disk refused; the value before is kept then.
    async fn keep(&self, key: &str, value: Vec<u8>) -> Result<(), QueueError>;

    /// The value kept under a key.
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] if the store cannot be read.
    async fn kept(&self, key: &str) -> Result<Option<Vec<u8>>, QueueError>;

    /// Finishes what was asked for before, then refuses everything with [`QueueError::Closed`].
    ///
    /// # Errors
    /// [`QueueError::Unavailable`] if the store could not be closed in good order; nothing is lost by that.
    async fn close(&self) -> Result<(), QueueError>;
}
