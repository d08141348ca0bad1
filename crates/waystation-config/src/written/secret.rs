//! Texts that may be kept elsewhere.

use serde_json::{Value, json};
use waystation_kit::Secret;

use crate::document::{Definitions, Findings, Form, Kind, Tree, wrong_type};

/// A text that must not be shown, or where it is kept. It is its own form.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum SecretText {
    /// It stands in the file itself.
    Here(Secret),
    /// In this environment variable.
    Environment(String),
    /// In this file.
    File(String),
}

impl Form<Self> for SecretText {
    fn one(tree: &Tree, findings: &mut Findings<'_>) -> Option<Self> {
        match &tree.kind {
            Kind::Text(text) => Some(Self::Here(Secret::new(text.as_str()))),
            _ => reference(tree).or_else(|| {
                let expected = "a text, { env = \"NAME\" } or { file = \"/path\" }";
                wrong_type(tree, expected, findings)
            }),
        }
    }

    /// Only the demo's write key, which everybody knows, is ever written.
    fn written(value: &Self) -> Option<Value> {
        match value {
            Self::Here(secret) => Some(secret.expose().into()),
            Self::Environment(_) | Self::File(_) => None,
        }
    }

    fn schema(definitions: &mut Definitions) -> Value {
        let reference = |key: &str, about: &str| {
            json!({
                "type": "object",
                "properties": {key: {"type": "string"}},
                "required": [key],
                "additionalProperties": false,
                "description": about,
            })
        };
        let file = "In a file; a line end at its end does not count. A relative path counts from the folder of the configuration.";
        definitions.entry("Secret").or_insert_with(|| {
            json!({
                "description": "A text, or where it is kept.",
                "anyOf": [
                    {"type": "string"},
                    reference("env", "In an environment variable."),
                    reference("file", file),
                ],
            })
        });
        json!({"$ref": "#/$defs/Secret"})
    }

    fn shown(_: &Self) -> Option<Value> {
        None
    }
}

/// A table with nothing in it but `env` or `file` and a text tells where a text is kept.
pub(crate) fn reference(tree: &Tree) -> Option<SecretText> {
    let [entry] = tree.entries() else {
        return None;
    };
    let place = entry.value.text()?.to_owned();
    match entry.key.value.as_str() {
        "env" => Some(SecretText::Environment(place)),
        "file" => Some(SecretText::File(place)),
        _ => None,
    }
}
