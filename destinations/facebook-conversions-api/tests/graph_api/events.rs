//! What is sent for each kind of event.

use serde_json::{Value, json};
use waystation_destination_facebook_conversions_api::FacebookConversionsApi;
use waystation_destination_facebook_conversions_api::actions::{
    AddToCart, Custom, InitiateCheckout, PageView, Purchase, Search, ViewContent,
};
use waystation_destination_facebook_conversions_api::event::{Conversion, SecondVersion};
use waystation_kit::Action;
use waystation_kit::hashing::sha256_hex;
use waystation_testkit::{Event, Harness, MESSAGE_ID, Partner, TIMESTAMP};

use crate::support::{connected, order, received};

type Configure = fn(Harness<FacebookConversionsApi>) -> Harness<FacebookConversionsApi>;

/// What an event becomes: the only entry of `data`.
async fn sent<A: Action<FacebookConversionsApi>>(configure: Configure, event: Event) -> Value {
    let partner = Partner::start().await;
    partner.answers(200, received());
    configure(connected(&partner))
        .run::<A>(event)
        .await
        .assert_delivered();
    let mut body = partner.assert_sent_once().json();
    assert_eq!(body["data"].as_array().map(Vec::len), Some(1), "{body}");
    body["data"][0].take()
}

fn viewed(name: &str) -> Event {
    Event::track(name)
        .property("product_id", "a")
        .property("quantity", 1)
        .property("price", 12)
        .property("currency", "EUR")
}

#[tokio::test]
async fn a_purchase() {
    let event = sent::<Conversion<Purchase>>(
        |harness| harness,
        order().context("page.url", "https://shop.example/"),
    )
    .await;
    assert_eq!(
        event,
        json!({
            "event_name": "Purchase",
            "event_time": TIMESTAMP,
            "event_source_url": "https://shop.example/",
            "event_id": MESSAGE_ID,
            "action_source": "app",
            "user_data": {"fbp": "fb.1.1"},
            "custom_data": {
                "currency": "EUR",
                "value": 34.5,
                "contents": [{"id": "a", "quantity": 2, "item_price": 12}, {"id": "b"}],
            },
        })
    );
}

#[tokio::test]
async fn each_kind_of_event_has_its_own_parameters() {
    let product = json!([{"id": "a", "quantity": 1, "item_price": 12}]);
    let in_cart = sent::<Conversion<AddToCart>>(|harness| harness, viewed("Product Added")).await;
    assert_eq!(in_cart["event_name"], "AddToCart");
    assert_eq!(
        in_cart["custom_data"],
        json!({"currency": "EUR", "value": 12, "contents": product})
    );
    let viewed_product = sent::<Conversion<ViewContent>>(|harness| harness, viewed("Product Viewed")).await;
    assert_eq!(viewed_product["event_name"], "ViewContent");
    assert_eq!(
        viewed_product["custom_data"],
        json!({"currency": "EUR", "value": 12, "content_ids": ["a"], "contents": product})
    );
    let search = viewed("Products Searched").property("query", "kettle");
    let searched = sent::<Conversion<Search>>(|harness| harness, search).await;
    assert_eq!(searched["event_name"], "Search");
    assert_eq!(
        searched["custom_data"],
        json!({"search_string": "kettle", "currency": "EUR", "contents": product})
    );
    let checkout = order().set("event", "Checkout Started");
    let started = sent::<Conversion<InitiateCheckout>>(|harness| harness.map("num_items", 3), checkout).await;
    assert_eq!(started["event_name"], "InitiateCheckout");
    assert_eq!(started["custom_data"]["num_items"], 3);
}

#[tokio::test]
async fn a_page_view_has_no_custom_data() {
    let configure: Configure = |harness| harness.map("custom_data", json!({"plan": "pro"}));
    let event = sent::<Conversion<PageView>>(configure, Event::page("Home")).await;
    assert_eq!(event["event_name"], "PageView");
    assert_eq!(event.get("custom_data"), None);
}

#[tokio::test]
async fn a_custom_event_has_nothing_but_custom_data() {
    let configure: Configure =
        |harness| harness.map("custom_data", json!({"plan": "pro", "event_name": "kept"}));
    let event = sent::<Conversion<Custom>>(configure, Event::track("Trial Started")).await;
    assert_eq!(event["event_name"], "Trial Started");
    assert_eq!(event["custom_data"], json!({"plan": "pro", "event_name": "kept"}));
    let event = sent::<Conversion<Custom>>(|harness| harness, Event::track("Trial Started")).await;
    assert_eq!(event["custom_data"], json!({}));
}

#[tokio::test]
async fn custom_data_replaces_nothing() {
    let configure: Configure = |harness| {
        harness.map(
            "custom_data",
            json!({"currency": "XXX", "net_revenue": 30, "note": "n"}),
        )
    };
    let event = sent::<Conversion<Purchase>>(configure, order().without("properties.products")).await;
    assert_eq!(
        event["custom_data"],
        json!({"currency": "EUR", "value": 34.5, "net_revenue": 30, "note": "n"})
    );
}

#[tokio::test]
async fn limited_data_use_is_asked_for_where_it_is_switched_on() {
    let on: Configure = |harness| harness.map("data_processing_options", true);
    let event = sent::<Conversion<Purchase>>(on, order()).await;
    assert_eq!(event["data_processing_options"], json!(["LDU"]));
    assert_eq!(event["data_processing_options_country"], 0);
    assert_eq!(event["data_processing_options_state"], 0);
    let in_texas: Configure = |harness| {
        harness
            .map("data_processing_options", true)
            .map("data_processing_options_country", 1)
            .map("data_processing_options_state", 1005)
    };
    let event = sent::<Conversion<Purchase>>(in_texas, order()).await;
    assert_eq!(event["data_processing_options_country"], 1);
    assert_eq!(event["data_processing_options_state"], 1005);
    let off: Configure = |harness| harness.map("data_processing_options_state", 1005);
    let event = sent::<Conversion<Purchase>>(off, order()).await;
    assert_eq!(event.get("data_processing_options"), None);
    assert_eq!(event.get("data_processing_options_state"), None);
}

#[tokio::test]
async fn app_data_is_sent_where_it_is_switched_on() {
    let on: Configure = |harness| {
        harness.map(
            "app_data_field",
            json!({"use_app_data": true, "version": "i2", "madId": "m"}),
        )
    };
    let event = sent::<Conversion<Purchase>>(on, order()).await;
    assert_eq!(event["app_data"]["madid"], "m");
    assert_eq!(event["app_data"]["extinfo"][0], "i2");
    let off: Configure = |harness| harness.map("app_data_field", json!({"version": "i2", "madId": "m"}));
    assert_eq!(
        sent::<Conversion<Purchase>>(off, order()).await.get("app_data"),
        None
    );
}

#[tokio::test]
async fn the_second_version_sends_the_same() {
    let configure: Configure = |harness| harness.map("__segment_internal_sync_mode", "add");
    assert_eq!(
        sent::<SecondVersion<Purchase>>(configure, order()).await,
        sent::<Conversion<Purchase>>(|harness| harness, order()).await
    );
}

#[tokio::test]
async fn what_identifies_a_person_is_hashed_in_the_form_that_meta_asks_for() {
    let configure: Configure = |harness| {
        harness.map(
            "user_data",
            json!({
                "email": " Ada@Example.com", "phone": "+44 (0)20 7946 0018", "dateOfBirth": "1997-12-26T00:00:00Z",
                "firstName": "Mary-Ann", "lastName": "O'Hara", "city": "St. Louis", "state": "Missouri",
                "zip": "63101-1234", "country": "USA", "externalId": ["U-1", ""],
            }),
        )
    };
    let event = sent::<Conversion<Purchase>>(configure, order()).await;
    let hash = |text: &str| sha256_hex(text);
    assert_eq!(
        event["user_data"],
        json!({
            "em": hash("ada@example.com"), "ph": hash("442079460018"), "db": hash("19971226"),
            "fn": hash("maryann"), "ln": hash("ohara"), "ct": hash("stlouis"), "st": hash("mo"),
            "zp": hash("63101"), "country": hash("us"), "external_id": [hash("u-1")],
        })
    );
}

#[tokio::test]
async fn times_keep_their_year() {
    for (time, sent_time) in [("1709907751", "1709907751"), ("1709907751118", "1709907751")] {
        let event = sent::<Conversion<Purchase>>(|harness| harness, order().timestamp(time)).await;
        assert_eq!(event["event_time"], sent_time, "{time}");
    }
}

#[tokio::test]
async fn what_is_empty_or_null_is_left_out() {
    let products = json!([{"product_id": "a", "quantity": null, "price": null}]);
    let configure: Configure = |harness| harness.map("content_name", "").map("content_ids", json!([]));
    let event = sent::<Conversion<Purchase>>(configure, order().property("products", products)).await;
    assert_eq!(
        event["custom_data"],
        json!({"currency": "EUR", "value": 34.5, "contents": [{"id": "a"}]})
    );
}
