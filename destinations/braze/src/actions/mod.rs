//! The actions, one file each.

mod create_alias;
mod create_alias2;
mod ecommerce;
mod ecommerce_single_product;
mod identify_user;
mod identify_user2;
mod track_event;
mod track_event2;
mod track_purchase;
mod track_purchase2;
mod trigger_campaign;
mod trigger_canvas;
mod update_user_profile;
mod update_user_profile2;
mod upsert_catalog_item;

pub use create_alias::CreateAlias;
pub use create_alias2::CreateAlias2;
pub use ecommerce::Ecommerce;
pub use ecommerce_single_product::EcommerceSingleProduct;
pub use identify_user::IdentifyUser;
pub use identify_user2::IdentifyUser2;
pub use track_event::TrackEvent;
pub use track_event2::TrackEvent2;
pub use track_purchase::TrackPurchase;
pub use track_purchase2::TrackPurchase2;
pub use trigger_campaign::TriggerCampaign;
pub use trigger_canvas::TriggerCanvas;
pub use update_user_profile::UpdateUserProfile;
pub use update_user_profile2::UpdateUserProfile2;
pub use upsert_catalog_item::UpsertCatalogItem;

crate::track::tracked!(
    Ecommerce,
    EcommerceSingleProduct,
    TrackEvent,
    TrackEvent2,
    TrackPurchase,
    TrackPurchase2,
    UpdateUserProfile,
    UpdateUserProfile2,
);
