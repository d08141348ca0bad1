//! Texts that may be kept elsewhere.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use waystation_kit::Secret;

use crate::document::{Findings, Kind, Read, Tree, wrong_type};

/// A text that must not be shown, or where it is kept.
#[derive(Debug, Clone)]
pub(crate) enum SecretText {
    /// It stands in the file itself.
    Here(Secret),
    /// In this environment variable.
    Environment(String),
    /// In this file.
    File(String),
}

impl Read for SecretText {
    fn read(tree: &Tree, findings: &mut Findings<'_>) -> Option<Self> {
        match &tree.kind {
            Kind::Text(text) => Some(Self::Here(Secret::new(text.as_str()))),
            _ => reference(tree).or_else(|| {
                let expected = "a text, { env = \"NAME\" } or { file = \"/path\" }";
                wrong_type(tree, expected, findings)
            }),
        }
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

impl JsonSchema for SecretText {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let reference = |key: &str, about: &str| {
            serde_json::json!({
                "type": "object",
                "properties": {key: {"type": "string"}},
                "required": [key],
                "additionalProperties": false,
                "description": about,
            })
        };
        schemars::json_schema!({
            "description": "A text, or where it is kept.",
            "anyOf": [
                {"type": "string"},
                reference("env", "In an environment variable."),
                reference("file", "In a file; a line end at its end does not count. A relative path counts from the folder of the configuration."),
            ],
        })
    }
}
