//! Mapping directives as JSON values, for the defaults of fields and for presets.
//!
//! In `#[field(default = ...)]` the derive macros know these functions by their bare names and check their
//! texts at compile time.

use serde_json::{Value, json};

/// The value at a path of the event, for example `$.properties.name`.
#[must_use]
pub fn path(path: &str) -> Value {
    json!({"@path": path})
}

/// A text with values of the event in it, for example `{{properties.first}} {{properties.last}}`.
#[must_use]
pub fn template(template: &str) -> Value {
    json!({"@template": template})
}

/// The value at the first of these paths that exists; at the last one if none does.
#[must_use]
pub fn first_of(paths: &[&str]) -> Value {
    let mut paths = paths.iter().rev();
    let last = paths.next().map_or(Value::Null, |last| path(last));
    paths.fold(last, |otherwise, candidate| {
        json!({"@if": {"exists": path(candidate), "then": path(candidate), "else": otherwise}})
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_path_is_asked_first() {
        assert_eq!(
            first_of(&["$.a", "$.b", "$.c"]),
            json!({"@if": {
                "exists": {"@path": "$.a"},
                "then": {"@path": "$.a"},
                "else": {"@if": {"exists": {"@path": "$.b"}, "then": {"@path": "$.b"}, "else": {"@path": "$.c"}}},
            }})
        );
        assert_eq!(first_of(&["$.a"]), path("$.a"));
    }
}
