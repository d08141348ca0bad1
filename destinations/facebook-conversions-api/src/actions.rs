//! The actions: each tells of one kind of event
//! ([reference](https://developers.facebook.com/docs/meta-pixel/reference#standard-events)), in two versions.

use crate::contents;
use crate::event::{EventKind, Kind, Parameter, Versions};

/// What most kinds have in common.
const EVENT: EventKind = EventKind {
    slugs: Versions::of("", ""),
    titles: Versions::of("", ""),
    description: "",
    subscribe: None,
    event_name: None,
    parameters: &[],
    has_custom_data: true,
    needs_browser: true,
    needs_currency: false,
};

const CURRENCY: Parameter = Parameter::at("currency", "$.properties.currency");
const PRICE: Parameter = Parameter::at("value", "$.properties.price");
const REVENUE: Parameter = Parameter::at("value", "$.properties.revenue");
const CONTENT_IDS: Parameter = Parameter::new("content_ids");
const CONTENT_NAME: Parameter = Parameter::new("content_name");
const CONTENT_TYPE: Parameter = Parameter::new("content_type");
const CONTENT_CATEGORY: Parameter = Parameter::new("content_category");
const NUMBER_OF_ITEMS: Parameter = Parameter::new("num_items");
/// The product that the event itself is.
const PRODUCT: Parameter = Parameter::by("contents", contents::from_properties);
/// The list of products of the event.
const PRODUCTS: Parameter = Parameter::by("contents", contents::from_products);

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident: $kind:expr;)*) => {$(
        $(#[doc = $doc])*
        #[derive(Debug)]
        pub enum $name {}

        impl Kind for $name {
            const KIND: EventKind = $kind;
        }
    )*};
}

kinds! {
    /// Something was bought.
    Purchase: EventKind {
        slugs: Versions::of("purchase", "purchase2"),
        titles: Versions::of("Purchase", "Purchase V2"),
        description: "Tell Meta of a purchase.",
        subscribe: Some(r#"type = "track" and event = "Order Completed""#),
        event_name: Some("Purchase"),
        parameters: &[
            CURRENCY.required(), REVENUE.required(), Parameter::new("net_revenue"), CONTENT_IDS, CONTENT_NAME,
            CONTENT_TYPE, PRODUCTS, NUMBER_OF_ITEMS,
        ],
        needs_currency: true,
        ..EVENT
    };

    /// Somebody went to the checkout.
    InitiateCheckout: EventKind {
        slugs: Versions::of("initiateCheckout", "initiateCheckout2"),
        titles: Versions::of("Initiate Checkout", "Initiate Checkout V2"),
        description: "Tell Meta that somebody went to the checkout.",
        subscribe: Some(r#"type = "track" and event = "Checkout Started""#),
        event_name: Some("InitiateCheckout"),
        parameters: &[CURRENCY, REVENUE, CONTENT_IDS, PRODUCTS, NUMBER_OF_ITEMS, CONTENT_CATEGORY],
        ..EVENT
    };

    /// Somebody put a product into the cart.
    AddToCart: EventKind {
        slugs: Versions::of("addToCart", "addToCart2"),
        titles: Versions::of("Add to Cart", "Add to Cart V2"),
        description: "Tell Meta that somebody put a product into the cart.",
        subscribe: Some(r#"type = "track" and event = "Product Added""#),
        event_name: Some("AddToCart"),
        parameters: &[CURRENCY, PRICE, CONTENT_IDS, CONTENT_NAME, CONTENT_TYPE, PRODUCT],
        ..EVENT
    };

    /// Somebody looked at a page or a product.
    ViewContent: EventKind {
        slugs: Versions::of("viewContent", "viewContent2"),
        titles: Versions::of("View Content", "View Content V2"),
        description: "Tell Meta that somebody looked at a page or a product.",
        subscribe: Some(r#"type = "track" and event = "Product Viewed""#),
        event_name: Some("ViewContent"),
        parameters: &[
            CURRENCY, PRICE, Parameter::at("content_ids", "$.properties.product_id"), CONTENT_NAME, CONTENT_TYPE,
            PRODUCT, CONTENT_CATEGORY,
        ],
        ..EVENT
    };

    /// Somebody searched for something.
    Search: EventKind {
        slugs: Versions::of("search", "search2"),
        titles: Versions::of("Search", "Search V2"),
        description: "Tell Meta that somebody searched for something.",
        subscribe: Some(r#"type = "track" and event = "Products Searched""#),
        event_name: Some("Search"),
        parameters: &[
            Parameter::at("search_string", "$.properties.query"), CURRENCY, Parameter::new("value"), CONTENT_IDS,
            PRODUCT, CONTENT_CATEGORY,
        ],
        ..EVENT
    };

    /// Somebody came to a page.
    PageView: EventKind {
        slugs: Versions::of("pageView", "pageView2"),
        titles: Versions::of("Page View", "Page View V2"),
        description: "Tell Meta that somebody came to a page.",
        subscribe: Some(r#"type = "page""#),
        event_name: Some("PageView"),
        has_custom_data: false,
        ..EVENT
    };

    /// Any other event, by its name. All that is known about it is custom data.
    Custom: EventKind {
        slugs: Versions::of("custom", "custom2"),
        titles: Versions::of("Custom Event", "Custom Event V2"),
        description: "Tell Meta of anything else that somebody did.",
        parameters: &[Parameter::at("event_name", "$.event").required()],
        needs_browser: false,
        ..EVENT
    };
}
