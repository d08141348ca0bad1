//! What a person bought.

use waystation_kit::prelude::*;

use crate::Braze;
use crate::fields::batching;
use crate::purchases::PurchaseFields;
use crate::track::{Objects, Tracked};
use crate::unsendable::Unsendable;

/// An order, sent as a purchase for each of its products.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct TrackPurchase {
    /// The order.
    #[serde(flatten)]
    pub order: PurchaseFields,
    /// Leave out purchases of people that Braze does not know. Otherwise the purchase creates the person.
    #[field(label = "Update existing only", default = false)]
    pub _update_existing_only: Option<bool>,
}

impl ActionInfo<Braze> for TrackPurchase {
    const SLUG: &'static str = "trackPurchase";
    const TITLE: &'static str = "Track Purchase";
    const DESCRIPTION: &'static str = "Record what a person bought, a purchase for each product.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"event = "Order Completed""#);
}

impl Tracked for TrackPurchase {
    const OBJECTS: Objects = Objects::Purchases;

    fn into_wire(self, cx: &Context<Braze>) -> Result<Value, Unsendable> {
        self.order.into_wire(cx, self._update_existing_only)
    }
}
