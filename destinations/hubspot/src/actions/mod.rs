//! The actions, one file each.

mod custom_event;
mod send_custom_behavioral_event;
mod upsert_company;
mod upsert_contact;
mod upsert_custom_object_record;
mod upsert_object;

pub use custom_event::{CustomEvent, RecordDetails};
pub use send_custom_behavioral_event::SendCustomBehavioralEvent;
pub use upsert_company::UpsertCompany;
pub use upsert_contact::UpsertContact;
pub use upsert_custom_object_record::UpsertCustomObjectRecord;
pub use upsert_object::{AssociatedRecords, Association, ListDetails, ObjectDetails, UpsertObject};
