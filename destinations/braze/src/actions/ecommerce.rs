//! A shop event about several products.

use waystation_kit::prelude::*;
use waystation_kit::wire::WireObject;

use crate::Braze;
use crate::shop::{ShopEvent, ShopFields, Unsendable};
use crate::sync;
use crate::track::{self, Objects};

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
#[derive(Debug, Clone, Deserialize, Payload)]
pub struct Product {
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
    /// How many pieces.
    #[field(label = "Quantity")]
    pub quantity: serde_json::Number,
    /// The price of one piece.
    #[field(label = "Price")]
    pub price: serde_json::Number,
    /// Everything else.
    #[serde(flatten)]
    pub metadata: JsonObject,
}

impl Product {
    fn default_mapping() -> Value {
        json!({"@arrayPath": [
            "$.properties.products",
            {
                "product_id": directive::path("$.product_id"),
                "product_name": directive::path("$.name"),
                "variant_id": directive::path("$.variant"),
                "image_url": directive::path("$.image_url"),
                "product_url": directive::path("$.url"),
                "quantity": directive::path("$.quantity"),
                "price": directive::path("$.price"),
            },
        ]})
    }
}

impl From<Product> for Value {
    fn from(product: Product) -> Self {
        let metadata = (!product.metadata.is_empty()).then_some(product.metadata);
        WireObject::with_capacity(8)
            .with("quantity", product.quantity)
            .with("product_id", product.product_id)
            .with("product_name", product.product_name)
            .with("variant_id", product.variant_id)
            .with("price", product.price)
            .with_some("image_url", product.image_url)
            .with_some("product_url", product.product_url)
            .with_some("metadata", metadata)
            .into()
    }
}

impl ActionInfo<Braze> for Ecommerce {
    const SLUG: &'static str = "ecommerce";
    const TITLE: &'static str = "Ecommerce Event (multi product)";
    const DESCRIPTION: &'static str = "Record what happened to a cart or an order (beta).";

    fn sync_modes() -> Option<SyncModes> {
        Some(sync::add_or_update())
    }
}

impl Action<Braze> for Ecommerce {
    async fn perform(cx: &Context<Braze>, payload: Self) -> Result<Output> {
        let event = payload.into_wire(cx)?;
        track::send(cx, Objects::EcommerceEvents, &event).await
    }
}

impl BatchAction<Braze> for Ecommerce {
    async fn perform_batch(cx: &Context<Braze>, batch: Batch<Self>) -> Result<BatchOutput> {
        track::send_batch(cx, Objects::EcommerceEvents, batch, |payload, _| {
            payload.into_wire(cx).map_err(Unsendable::into_item_error)
        })
        .await
    }
}

impl Ecommerce {
    fn into_wire(self, cx: &Context<Braze>) -> Result<Value, Unsendable> {
        self.event.check()?;
        let mut products = JsonObject::new();
        if self.event.name != ShopEvent::ProductViewed {
            products.insert("products".to_owned(), self.products.into());
        }
        Ok(self.event.into_wire(cx, products))
    }
}
