//! An order with its products.

use waystation_kit::prelude::*;

use crate::event::{Import, Properties, event};
use crate::fields::EventFields;
use crate::insert_id::InsertId;
use crate::{Mixpanel, import};

/// The name of the event for a product of an order.
const PRODUCT_PURCHASED: &str = "Product Purchased";

/// Properties of the order as a whole, which its products do not repeat.
const ORDER_PROPERTIES: [&str; 11] = [
    "affiliation",
    "subtotal",
    "total",
    "revenue",
    "shipping",
    "tax",
    "discount",
    "coupon",
    "currency",
    "order_number",
    "products",
];

/// A completed order.
#[derive(Debug, Deserialize, Payload)]
pub struct TrackPurchase {
    /// Send an event "Product Purchased" for each product, after that of the order.
    #[serde(rename = "generatePurchaseEventPerProduct")]
    #[field(label = "Generate purchase event per product", default = true)]
    pub event_per_product: Option<bool>,
    /// What else is known about the order.
    #[serde(flatten)]
    pub fields: EventFields,
    /// The products of the order.
    #[field(properties = Product::fields(), additional_properties, default = Product::mapping())]
    pub products: Option<Vec<JsonObject>>,
    /// The name of the event.
    #[field(label = "Event name", default = path("$.event"))]
    pub event: String,
}

/// What is known about a product; further properties are sent as they are.
#[derive(Debug, Deserialize, Payload)]
pub struct Product {
    /// The ID of the product.
    #[field(label = "Product ID")]
    pub product_id: Option<String>,
    /// The stock keeping unit.
    #[field(label = "SKU")]
    pub sku: Option<String>,
    /// The category.
    pub category: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The brand.
    pub brand: Option<String>,
    /// The variant.
    pub variant: Option<String>,
    /// The price of one piece.
    pub price: Option<f64>,
    /// The number of pieces.
    pub quantity: Option<i64>,
    /// The coupon that was used.
    pub coupon: Option<String>,
    /// The place in the list of products.
    pub position: Option<f64>,
    /// The address of the product's page.
    #[field(label = "URL")]
    pub url: Option<String>,
    /// The address of a picture.
    #[field(label = "Image URL")]
    pub image_url: Option<String>,
}

impl Product {
    /// Each product of the event, property by property.
    fn mapping() -> Value {
        let properties: JsonObject = Self::fields()
            .iter()
            .map(|(key, _)| (key.to_owned(), directive::path(key)))
            .collect();
        json!({"@arrayPath": ["$.properties.products", properties]})
    }
}

impl ActionInfo<Mixpanel> for TrackPurchase {
    const SLUG: &'static str = "trackPurchase";
    const TITLE: &'static str = "Track Purchase";
    const DESCRIPTION: &'static str = "Track an order and the products in it.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track""#);
    // By the insert IDs.
    const IDEMPOTENT: bool = true;
}

impl Action<Mixpanel> for TrackPurchase {
    async fn perform(cx: &Context<Mixpanel>, payload: Self) -> Result<Output> {
        import::import(cx, payload.import(cx)?).await
    }
}

impl BatchAction<Mixpanel> for TrackPurchase {
    async fn perform_batch(cx: &Context<Mixpanel>, batch: Batch<Self>) -> Result<BatchOutput> {
        import::import_batch(cx, batch, |payload| payload.import(cx)).await
    }
}

impl TrackPurchase {
    fn import(self, cx: &Context<Mixpanel>) -> Result<Import> {
        let source_name = cx.settings().source_name.as_deref();
        let order = self
            .fields
            .into_properties(&self.event, source_name, cx.now_millis())?;
        let products = match self.event_per_product {
            Some(true) => self.products.unwrap_or_default(),
            _ => Vec::new(),
        };
        let products = products
            .into_iter()
            .enumerate()
            .map(|(place, product)| event(PRODUCT_PURCHASED, product_properties(&order, place, product)));
        let mut events: Vec<Value> = products.collect();
        events.insert(0, event(&self.event, order.properties));
        Ok(Import::Events(events))
    }
}

/// The properties of the order, under an insert ID and at a time of their own: Mixpanel takes events that agree in both
/// for one. What the product itself says wins.
fn product_properties(order: &Properties, place: usize, mut product: JsonObject) -> JsonObject {
    let own_id = match product.shift_remove("$insert_id") {
        Some(Value::String(id)) if !id.is_empty() => Some(InsertId::given(id)),
        Some(Value::Number(id)) => Some(InsertId::given(id.to_string())),
        _ => None,
    };
    let insert_id = own_id.unwrap_or_else(|| order.insert_id.of_product(place));
    let mut properties: JsonObject = order
        .properties
        .iter()
        .filter(|(key, _)| !ORDER_PROPERTIES.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    if let Some(time) = properties.get_mut("time") {
        let millis = time.as_i64().unwrap_or_default();
        let earlier = i64::try_from(place + 1).unwrap_or(i64::MAX);
        *time = millis.saturating_sub(earlier).into();
    }
    properties.extend(product);
    properties.insert("$insert_id".to_owned(), insert_id.to_string().into());
    properties
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> JsonObject {
        serde_json::from_value(value).unwrap()
    }

    fn order(insert_id: &str, properties: Value) -> Properties {
        Properties {
            properties: object(properties),
            insert_id: InsertId::given(insert_id.to_owned()),
        }
    }

    #[test]
    fn products_repeat_the_order_but_for_what_concerns_it_as_a_whole() {
        let order = order(
            "m",
            json!({"$insert_id": "m", "time": 10, "total": 5, "coupon": "ALL", "ip": "1.2.3.4"}),
        );
        let product = object(json!({"sku": "S", "coupon": "ONE"}));
        assert_eq!(
            Value::Object(product_properties(&order, 1, product)),
            json!({"$insert_id": "1m", "time": 8, "ip": "1.2.3.4", "sku": "S", "coupon": "ONE"})
        );
    }

    #[test]
    fn a_product_may_name_its_own_insert_id_and_time() {
        let order = order("m", json!({"$insert_id": "m", "time": 10}));
        let product = object(json!({"$insert_id": "own", "time": 5}));
        assert_eq!(product_properties(&order, 0, product.clone()), product);
        let unusable = object(json!({"$insert_id": "own_id".repeat(7)}));
        let sent = product_properties(&order, 0, unusable);
        assert_eq!(sent["$insert_id"].as_str().map(str::len), Some(32));
        let empty = object(json!({"$insert_id": ""}));
        assert_eq!(product_properties(&order, 0, empty)["$insert_id"], "0m");
    }
}
