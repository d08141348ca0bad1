//! Export of compiled fields as a JSON schema (draft 7).
//!
//! The schema says what a prepared payload looks like, and is the one that Segment's runtime derives from
//! the same fields. Formats such as `date-like` are not standard; validators ignore those they do not know.

use serde_json::{Value, json};
use waystation_json::{JsonObject, number_from_f64};

use crate::compile::{effective_format, effective_limit, has_conditional};
use crate::definition::{FieldDefinition, FieldType};
use crate::error::JsonType;
use crate::fields::Fields;
use crate::node::{Node, ObjectNode, Shape};
use crate::requirement::{Check, Place, Requirement, Test, When};

const DIALECT: &str = "http://json-schema.org/schema#";

/// The schema of a payload from its fields and what they were compiled to.
pub(crate) fn of_payload(fields: &Fields, node: &ObjectNode) -> Value {
    let mut schema = object(fields, node);
    schema.extend(demands(node));
    Value::Object(schema)
}

/// The schema of an object, but for what it requires.
fn object(fields: &Fields, node: &ObjectNode) -> JsonObject {
    let properties = fields.iter().zip(node.properties());
    let properties: JsonObject = properties
        .map(|((key, field), property)| (key.to_owned(), value(field, &property.node)))
        .collect();
    keywords([
        ("$schema", json!(DIALECT)),
        ("type", json!("object")),
        ("additionalProperties", json!(node.keeps_undeclared)),
        ("properties", Value::Object(properties)),
    ])
}

/// What an object requires.
fn demands(node: &ObjectNode) -> JsonObject {
    let required = node.properties().iter().filter(|property| property.required);
    let mut demands = keywords([("required", required.map(|property| &*property.key).collect())]);
    if !node.requirements.is_empty() {
        let requirements = node.requirements.iter().map(requirement).collect();
        demands.insert("allOf".to_owned(), Value::Array(requirements));
    }
    demands
}

fn value(field: &FieldDefinition, node: &Node) -> Value {
    let mut schema = keywords([("title", json!(field.label))]);
    if !field.description.is_empty() {
        schema.insert("description".to_owned(), json!(field.description));
    }
    schema.extend(effective_format(field).map(|format| ("format".to_owned(), json!(format.name()))));
    schema.extend(
        field
            .default
            .clone()
            .map(|default| ("default".to_owned(), default)),
    );
    schema.extend(limits(field));
    schema.extend(content(field, node));
    Value::Object(schema)
}

/// The keywords about the type of a value and what is inside of it.
fn content(field: &FieldDefinition, node: &Node) -> JsonObject {
    let mut schema = keywords([("type", types(node.types()))]);
    match (&node.shape, field.object_properties()) {
        (Shape::List(item), _) => {
            schema.insert("items".to_owned(), Value::Object(content(field, item)));
        }
        (Shape::Object(node), Some(properties)) => {
            schema.extend(object(properties, node));
            // The enclosing object checks what is required as soon as some of it is conditional.
            if !has_conditional(properties) {
                schema.extend(demands(node));
            }
        }
        _ => {}
    }
    if let Some(choices) = &node.choices {
        schema.insert("enum".to_owned(), Value::from(choices.allowed().to_vec()));
    }
    schema
}

fn types(types: &[JsonType]) -> Value {
    match types {
        [only] => json!(only.name()),
        several => several.iter().map(|several| several.name()).collect(),
    }
}

fn limits(field: &FieldDefinition) -> JsonObject {
    let (minimum, maximum) = match field.field_type {
        FieldType::Number => ("minimum", "maximum"),
        FieldType::String => ("minLength", "maxLength"),
        _ => return JsonObject::new(),
    };
    [(minimum, field.minimum), (maximum, field.maximum)]
        .into_iter()
        .filter_map(|(keyword, limit)| Some((keyword.to_owned(), number_from_f64(effective_limit(limit)?))))
        .collect()
}

/// `if` the conditions hold, `then` the demand is there.
fn requirement(requirement: &Requirement) -> Value {
    let then = match &requirement.demand {
        Place::Key(key) => json!({"required": [key]}),
        Place::Child { parent, child } => {
            json!({"required": [parent], "properties": {parent: {"required": [child]}}})
        }
    };
    json!({"if": condition(&requirement.when), "then": then})
}

fn condition(when: &When) -> Value {
    match when {
        When::Unset(key) => json!({"anyOf": [absent(key), is_null(key)]}),
        When::Set(key) => json!({"allOf": [{"required": [key]}, {"not": is_null(key)}]}),
        When::Holds(only) => test(only),
        When::All(tests) => json!({"allOf": tests.iter().map(test).collect::<Value>()}),
        When::Any(tests) => json!({"anyOf": tests.iter().map(test).collect::<Value>()}),
    }
}

fn absent(key: &str) -> Value {
    json!({"not": {"required": [key]}})
}

fn is_null(key: &str) -> Value {
    json!({"properties": {key: {"type": "null"}}})
}

fn test(test: &Test) -> Value {
    match (&test.place, &test.check) {
        (Place::Key(key), Check::Absent) => absent(key),
        (Place::Key(key), Check::Present) => json!({"required": [key]}),
        (Place::Key(key), check) => present_and(key, &schema_of(check)),
        (Place::Child { parent, child }, check) => {
            present_and(parent, &present_and(child, &schema_of(check)))
        }
    }
}

/// The key is there, and its value fits the schema.
fn present_and(key: &str, schema: &Value) -> Value {
    json!({"required": [key], "properties": {key: schema}})
}

/// What a check says about a value that is there.
fn schema_of(check: &Check) -> Value {
    match check {
        Check::Is(value) => json!({"const": value}),
        Check::IsNot(value) => json!({"not": {"const": value}}),
        Check::Present => json!({}),
        Check::Absent | Check::Never => json!({"not": {}}),
    }
}

fn keywords<const N: usize>(keywords: [(&str, Value); N]) -> JsonObject {
    keywords
        .into_iter()
        .map(|(keyword, value)| (keyword.to_owned(), value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Schema;

    fn exported(fields: Value) -> Value {
        let fields: Fields = serde_json::from_value(fields).unwrap();
        Schema::compile(&fields).unwrap().to_json_schema().clone()
    }

    #[test]
    fn values_say_their_types_and_choices() {
        let schema = exported(json!({
            "when": {"label": "When", "type": "datetime", "allowNull": true, "default": 1, "required": true},
            "tags": {"label": "Tags", "type": "string", "multiple": true, "choices": ["a"], "maximum": 9},
        }));
        assert_eq!(
            schema,
            json!({
                "$schema": DIALECT, "type": "object", "additionalProperties": false, "required": ["when"],
                "properties": {
                    "when": {
                        "title": "When", "type": ["string", "number", "null"], "format": "date-like", "default": 1
                    },
                    "tags": {
                        "title": "Tags", "type": "array", "maxLength": 9, "items": {"type": "string", "enum": ["a"]}
                    },
                },
            })
        );
    }

    #[test]
    fn requirements_of_properties_move_to_the_enclosing_object() {
        let schema = exported(json!({"o": {"label": "o", "type": "object", "properties": {
            "a": {"label": "a", "type": "string", "required": true},
            "b": {"label": "b", "type": "string", "required": {
                "conditions": [{"fieldKey": "o.a", "operator": "is", "value": 1}],
            }},
        }}}));
        assert_eq!(schema["properties"]["o"].get("required"), None);
        assert_eq!(
            schema["allOf"],
            json!([{
                "if": {"required": ["o"], "properties": {"o": {
                    "required": ["a"], "properties": {"a": {"const": 1}},
                }}},
                "then": {"required": ["o"], "properties": {"o": {"required": ["b"]}}},
            }])
        );
    }
}
