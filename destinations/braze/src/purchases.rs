//! Purchases: what both versions of the action share. An order becomes one purchase object for each product.

use waystation_kit::prelude::*;
use waystation_kit::wire::WireObject;

use crate::dates;
use crate::fields::{Nullable, OptionalUserAlias};
use crate::identity;
use crate::track::MAX_OBJECTS;

/// The currency of prices that come without one.
const DEFAULT_CURRENCY: &str = "USD";

/// An order of a person
/// ([reference](https://www.braze.com/docs/api/objects_filters/purchase_object/)).
#[derive(Debug, Deserialize, Payload)]
pub struct PurchaseFields {
    /// Your own ID of the person.
    #[field(label = "External user ID", default = path("$.userId"))]
    pub external_id: Option<String>,
    /// An alias of the person; see
    /// [user alias object](https://www.braze.com/docs/api/objects_filters/user_alias_object/).
    #[field(label = "User alias")]
    pub user_alias: Option<OptionalUserAlias>,
    /// The person's email address, for people without any ID.
    #[field(label = "Email", default = path("$.traits.email"))]
    pub email: Option<String>,
    /// The ID that Braze gave the person.
    #[serde(default)]
    #[field(label = "Braze ID", allow_null, default = path("$.properties.braze_id"))]
    pub braze_id: Nullable<String>,
    /// When it was bought.
    #[field(label = "Time", default = path("$.receivedAt"))]
    pub time: Datetime,
    /// What was bought, at most 75 products. What is known about a product besides these keys is sent along as
    /// a property of its purchase.
    #[field(label = "Products", additional_properties, default = path("$.properties.products"))]
    pub products: Vec<Product>,
    /// What is known about the order as a whole; sent along with each product.
    #[field(label = "Purchase properties", default = path("$.properties"))]
    pub properties: Option<JsonObject>,
}

/// A product of an order.
#[derive(Debug, Clone, Deserialize, Payload)]
pub struct Product {
    /// The product, for example its SKU or its name.
    #[field(label = "Product ID")]
    pub product_id: String,
    /// The [ISO 4217](https://www.iso.org/iso-4217-currency-codes.html) code of the price's currency; US
    /// dollars if left out.
    #[field(label = "Currency")]
    pub currency: Option<String>,
    /// The price of one piece, in the base unit of the currency.
    #[field(label = "Price")]
    pub price: serde_json::Number,
    /// How many pieces, 1 to 100; one if left out.
    #[field(label = "Quantity")]
    pub quantity: Option<i64>,
    /// Everything else.
    #[serde(flatten)]
    pub properties: JsonObject,
}

/// Why an order is not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsendable {
    /// It is about nobody.
    WithoutIdentity,
    /// It has no products.
    WithoutProducts,
    /// It has so many products, more than a request takes.
    TooManyProducts(usize),
    /// The request is full.
    RequestIsFull,
}

impl Unsendable {
    /// The result of the order in a batch.
    #[must_use]
    pub fn into_item_error(self, given: &Value) -> Box<ItemError> {
        let error = match self {
            Self::WithoutIdentity => return identity::missing_in_batch(),
            Self::WithoutProducts => ItemError::payload(
                "This event was not sent to Braze because it did not contain any products.",
            ),
            Self::TooManyProducts(count) => ItemError::new(
                413,
                format!(
                    "Max batch size exceeded. This payload contains {count} products, which is more than \
                     Braze's maximum batch size of {MAX_OBJECTS} objects per batch."
                ),
            ),
            Self::RequestIsFull => ItemError::new(
                429,
                format!(
                    "Max batch size exceeded. This event was included in a batch which then exceeded Braze's \
                     maximum batch size of {MAX_OBJECTS} objects per batch. This payload will be retried in \
                     another batch."
                ),
            )
            .with_code(ErrorCode::RETRYABLE_ERROR),
        };
        Box::new(ItemError {
            body: Some(given.clone()),
            ..error
        })
    }
}

/// How many purchases a request still takes. Once an order did not fit, none that follows does, so that
/// orders stay in order.
#[derive(Debug)]
pub struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(MAX_OBJECTS)
    }
}

impl Room {
    /// Takes up room for an order of so many products.
    ///
    /// # Errors
    /// [`Unsendable::TooManyProducts`] or [`Unsendable::RequestIsFull`].
    pub fn take(&mut self, products: usize) -> Result<(), Unsendable> {
        if products > MAX_OBJECTS {
            return Err(Unsendable::TooManyProducts(products));
        }
        match self.0.checked_sub(products) {
            Some(left) => {
                self.0 = left;
                Ok(())
            }
            None => {
                self.0 = 0;
                Err(Unsendable::RequestIsFull)
            }
        }
    }
}

impl PurchaseFields {
    /// The purchase objects, as a list.
    ///
    /// # Errors
    /// [`Unsendable::WithoutIdentity`] or [`Unsendable::WithoutProducts`].
    pub fn into_wire(
        self,
        app_id: Option<&str>,
        update_existing_only: Option<bool>,
    ) -> Result<Value, Unsendable> {
        let user_alias = self.user_alias.and_then(OptionalUserAlias::complete);
        let is_about_somebody = user_alias.is_some()
            || identity::is_given(self.braze_id.value())
            || identity::is_given(self.external_id.as_ref())
            || identity::is_given(self.email.as_ref());
        if !is_about_somebody {
            return Err(Unsendable::WithoutIdentity);
        }
        if self.products.is_empty() {
            return Err(Unsendable::WithoutProducts);
        }
        let mut of_order = self.properties.unwrap_or_default();
        of_order.shift_remove("products");
        let base = WireObject::with_capacity(12)
            .with_some("braze_id", self.braze_id.into_wire())
            .with_some("external_id", self.external_id)
            .with_some("email", self.email)
            .with_some("user_alias", user_alias)
            .with_some("app_id", app_id)
            .with_some("time", dates::moment(&self.time))
            .with_some("_update_existing_only", update_existing_only);
        let purchases = self.products.into_iter();
        Ok(purchases
            .map(|product| product.into_wire(base.clone(), &of_order))
            .collect())
    }
}

impl Product {
    fn into_wire(self, base: WireObject, of_order: &JsonObject) -> Value {
        let mut properties = self.properties;
        properties.extend(of_order.clone());
        let currency = self.currency.unwrap_or_else(|| DEFAULT_CURRENCY.to_owned());
        base.with("product_id", self.product_id)
            .with("currency", currency)
            .with("price", self.price)
            .with_some("quantity", self.quantity)
            .with("properties", properties)
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_that_follow_one_without_room_wait_as_well() {
        let mut room = Room::default();
        assert_eq!(room.take(40), Ok(()));
        assert_eq!(room.take(36), Err(Unsendable::RequestIsFull));
        assert_eq!(room.take(1), Err(Unsendable::RequestIsFull));
    }

    #[test]
    fn an_order_that_fits_no_request_takes_no_room() {
        let mut room = Room::default();
        assert_eq!(room.take(76), Err(Unsendable::TooManyProducts(76)));
        assert_eq!(room.take(75), Ok(()));
    }

    #[test]
    fn what_is_known_about_the_order_wins_over_the_product() {
        let order: PurchaseFields = serde_json::from_value(json!({
            "external_id": "u-1",
            "time": "2024-03-08T14:22:31Z",
            "products": [{"product_id": "kettle", "price": 89.5, "coupon": "A", "colour": "red"}],
            "properties": {"coupon": "B", "products": []},
        }))
        .unwrap();
        let wire = order.into_wire(None, None).unwrap();
        assert_eq!(wire[0]["properties"], json!({"coupon": "B", "colour": "red"}));
        assert_eq!(wire[0]["currency"], "USD");
        assert_eq!(wire[0].get("quantity"), None);
    }
}
