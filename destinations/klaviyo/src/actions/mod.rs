//! The actions, one file each.

mod add_profile_to_list;
mod order_completed;
mod remove_profile;
mod remove_profile_from_list;
mod subscribe_profile;
mod track_event;
mod unsubscribe_profile;
mod upsert_profile;

pub use add_profile_to_list::AddProfileToList;
pub use order_completed::OrderCompleted;
pub use remove_profile::RemoveProfile;
pub use remove_profile_from_list::RemoveProfileFromList;
pub use subscribe_profile::SubscribeProfile;
pub use track_event::TrackEvent;
pub use unsubscribe_profile::UnsubscribeProfile;
pub use upsert_profile::UpsertProfile;
