//! `@excludeWhenNull`: nothing in place of null, also for the members of objects at any depth.

use serde_json::Value;

use crate::resolved::Resolved;

/// The value without its nulls. Lists, and what is in them, stay as they are.
pub(super) fn without_nulls(value: Resolved<'_>) -> Resolved<'_> {
    match value {
        Resolved::Json(json) if has_nulls(&json) => match json {
            std::borrow::Cow::Borrowed(json) => json_without_nulls(json),
            std::borrow::Cow::Owned(json) => json_without_nulls(&json).into_owned(),
        },
        Resolved::Object(members) => {
            let members = members.into_iter();
            Resolved::Object(
                members
                    .map(|(key, member)| (key, without_nulls(member)))
                    .collect(),
            )
        }
        other => other,
    }
}

fn has_nulls(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(members) => members.values().any(has_nulls),
        _ => false,
    }
}

fn json_without_nulls(value: &Value) -> Resolved<'_> {
    match value {
        Value::Null => Resolved::Nothing,
        Value::Object(members) => Resolved::Object(
            members
                .iter()
                .map(|(key, member)| (key.as_str().into(), json_without_nulls(member)))
                .collect(),
        ),
        other => Resolved::borrowed(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nulls_go_from_objects_but_not_from_lists() {
        let value = json!({"a": null, "b": {"c": null, "d": [null]}});
        let resolved = without_nulls(Resolved::borrowed(&value));
        assert_eq!(resolved.into_json(), Some(json!({"b": {"d": [null]}})));
        assert_eq!(without_nulls(Resolved::borrowed(&Value::Null)), Resolved::Nothing);
    }

    #[test]
    fn a_value_without_nulls_stays_borrowed() {
        let value = json!({"a": {"b": [null]}});
        assert!(matches!(
            without_nulls(Resolved::borrowed(&value)),
            Resolved::Json(std::borrow::Cow::Borrowed(_))
        ));
    }
}
