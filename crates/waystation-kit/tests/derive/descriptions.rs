//! What the attributes say reaches the definitions.

use insta::assert_json_snapshot;
use waystation_kit::fields::{FieldDefinition, FieldType, Format};
use waystation_kit::payload::default_mapping;
use waystation_kit::prelude::*;

/// Not the description of a field.
#[derive(Debug, Deserialize, Payload)]
struct TrackEvent {
    /// The person's identifier
    /// in your workspace.
    #[field(label = "Person ID", default = path("$.userId"))]
    id: Option<String>,
    #[field(default = template("{{event}} on {{context.page.url}}"), minimum = 1, maximum = 100)]
    event_name: String,
    #[field(type = text, default = first_of("$.messageId", "$.properties.id"), placeholder = "a text")]
    #[serde(rename = "messageID")]
    message: Option<String>,
    #[field(default = json!({"@path": "$.properties"}), object_ui = key_value_only, additional_properties)]
    properties: Option<JsonObject>,
}

#[test]
fn a_payload_is_the_definition_of_its_fields() {
    assert_json_snapshot!(TrackEvent::fields(), @r#"
    {
      "id": {
        "label": "Person ID",
        "description": "The person's identifier in your workspace.",
        "type": "string",
        "default": {
          "@path": "$.userId"
        }
      },
      "event_name": {
        "label": "Event Name",
        "type": "string",
        "required": true,
        "minimum": 1.0,
        "maximum": 100.0,
        "default": {
          "@template": "{{event}} on {{context.page.url}}"
        }
      },
      "messageID": {
        "label": "Message ID",
        "type": "text",
        "default": {
          "@if": {
            "exists": {
              "@path": "$.messageId"
            },
            "then": {
              "@path": "$.messageId"
            },
            "else": {
              "@path": "$.properties.id"
            }
          }
        },
        "placeholder": "a text"
      },
      "properties": {
        "label": "Properties",
        "type": "object",
        "additionalProperties": true,
        "default": {
          "@path": "$.properties"
        },
        "defaultObjectUI": "keyvalue:only"
      }
    }
    "#);
}

#[test]
fn the_default_mapping_has_the_fields_with_defaults() {
    let mapping = default_mapping(&TrackEvent::fields());
    assert_eq!(
        mapping.keys().collect::<Vec<_>>(),
        ["id", "event_name", "messageID", "properties"]
    );
    assert_eq!(
        mapping["event_name"],
        json!({"@template": "{{event}} on {{context.page.url}}"})
    );
}

#[derive(Debug, Deserialize, Settings)]
#[settings(extend = audience_fields)]
#[serde(default)]
struct ConnectionSettings {
    /// Found in the account's settings.
    #[field(label = "API key", required)]
    api_key: Secret,
    #[field(choices = ["us", ("Europe", "eu"), ("Number three", 3), Choice::new("Other", "x")], default = "us")]
    region: Option<String>,
    timeout: i32,
}

fn audience_fields() -> Fields {
    Fields::new().with("audience", FieldDefinition::new("Audience", FieldType::String))
}

impl Default for ConnectionSettings {
    fn default() -> Self {
        Self {
            api_key: Secret::default(),
            region: None,
            timeout: 10,
        }
    }
}

#[test]
fn settings_are_described_like_payloads() {
    assert_json_snapshot!(ConnectionSettings::fields(), @r#"
    {
      "api_key": {
        "label": "API key",
        "description": "Found in the account's settings.",
        "type": "password",
        "required": true
      },
      "region": {
        "label": "Region",
        "type": "string",
        "choices": [
          {
            "label": "us",
            "value": "us"
          },
          {
            "label": "Europe",
            "value": "eu"
          },
          {
            "label": "Number three",
            "value": 3
          },
          {
            "label": "Other",
            "value": "x"
          }
        ],
        "default": "us"
      },
      "timeout": {
        "label": "Timeout",
        "type": "integer"
      },
      "audience": {
        "label": "Audience",
        "type": "string"
      }
    }
    "#);
    let settings: ConnectionSettings =
        serde_json::from_value(json!({"api_key": "a", "region": "eu"})).unwrap();
    assert_eq!(
        (
            settings.api_key.expose(),
            settings.region.as_deref(),
            settings.timeout
        ),
        ("a", Some("eu"), 10)
    );
}

#[derive(Debug, Deserialize, Payload)]
struct EverySetting {
    #[field(
        key = "every",
        type = string,
        multiple,
        allow_null,
        dynamic,
        hidden,
        read_only,
        format = uri,
        minimum = -1.5,
        maximum = LONGEST,
        default = -1,
        category = internal,
        depends_on = Conditions::any([Condition::is_set("other")]),
        display_mode = collapsed,
        disabled_input_methods = [literal, variable, function, enrichment, freeform],
        choices = regions(),
    )]
    #[serde(rename = "every")]
    value: Option<Value>,
    #[field(type = object, properties = Person::fields(), single)]
    other: Option<Vec<Value>>,
}

const LONGEST: f64 = 40.0;

fn regions() -> Vec<Choice> {
    vec![Choice::from("us")]
}

#[test]
fn every_setting_reaches_the_definition() {
    assert_json_snapshot!(EverySetting::fields(), @r#"
    {
      "every": {
        "label": "Every",
        "type": "string",
        "multiple": true,
        "allowNull": true,
        "format": "uri",
        "minimum": -1.5,
        "maximum": 40.0,
        "choices": [
          {
            "label": "us",
            "value": "us"
          }
        ],
        "default": -1,
        "dynamic": true,
        "unsafe_hidden": true,
        "readOnly": true,
        "depends_on": {
          "match": "any",
          "conditions": [
            {
              "fieldKey": "other",
              "operator": "is_not"
            }
          ]
        },
        "category": "internal",
        "displayMode": "collapsed",
        "disabledInputMethods": [
          "literal",
          "variable",
          "function",
          "enrichment",
          "freeform"
        ]
      },
      "other": {
        "label": "Other",
        "type": "object",
        "properties": {
          "user_id": {
            "label": "User ID",
            "type": "string",
            "required": true
          }
        }
      }
    }
    "#);
}

#[derive(Debug, Deserialize, Payload)]
struct Person {
    user_id: String,
}

#[derive(Debug, Deserialize, Payload)]
struct EveryWord {
    #[field(format = date, object_ui = key_value, category = identifier, display_mode = expanded)]
    a: Value,
    #[field(type = text, format = time, category = data, display_mode = normal)]
    b: Value,
    #[field(type = number, format = date_time, category = config)]
    c: Value,
    #[field(type = integer, format = date_like, category = sync)]
    d: Value,
    #[field(type = datetime, format = uri_reference)]
    e: Value,
    #[field(type = boolean, format = uri_template)]
    f: Value,
    #[field(type = password, format = hostname)]
    g: Value,
    #[field(type = object, format = ipv4, object_ui = object)]
    h: Value,
    #[field(object_ui = object_only, format = ipv6)]
    i: Value,
    #[field(object_ui = list, format = regex)]
    j: Value,
    #[field(format = uuid)]
    k: Value,
    #[field(format = json_pointer)]
    l: Value,
    #[field(format = password)]
    m: Value,
    #[field(format = text)]
    n: Value,
}

#[test]
fn every_word_of_the_attributes_is_a_variant() {
    let fields = EveryWord::fields();
    let formats: Vec<&str> = fields
        .iter()
        .filter_map(|(_, field)| field.format.map(Format::name))
        .collect();
    assert_eq!(formats.len(), 14);
    let read = serde_json::from_value::<EveryWord>(json!({"a": 1})).unwrap_err();
    assert!(
        read.to_string().contains("missing field"),
        "a `Value` is required"
    );
}
