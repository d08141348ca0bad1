//! An order, and each of its products as an event of its own.

use futures_util::future::join_all;
use serde_json::Number;
use waystation_kit::fields::FieldDefinition;
use waystation_kit::hashing::sha256_hex;
use waystation_kit::prelude::*;
use waystation_kit::wire::value;

use crate::events::{self, EventAttributes, EventProfile};
use crate::{Klaviyo, wire};

const ORDER: &str = "Order Completed";
const PRODUCT: &str = "Ordered Product";

/// An order of a person.
#[derive(Debug, Deserialize, Payload)]
pub struct OrderCompleted {
    /// Who ordered. At least one of email address, phone number, external ID and anonymous ID is needed; other
    /// keys become attributes of the profile.
    #[field(label = "Profile", additional_properties, properties = profile_fields())]
    pub profile: EventProfile,
    /// What else is known about the order.
    #[field(label = "Properties", default = path("$.properties"))]
    pub properties: JsonObject,
    /// When it was completed; the time of arrival if left out. Klaviyo counts in seconds, and takes times from
    /// the year 2000 to a year ahead.
    #[field(label = "Time", default = path("$.timestamp"))]
    pub time: Option<Datetime>,
    /// What it is worth.
    #[field(label = "Value")]
    pub value: Option<Number>,
    /// The ID of the event, by which Klaviyo recognizes events of a person and a metric that it already has.
    /// If it is left out, the time in seconds takes its place.
    #[field(label = "Unique ID", default = path("$.messageId"))]
    pub unique_id: Option<String>,
    /// What was ordered. Each product becomes an event of its own, with the properties of the order.
    #[field(label = "Products")]
    pub products: Option<Vec<JsonObject>>,
    /// The metric that orders are counted under.
    #[field(label = "Event name", default = ORDER)]
    pub event_name: Option<String>,
    /// The metric that products are counted under.
    #[field(label = "Product event name", default = PRODUCT)]
    pub product_event_name: Option<String>,
}

/// As in other events, but that an email address may be anything.
fn profile_fields() -> Fields {
    let mut fields = EventProfile::fields();
    if let Some(email) = fields.get("email").cloned() {
        fields.insert(
            "email",
            FieldDefinition {
                format: None,
                ..email
            },
        );
    }
    fields
}

impl ActionInfo<Klaviyo> for OrderCompleted {
    const SLUG: &'static str = "orderCompleted";
    const TITLE: &'static str = "Order Completed";
    const DESCRIPTION: &'static str = "Record an order, and each product in it.";
    // By the unique IDs.
    const IDEMPOTENT: bool = true;
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track""#);
}

impl Action<Klaviyo> for OrderCompleted {
    async fn perform(cx: &Context<Klaviyo>, mut payload: Self) -> Result<Output> {
        let products = payload.products.take().unwrap_or_default();
        let order = Order::new(payload)?;
        let response = events::send(cx, &order.event()).await?;
        let products = order.products(products, cx.now_millis())?;
        let products: Vec<_> = products.iter().map(|product| order.event_of(product)).collect();
        // One product that is refused does not keep the others back.
        for answer in join_all(products.iter().map(|product| events::send(cx, product))).await {
            answer?;
        }
        Ok(response.into())
    }
}

/// An order that can be sent.
struct Order {
    profile: JsonObject,
    properties: JsonObject,
    time: Option<String>,
    value: Option<Number>,
    unique_id: Option<String>,
    metric: String,
    product_metric: String,
}

/// A product of an order.
struct Product {
    properties: JsonObject,
    unique_id: String,
}

impl Order {
    fn new(payload: OrderCompleted) -> Result<Self> {
        Ok(Self {
            profile: payload.profile.into_actor()?.attributes,
            properties: payload.properties,
            time: payload.time.as_ref().map(events::moment).transpose()?,
            value: payload.value,
            unique_id: payload.unique_id,
            metric: payload.event_name.unwrap_or_else(|| ORDER.to_owned()),
            product_metric: payload.product_event_name.unwrap_or_else(|| PRODUCT.to_owned()),
        })
    }

    fn event(&self) -> EventAttributes<'_> {
        EventAttributes {
            value: self.value.as_ref(),
            unique_id: self.unique_id.as_deref(),
            ..self.part(&self.metric, &self.properties)
        }
    }

    fn event_of<'a>(&'a self, product: &'a Product) -> EventAttributes<'a> {
        EventAttributes {
            unique_id: Some(&product.unique_id),
            ..self.part(&self.product_metric, &product.properties)
        }
    }

    /// What the order and its products have in common.
    fn part<'a>(&'a self, metric: &'a str, properties: &'a JsonObject) -> EventAttributes<'a> {
        EventAttributes {
            time: self.time.as_deref(),
            profile: Some(wire::new("profile", &self.profile)),
            ..EventAttributes::new(metric, properties)
        }
    }

    /// The products, each with the properties of the order.
    fn products(&self, products: Vec<JsonObject>, now_millis: i64) -> Result<Vec<Product>> {
        let mut of_order = self.properties.clone();
        of_order.shift_remove("products");
        let order_id = self.id(now_millis)?;
        let products = products.into_iter().enumerate().map(|(index, product)| {
            let mut properties = of_order.clone();
            properties.extend(product);
            Product {
                properties,
                unique_id: format!("{order_id}-{index}"),
            }
        });
        Ok(products.collect())
    }

    /// What tells the order from others: the same at every attempt, so that Klaviyo recognizes products that
    /// it already has.
    fn id(&self, now_millis: i64) -> Result<String> {
        if let Some(id) = self.unique_id.as_ref().filter(|id| !id.is_empty()) {
            return Ok(id.clone());
        }
        let time = self.time.clone().unwrap_or_else(|| now_millis.to_string());
        let profile = wire::new("profile", &self.profile);
        let content = value(&(profile, &self.properties, time))?;
        Ok(sha256_hex(&content.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(unique_id: Option<&str>, time: Option<&str>) -> Order {
        Order {
            profile: JsonObject::new(),
            properties: JsonObject::new(),
            time: time.map(str::to_owned),
            value: None,
            unique_id: unique_id.map(str::to_owned),
            metric: ORDER.to_owned(),
            product_metric: PRODUCT.to_owned(),
        }
    }

    fn ids(order: &Order, now_millis: i64) -> Vec<String> {
        let products = order.products(vec![JsonObject::new(); 2], now_millis).unwrap();
        products.into_iter().map(|product| product.unique_id).collect()
    }

    #[test]
    fn products_have_ids_of_their_own_that_stay_the_same() {
        assert_eq!(ids(&order(Some("m-1"), None), 1), ["m-1-0", "m-1-1"]);
        let timed = order(None, Some("2024-03-08T14:22:31.118Z"));
        assert_eq!(ids(&timed, 1), ids(&timed, 2));
        assert_ne!(ids(&timed, 1)[0], ids(&timed, 1)[1]);
        assert_ne!(ids(&order(None, None), 1), ids(&order(None, None), 2));
    }
}
