//! From the durable queue to the partner and back.
//!
//! ```text
//! event ── routing ──> deliveries in the queue ── dispatcher ── batches ──> runtime ──> partner
//!                                ^                                             │
//!                                └──────────────── settlement ─────────────────┘
//! ```
//!
//! * [`routing`] decides at acceptance which deliveries an event means: one for each subscription that matches;
//! * [`dispatcher`] leases the deliveries of one connection, gathers them into batches and has them made;
//! * [`perform`] makes them by way of the runtime;
//! * [`settlement`] decides what the outcome means for the queue: delivered, again, dead;
//! * [`supervisor`] runs a dispatcher for each connection, across changes of the configuration.
//!
//! Connections do not wait for each other: each has its own dispatcher, its own guards and its own bound on what
//! it holds in memory.
#![forbid(unsafe_code)]

pub mod connection;
pub mod deletion;
pub mod detail;
pub mod dispatcher;
pub mod live;
pub mod pause;
pub mod perform;
mod removed;
pub mod resend;
pub mod routing;
pub mod schedule;
pub mod settlement;
pub mod supervisor;
#[cfg(test)]
mod testing;
pub mod tokens;
pub mod watch;

pub use connection::OpenConnection;
pub use live::{Happening, Heard, Live, Watcher};
pub use pause::{Meanwhile, Pause, Paused, Pauses};
pub use resend::{Found, Progress, ResendRequest, ResendState, Resends};
pub use routing::Routing;
pub use supervisor::{Deliveries, Resources};
pub use watch::{Outcome, Watch};
