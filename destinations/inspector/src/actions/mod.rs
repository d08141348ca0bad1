//! The actions, one file each.

mod inspect;

pub use inspect::Inspect;
