//! The admin API, as its callers see it.

mod client;
mod events;
mod moment;
pub(crate) mod operation;

pub use client::{Client, RawRequest, Request, Target};
pub use events::{ServerEvent, ServerEvents};
pub(crate) use moment::Moment;
pub use operation::{OPERATIONS, Operation};
