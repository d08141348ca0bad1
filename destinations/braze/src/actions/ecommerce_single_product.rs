//! A shop event about one product.

use waystation_kit::prelude::*;
use waystation_kit::wire::WireObject;

use crate::Braze;
use crate::shop::{ShopEvent, ShopFields, Unsendable};
use crate::sync;
use crate::track::{self, Objects};

/// A shop event about one product.
#[derive(Debug, Deserialize, Payload)]
pub struct EcommerceSingleProduct {
    /// What is known about the event as a whole.
    #[serde(flatten)]
    pub event: ShopFields,
    /// What the person may want to hear about the product later.
    #[field(
        label = "Catalog type",
        depends_on = Conditions::any([Condition::is("name", ShopEvent::ProductViewed.name())]),
        default = path("$.properties.type")
    )]
    pub catalog_type: Option<Vec<CatalogType>>,
    /// The product.
    #[field(label = "Product", default = ViewedProduct::default_mapping())]
    pub product: ViewedProduct,
}

/// What somebody may want to hear about a product later.
#[derive(Debug, Clone, Copy, Deserialize, Choices)]
#[serde(rename_all = "snake_case")]
pub enum CatalogType {
    /// That it has become cheaper.
    PriceDrop,
    /// That there is some again.
    BackInStock,
}

impl From<CatalogType> for Value {
    fn from(catalog_type: CatalogType) -> Self {
        catalog_type.name().into()
    }
}

/// A product that somebody looked at.
#[derive(Debug, Clone, Deserialize, Payload)]
pub struct ViewedProduct {
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

impl ViewedProduct {
    fn default_mapping() -> Value {
        json!({
            "product_id": directive::path("$.properties.product_id"),
            "product_name": directive::path("$.properties.name"),
            "variant_id": directive::path("$.properties.variant"),
            "image_url": directive::path("$.properties.image_url"),
            "product_url": directive::path("$.properties.url"),
            "price": directive::path("$.properties.price"),
        })
    }

    fn into_properties(self, catalog_type: Option<Vec<CatalogType>>) -> JsonObject {
        WireObject::with_capacity(16)
            .with("product_id", self.product_id)
            .with("product_name", self.product_name)
            .with("variant_id", self.variant_id)
            .with_some("image_url", self.image_url)
            .with_some("product_url", self.product_url)
            .with("price", self.price)
            .with_some("type", catalog_type.filter(|types| !types.is_empty()))
            .into()
    }
}

impl ActionInfo<Braze> for EcommerceSingleProduct {
    const SLUG: &'static str = "ecommerceSingleProduct";
    const TITLE: &'static str = "Ecommerce Event (single product)";
    const DESCRIPTION: &'static str = "Record that a person looked at a product (beta).";

    fn sync_modes() -> Option<SyncModes> {
        Some(sync::add_or_update())
    }
}

impl Action<Braze> for EcommerceSingleProduct {
    async fn perform(cx: &Context<Braze>, payload: Self) -> Result<Output> {
        let event = payload.into_wire(cx)?;
        track::send(cx, Objects::EcommerceEvents, &event).await
    }
}

impl BatchAction<Braze> for EcommerceSingleProduct {
    async fn perform_batch(cx: &Context<Braze>, batch: Batch<Self>) -> Result<BatchOutput> {
        track::send_batch(cx, Objects::EcommerceEvents, batch, |payload, _| {
            payload.into_wire(cx).map_err(Unsendable::into_item_error)
        })
        .await
    }
}

impl EcommerceSingleProduct {
    fn into_wire(self, cx: &Context<Braze>) -> Result<Value, Unsendable> {
        self.event.check()?;
        if self.event.name != ShopEvent::ProductViewed {
            return Err(Unsendable::NeedsSeveralProducts);
        }
        let product = self.product.into_properties(self.catalog_type);
        Ok(self.event.into_wire(cx, product))
    }
}
