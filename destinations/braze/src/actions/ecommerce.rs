//! A shop event about several products.

use serde::Serializer;
use waystation_kit::prelude::*;

use crate::Braze;
use crate::shop::{ShopFields, ShopProduct};
use crate::sync;
use crate::track::{Objects, Tracked};
use crate::unsendable::Unsendable;

/// A shop event about several products.
#[derive(Debug, Deserialize, Payload)]
pub struct Ecommerce {
    /// What is known about the event as a whole.
    #[serde(flatten)]
    pub event: ShopFields,
    /// The products. What is known about a product besides these keys is sent along as its metadata.
    #[field(label = "Products", additional_properties, object_ui = list, default = Product::default_mapping())]
    pub products: Vec<Product>,
}

/// A product of a cart or an order.
#[derive(Debug, Clone, Deserialize, Serialize, Payload)]
pub struct Product {
    /// The product.
    #[serde(flatten)]
    pub product: ShopProduct,
    /// How many pieces.
    #[field(label = "Quantity")]
    pub quantity: serde_json::Number,
    /// Everything else.
    #[serde(flatten, serialize_with = "in_metadata")]
    pub metadata: JsonObject,
}

impl Product {
    fn default_mapping() -> Value {
        let mut product = ShopProduct::default_mapping("$");
        product.insert("quantity".to_owned(), directive::path("$.quantity"));
        json!({"@arrayPath": ["$.properties.products", product]})
    }
}

/// Puts what else is known about a product under a key of its own, if there is anything.
fn in_metadata<S: Serializer>(others: &JsonObject, serializer: S) -> Result<S::Ok, S::Error> {
    let metadata = (!others.is_empty()).then_some(("metadata", others));
    serializer.collect_map(metadata)
}

impl ActionInfo<Braze> for Ecommerce {
    const SLUG: &'static str = "ecommerce";
    const TITLE: &'static str = "Ecommerce Event (multi product)";
    const DESCRIPTION: &'static str = "Record what happened to a cart or an order (beta).";

    fn sync_modes() -> Option<SyncModes> {
        Some(sync::add_or_update())
    }
}

/// The properties that tell of products.
#[derive(Serialize)]
struct Products {
    #[serde(skip_serializing_if = "Option::is_none")]
    products: Option<Vec<Product>>,
}

impl Tracked for Ecommerce {
    const OBJECTS: Objects = Objects::EcommerceEvents;

    fn into_wire(self, cx: &Context<Braze>) -> Result<Value, Unsendable> {
        let products = self.event.tells_of_several_products().then_some(self.products);
        self.event.into_wire(cx, Products { products })
    }
}
