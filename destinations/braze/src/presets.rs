//! Subscriptions that a workspace gets when it connects Braze.

use waystation_kit::prelude::*;

use crate::Braze;
use crate::actions::{Ecommerce, EcommerceSingleProduct, TrackEvent, UpdateUserProfile};
use crate::shop::{CartAction, ShopEvent};

/// Adds the presets to the definition.
pub(crate) fn add_to(definition: Definition<Braze>) -> Definition<Braze> {
    let definition = definition.preset_on::<TrackEvent>(
        "Track Calls",
        // Everything but what the presets for shops send.
        PresetTrigger::Automatic {
            subscribe: r#"type = "track" and event != "Order Completed" and event != "Checkout Started" and event != "Order Refunded" and event != "Order Cancelled" and event != "Product Viewed" and event != "Product Added" and event != "Product Removed""#,
        },
        MappingChanges::none(),
    );
    with_shop_events(definition)
        .preset_with::<UpdateUserProfile>("Identify Calls", MappingChanges::none())
        .presets_on_platform_events::<TrackEvent, UpdateUserProfile>()
}

fn with_shop_events(definition: Definition<Braze>) -> Definition<Braze> {
    let on = |subscribe| PresetTrigger::Automatic { subscribe };
    let order_status = json!({"order_status_url": directive::path("$.properties.order_status_url")});
    let checkout = json!({"checkout_url": directive::path("$.properties.checkout_url")});
    definition
        .preset_on::<Ecommerce>(
            "Order Placed (beta)",
            on(r#"event = "Order Completed""#),
            named(ShopEvent::OrderPlaced).set("metadata", order_status.clone()),
        )
        .preset_on::<Ecommerce>(
            "Checkout Started (beta)",
            on(r#"event = "Checkout Started""#),
            named(ShopEvent::CheckoutStarted).set("metadata", checkout),
        )
        .preset_on::<Ecommerce>(
            "Order Refunded (beta)",
            on(r#"event = "Order Refunded""#),
            named(ShopEvent::OrderRefunded).set("metadata", order_status.clone()),
        )
        .preset_on::<Ecommerce>(
            "Order Cancelled (beta)",
            on(r#"event = "Order Cancelled""#),
            named(ShopEvent::OrderCancelled).set("metadata", order_status),
        )
        .preset_on::<EcommerceSingleProduct>(
            "Product Viewed (beta)",
            on(r#"event = "Product Viewed""#),
            named(ShopEvent::ProductViewed),
        )
        .preset_on::<Ecommerce>(
            "Product Added (beta)",
            on(r#"event = "Product Added""#),
            cart_of_one_product(CartAction::Add),
        )
        .preset_on::<Ecommerce>(
            "Product Removed (beta)",
            on(r#"event = "Product Removed""#),
            cart_of_one_product(CartAction::Remove),
        )
}

fn named(event: ShopEvent) -> MappingChanges {
    MappingChanges::none().set("name", event.name().into())
}

/// The properties of the event are those of the only product.
fn cart_of_one_product(action: CartAction) -> MappingChanges {
    let product = json!({
        "product_id": directive::path("$.properties.product_id"),
        "product_name": directive::path("$.properties.name"),
        "variant_id": directive::path("$.properties.variant"),
        "image_url": directive::path("$.properties.image_url"),
        "product_url": directive::path("$.properties.url"),
        "quantity": directive::path("$.properties.quantity"),
        "price": directive::path("$.properties.price"),
    });
    named(ShopEvent::CartUpdated)
        .set("action", action.name().into())
        .set("products", json!([product]))
}
