//! Track Purchase.

use serde_json::Number;
use waystation_kit::prelude::*;

use crate::KitchenSink;
use crate::fields::Address;

/// The payload of "Track Purchase".
#[derive(Debug, Deserialize, Payload)]
pub struct TrackPurchase {
    /// User ID.
    #[field(label = "User ID", default = template("{{userId}}-{{messageId}}"))]
    pub user_id: Option<String>,
    /// User ID.
    #[field(label = "User ID", default = json!("$.userId"))]
    #[serde(rename = "userID")]
    pub user_id_2: Option<String>,
    /// Total.
    #[field(label = "Total", default = path("$.properties.total"), minimum = 0.5)]
    pub total: Number,
    /// Count.
    #[field(label = "Count", choices = [0, 1, ("-1", -1)])]
    pub count: Option<i64>,
    /// Currency.
    #[field(label = "Currency", choices = currency_choices())]
    pub currency: Option<String>,
    /// Address.
    #[field(label = "Address", allow_null, additional_properties)]
    pub address: Option<Address>,
    /// Items.
    #[field(
        label = "Items",
        default = json!({
            "@arrayPath": [
                "$.properties.products",
                {
                    "sku": {"@path": "$.sku"},
                    "price": {"@path": "$.price"},
                    "quantity": {"@path": "$.quantity"},
                },
            ],
        }),
        hidden,
    )]
    pub items: Option<Vec<Item>>,
    /// Nothing.
    #[field(label = "Nothing", default = Value::Null, allow_null)]
    pub nothing: Option<String>,
    /// Context.
    #[field(label = "Context")]
    pub context: Option<TrackPurchaseContext>,
}

/// The choices of the currency.
fn currency_choices() -> Vec<Choice> {
    [
        "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN",
        "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD",
    ]
    .map(Choice::from)
    .to_vec()
}

/// Items.
#[derive(Debug, Deserialize, Payload)]
pub struct Item {
    /// Sku.
    #[field(label = "Sku")]
    pub sku: String,
    /// Price.
    #[field(label = "Price")]
    pub price: Option<Number>,
}

/// Context.
#[derive(Debug, Deserialize, Payload)]
pub struct TrackPurchaseContext {
    /// IP.
    #[field(label = "IP", format = ipv4)]
    pub ip: Option<String>,
}

impl ActionInfo<KitchenSink> for TrackPurchase {
    const SLUG: &'static str = "trackPurchase";
    const TITLE: &'static str = "Track Purchase";
    const DESCRIPTION: &'static str = "Track Purchase in Kitchen Sink.";
    const SUBSCRIBE: Option<&'static str> = Some(
        "type = \"track\" \
         and event = \"Order Completed\" \
         and properties.currency = \"EUR\" \
         or event = \"Order and more\"",
    );
    const HIDDEN: bool = true;
}

impl Action<KitchenSink> for TrackPurchase {
    async fn perform(_: &Context<KitchenSink>, _: Self) -> Result<Output> {
        Err(Error::not_implemented("trackPurchase is not written yet"))
    }
}
