//! What a person bought, where the sync mode says what becomes of people that are not known.

use waystation_kit::prelude::*;

use super::track_purchase::{in_batch, send};
use crate::Braze;
use crate::fields::Batching;
use crate::purchases::{PurchaseFields, Room};
use crate::sync;
use crate::track::{self, Objects};

/// An order, sent as a purchase for each of its products.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = Batching::fields)]
pub struct TrackPurchase2 {
    /// The order.
    #[serde(flatten)]
    pub order: PurchaseFields,
}

const SYNC_MODES: &str = r#""add" or "update""#;

impl ActionInfo<Braze> for TrackPurchase2 {
    const SLUG: &'static str = "trackPurchase2";
    const TITLE: &'static str = "Track Purchase V2";
    const DESCRIPTION: &'static str = "Record what a person bought, a purchase for each product.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"event = "Order Completed""#);

    fn sync_modes() -> Option<SyncModes> {
        Some(sync::add_or_update())
    }
}

impl Action<Braze> for TrackPurchase2 {
    async fn perform(cx: &Context<Braze>, payload: Self) -> Result<Output> {
        let updates_only = sync::updates_only(cx).ok_or_else(|| sync::unsupported(SYNC_MODES))?;
        send(cx, payload.order, Some(updates_only)).await
    }
}

impl BatchAction<Braze> for TrackPurchase2 {
    async fn perform_batch(cx: &Context<Braze>, batch: Batch<Self>) -> Result<BatchOutput> {
        let Some(updates_only) = sync::updates_only(cx) else {
            return Ok(sync::refuse_batch(&batch, SYNC_MODES));
        };
        let mut room = Room::default();
        track::send_batch(cx, Objects::Purchases, batch, |payload, given| {
            in_batch(cx, payload.order, Some(updates_only), &mut room)
                .map_err(|unsendable| unsendable.into_item_error(given))
        })
        .await
    }
}
