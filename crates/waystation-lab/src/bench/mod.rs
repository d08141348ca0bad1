//! Measures the running service, side by side with what the machine can do at most: its disk's own rate of fsync,
//! and a relay that keeps nothing.

mod disk;
pub(crate) mod relay;
pub(crate) mod service;
mod summary;
