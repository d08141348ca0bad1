//! The JSON schema of the file, for editors.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use crate::document::{Findings, Source, parse, to_json};
use crate::load::reference;
use crate::written::File;

/// The parts of the reference that are no defaults.
const DEMO: [&str; 3] = ["sources", "connections", "api"];

/// The JSON schema of the file (draft 2020-12). Its descriptions are those of the settings, its defaults those of
/// the [`reference()`].
#[must_use]
pub fn json_schema() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<File>().to_value();
    schema["title"] = "Waystation's configuration".into();
    without_null(&mut schema);
    let definitions = schema.get("$defs").cloned().unwrap_or_default();
    let defaults = defaults();
    let sections = schema.get("properties").and_then(Value::as_object).cloned();
    for (name, section) in sections.into_iter().flatten() {
        if let Some(defaults) = defaults.get(&name) {
            add_defaults(&mut schema, &definitions, &section, defaults);
        }
    }
    schema
}

/// Settings may be left out, which the schema has anyway; TOML has no null.
fn without_null(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let is_null = |schema: &Value| schema.get("type") == Some(&Value::from("null"));
            if let Some(Value::Array(choices)) = members.get_mut("anyOf") {
                choices.retain(|choice| !is_null(choice));
                if let [Value::Object(only)] = choices.as_mut_slice() {
                    let only = std::mem::take(only);
                    members.shift_remove("anyOf");
                    // What is said about the setting goes before what is said about its type.
                    for (key, value) in only {
                        members.entry(key).or_insert(value);
                    }
                }
            }
            if let Some(Value::Array(types)) = members.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    members.insert("type".to_owned(), only);
                }
            }
            members.values_mut().for_each(without_null);
        }
        Value::Array(items) => items.iter_mut().for_each(without_null),
        _ => {}
    }
}

/// The values of the reference, demo left out.
fn defaults() -> Map<String, Value> {
    let source = Source::new("default.toml", reference().to_owned());
    let mut findings = Findings::new(&source);
    let tree = parse(&source, &mut findings);
    match tree.map(|tree| to_json(&tree, &mut findings)) {
        Some(Value::Object(mut values)) => {
            values.retain(|section, _| !DEMO.contains(&section.as_str()));
            values
        }
        _ => Map::new(),
    }
}

/// Writes the defaults of a section to the definition that its schema refers to.
fn add_defaults(schema: &mut Value, definitions: &Value, section: &Value, defaults: &Value) {
    let definition = section.get("$ref").and_then(Value::as_str);
    let Some(name) = definition.and_then(|path| path.strip_prefix("#/$defs/")) else {
        return;
    };
    for (key, default) in defaults.as_object().into_iter().flatten() {
        let Some(property) = definitions[name]["properties"].get(key) else {
            continue;
        };
        match default {
            Value::Object(_) => add_defaults(schema, definitions, property, default),
            _ => schema["$defs"][name]["properties"][key]["default"] = default.clone(),
        }
    }
}
