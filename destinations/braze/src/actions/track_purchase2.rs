//! What a person bought, where the sync mode says what becomes of people that are not known.

use waystation_kit::prelude::*;

use crate::Braze;
use crate::fields::batching;
use crate::purchases::PurchaseFields;
use crate::sync;
use crate::track::{Objects, Tracked};
use crate::unsendable::Unsendable;

/// An order, sent as a purchase for each of its products.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct TrackPurchase2 {
    /// The order.
    #[serde(flatten)]
    pub order: PurchaseFields,
}

impl ActionInfo<Braze> for TrackPurchase2 {
    const SLUG: &'static str = "trackPurchase2";
    const TITLE: &'static str = "Track Purchase V2";
    const DESCRIPTION: &'static str = "Record what a person bought, a purchase for each product.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"event = "Order Completed""#);

    fn sync_modes() -> Option<SyncModes> {
        Some(sync::add_or_update())
    }
}

impl Tracked for TrackPurchase2 {
    const OBJECTS: Objects = Objects::Purchases;

    fn into_wire(self, cx: &Context<Braze>) -> Result<Value, Unsendable> {
        self.order.into_wire(cx, Some(sync::updates_only(cx)?))
    }
}
