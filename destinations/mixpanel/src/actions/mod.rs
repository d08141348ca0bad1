//! The actions, one file each.

mod alias;
mod group_identify_user;
mod identify_user;
mod increment_properties;
mod track_event;
mod track_purchase;

pub use alias::Alias;
pub use group_identify_user::GroupIdentifyUser;
pub use identify_user::IdentifyUser;
pub use increment_properties::IncrementProperties;
pub use track_event::TrackEvent;
pub use track_purchase::{Product, TrackPurchase};
