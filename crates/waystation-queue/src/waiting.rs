//! How much may wait for one connection.

use std::collections::HashMap;
use std::sync::Arc;

/// How much may wait for one connection, so that a partner that takes nothing leaves room for the others.
///
/// The limit is reached when either number is. It is looked at before an event is stored: events of one call may go
/// beyond it together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingLimit {
    /// How many deliveries may wait, leased ones among them.
    pub deliveries: u64,
    /// How much they may take, in bytes: their events, counted for each delivery anew, and about 320 bytes more.
    pub bytes: u64,
    /// What becomes of further ones.
    pub when_full: WhenFull,
}

/// What becomes of deliveries that are more than may wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenFull {
    /// They are dead letters of the stage [`Overflow`](crate::Stage::Overflow) from the start. Once the dead letters of
    /// the connection have reached the limit as well, events are refused.
    DeadLetter,
    /// The events are not taken: [`QueueError::ConnectionFull`](crate::QueueError::ConnectionFull).
    Refuse,
}

/// The limits of connections by their names. A connection without one is bounded by the store alone.
pub type WaitingLimits = HashMap<Arc<str>, WaitingLimit>;
