//! Purchases: what both versions of the action share. An order becomes one purchase object for each product.

use waystation_kit::prelude::*;
use waystation_kit::wire::is_absent;

use crate::Braze;
use crate::dates::Moment;
use crate::fields::OptionalUserAlias;
use crate::identity;
use crate::track::{MAX_OBJECTS, Object};
use crate::unsendable::Unsendable;

/// The currency of prices where neither the product nor the order names one.
const DEFAULT_CURRENCY: &str = "USD";

/// An order of a person
/// ([reference](https://www.braze.com/docs/api/objects_filters/purchase_object/)).
#[skip_serializing_none]
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct PurchaseFields {
    /// Your own ID of the person.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "External user ID", default = path("$.userId"))]
    pub external_id: Option<String>,
    /// An alias of the person; see
    /// [user alias object](https://www.braze.com/docs/api/objects_filters/user_alias_object/).
    #[serde(skip_serializing_if = "OptionalUserAlias::is_incomplete")]
    #[field(label = "User alias")]
    pub user_alias: Option<OptionalUserAlias>,
    /// The person's email address, for people without any ID.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "Email", default = path("$.traits.email"))]
    pub email: Option<String>,
    /// The ID that Braze gave the person.
    #[serde(
        default,
        deserialize_with = "identity::braze_id",
        skip_serializing_if = "is_absent"
    )]
    #[field(label = "Braze ID", allow_null, default = path("$.properties.braze_id"))]
    pub braze_id: Option<String>,
    /// When it was bought.
    #[field(label = "Time", default = path("$.receivedAt"))]
    pub time: Moment,
    /// What was bought, at most 75 products. What is known about a product besides these keys is sent along as
    /// a property of its purchase.
    #[serde(skip_serializing)]
    #[field(label = "Products", additional_properties, default = path("$.properties.products"))]
    pub products: Vec<Product>,
    /// What is known about the order as a whole; sent along with each product.
    #[serde(skip_serializing)]
    #[field(label = "Purchase properties", default = path("$.properties"))]
    pub properties: Option<JsonObject>,
}

/// A product of an order.
#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize, Payload)]
pub struct Product {
    /// The product, for example its SKU or its name.
    #[field(label = "Product ID")]
    pub product_id: String,
    /// The [ISO 4217](https://www.iso.org/iso-4217-currency-codes.html) code of the price's currency; that of the
    /// order (`currency` of the purchase properties) if left out, and US dollars if that has none either.
    #[field(label = "Currency")]
    pub currency: Option<String>,
    /// The price of one piece, in the base unit of the currency.
    #[field(label = "Price")]
    pub price: serde_json::Number,
    /// How many pieces, 1 to 100; one if left out.
    #[field(label = "Quantity")]
    pub quantity: Option<i64>,
    /// Everything else.
    #[serde(flatten, skip_serializing)]
    pub others: JsonObject,
}

/// A product as it is sent.
#[derive(Serialize)]
struct Purchase<'order> {
    #[serde(flatten)]
    order: &'order PurchaseFields,
    #[serde(flatten)]
    product: Product,
    properties: JsonObject,
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
        mut self,
        cx: &Context<Braze>,
        update_existing_only: Option<bool>,
    ) -> Result<Value, Unsendable> {
        let products = std::mem::take(&mut self.products);
        let mut of_order = self.properties.take().unwrap_or_default();
        of_order.shift_remove("products");
        identity::assert_about_somebody(json!(self))?;
        if products.is_empty() {
            return Err(Unsendable::WithoutProducts);
        }
        let purchases = products.into_iter().map(|product| {
            json!(Object {
                app_id: cx.settings().app_id.as_deref(),
                what: product.into_purchase(&self, &of_order),
                update_existing_only,
            })
        });
        Ok(purchases.collect())
    }
}

impl Product {
    fn into_purchase<'order>(
        mut self,
        order: &'order PurchaseFields,
        of_order: &JsonObject,
    ) -> Purchase<'order> {
        let mut properties = std::mem::take(&mut self.others);
        properties.extend(of_order.clone());
        let currency = self.currency.filter(|currency| !currency.is_empty());
        self.currency = currency.or_else(|| Some(currency_of(of_order).to_owned()));
        Purchase {
            order,
            product: self,
            properties,
        }
    }
}

fn currency_of(order: &JsonObject) -> &str {
    let currency = order.get("currency").and_then(Value::as_str);
    currency
        .filter(|currency| !currency.is_empty())
        .unwrap_or(DEFAULT_CURRENCY)
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
}
