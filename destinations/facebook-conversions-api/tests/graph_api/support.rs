//! The destination connected to a scripted Meta, and events to send.

use serde_json::{Value, json};
use waystation_destination_facebook_conversions_api::FacebookConversionsApi;
use waystation_destination_facebook_conversions_api::client::ACCESS_TOKEN;
use waystation_testkit::{Event, Harness, Partner};

/// What Meta says to an event that it takes.
pub(crate) fn received() -> Value {
    json!({"events_received": 1, "messages": [], "fbtrace_id": "A1b"})
}

/// Connected with an access token; events come from an app.
pub(crate) fn connected(partner: &Partner) -> Harness<FacebookConversionsApi> {
    without_token(partner).environment(ACCESS_TOKEN, "token-1")
}

/// As [`connected`], without the access token.
pub(crate) fn without_token(partner: &Partner) -> Harness<FacebookConversionsApi> {
    Harness::new(partner, json!({"pixelId": "1234567890"}))
        .environment("UNRELATED", "")
        .map("action_source", "app")
        .map("user_data", json!({"fbp": "fb.1.1"}))
}

/// An order of two products.
pub(crate) fn order() -> Event {
    Event::track("Order Completed")
        .property("currency", "EUR")
        .property("revenue", 34.5)
        .property(
            "products",
            json!([{"product_id": "a", "quantity": 2, "price": 12}, {"product_id": "b"}]),
        )
}
