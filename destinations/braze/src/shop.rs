//! Shop events, which Braze knows by name
//! ([reference](https://www.braze.com/docs/user_guide/data/activation/custom_data/recommended_events/ecommerce_events)):
//! what the action for one product and the one for several share.

use waystation_kit::prelude::*;
use waystation_kit::wire::WireObject;

use crate::Braze;
use crate::dates;
use crate::fields::{Nullable, UserAlias};
use crate::identity;

/// The events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Choices)]
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

/// What happened to a cart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Choices)]
#[serde(rename_all = "lowercase")]
pub enum CartAction {
    /// Products were put into it.
    Add,
    /// Products were taken out of it.
    Remove,
    /// It was filled anew.
    Replace,
}

impl From<CartAction> for Value {
    fn from(action: CartAction) -> Self {
        action.name().into()
    }
}

/// A discount on an order.
#[derive(Debug, Clone, Deserialize, Payload)]
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

impl From<Discount> for Value {
    fn from(discount: Discount) -> Self {
        json!({"code": discount.code, "amount": discount.amount})
    }
}

/// What is known about a shop event besides its products.
#[derive(Debug, Deserialize, Payload)]
pub struct ShopFields {
    /// Which event it is.
    #[field(label = "Event name")]
    pub name: ShopEvent,
    /// Your own ID of the person.
    #[field(label = "External user ID", default = path("$.userId"))]
    pub external_id: Option<String>,
    /// An alias of the person. With it, the event is left out unless Braze knows the person.
    #[field(label = "User alias")]
    pub user_alias: Option<UserAlias>,
    /// The person's email address, for people without any ID.
    #[field(label = "Email", format = email, default = first_of("$.context.traits.email", "$.properties.email"))]
    pub email: Option<String>,
    /// The person's phone number, for people without any ID.
    #[serde(default)]
    #[field(
        label = "Phone number",
        allow_null,
        default = first_of("$.context.traits.phone", "$.properties.phone")
    )]
    pub phone: Nullable<String>,
    /// The ID that Braze gave the person.
    #[serde(default)]
    #[field(
        label = "Braze ID",
        allow_null,
        default = first_of("$.context.traits.braze_id", "$.properties.braze_id")
    )]
    pub braze_id: Nullable<String>,
    /// Why the order was cancelled.
    #[field(
        label = "Cancel reason",
        required = Required::When(on(&[OrderCancelled])),
        depends_on = on(&[OrderCancelled]),
        default = path("$.properties.reason")
    )]
    pub cancel_reason: Option<String>,
    /// When it happened.
    #[field(label = "Time", format = date_time, default = path("$.timestamp"))]
    pub time: String,
    /// The checkout.
    #[field(
        label = "Checkout ID",
        required = Required::When(on(&[CheckoutStarted])),
        depends_on = on(&[CheckoutStarted]),
        default = path("$.properties.checkout_id")
    )]
    pub checkout_id: Option<String>,
    /// The order.
    #[field(
        label = "Order ID",
        required = Required::When(on(&ORDERS)),
        depends_on = on(&ORDERS),
        default = path("$.properties.order_id")
    )]
    pub order_id: Option<String>,
    /// The cart.
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
        choices = crate::currencies::choices(),
        default = path("$.properties.currency")
    )]
    pub currency: String,
    /// Where the event comes from, for example a shop or an app.
    #[field(label = "Source", default = path("$.properties.source"))]
    pub source: String,
    /// What else is known about the event.
    #[field(label = "Metadata", additional_properties)]
    pub metadata: Option<JsonObject>,
    /// Gather events and send them to Braze many at a time.
    #[field(label = "Batch events", required, default = true)]
    pub enable_batching: bool,
    /// The most events to send at a time.
    #[field(label = "Batch size", required, minimum = 2, maximum = 75, default = 75)]
    pub batch_size: f64,
}

/// Why a shop event is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsendable {
    /// It is about nobody.
    WithoutIdentity,
    /// It is about a cart whose value is not known.
    CartWithoutTotal,
    /// It is about several products, and the action for one product was used.
    NeedsSeveralProducts,
}

impl Unsendable {
    const fn message(self) -> &'static str {
        match self {
            Self::WithoutIdentity => {
                "A person is told by an external ID, a user alias, a Braze ID, an email address or a phone \
                 number; all are missing"
            }
            Self::CartWithoutTotal => {
                "The total value of a cart may only be missing if products were added or removed"
            }
            Self::NeedsSeveralProducts => {
                "This event is about several products: send it with the action for several products"
            }
        }
    }

    /// The result of the event in a batch.
    #[must_use]
    pub fn into_item_error(self) -> Box<ItemError> {
        Box::new(ItemError::new(400, self.message()))
    }
}

impl From<Unsendable> for Error {
    fn from(unsendable: Unsendable) -> Self {
        Self::payload(unsendable.message())
    }
}

impl ShopFields {
    /// Asks whether Braze would take the event.
    ///
    /// # Errors
    /// It would not.
    pub fn check(&self) -> Result<(), Unsendable> {
        let is_about_somebody = self.user_alias.is_some()
            || identity::is_given(self.braze_id.value())
            || identity::is_given(self.external_id.as_ref())
            || identity::is_given(self.email.as_ref())
            || identity::is_given(self.phone.value());
        if !is_about_somebody {
            return Err(Unsendable::WithoutIdentity);
        }
        let is_change = matches!(self.action, Some(CartAction::Add | CartAction::Remove));
        if self.name == CartUpdated && self.total_value.is_none() && !is_change {
            return Err(Unsendable::CartWithoutTotal);
        }
        Ok(())
    }

    /// The event object. `products` are the properties that tell of products.
    #[must_use]
    pub fn into_wire(mut self, cx: &Context<Braze>, products: JsonObject) -> Value {
        let properties = self.take_properties(products);
        let has_alias = self
            .user_alias
            .as_ref()
            .is_some_and(|alias| !alias.alias_name.is_empty() && !alias.alias_label.is_empty());
        let updates_only = has_alias || cx.sync_mode() == Some(SyncMode::Update);
        WireObject::with_capacity(10)
            .with_text("external_id", self.external_id)
            .with_text("braze_id", self.braze_id.into_value())
            .with_text("email", self.email)
            .with_text("phone", self.phone.into_value())
            .with_some("user_alias", self.user_alias)
            .with_text("app_id", cx.settings().app_id.clone())
            .with("name", self.name.name())
            .with_some("time", dates::moment_of_text(&self.time))
            .with("properties", properties)
            .with_some("_update_existing_only", updates_only.then_some(true))
            .into()
    }

    /// The properties that Braze knows of this event. A mapping for several events may hold others as well.
    fn take_properties(&mut self, products: JsonObject) -> WireObject {
        let name = self.name;
        let on = |events: &[ShopEvent]| events.contains(&name);
        let subtotal = |value: Option<serde_json::Number>| value.filter(|_| on(&WITH_SUBTOTALS));
        WireObject::from(products)
            .with("currency", std::mem::take(&mut self.currency))
            .with("source", std::mem::take(&mut self.source))
            .with_some("metadata", self.metadata.take())
            .with_some(
                "total_value",
                self.total_value.take().filter(|_| name != ProductViewed),
            )
            .with_text("cart_id", self.cart_id.take().filter(|_| on(&WITH_CART)))
            .with_some("action", self.action.filter(|_| name == CartUpdated))
            .with_some(
                "checkout_id",
                self.checkout_id.take().filter(|_| name == CheckoutStarted),
            )
            .with_some("order_id", self.order_id.take().filter(|_| on(&ORDERS)))
            .with_some(
                "cancel_reason",
                self.cancel_reason.take().filter(|_| name == OrderCancelled),
            )
            .with_some("subtotal_value", subtotal(self.subtotal_value.take()))
            .with_some("tax", subtotal(self.tax.take()))
            .with_some("shipping", subtotal(self.shipping.take()))
            .with_some(
                "total_discounts",
                self.total_discounts.take().filter(|_| on(&ORDERS)),
            )
            .with_some("discounts", self.discounts.take().filter(|_| on(&ORDERS)))
    }
}
