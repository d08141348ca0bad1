//! The actions, one file each.

mod delete_contact;
mod send_email;
mod track_event;
mod upsert_contact;

pub use delete_contact::DeleteContact;
pub use send_email::{Attachment, Disposition, Recipient, SendEmail};
pub use track_event::TrackEvent;
pub use upsert_contact::UpsertContact;
