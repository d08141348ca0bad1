//! The actions, one file each.

pub mod track_purchase;
pub mod upsert_profile;

pub use track_purchase::TrackPurchase;
pub use upsert_profile::UpsertProfile;
