//! The actions, one file each.

pub mod track_event;

pub use track_event::TrackEvent;
