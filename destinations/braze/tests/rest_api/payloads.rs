//! What is sent, and what is refused before it is.

use serde_json::{Value, json};
use waystation_destination_braze::Braze;
use waystation_destination_braze::actions::{
    Ecommerce, EcommerceSingleProduct, TrackEvent, TrackPurchase, UpdateUserProfile,
};
use waystation_kit::BatchAction;
use waystation_testkit::{Answer, Partner};

use crate::support::{harness, run, run_batch, saying, success};
use crate::track::{cart, event, order};

/// What is sent for a payload, which is the same alone and in a batch.
async fn sent<A: BatchAction<Braze>>(list: &str, payload: &Value) -> Value {
    let partner = saying([success(), success()]).await;
    run::<A>(&partner, payload).await.assert_delivered();
    run_batch::<A>(&partner, std::slice::from_ref(payload))
        .await
        .assert_delivered();
    let requests = partner.assert_sent(2);
    assert_eq!(requests[0].json(), requests[1].json(), "alone and in a batch");
    requests[0].json()[list].clone()
}

/// That a payload is refused before anything is sent, alone and in a batch.
async fn assert_refused<A: BatchAction<Braze>>(payload: &Value) {
    let partner = Partner::start().await;
    let single = run::<A>(&partner, payload).await;
    assert_eq!(single.assert_failed().status(), Some(400), "{payload}");
    let nodes = run_batch::<A>(&partner, std::slice::from_ref(payload))
        .await
        .nodes();
    assert_eq!(nodes[0]["status"], 400, "{payload}");
    partner.assert_nothing_sent();
}

fn with(mut payload: Value, key: &str, value: Value) -> Value {
    payload[key] = value;
    payload
}

#[tokio::test]
async fn null_removes_and_absence_leaves_alone() {
    let profile = json!({
        "external_id": "u-1", "phone": null, "dob": null, "current_location": {},
        "custom_attributes": {"plan": "pro", "first_name": "kept out", "phone": "kept out"},
    });
    assert_eq!(
        sent::<UpdateUserProfile>("attributes", &profile).await[0],
        json!({"plan": "pro", "external_id": "u-1", "phone": null, "dob": null})
    );
}

#[tokio::test]
async fn empty_texts_are_left_out_alone_and_in_batches() {
    let profile = json!({
        "external_id": "u-1", "email": "", "first_name": "", "last_name": "", "phone": "", "country": "",
        "gender": "", "braze_id": "", "time_zone": "", "user_alias": {"alias_name": "", "alias_label": ""},
    });
    assert_eq!(
        sent::<UpdateUserProfile>("attributes", &profile).await[0],
        json!({"external_id": "u-1"})
    );
    let event = with(with(event(1), "email", json!("")), "braze_id", json!(""));
    let event = sent::<TrackEvent>("events", &event).await;
    assert_eq!((event[0].get("email"), event[0].get("braze_id")), (None, None));
    assert_refused::<TrackEvent>(&json!({"external_id": "", "name": "n", "time": "2024-03-08"})).await;
    assert_refused::<UpdateUserProfile>(&json!({"external_id": "", "email": "", "first_name": "Ada"})).await;
}

#[tokio::test]
async fn neither_null_nor_a_truth_value_is_an_id_or_a_gender() {
    for odd in [json!(null), json!(true), json!(false)] {
        let event = sent::<TrackEvent>("events", &with(event(1), "braze_id", odd.clone())).await;
        assert_eq!(event[0].get("braze_id"), None, "{odd}");
        assert_refused::<TrackEvent>(&json!({"braze_id": odd, "name": "n", "time": "2024-03-08"})).await;
    }
    for (gender, sent_gender) in [
        (json!(true), None),
        (json!(false), None),
        (json!(null), Some(json!(null))),
        (json!("Female"), Some(json!("F"))),
        (json!("x"), Some(json!("x"))),
    ] {
        let profile = json!({"external_id": "u-1", "gender": gender});
        let attributes = sent::<UpdateUserProfile>("attributes", &profile).await;
        assert_eq!(attributes[0].get("gender").cloned(), sent_gender, "{gender}");
    }
}

#[tokio::test]
async fn a_unix_time_is_a_moment_in_seconds_or_milliseconds_and_never_in_a_wrong_year() {
    for time in [
        json!(1_709_907_751),
        json!("1709907751"),
        json!(1_709_907_751_000_i64),
        json!("1709907751000"),
        json!("2024-03-08T14:22:31Z"),
    ] {
        let expected = json!("2024-03-08T14:22:31.000Z");
        let event = sent::<TrackEvent>("events", &with(event(1), "time", time.clone())).await;
        assert_eq!(event[0]["time"], expected, "{time}");
        let purchases = sent::<TrackPurchase>("purchases", &with(order("a", 1), "time", time.clone())).await;
        assert_eq!(purchases[0]["time"], expected, "{time}");
        let profile = json!({"external_id": "u-1", "dob": time, "date_of_first_session": time});
        let attributes = sent::<UpdateUserProfile>("attributes", &profile).await;
        assert_eq!(attributes[0]["dob"], "2024-03-08", "{time}");
        assert_eq!(attributes[0]["date_of_first_session"], expected, "{time}");
    }
    for time in [json!(20_240_308), json!("17"), json!("999999999999999")] {
        assert_refused::<TrackEvent>(&with(event(1), "time", time)).await;
    }
}

#[tokio::test]
async fn a_product_without_a_currency_has_that_of_the_order() {
    let products = json!([
        {"product_id": "a", "price": 1, "currency": "GBP"},
        {"product_id": "b", "price": 2},
        {"product_id": "c", "price": 3, "currency": ""},
        {"product_id": "d", "price": 4, "currency": null},
    ]);
    let in_euros = with(
        with(order("a", 0), "products", products.clone()),
        "properties",
        json!({"currency": "EUR"}),
    );
    let currencies = |purchases: &Value| -> Vec<Value> {
        let purchases = purchases.as_array().unwrap().iter();
        purchases.map(|purchase| purchase["currency"].clone()).collect()
    };
    let purchases = sent::<TrackPurchase>("purchases", &in_euros).await;
    assert_eq!(currencies(&purchases), ["GBP", "EUR", "EUR", "EUR"]);
    for properties in [json!({}), json!({"currency": ""}), json!({"currency": 7})] {
        let order = with(
            with(order("a", 0), "products", products.clone()),
            "properties",
            properties,
        );
        let purchases = sent::<TrackPurchase>("purchases", &order).await;
        assert_eq!(currencies(&purchases), ["GBP", "USD", "USD", "USD"]);
    }
}

#[tokio::test]
async fn a_product_without_a_price_is_not_sent_for_nothing() {
    let products = json!([{"product_id": "a", "price": null}]);
    assert_refused::<TrackPurchase>(&with(order("a", 0), "products", products)).await;
    let quantity = json!([{"product_id": "a", "price": 1, "quantity": null}]);
    let purchases = sent::<TrackPurchase>("purchases", &with(order("a", 0), "products", quantity)).await;
    assert_eq!(purchases[0].get("quantity"), None);
}

#[tokio::test]
async fn an_order_without_products_is_not_delivered() {
    assert_refused::<TrackPurchase>(&order("a", 0)).await;
}

#[tokio::test]
async fn what_is_known_about_the_order_wins_over_the_product() {
    let order = json!({
        "external_id": "u-1",
        "time": "2024-03-08T14:22:31Z",
        "products": [{"product_id": "kettle", "price": 89.5, "coupon": "A", "colour": "red"}],
        "properties": {"coupon": "B", "products": []},
    });
    let purchases = sent::<TrackPurchase>("purchases", &order).await;
    assert_eq!(
        purchases[0]["properties"],
        json!({"coupon": "B", "colour": "red"})
    );
}

#[tokio::test]
async fn shop_events_hold_only_what_braze_knows_of_them() {
    let partner = saying([success()]).await;
    run::<Ecommerce>(&partner, &cart()).await.assert_delivered();
    assert_eq!(
        partner.assert_sent_once().json()["events"][0]["properties"],
        json!({"currency": "EUR", "source": "web", "cart_id": "c-1", "total_value": 12, "products": []})
    );
}

#[tokio::test]
async fn what_else_is_known_about_a_product_is_its_metadata() {
    let product = json!({
        "product_id": "p", "product_name": "Kettle", "variant_id": "v", "quantity": 2, "price": 3, "colour": "red",
    });
    let partner = saying([success()]).await;
    let cart = with(cart(), "products", json!([product]));
    run::<Ecommerce>(&partner, &cart).await.assert_delivered();
    assert_eq!(
        partner.assert_sent_once().json()["events"][0]["properties"]["products"],
        json!([{
            "product_id": "p", "product_name": "Kettle", "variant_id": "v", "quantity": 2, "price": 3,
            "metadata": {"colour": "red"},
        }])
    );
}

#[tokio::test]
async fn an_event_about_several_products_is_not_sent_as_one_about_one() {
    let product = json!({"product_id": "p", "product_name": "Kettle", "variant_id": "v", "price": 3});
    assert_refused::<EcommerceSingleProduct>(&with(cart(), "product", product)).await;
}

#[tokio::test]
async fn a_person_is_deleted_by_user_id_only_and_if_braze_says_so() {
    let partner = saying([
        success(),
        Answer::json(201, json!({"message": "not now"})),
        Answer::json(200, json!({})),
    ])
    .await;
    let harness = harness::<TrackEvent>(&partner);
    let user = |user_id: &str| json!({"type": "delete", "userId": user_id, "anonymousId": "anon"});
    harness.delete(user("u-1")).await.unwrap();
    let refused = harness.delete(user("u-1")).await.unwrap_err();
    assert_eq!(
        (refused.status(), refused.to_string().as_str()),
        (Some(400), "not now")
    );
    let unknown = harness.delete(user("u-1")).await.unwrap_err();
    assert_eq!(unknown.status(), Some(502));
    let nobody = harness
        .delete(json!({"type": "delete", "anonymousId": "anon"}))
        .await
        .unwrap_err();
    assert_eq!(nobody.status(), Some(400));
    let requests = partner.assert_sent(3);
    assert_eq!(
        requests[0].url.as_str(),
        "https://rest.iad-01.braze.com/users/delete"
    );
    assert_eq!(requests[0].json(), json!({"external_ids": ["u-1"]}));
}
