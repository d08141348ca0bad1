//! Shop events, which Braze knows by name
//! ([reference](https://www.braze.com/docs/user_guide/data/activation/custom_data/recommended_events/ecommerce_events)):
//! what the action for one product and the one for several share.

use waystation_kit::batching::Batching;

use waystation_kit::prelude::*;
use waystation_kit::wire::is_absent;

use crate::Braze;
use crate::currencies;
use crate::dates;
use crate::fields::UserAlias;
use crate::identity;
use crate::track::Object;
use crate::unsendable::Unsendable;

/// The events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, Choices)]
pub enum ShopEvent {
    /// Somebody looked at a product.
    #[serde(rename = "ecommerce.product_viewed")]
    #[choice(label = "Product viewed")]
    ProductViewed,
    /// Somebody changed a cart.
    #[serde(rename = "ecommerce.cart_updated")]
    #[choice(label = "Cart updated")]
    CartUpdated,
    /// Somebody went to the checkout.
    #[serde(rename = "ecommerce.checkout_started")]
    #[choice(label = "Checkout started")]
    CheckoutStarted,
    /// Somebody ordered.
    #[serde(rename = "ecommerce.order_placed")]
    #[choice(label = "Order placed")]
    OrderPlaced,
    /// An order was cancelled.
    #[serde(rename = "ecommerce.order_cancelled")]
    #[choice(label = "Order cancelled")]
    OrderCancelled,
    /// An order was paid back.
    #[serde(rename = "ecommerce.order_refunded")]
    #[choice(label = "Order refunded")]
    OrderRefunded,
}

use ShopEvent::{CartUpdated, CheckoutStarted, OrderCancelled, OrderPlaced, OrderRefunded, ProductViewed};

/// Events about an order.
const ORDERS: [ShopEvent; 3] = [OrderPlaced, OrderCancelled, OrderRefunded];
/// Events that tell of a cart.
const WITH_CART: [ShopEvent; 3] = [CartUpdated, CheckoutStarted, OrderPlaced];
/// Events that tell how a total comes about.
const WITH_SUBTOTALS: [ShopEvent; 4] = [CartUpdated, CheckoutStarted, OrderPlaced, OrderCancelled];

/// Holds for these events.
fn on(events: &[ShopEvent]) -> Conditions {
    Conditions::any(events.iter().map(|event| Condition::is("name", event.name())))
}

impl ShopEvent {
    /// Whether Braze knows a property of this event. A mapping for several events may hold others as well.
    fn has(self, property: &str) -> bool {
        match property {
            "total_value" => self != ProductViewed,
            "action" => self == CartUpdated,
            "checkout_id" => self == CheckoutStarted,
            "cancel_reason" => self == OrderCancelled,
            "cart_id" => WITH_CART.contains(&self),
            "order_id" | "total_discounts" | "discounts" => ORDERS.contains(&self),
            "subtotal_value" | "tax" | "shipping" => WITH_SUBTOTALS.contains(&self),
            _ => true,
        }
    }
}

/// What happened to a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, Choices)]
#[serde(rename_all = "lowercase")]
pub enum CartAction {
    /// Products were put into it.
    Add,
    /// Products were taken out of it.
    Remove,
    /// It was filled anew.
    Replace,
}

/// A discount on an order.
#[derive(Debug, Clone, Deserialize, Serialize, Payload)]
pub struct Discount {
    /// Its code.
    #[field(label = "Code")]
    pub code: String,
    /// How much it takes off.
    #[field(label = "Amount")]
    pub amount: serde_json::Number,
}

impl Discount {
    fn default_mapping() -> Value {
        json!({"@arrayPath": [
            "$.properties.discount_items",
            {"code": directive::path("$.code"), "amount": directive::path("$.amount")},
        ]})
    }
}

/// What is known about a shop event besides its products.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct ShopFields {
    /// Which event it is, and whom it is about.
    #[serde(flatten)]
    pub about: ShopEventFields,
    /// What happened.
    #[serde(flatten)]
    pub properties: ShopProperties,
}

/// How events are gathered. Every mapping has to say so.
fn batching() -> Fields {
    Batching::up_to(75).at_least(2).required().fields()
}

/// Which event it is, and whom it is about.
#[skip_serializing_none]
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct ShopEventFields {
    /// Which event it is.
    #[field(label = "Event name")]
    pub name: ShopEvent,
    /// Your own ID of the person.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "External user ID", default = path("$.userId"))]
    pub external_id: Option<String>,
    /// An alias of the person. With it, the event is left out unless Braze knows the person.
    #[serde(skip_serializing_if = "UserAlias::is_incomplete")]
    #[field(label = "User alias")]
    pub user_alias: Option<UserAlias>,
    /// The person's email address, for people without any ID.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "Email", format = email, default = first_of("$.context.traits.email", "$.properties.email"))]
    pub email: Option<String>,
    /// The person's phone number, for people without any ID.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(
        label = "Phone number",
        allow_null,
        default = first_of("$.context.traits.phone", "$.properties.phone")
    )]
    pub phone: Option<String>,
    /// The ID that Braze gave the person.
    #[serde(
        default,
        deserialize_with = "identity::braze_id",
        skip_serializing_if = "is_absent"
    )]
    #[field(
        label = "Braze ID",
        allow_null,
        default = first_of("$.context.traits.braze_id", "$.properties.braze_id")
    )]
    pub braze_id: Option<String>,
    /// When it happened.
    #[serde(deserialize_with = "dates::moment_in_text")]
    #[field(label = "Time", format = date_time, default = path("$.timestamp"))]
    pub time: String,
}

/// What is known about a cart or an order. Which of it belongs to an event, [`ShopEvent`] knows.
#[skip_serializing_none]
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct ShopProperties {
    /// Why the order was cancelled.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(
        label = "Cancel reason",
        required = Required::When(on(&[OrderCancelled])),
        depends_on = on(&[OrderCancelled]),
        default = path("$.properties.reason")
    )]
    pub cancel_reason: Option<String>,
    /// The checkout.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(
        label = "Checkout ID",
        required = Required::When(on(&[CheckoutStarted])),
        depends_on = on(&[CheckoutStarted]),
        default = path("$.properties.checkout_id")
    )]
    pub checkout_id: Option<String>,
    /// The order.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(
        label = "Order ID",
        required = Required::When(on(&ORDERS)),
        depends_on = on(&ORDERS),
        default = path("$.properties.order_id")
    )]
    pub order_id: Option<String>,
    /// The cart.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(
        label = "Cart ID",
        required = Required::When(on(&[CartUpdated])),
        depends_on = on(&WITH_CART),
        default = path("$.properties.cart_id")
    )]
    pub cart_id: Option<String>,
    /// The value of the whole cart or order. A cart that products were added to or taken from may do without.
    #[field(
        label = "Total value",
        required = Required::When(on(&[CheckoutStarted, OrderPlaced, OrderCancelled, OrderRefunded])),
        depends_on = on(&[CartUpdated, CheckoutStarted, OrderPlaced, OrderCancelled, OrderRefunded]),
        default = path("$.properties.total")
    )]
    pub total_value: Option<serde_json::Number>,
    /// What happened to the cart; its products replace those before if left out.
    #[field(
        label = "Cart action",
        depends_on = on(&[CartUpdated]),
        default = path("$.properties.action")
    )]
    pub action: Option<CartAction>,
    /// The value before discounts, tax and shipping.
    #[field(
        label = "Subtotal value",
        depends_on = on(&WITH_SUBTOTALS),
        default = path("$.properties.subtotal")
    )]
    pub subtotal_value: Option<serde_json::Number>,
    /// The tax.
    #[field(label = "Tax", depends_on = on(&WITH_SUBTOTALS), default = path("$.properties.tax"))]
    pub tax: Option<serde_json::Number>,
    /// What shipping costs.
    #[field(label = "Shipping", depends_on = on(&WITH_SUBTOTALS), default = path("$.properties.shipping"))]
    pub shipping: Option<serde_json::Number>,
    /// What all discounts take off.
    #[field(label = "Total discounts", depends_on = on(&ORDERS), default = path("$.properties.discount"))]
    pub total_discounts: Option<serde_json::Number>,
    /// The discounts one by one.
    #[field(label = "Discounts", depends_on = on(&ORDERS), default = Discount::default_mapping())]
    pub discounts: Option<Vec<Discount>>,
    /// The currency of all values.
    #[field(
        label = "Currency",
        choices = currencies::choices(),
        default = path("$.properties.currency")
    )]
    pub currency: String,
    /// Where the event comes from, for example a shop or an app.
    #[field(label = "Source", default = path("$.properties.source"))]
    pub source: String,
    /// What else is known about the event.
    #[field(label = "Metadata", additional_properties)]
    pub metadata: Option<JsonObject>,
}

/// A product of a shop event, in an action for one product or for several.
#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize, Payload)]
pub struct ShopProduct {
    /// The product.
    #[field(label = "Product ID")]
    pub product_id: String,
    /// What the product is called.
    #[field(label = "Product name")]
    pub product_name: String,
    /// Which variant of the product it is, for example a size or a color.
    #[field(label = "Variant ID")]
    pub variant_id: String,
    /// The address of a picture.
    #[field(label = "Image URL", format = uri)]
    pub image_url: Option<String>,
    /// The address of the product's page.
    #[field(label = "Product URL", format = uri)]
    pub product_url: Option<String>,
    /// The price of one piece.
    #[field(label = "Price")]
    pub price: serde_json::Number,
}

impl ShopProduct {
    /// Where Segment's events have it: in an object at this path.
    pub(crate) fn default_mapping(at: &str) -> JsonObject {
        let paths = [
            ("product_id", "product_id"),
            ("product_name", "name"),
            ("variant_id", "variant"),
            ("image_url", "image_url"),
            ("product_url", "url"),
            ("price", "price"),
        ];
        let paths = paths.map(|(field, key)| (field.to_owned(), directive::path(&format!("{at}.{key}"))));
        paths.into_iter().collect()
    }
}

impl ShopFields {
    /// Whether this is an event about several products, as all are but one.
    pub(crate) fn tells_of_several_products(&self) -> bool {
        self.about.name != ProductViewed
    }

    /// The event object. `products` are the properties that tell of products.
    ///
    /// # Errors
    /// It is about nobody, or about a cart whose value is not known.
    pub(crate) fn into_wire(
        self,
        cx: &Context<Braze>,
        products: impl Serialize,
    ) -> Result<Value, Unsendable> {
        let event = self.about.name;
        let is_change = matches!(self.properties.action, Some(CartAction::Add | CartAction::Remove));
        let lacks_total = event == CartUpdated && self.properties.total_value.is_none() && !is_change;
        let has_alias = !UserAlias::is_incomplete(&self.about.user_alias);
        let updates_only = has_alias || cx.sync_mode() == Some(SyncMode::Update);
        let mut properties = json!(Properties {
            of_event: self.properties,
            products,
        });
        if let Value::Object(properties) = &mut properties {
            properties.retain(|key, _| event.has(key));
        }
        let object = identity::assert_shop_event_about_somebody(json!(Object {
            app_id: cx.settings().app_id.as_deref().filter(|id| !id.is_empty()),
            what: Event {
                about: self.about,
                properties
            },
            update_existing_only: updates_only.then_some(true),
        }))?;
        if lacks_total {
            return Err(Unsendable::CartWithoutTotal);
        }
        Ok(object)
    }
}

/// An event as it is sent.
#[derive(Serialize)]
struct Event {
    #[serde(flatten)]
    about: ShopEventFields,
    properties: Value,
}

/// The properties of an event as they are sent.
#[derive(Serialize)]
struct Properties<P> {
    #[serde(flatten)]
    products: P,
    #[serde(flatten)]
    of_event: ShopProperties,
}
