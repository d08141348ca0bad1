//! The products of an event
//! ([reference](https://developers.facebook.com/docs/marketing-api/conversions-api/parameters/custom-data)).

use serde_json::Number;
use waystation_kit::prelude::*;
use waystation_kit::text::is_given;

/// A product.
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct Content {
    /// The product, as your catalog knows it. Every product needs it.
    #[field(label = "Product ID")]
    pub id: Option<String>,
    /// How many of them.
    #[field(label = "Quantity", type = integer)]
    pub quantity: Option<Number>,
    /// The price of one piece.
    #[field(label = "Item price")]
    pub item_price: Option<Number>,
    /// How it reaches the customer: `in_store`, `curbside` or `home_delivery`.
    #[field(label = "Delivery category")]
    pub delivery_category: Option<String>,
}

const DELIVERY_CATEGORIES: [&str; 3] = ["in_store", "curbside", "home_delivery"];

/// Checks that every product has an ID and is delivered in a way that Meta knows.
///
/// # Errors
/// A product has no ID, or an unknown delivery category.
pub fn check(contents: &[Content]) -> Result<()> {
    for (index, content) in contents.iter().enumerate() {
        if !is_given(&content.id) {
            return Err(Error::payload(format!("contents[{index}] needs an ID")));
        }
        let category = content.delivery_category.as_deref().unwrap_or_default();
        if !category.is_empty() && !DELIVERY_CATEGORIES.contains(&category) {
            return Err(Error::payload(format!(
                "The delivery category of contents[{index}] is \"{category}\", and has to be one of {}",
                DELIVERY_CATEGORIES.join(", ")
            )));
        }
    }
    Ok(())
}

/// The products of an event about many of them.
#[must_use]
pub fn from_products() -> Value {
    json!({"@arrayPath": ["$.properties.products", one_product()]})
}

/// The product of an event about a single one.
#[must_use]
pub fn from_properties() -> Value {
    json!({"@arrayPath": ["$.properties", one_product()]})
}

fn one_product() -> Value {
    json!({
        "id": directive::path("$.product_id"),
        "quantity": directive::path("$.quantity"),
        "item_price": directive::path("$.price"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(contents: Value) -> Result<()> {
        let contents: Vec<Content> = serde_json::from_value(contents).unwrap();
        check(&contents)
    }

    #[test]
    fn products_need_an_id() {
        assert!(checked(json!([])).is_ok());
        assert!(checked(json!([{"id": "a"}, {"id": "b", "quantity": 2}])).is_ok());
        for nameless in [json!({"quantity": 1}), json!({"id": ""}), json!({"id": null})] {
            let error = checked(json!([{"id": "a"}, nameless])).unwrap_err();
            assert!(
                matches!(&error, Error::PayloadValidation(message) if message.contains("contents[1]")),
                "{error:?}"
            );
        }
    }

    #[test]
    fn ways_of_delivery_are_known() {
        for category in ["in_store", "curbside", "home_delivery", ""] {
            assert!(
                checked(json!([{"id": "a", "delivery_category": category}])).is_ok(),
                "{category}"
            );
        }
        for category in ["drone", "In_Store"] {
            let error = checked(json!([{"id": "a", "delivery_category": category}])).unwrap_err();
            assert!(
                matches!(&error, Error::PayloadValidation(message) if message.contains(category)),
                "{error:?}"
            );
        }
    }
}
