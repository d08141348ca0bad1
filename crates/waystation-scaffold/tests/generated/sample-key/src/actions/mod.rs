//! The actions, one file each.

pub mod track_event;
pub mod upsert_contact;

pub use track_event::TrackEvent;
pub use upsert_contact::UpsertContact;
