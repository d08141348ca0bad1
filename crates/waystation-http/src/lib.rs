//! What every HTTP edge of Waystation shares.
//!
//! A request passes [`request_id::identify`] first, which gives it an id and gives errors ([`ApiError`]) their
//! final form, and [`panics::caught`], so that a panic is an answer and a line in the log. [`serve`] runs a
//! router on a socket and ends it in good order.
#![forbid(unsafe_code)]

pub mod error;
pub mod host;
pub mod json;
pub mod panics;
pub mod request_id;
pub mod server;
pub mod shutdown;

pub use error::{ApiError, Code};
pub use request_id::RequestId;
pub use server::Stopped;
pub use shutdown::serve;
