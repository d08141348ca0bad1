//! What the attributes leave open follows from the types.

use std::collections::BTreeMap;

use insta::assert_json_snapshot;
use waystation_kit::FieldValue;
use waystation_kit::fields::FieldType;
use waystation_kit::prelude::*;

use super::field;

#[derive(Debug, Deserialize, Payload)]
struct Order {
    /// What was bought.
    #[field(default = json!({"@arrayPath": ["$.properties.products", {"sku": directive::path("$.sku")}]}))]
    products: Vec<Product>,
    buyer: Option<Box<Buyer>>,
    status: Status,
    earlier: Option<Vec<Status>>,
}

#[derive(Debug, Deserialize, Payload)]
struct Product {
    /// The number in the catalogue.
    #[field(label = "SKU")]
    sku: String,
    price: Option<f64>,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
struct Buyer {
    #[field(format = email, category = hashed_pii)]
    email_address: String,
    #[serde(rename(serialize = "Since", deserialize = "memberSince"))]
    since: Option<Datetime>,
}

#[derive(Debug, PartialEq, Deserialize, Choices)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Status {
    #[choice(label = "Being packed")]
    InProgress,
    #[serde(rename = "sent")]
    Shipped,
    #[serde(other)]
    Unknown,
}

#[test]
fn nested_structs_lists_and_enums() {
    assert_json_snapshot!(Order::fields(), @r#"
    {
      "products": {
        "label": "Products",
        "description": "What was bought.",
        "type": "object",
        "required": true,
        "multiple": true,
        "default": {
          "@arrayPath": [
            "$.properties.products",
            {
              "sku": {
                "@path": "$.sku"
              }
            }
          ]
        },
        "properties": {
          "sku": {
            "label": "SKU",
            "description": "The number in the catalogue.",
            "type": "string",
            "required": true
          },
          "price": {
            "label": "Price",
            "type": "number"
          },
          "tags": {
            "label": "Tags",
            "type": "string",
            "multiple": true
          }
        }
      },
      "buyer": {
        "label": "Buyer",
        "type": "object",
        "properties": {
          "emailAddress": {
            "label": "Email Address",
            "type": "string",
            "required": true,
            "format": "email",
            "category": "hashedPII"
          },
          "memberSince": {
            "label": "Member Since",
            "type": "datetime"
          }
        }
      },
      "status": {
        "label": "Status",
        "type": "string",
        "required": true,
        "choices": [
          {
            "label": "Being packed",
            "value": "IN_PROGRESS"
          },
          {
            "label": "Shipped",
            "value": "sent"
          }
        ]
      },
      "earlier": {
        "label": "Earlier",
        "type": "string",
        "multiple": true,
        "choices": [
          {
            "label": "Being packed",
            "value": "IN_PROGRESS"
          },
          {
            "label": "Shipped",
            "value": "sent"
          }
        ]
      }
    }
    "#);
}

#[test]
fn choices_are_named_as_serde_reads_them() {
    assert_eq!(Status::TYPE, FieldType::String);
    for status in [Status::InProgress, Status::Shipped] {
        assert_eq!(
            serde_json::from_value::<Status>(json!(status.name())).unwrap(),
            status
        );
        assert!(
            Status::choices()
                .iter()
                .any(|choice| choice.value == status.name())
        );
    }
    assert_eq!(Status::choices().len(), 2, "the catch-all is no choice");
    assert_eq!(Status::Unknown.name(), "UNKNOWN");
}

fn if_card() -> Required {
    Required::When(Conditions::all([Condition::is("kind", "card")]))
}

#[derive(Debug, Deserialize, Payload)]
struct Requirements {
    plain: String,
    option: Option<String>,
    list: Vec<String>,
    list_of_options: Vec<Option<String>>,
    option_of_list: Option<Vec<String>>,
    #[serde(default)]
    defaulted: bool,
    #[serde(default)]
    #[field(required)]
    defaulted_and_required: bool,
    #[field(required)]
    option_and_required: Option<String>,
    #[field(optional)]
    option_and_optional: Option<String>,
    #[field(required = if_card())]
    conditional: Option<String>,
    #[field(required = true)]
    stated: Option<String>,
}

#[test]
fn what_must_be_given_follows_from_the_type() {
    let given = |key| field::<Requirements>(key).required;
    for key in [
        "plain",
        "list",
        "list_of_options",
        "defaulted_and_required",
        "option_and_required",
        "stated",
    ] {
        assert_eq!(given(key), Required::Always, "{key}");
    }
    for key in ["option", "option_of_list", "defaulted", "option_and_optional"] {
        assert_eq!(given(key), Required::Never, "{key}");
    }
    assert_eq!(given("conditional"), if_card());
}

#[test]
fn a_payload_without_its_optional_fields_can_be_read() {
    let given: BTreeMap<&str, Value> = BTreeMap::from([
        ("plain", json!("")),
        ("list", json!([])),
        ("list_of_options", json!([null])),
        ("defaulted_and_required", json!(true)),
    ]);
    let payload: Requirements = serde_json::from_value(json!(given)).unwrap();
    assert!(!payload.defaulted && payload.option.is_none());
}
