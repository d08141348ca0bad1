//! The root directive: one directive that takes in all other fields of the mapping.
//!
//! A destination may put a directive under [`ROOT_DIRECTIVE`], mostly `@transform`. The other fields
//! of the mapping then become the directive's option `mapping`, whatever stood there before.

use std::borrow::Cow;

use serde_json::Value;
use waystation_json::JsonObject;

use crate::fault::{Fault, Problem};
use crate::pointer;

/// The reserved key of the root directive.
pub(crate) const ROOT_DIRECTIVE: &str = "__segment_internal_directive";

/// The option of the root directive that takes the other fields.
const FIELDS_OPTION: &str = "mapping";

/// The mapping to check and compile: the root directive folded in, and a mapping that is no object
/// made one, its items or characters under their index.
pub(crate) fn fold(mapping: &Value) -> Result<Cow<'_, Value>, Fault> {
    let fields = match mapping {
        Value::Object(fields) => fields,
        Value::Null => {
            return Err(Fault {
                path: pointer::shown(""),
                problem: Problem::NoMapping,
            });
        }
        Value::Array(items) => return Ok(Cow::Owned(by_index(items.iter().cloned()))),
        Value::String(text) => {
            return Ok(Cow::Owned(by_index(
                text.chars().map(|unit| unit.to_string().into()),
            )));
        }
        Value::Bool(_) | Value::Number(_) => return Ok(Cow::Owned(Value::Object(JsonObject::new()))),
    };
    let Some(directive) = fields.get(ROOT_DIRECTIVE) else {
        return Ok(Cow::Borrowed(mapping));
    };
    let mut directive = directive.clone();
    put_fields_into(&mut directive, fields).map_err(|problem| Fault {
        path: pointer::child("", ROOT_DIRECTIVE),
        problem,
    })?;
    Ok(Cow::Owned(directive))
}

fn by_index(items: impl Iterator<Item = Value>) -> Value {
    Value::Object(
        items
            .enumerate()
            .map(|(index, item)| (index.to_string(), item))
            .collect(),
    )
}

fn put_fields_into(directive: &mut Value, fields: &JsonObject) -> Result<(), Problem> {
    match only_value(directive)? {
        Value::Object(options) => {
            let others = fields.iter().filter(|(key, _)| *key != ROOT_DIRECTIVE);
            let others = others.map(|(key, value)| (key.clone(), value.clone())).collect();
            options.insert(FIELDS_OPTION.to_owned(), Value::Object(others));
            Ok(())
        }
        // A list of arguments, as of `@arrayPath`, has no options: the other fields are lost.
        Value::Array(_) => Ok(()),
        _ => Err(Problem::RootDirectiveWithoutOptions),
    }
}

/// The only value in an object or list.
fn only_value(directive: &mut Value) -> Result<&mut Value, Problem> {
    let single = match directive {
        Value::Object(members) if members.len() == 1 => members.values_mut().next(),
        Value::Array(items) if items.len() == 1 => items.first_mut(),
        _ => None,
    };
    single.ok_or(Problem::RootDirectiveNotSingle)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_other_fields_become_the_directives_mapping() {
        let mapping = json!({ROOT_DIRECTIVE: {"@transform": {"apply": {}, "mapping": 1}}, "a": 1, "b": 2});
        let folded = fold(&mapping).unwrap();
        assert_eq!(
            *folded,
            json!({"@transform": {"apply": {}, "mapping": {"a": 1, "b": 2}}})
        );
    }

    #[test]
    fn a_mapping_without_root_directive_is_taken_as_it_is() {
        let mapping = json!({"a": 1});
        assert!(matches!(fold(&mapping), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn a_root_directive_must_be_single_and_have_options() {
        for (directive, problem) in [
            (json!({}), Problem::RootDirectiveNotSingle),
            (
                json!({"@transform": {}, "@if": {}}),
                Problem::RootDirectiveNotSingle,
            ),
            (json!(null), Problem::RootDirectiveNotSingle),
            (json!({"@path": "$.a"}), Problem::RootDirectiveWithoutOptions),
        ] {
            let fault = fold(&json!({ROOT_DIRECTIVE: directive})).unwrap_err();
            assert_eq!(
                (fault.path.as_str(), fault.problem),
                ("/__segment_internal_directive", problem)
            );
        }
    }

    #[test]
    fn a_mapping_that_is_no_object_is_spread_by_index() {
        assert_eq!(*fold(&json!(["x", 1])).unwrap(), json!({"0": "x", "1": 1}));
        assert_eq!(*fold(&json!("ab")).unwrap(), json!({"0": "a", "1": "b"}));
        assert_eq!(*fold(&json!(5)).unwrap(), json!({}));
    }
}
