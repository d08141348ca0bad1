//! What a person bought.

use waystation_kit::prelude::*;

use crate::Braze;
use crate::fields::Batching;
use crate::identity;
use crate::purchases::{PurchaseFields, Room, Unsendable};
use crate::track::{self, Objects};

/// An order, sent as a purchase for each of its products.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = Batching::fields)]
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

impl Action<Braze> for TrackPurchase {
    async fn perform(cx: &Context<Braze>, payload: Self) -> Result<Output> {
        send(cx, payload.order, payload._update_existing_only).await
    }
}

impl BatchAction<Braze> for TrackPurchase {
    async fn perform_batch(cx: &Context<Braze>, batch: Batch<Self>) -> Result<BatchOutput> {
        let mut room = Room::default();
        track::send_batch(cx, Objects::Purchases, batch, |payload, given| {
            in_batch(cx, payload.order, payload._update_existing_only, &mut room)
                .map_err(|unsendable| unsendable.into_item_error(given))
        })
        .await
    }
}

/// Sends an order. One without products is nothing to do.
///
/// # Errors
/// It is about nobody, or Braze refuses or does not answer.
pub(super) async fn send(
    cx: &Context<Braze>,
    order: PurchaseFields,
    update_existing_only: Option<bool>,
) -> Result<Output> {
    let app_id = cx.settings().app_id.as_deref();
    match order.into_wire(app_id, update_existing_only) {
        Ok(purchases) => track::send(cx, Objects::Purchases, &purchases).await,
        Err(Unsendable::WithoutIdentity) => Err(identity::missing()),
        Err(_) => Ok(Output::Nothing),
    }
}

/// The purchases of an order that shares its request with others.
///
/// # Errors
/// The order cannot be sent, or not with this request.
pub(super) fn in_batch(
    cx: &Context<Braze>,
    order: PurchaseFields,
    update_existing_only: Option<bool>,
    room: &mut Room,
) -> Result<Value, Unsendable> {
    let products = order.products.len();
    let purchases = order.into_wire(cx.settings().app_id.as_deref(), update_existing_only)?;
    room.take(products)?;
    Ok(purchases)
}
