//! Items: the products and promotions of an event.

use serde_json::Number;
use waystation_kit::FieldValue;
use waystation_kit::fields::FieldType;
use waystation_kit::prelude::*;

use crate::rules;

/// The parameter that holds the items of an event.
pub const KEY: &str = "items";

/// The most items of an event.
const MOST_ITEMS: usize = 200;
/// The most parameters of an item besides those that Google knows.
const MOST_OWN_PARAMETERS: usize = 27;

/// A product: the parameters of [`ItemFields`], and up to 27 of your own
/// ([reference](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events)).
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Item(JsonObject);

impl FieldValue for Item {
    const TYPE: FieldType = FieldType::Object;

    fn properties() -> Option<Fields> {
        Some(ItemFields::fields())
    }
}

/// The items among the parameters of an event.
///
/// # Errors
/// They are no list.
pub fn of(parameters: &JsonObject) -> Result<&[Value]> {
    match parameters.get(KEY) {
        None => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(Error::payload("The items of an event are a list")),
    }
}

/// Checks that every item can be told from others and is within the limits, and that its currency is one.
///
/// # Errors
/// Google would drop an item or a part of it.
pub fn check(items: &[Value]) -> Result<()> {
    if items.len() > MOST_ITEMS {
        let message = format!(
            "An event has at most {MOST_ITEMS} items, and there are {}",
            items.len()
        );
        return Err(Error::payload(message));
    }
    items.iter().try_for_each(check_item)
}

fn check_item(item: &Value) -> Result<()> {
    let Some(item) = item.as_object() else {
        return Err(Error::payload("Every item is an object"));
    };
    if !item.contains_key("item_id") && !item.contains_key("item_name") {
        return Err(Error::payload("Every item needs an ID or a name"));
    }
    let known = promotion_item_fields();
    let own = item.keys().filter(|key| known.get(key).is_none()).count();
    if own > MOST_OWN_PARAMETERS {
        return Err(Error::payload(format!(
            "An item has at most {MOST_OWN_PARAMETERS} parameters of its own, and here are {own}"
        )));
    }
    item.iter()
        .try_for_each(|(key, value)| rules::check_parameter(key, value))?;
    let currency = item.get("currency").and_then(Value::as_str);
    currency.map_or(Ok(()), rules::check_currency_code)
}

/// The parameters of an item that Google knows.
#[derive(Debug, Deserialize, Payload)]
pub struct ItemFields {
    /// The product, as your shop knows it. An item needs this or a name.
    #[field(label = "Product ID")]
    pub item_id: Option<String>,
    /// The name of the product. An item needs this or an ID.
    #[field(label = "Name")]
    pub item_name: Option<String>,
    /// The shop or supplier that it comes from.
    #[field(label = "Affiliation")]
    pub affiliation: Option<String>,
    /// The coupon for this product.
    #[field(label = "Coupon")]
    pub coupon: Option<String>,
    /// The currency of the price, in three letters of ISO 4217.
    #[field(label = "Currency")]
    pub currency: Option<String>,
    /// What the product is cheaper by, for one piece.
    #[field(label = "Discount")]
    pub discount: Option<Number>,
    /// The position in a list.
    #[field(label = "Index")]
    pub index: Option<Number>,
    /// The brand.
    #[field(label = "Brand")]
    pub item_brand: Option<String>,
    /// The category, or the first level of several.
    #[field(label = "Category")]
    pub item_category: Option<String>,
    /// The second level of the category.
    #[field(label = "Category 2")]
    pub item_category2: Option<String>,
    /// The third level of the category.
    #[field(label = "Category 3")]
    pub item_category3: Option<String>,
    /// The fourth level of the category.
    #[field(label = "Category 4")]
    pub item_category4: Option<String>,
    /// The fifth level of the category.
    #[field(label = "Category 5")]
    pub item_category5: Option<String>,
    /// The ID of the list that the product was shown in.
    #[field(label = "Item list ID")]
    pub item_list_id: Option<String>,
    /// The name of the list that the product was shown in.
    #[field(label = "Item list name")]
    pub item_list_name: Option<String>,
    /// The size, colour or whatever else the product comes in.
    #[field(label = "Variant")]
    pub item_variant: Option<String>,
    /// The place, best as a [Google place ID](https://developers.google.com/maps/documentation/places/web-service/place-id).
    #[field(label = "Location ID")]
    pub location_id: Option<String>,
    /// The price of one piece.
    #[field(label = "Price")]
    pub price: Option<Number>,
    /// How many pieces.
    #[field(label = "Quantity")]
    pub quantity: Option<i64>,
}

/// What an item says about a promotion.
#[derive(Debug, Deserialize, Payload)]
pub struct PromotionFields {
    /// The name of the creative, for example of a banner.
    #[field(label = "Creative name")]
    pub creative_name: Option<String>,
    /// The place on the page that the creative stands in.
    #[field(label = "Creative slot")]
    pub creative_slot: Option<String>,
    /// The name of the promotion.
    #[field(label = "Promotion name")]
    pub promotion_name: Option<String>,
    /// The ID of the promotion.
    #[field(label = "Promotion ID")]
    pub promotion_id: Option<String>,
}

/// The fields of items that belong to a promotion.
#[must_use]
pub fn promotion_item_fields() -> Fields {
    let mut fields = ItemFields::fields();
    for (key, field) in PromotionFields::fields().iter() {
        fields.insert(key.to_owned(), field.clone());
    }
    fields
}

/// The default of fields for the products of an event: one item each.
#[must_use]
pub fn from_products() -> Value {
    let mut item = item_of_product();
    item.insert("index".to_owned(), json!({"@path": "$.position"}));
    json!({"@arrayPath": ["$.properties.products", item]})
}

/// The default of fields for the one product that an event is about.
#[must_use]
pub fn from_properties() -> Value {
    json!({"@arrayPath": ["$.properties", item_of_product()]})
}

fn item_of_product() -> JsonObject {
    [
        ("item_id", "$.product_id"),
        ("item_name", "$.name"),
        ("affiliation", "$.affiliation"),
        ("coupon", "$.coupon"),
        ("item_brand", "$.brand"),
        ("item_category", "$.category"),
        ("item_variant", "$.variant"),
        ("price", "$.price"),
        ("quantity", "$.quantity"),
    ]
    .into_iter()
    .map(|(key, path)| (key.to_owned(), json!({"@path": path})))
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(items: &Value) -> Result<()> {
        check(items.as_array().unwrap())
    }

    #[test]
    fn an_id_or_a_name_is_needed() {
        assert!(checked(&json!([])).is_ok());
        assert!(checked(&json!([{"item_id": "1"}, {"item_name": "Kettle"}])).is_ok());
        for nameless in [json!({"price": 2}), json!(1), json!("kettle")] {
            let error = checked(&json!([{"item_id": "1"}, nameless])).unwrap_err();
            assert!(
                matches!(error, Error::PayloadValidation(_)),
                "{nameless}: {error:?}"
            );
        }
    }

    #[test]
    fn parameters_of_items_have_the_limits_of_other_parameters() {
        let many = |count: usize| -> JsonObject {
            let own = (0..count).map(|n| (format!("own{n}"), json!(n)));
            own.chain([("item_id".to_owned(), json!("1")), ("price".to_owned(), json!(2))])
                .collect()
        };
        assert!(checked(&json!([many(27)])).is_ok());
        assert!(checked(&json!(vec![json!({"item_id": "1"}); 200])).is_ok());
        for unusable in [
            json!([many(28)]),
            json!([{"item_id": "1", "a b": 1}]),
            json!([{"item_id": "x".repeat(101)}]),
            json!([{"item_id": "1", "sizes": [1]}]),
            json!(vec![json!({"item_id": "1"}); 201]),
        ] {
            let error = checked(&unusable).unwrap_err();
            assert!(matches!(error, Error::PayloadValidation(_)), "{error:?}");
        }
    }

    #[test]
    fn currencies_of_items_are_checked() {
        assert!(checked(&json!([{"item_id": "1", "currency": "eur"}])).is_ok());
        let error = checked(&json!([{"item_id": "1", "currency": "euro"}])).unwrap_err();
        assert_eq!(error.code(), Some(ErrorCode::INVALID_CURRENCY_CODE));
    }
}
