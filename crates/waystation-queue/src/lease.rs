//! What is handed to a worker.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::event::DeliveryId;
use waystation_clock::Millis;

/// A delivery that is due, and the right to deliver it.
#[derive(Debug)]
pub struct Leased {
    /// The right to deliver it; goes into the [`Settlement`](crate::Settlement).
    pub lease: Lease,
    /// The event; shared by its deliveries.
    pub event: Arc<LeasedEvent>,
    /// The name of the subscription.
    pub subscription: Option<Arc<str>>,
    /// The action of the subscription.
    pub action: Option<Arc<str>>,
    /// When it became due.
    pub due: Millis,
    /// After this it is not to be tried again but to be a dead letter.
    pub horizon: Millis,
    /// How many attempts were made in earlier rounds.
    pub attempts: u32,
    /// When the first round began, if there was one.
    pub first_attempt_at: Option<Millis>,
    /// How many rounds were settled before this one; grows with each
    /// [`Settled::Again`](crate::Settled::Again) and survives a replay.
    pub rounds: u32,
    /// What the last round wanted to be told.
    pub resume: Option<Bytes>,
    /// In how many attempts of all rounds so far the answer did not tell whether the event was taken.
    pub unknown_outcomes: u32,
    /// Whether a younger delivery with the same order key waits for the end of this one.
    pub is_followed: bool,
}

impl Leased {
    /// The delivery.
    #[must_use]
    pub const fn id(&self) -> DeliveryId {
        self.lease.delivery()
    }
}

/// The event of a leased delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeasedEvent {
    /// The first delivery of the event: the same for all deliveries of one event.
    pub first: DeliveryId,
    /// The name of the source it came from.
    pub source: Arc<str>,
    /// The sender's id of the event.
    pub message_id: String,
    /// Whom it is about.
    pub user: Option<String>,
    /// When it arrived.
    pub received_at: Millis,
    /// The event itself.
    pub body: Bytes,
}

/// The right to deliver one delivery.
///
/// It is exclusive and has no time limit. Dropping it unsettled gives the delivery back, whatever the reason: a
/// worker that was cancelled or that panicked leaves nothing stuck.
pub struct Lease {
    delivery: DeliveryId,
    connection: Arc<str>,
    accepted: Accepted,
    holder: Option<Arc<dyn LeaseHolder>>,
}

/// What a lease knows of its event, for whoever settles it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Accepted {
    /// When it arrived.
    pub received_at: Millis,
    /// How long its body is, in bytes.
    pub bytes: u64,
}

/// Takes back what was leased; implemented by stores.
pub trait LeaseHolder: Send + Sync {
    /// The lease of a delivery ended without a settlement. Must not block.
    fn give_back(&self, connection: &str, delivery: DeliveryId);
}

impl Lease {
    /// A lease that goes back to `holder` when it is dropped; for stores.
    #[must_use]
    pub fn new(
        delivery: DeliveryId,
        connection: Arc<str>,
        accepted: Accepted,
        holder: Arc<dyn LeaseHolder>,
    ) -> Self {
        Self {
            delivery,
            connection,
            accepted,
            holder: Some(holder),
        }
    }

    /// The delivery.
    #[must_use]
    pub const fn delivery(&self) -> DeliveryId {
        self.delivery
    }

    /// The name of the connection that it was leased for.
    #[must_use]
    pub const fn connection(&self) -> &Arc<str> {
        &self.connection
    }

    /// What it knows of the event.
    #[must_use]
    pub const fn accepted(&self) -> Accepted {
        self.accepted
    }

    /// Ends the lease without giving the delivery back; for stores, once it is settled.
    pub fn end(mut self) {
        self.holder = None;
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(holder) = self.holder.take() {
            holder.give_back(&self.connection, self.delivery);
        }
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("delivery", &self.delivery)
            .field("connection", &self.connection)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Returns(Mutex<Vec<(String, DeliveryId)>>);

    impl LeaseHolder for Returns {
        fn give_back(&self, connection: &str, delivery: DeliveryId) {
            self.0.lock().unwrap().push((connection.to_owned(), delivery));
        }
    }

    #[test]
    fn a_dropped_lease_goes_back_and_an_ended_one_does_not() {
        let holder = Arc::new(Returns::default());
        let lease = |id| {
            Lease::new(
                DeliveryId(id),
                "crm".into(),
                Accepted::default(),
                Arc::clone(&holder) as _,
            )
        };
        drop(lease(1));
        lease(2).end();
        assert_eq!(*holder.0.lock().unwrap(), [("crm".to_owned(), DeliveryId(1))]);
    }
}
