//! The actions, one file each.

mod send;

pub use send::{Method, SendRequest};
