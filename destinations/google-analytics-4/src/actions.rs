//! The actions: each is one kind of event
//! ([reference](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events)).

use crate::event::{Currency, EventKind, Kind, Parameter};

/// What most kinds have in common.
const EVENT: EventKind = EventKind {
    slug: "",
    title: "",
    description: "",
    subscribe: "",
    event_name: None,
    client_id_key: "client_id",
    parameters: &[],
    needs_items: false,
    currency: Currency::Optional,
};

const CURRENCY: Parameter = Parameter::at("currency", "$.properties.currency");
const VALUE: Parameter = Parameter::at("value", "$.properties.value");
const TOTAL: Parameter = Parameter::at("value", "$.properties.total");
const COUPON: Parameter = Parameter::at("coupon", "$.properties.coupon");
const AFFILIATION: Parameter = Parameter::at("affiliation", "$.properties.affiliation");
const SHIPPING: Parameter = Parameter::at("shipping", "$.properties.shipping");
const ORDER_ID: Parameter = Parameter::at("transaction_id", "$.properties.order_id").required();
const CREATIVE_NAME: Parameter = Parameter::new("creative_name");
const CREATIVE_SLOT: Parameter = Parameter::at("creative_slot", "$.properties.creative");
const PROMOTION_ID: Parameter = Parameter::at("promotion_id", "$.properties.promotion_id");
const PROMOTION_NAME: Parameter = Parameter::at("promotion_name", "$.properties.name");

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
        slug: "purchase",
        title: "Purchase",
        description: "Count a purchase, with what was bought and for how much.",
        subscribe: r#"type = "track" and event = "Order Completed""#,
        event_name: Some("purchase"),
        parameters: &[
            AFFILIATION, COUPON, CURRENCY.required(), Parameter::products(), ORDER_ID, SHIPPING,
            Parameter::at("tax", "$.properties.tax"), TOTAL,
        ],
        needs_items: true,
        ..EVENT
    };

    /// An order was paid back, in whole or in part.
    Refund: EventKind {
        slug: "refund",
        title: "Refund",
        description: "Take back a purchase, or some products of it.",
        subscribe: r#"type = "track" and event = "Order Refunded""#,
        event_name: Some("refund"),
        parameters: &[
            CURRENCY, ORDER_ID, TOTAL, AFFILIATION, Parameter::new("coupon"), SHIPPING, Parameter::new("tax"),
            Parameter::products().optional(),
        ],
        currency: Currency::Needed,
        ..EVENT
    };

    /// Something was put into the cart.
    AddToCart: EventKind {
        slug: "addToCart",
        title: "Add to Cart",
        description: "Count what people put into their carts.",
        subscribe: r#"type = "track" and event = "Product Added""#,
        event_name: Some("add_to_cart"),
        parameters: &[CURRENCY, Parameter::product(), VALUE],
        needs_items: true,
        ..EVENT
    };

    /// Something was taken out of the cart.
    RemoveFromCart: EventKind {
        slug: "removeFromCart",
        title: "Remove from Cart",
        description: "Count what people take out of their carts.",
        subscribe: r#"type = "track" and event = "Product Removed""#,
        event_name: Some("remove_from_cart"),
        parameters: &[CURRENCY, VALUE, Parameter::product()],
        needs_items: true,
        currency: Currency::Needed,
        ..EVENT
    };

    /// Somebody looked into the cart.
    ViewCart: EventKind {
        slug: "viewCart",
        title: "View Cart",
        description: "Count how often people look into their carts.",
        subscribe: r#"type = "track" and event = "Cart Viewed""#,
        event_name: Some("view_cart"),
        parameters: &[CURRENCY, VALUE, Parameter::products()],
        needs_items: true,
        currency: Currency::Needed,
        ..EVENT
    };

    /// Something was put on a wishlist.
    AddToWishlist: EventKind {
        slug: "addToWishlist",
        title: "Add to Wishlist",
        description: "Count what people wish for.",
        subscribe: r#"type = "track" and event = "Product Added to Wishlist""#,
        event_name: Some("add_to_wishlist"),
        parameters: &[CURRENCY, VALUE, Parameter::product()],
        needs_items: true,
        currency: Currency::Needed,
        ..EVENT
    };

    /// Somebody looked at a product.
    ViewItem: EventKind {
        slug: "viewItem",
        title: "View Item",
        description: "Count how often products are looked at.",
        subscribe: r#"type = "track" and event = "Product Viewed""#,
        event_name: Some("view_item"),
        parameters: &[CURRENCY, VALUE, Parameter::product()],
        needs_items: true,
        ..EVENT
    };

    /// Somebody began to check out.
    BeginCheckout: EventKind {
        slug: "beginCheckout",
        title: "Begin Checkout",
        description: "Count how often people start to check out.",
        subscribe: r#"type = "track" and event = "Checkout Started""#,
        event_name: Some("begin_checkout"),
        parameters: &[COUPON, CURRENCY, Parameter::products(), VALUE],
        needs_items: true,
        ..EVENT
    };

    /// Somebody said how to pay.
    AddPaymentInfo: EventKind {
        slug: "addPaymentInfo",
        title: "Add Payment Info",
        description: "Count how people are about to pay.",
        subscribe: r#"type = "track" and event = "Payment Info Entered""#,
        event_name: Some("add_payment_info"),
        parameters: &[
            CURRENCY, VALUE, Parameter::new("coupon"), Parameter::at("payment_type", "$.properties.payment_method"),
            Parameter::products(),
        ],
        needs_items: true,
        currency: Currency::NeededForPayment,
        ..EVENT
    };

    /// Somebody looked at a list of products.
    ViewItemList: EventKind {
        slug: "viewItemList",
        title: "View Item List",
        description: "Count how often lists of products are looked at.",
        subscribe: r#"type = "track" and event = "Product List Viewed""#,
        event_name: Some("view_item_list"),
        parameters: &[
            Parameter::at("item_list_id", "$.properties.list_id"),
            Parameter::at("item_list_name", "$.properties.category"),
            Parameter::products(),
        ],
        needs_items: true,
        ..EVENT
    };

    /// Somebody chose a product from a list.
    SelectItem: EventKind {
        slug: "selectItem",
        title: "Select Item",
        description: "Count which products people choose from lists.",
        subscribe: r#"type = "track" and event = "Product Clicked""#,
        event_name: Some("select_item"),
        parameters: &[
            Parameter::new("item_list_name"), Parameter::new("item_list_id"), Parameter::product(),
        ],
        needs_items: true,
        ..EVENT
    };

    /// A promotion was shown.
    ViewPromotion: EventKind {
        slug: "viewPromotion",
        title: "View Promotion",
        description: "Count how often promotions are seen.",
        subscribe: r#"type = "track" and event = "Promotion Viewed""#,
        event_name: Some("view_promotion"),
        parameters: &[
            CREATIVE_NAME, CREATIVE_SLOT, Parameter::at("location_id", "$.properties.position"), PROMOTION_ID,
            PROMOTION_NAME, Parameter::promoted().required(),
        ],
        needs_items: true,
        ..EVENT
    };

    /// Somebody chose a promotion.
    SelectPromotion: EventKind {
        slug: "selectPromotion",
        title: "Select Promotion",
        description: "Count which promotions people follow.",
        subscribe: r#"type = "track" and event = "Promotion Clicked""#,
        event_name: Some("select_promotion"),
        parameters: &[
            CREATIVE_NAME, CREATIVE_SLOT, Parameter::new("location_id"), PROMOTION_ID, PROMOTION_NAME,
            Parameter::promoted(),
        ],
        ..EVENT
    };

    /// Somebody made an account.
    SignUp: EventKind {
        slug: "signUp",
        title: "Sign Up",
        description: "Count new accounts, and by which way people sign up.",
        subscribe: r#"type = "track" and event = "Signed Up""#,
        event_name: Some("sign_up"),
        parameters: &[Parameter::at("method", "$.properties.type")],
        ..EVENT
    };

    /// Somebody logged in.
    Login: EventKind {
        slug: "login",
        title: "Login",
        description: "Count logins, and by which way people log in.",
        subscribe: r#"type = "track" and event = "Signed In""#,
        event_name: Some("login"),
        parameters: &[Parameter::new("method")],
        ..EVENT
    };

    /// Somebody searched for something.
    Search: EventKind {
        slug: "search",
        title: "Search",
        description: "Count what people search for.",
        subscribe: r#"type = "track" and event = "Products Searched""#,
        event_name: Some("search"),
        parameters: &[Parameter::at("search_term", "$.properties.query").required()],
        ..EVENT
    };

    /// Somebody may become a customer.
    GenerateLead: EventKind {
        slug: "generateLead",
        title: "Generate Lead",
        description: "Count who asks to hear from you.",
        subscribe: r#"type = "track""#,
        event_name: Some("generate_lead"),
        parameters: &[CURRENCY, VALUE],
        ..EVENT
    };

    /// Somebody looked at a page
    /// ([reference](https://developers.google.com/analytics/devguides/collection/ga4/reference/events#page_view)).
    PageView: EventKind {
        slug: "pageView",
        title: "Page View",
        description: "Count looks at pages.",
        subscribe: r#"type = "page""#,
        event_name: Some("page_view"),
        client_id_key: "clientId",
        parameters: &[
            Parameter::at("page_location", "$.context.page.url"),
            Parameter::at("page_referrer", "$.context.page.referrer"),
            Parameter::at("page_title", "$.context.page.title"),
        ],
        ..EVENT
    };

    /// An event under a name of your own
    /// ([rules for names](https://support.google.com/analytics/answer/13316687)). Its parameters are the custom ones.
    CustomEvent: EventKind {
        slug: "customEvent",
        title: "Custom Event",
        description: "Count an event of your own.",
        subscribe: r#"type = "track""#,
        client_id_key: "clientId",
        parameters: &[Parameter::at("name", "$.event").required(), Parameter::new("lowercase")],
        ..EVENT
    };
}
