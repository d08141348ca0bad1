//! Fields that come from elsewhere, and what is no field.

use std::marker::PhantomData;

use waystation_kit::FieldValue;
use waystation_kit::fields::{FieldDefinition, FieldType};
use waystation_kit::prelude::*;

use super::{field, keys};

mod shared {
    use super::{FieldDefinition, FieldType, Fields, Value};

    pub(super) fn batching() -> Fields {
        Fields::new().with(
            "enable_batching",
            FieldDefinition {
                default: Some(Value::Bool(true)),
                ..FieldDefinition::new("Send in batches", FieldType::Boolean)
            },
        )
    }

    pub(super) fn batch_size() -> Fields {
        Fields::new().with(
            "batch_size",
            FieldDefinition::new("Batch size", FieldType::Integer),
        )
    }
}

#[derive(Debug, Deserialize, Payload)]
struct Identity {
    user_id: String,
    anonymous_id: Option<String>,
}

#[derive(Debug, Deserialize, Payload)]
#[payload(extend = shared::batching)]
#[payload(extend = shared::batch_size)]
struct Composed {
    first: String,
    #[serde(flatten)]
    identity: Identity,
    #[field(key = "renamed")]
    #[serde(alias = "renamed")]
    own: Option<String>,
    r#type: String,
    #[field(skip)]
    #[serde(default)]
    not_a_field: bool,
    #[serde(skip)]
    not_read: bool,
    #[serde(flatten)]
    others: JsonObject,
}

#[test]
fn fields_come_from_the_struct_from_flattened_structs_and_from_extensions() {
    assert_eq!(
        keys(&Composed::fields()),
        [
            "first",
            "user_id",
            "anonymous_id",
            "renamed",
            "type",
            "enable_batching",
            "batch_size"
        ]
    );
    assert_eq!(field::<Composed>("enable_batching").default, Some(json!(true)));
    let payload: Composed =
        serde_json::from_value(json!({"first": "a", "user_id": "b", "renamed": "c", "type": "d", "e": 1}))
            .unwrap();
    assert_eq!(payload.own.as_deref(), Some("c"));
    assert_eq!(payload.others.get("e"), Some(&json!(1)));
    assert!(!payload.not_a_field && !payload.not_read && payload.first == "a" && payload.r#type == "d");
    assert!(payload.identity.user_id == "b" && payload.identity.anonymous_id.is_none());
}

#[derive(Debug, Deserialize, Payload)]
struct Node {
    name: Option<String>,
    #[field(properties = Fields::new().with("name", FieldDefinition::new("Name", FieldType::String)))]
    children: Vec<Node>,
}

#[test]
fn a_struct_may_contain_itself_where_its_properties_are_given() {
    assert_eq!(
        field::<Node>("children").properties.as_ref().map(keys),
        Some(vec!["name"])
    );
    let node: Node = serde_json::from_value(json!({"children": [{"name": "a", "children": []}]})).unwrap();
    assert_eq!((node.name, node.children[0].name.as_deref()), (None, Some("a")));
}

#[derive(Debug, Deserialize, Payload)]
struct Nothing {}

#[test]
fn a_struct_may_be_empty() {
    assert!(Nothing::fields().is_empty());
    assert_eq!(Nothing::properties(), Some(Fields::new()));
}

trait Kind: Send + Sync + 'static {
    fn items() -> Value;
}

struct Added;
struct Viewed;

impl Kind for Added {
    fn items() -> Value {
        directive::path("$.properties")
    }
}

impl Kind for Viewed {
    fn items() -> Value {
        directive::path("$.properties.products")
    }
}

#[derive(Debug, Deserialize, Payload)]
#[serde(bound = "")]
struct CartEvent<K: Kind> {
    #[field(default = K::items())]
    items: Option<JsonObject>,
    #[serde(skip)]
    kind: PhantomData<K>,
}

#[test]
fn siblings_share_a_struct_with_a_type_parameter() {
    let default = |field: FieldDefinition| field.default;
    assert_eq!(
        default(field::<CartEvent<Added>>("items")),
        Some(directive::path("$.properties"))
    );
    assert_eq!(
        default(field::<CartEvent<Viewed>>("items")),
        Some(directive::path("$.properties.products"))
    );
    assert_eq!(keys(&CartEvent::<Added>::fields()), ["items"]);
    let payload: CartEvent<Added> = serde_json::from_value(json!({"items": {"id": 1}})).unwrap();
    assert_eq!(payload.items.map(Value::Object), Some(json!({"id": 1})));
}
