//! The JSON schema of the file, for editors.

use serde_json::{Value, json};

use crate::document::{Definitions, object_schema};
use crate::written::File;

/// The JSON schema of the file (draft 2020-12). Descriptions and defaults are those of the settings.
#[must_use]
pub fn json_schema() -> Value {
    let mut definitions = Definitions::new();
    let mut schema = object_schema::<File>(false, &mut definitions);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("Waystation's configuration");
    schema["$defs"] = Value::Object(definitions);
    schema
}
