//! Drafting an action from an operation of an OpenAPI document: the properties of its JSON body become fields.
//!
//! What a draft cannot know is left open: which events it is for, where the values come from. Texts for people are left
//! behind, as with manifests.

use serde_json::Value;
use waystation_kit::fields::{Choice, FieldDefinition, FieldType, Fields, Format, Required};

use super::{Action, Body, Delivery};
use crate::blueprint::sketch::check_action_slug;
use crate::error::ScaffoldError;
use crate::names;

/// Objects in objects in objects: what lies deeper is a free object, for schemas may hold themselves.
const DEEPEST: usize = 4;

const METHODS: [&str; 4] = ["post", "put", "patch", "delete"];

impl Action {
    /// An action with a field for each property of the body of an operation: by its `operationId`, or as `POST /path`.
    ///
    /// # Errors
    /// The slug cannot be used, or there is no such operation with a JSON object as body.
    pub fn from_openapi(document: &Value, operation: &str, slug: &str) -> Result<Self, ScaffoldError> {
        check_action_slug(slug)?;
        let found = operations(document).find(|known| known.is_called(operation));
        let found = found.ok_or_else(|| ScaffoldError::NoSuchOperation {
            operation: operation.to_owned(),
            known: operations(document).map(|known| known.name()).collect(),
        })?;
        let body = followed(document, &found.content["requestBody"]);
        let content = body["content"].as_object().into_iter().flatten();
        let schema = content
            .filter(|(media_type, _)| media_type.contains("json"))
            .map(|(_, content)| &content["schema"])
            .next();
        let fields = schema
            .map(|schema| properties(document, schema, 0))
            .unwrap_or_default();
        if fields.is_empty() {
            let problem = "its body is no JSON object with properties";
            return Err(ScaffoldError::openapi(found.name(), problem));
        }
        Ok(Self {
            slug: slug.to_owned(),
            title: names::words(slug)
                .iter()
                .map(|word| names::capitalised(word))
                .collect::<Vec<_>>()
                .join(" "),
            subscribe: None,
            is_hidden: false,
            delivery: Delivery::Single,
            sync_modes: None,
            dynamic_fields: Vec::new(),
            hooks: Vec::new(),
            fields,
            body: Body::Unwritten,
        })
    }
}

/// An operation of a document.
struct Operation<'d> {
    method: &'static str,
    path: &'d str,
    content: &'d Value,
}

impl Operation<'_> {
    fn is_called(&self, name: &str) -> bool {
        self.content["operationId"] == name || self.on_the_wire() == name
    }

    fn name(&self) -> String {
        self.content["operationId"]
            .as_str()
            .map_or_else(|| self.on_the_wire(), str::to_owned)
    }

    fn on_the_wire(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }
}

fn operations(document: &Value) -> impl Iterator<Item = Operation<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, methods)| {
        let of_method = move |method: &'static str| {
            let content = methods.get(method)?;
            Some(Operation {
                method,
                path,
                content,
            })
        };
        METHODS.into_iter().filter_map(of_method)
    })
}

/// What a reference within the document leads to; anything else is itself.
fn followed<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    let mut value = value;
    // References to references are rare, and circles of them a mistake.
    for _ in 0..8 {
        let Some(pointer) = value["$ref"]
            .as_str()
            .and_then(|reference| reference.strip_prefix('#'))
        else {
            return value;
        };
        value = document.pointer(pointer).unwrap_or(&Value::Null);
    }
    value
}

/// The properties of an object, those of all its parts included.
fn properties(document: &Value, schema: &Value, depth: usize) -> Fields {
    let schema = followed(document, schema);
    let mut fields = Fields::new();
    for part in schema["allOf"].as_array().into_iter().flatten() {
        let inherited = properties(document, part, depth);
        fields.extend(
            inherited
                .iter()
                .map(|(key, field)| (key.to_owned(), field.clone())),
        );
    }
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let property = followed(document, property);
        // What the partner decides is not for a payload.
        if property["readOnly"] != true {
            fields.insert(
                key.clone(),
                field(document, key, property, required.contains(&key.as_str()), depth),
            );
        }
    }
    fields
}

fn field(document: &Value, key: &str, schema: &Value, is_required: bool, depth: usize) -> FieldDefinition {
    let types = types(schema);
    let is_list = types.contains(&"array");
    let one = if is_list {
        followed(document, &schema["items"])
    } else {
        schema
    };
    let field_type = field_type(one);
    let inside = match field_type {
        FieldType::Object if depth < DEEPEST => Some(properties(document, one, depth + 1)),
        _ => None,
    };
    let limit = |name: &str| match field_type {
        FieldType::String => one[format!("{name}Length")].as_f64(),
        FieldType::Number => one[format!("{name}imum")].as_f64(),
        _ => None,
    };
    FieldDefinition {
        description: format!("{}.", names::label(key)).into(),
        required: if is_required {
            Required::Always
        } else {
            Required::Never
        },
        multiple: is_list,
        allow_null: !is_list && (types.contains(&"null") || schema["nullable"] == true),
        format: format(one, field_type),
        minimum: limit("min"),
        maximum: limit("max"),
        choices: choices(one),
        properties: inside.filter(|inside| !inside.is_empty()),
        ..FieldDefinition::new(names::label(key), field_type)
    }
}

/// The types that a schema allows: one, or a list of them.
fn types(schema: &Value) -> Vec<&str> {
    match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

fn field_type(schema: &Value) -> FieldType {
    let types = types(schema);
    let is = |name: &str| types.contains(&name);
    match schema["format"].as_str() {
        Some("date" | "date-time") if is("string") => FieldType::Datetime,
        Some("password") if is("string") => FieldType::Password,
        _ if is("integer") => FieldType::Integer,
        _ if is("number") => FieldType::Number,
        _ if is("boolean") => FieldType::Boolean,
        _ if is("string") || !schema["enum"].is_null() => FieldType::String,
        _ => FieldType::Object,
    }
}

/// The formats that a text of a payload is checked for.
fn format(schema: &Value, field_type: FieldType) -> Option<Format> {
    match (schema["format"].as_str()?, field_type) {
        ("email", FieldType::String) => Some(Format::Email),
        ("uri" | "url", FieldType::String) => Some(Format::Uri),
        ("uuid", FieldType::String) => Some(Format::Uuid),
        ("ipv4", FieldType::String) => Some(Format::Ipv4),
        ("ipv6", FieldType::String) => Some(Format::Ipv6),
        ("hostname", FieldType::String) => Some(Format::Hostname),
        _ => None,
    }
}

fn choices(schema: &Value) -> Vec<Choice> {
    let allowed = schema["enum"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|value| !value.is_null());
    allowed
        .map(|value| {
            let label = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Choice::new(label, value.clone())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document() -> Value {
        json!({
            "paths": {"/contacts": {"post": {
                "operationId": "createContact",
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Contact"}}}},
            }, "get": {"operationId": "listContacts"}}},
            "components": {"schemas": {
                "Named": {"properties": {"name": {"type": "string", "maxLength": 40}}, "required": ["name"]},
                "Contact": {
                    "allOf": [{"$ref": "#/components/schemas/Named"}],
                    "required": ["email"],
                    "properties": {
                        "id": {"type": "string", "readOnly": true},
                        "email": {"type": "string", "format": "email", "description": "The partner's own words."},
                        "score": {"type": ["number", "null"], "minimum": 1},
                        "plan": {"type": "string", "enum": ["free", "pro"]},
                        "tags": {"type": "array", "items": {"type": "string"}},
                        "bornAt": {"type": "string", "format": "date-time"},
                        "parent": {"$ref": "#/components/schemas/Contact"},
                    },
                },
            }},
        })
    }

    #[test]
    fn properties_become_fields() {
        let action = Action::from_openapi(&document(), "createContact", "addContact").unwrap();
        let told = |key: &str| {
            let field = action.fields.get(key).unwrap();
            (field.field_type, field.required.clone(), field.multiple)
        };
        assert_eq!(told("name"), (FieldType::String, Required::Always, false));
        assert_eq!(told("email"), (FieldType::String, Required::Always, false));
        assert_eq!(told("score"), (FieldType::Number, Required::Never, false));
        assert_eq!(told("tags"), (FieldType::String, Required::Never, true));
        assert_eq!(told("bornAt"), (FieldType::Datetime, Required::Never, false));
        let field = |key: &str| action.fields.get(key).unwrap().clone();
        assert_eq!(field("email").description, "Email.");
        assert_eq!(
            (field("name").maximum, field("score").minimum),
            (Some(40.0), Some(1.0))
        );
        assert!(field("score").allow_null && field("plan").choices.len() == 2);
        assert!(action.fields.get("id").is_none());
        // A schema that holds itself comes to an end.
        let mut deepest = field("parent");
        let mut depth = 1;
        while let Some(inside) = deepest.properties {
            deepest = inside.get("parent").unwrap().clone();
            depth += 1;
        }
        assert_eq!(depth, DEEPEST + 1);
    }

    #[test]
    fn an_operation_is_named_either_way() {
        let by_path = Action::from_openapi(&document(), "POST /contacts", "addContact").unwrap();
        let by_id = Action::from_openapi(&document(), "createContact", "addContact").unwrap();
        assert_eq!(by_path, by_id);
        let told = Action::from_openapi(&document(), "createPerson", "add")
            .unwrap_err()
            .to_string();
        assert!(
            told.contains("createPerson") && told.contains("createContact"),
            "{told}"
        );
    }
}
