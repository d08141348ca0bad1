use serde::Deserialize;
use serde_json::Value;
use waystation_kit::{JsonObject, Payload};

#[derive(Deserialize, Payload)]
struct Event {
    #[field(required, optional)]
    id: Option<String>,
    #[field(single, multiple)]
    names: Vec<String>,
    #[field(minimum = 10, maximum = 2)]
    age: i64,
    #[field(type = string, object_ui = key_value)]
    traits: Value,
    #[field(skip, label = "Left out", hidden)]
    #[serde(default)]
    left_out: String,
    #[field(label = "Not read")]
    #[serde(skip)]
    not_read: String,
    #[field(label = "Others")]
    #[serde(flatten)]
    others: JsonObject,
}

fn main() {}
