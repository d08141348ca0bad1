//! A shop event about one product.

use waystation_kit::prelude::*;

use crate::Braze;
use crate::shop::{ShopEvent, ShopFields, ShopProduct};
use crate::sync;
use crate::track::{Objects, Tracked};
use crate::unsendable::Unsendable;

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
    #[field(label = "Product", default = ShopProduct::default_mapping("$.properties"))]
    pub product: ShopProduct,
}

/// What somebody may want to hear about a product later.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, Choices)]
#[serde(rename_all = "snake_case")]
pub enum CatalogType {
    /// That it has become cheaper.
    PriceDrop,
    /// That there is some again.
    BackInStock,
}

impl ActionInfo<Braze> for EcommerceSingleProduct {
    const SLUG: &'static str = "ecommerceSingleProduct";
    const TITLE: &'static str = "Ecommerce Event (single product)";
    const DESCRIPTION: &'static str = "Record that a person looked at a product (beta).";

    fn sync_modes() -> Option<SyncModes> {
        Some(sync::add_or_update())
    }
}

/// The properties that tell of the product.
#[derive(Serialize)]
struct ViewedProduct {
    #[serde(flatten)]
    product: ShopProduct,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    catalog_type: Option<Vec<CatalogType>>,
}

impl Tracked for EcommerceSingleProduct {
    const OBJECTS: Objects = Objects::EcommerceEvents;

    fn into_wire(self, cx: &Context<Braze>) -> Result<Value, Unsendable> {
        let needs_several_products = self.event.tells_of_several_products();
        let product = ViewedProduct {
            product: self.product,
            catalog_type: self.catalog_type.filter(|types| !types.is_empty()),
        };
        let event = self.event.into_wire(cx, product)?;
        if needs_several_products {
            return Err(Unsendable::NeedsSeveralProducts);
        }
        Ok(event)
    }
}
