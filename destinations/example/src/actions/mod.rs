//! The actions, one file each, named after their slugs.

pub mod import_contacts;
pub mod send_message;
pub mod sync_audience;
pub mod track_event;
pub mod upsert_contact;

pub use import_contacts::ImportContacts;
pub use send_message::SendMessage;
pub use sync_audience::SyncAudience;
pub use track_event::TrackEvent;
pub use upsert_contact::UpsertContact;
