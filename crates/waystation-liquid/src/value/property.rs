//! Reading properties of values.

use std::borrow::Cow;

use waystation_json::number::f64_text;

use super::{List, Text, Value, utf16_slice};
use crate::budget::{Budget, BudgetExceeded};

/// The name of a property, or an index into a list or a text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PropertyKey<'k> {
    Name(Cow<'k, str>),
    Index(f64),
}

impl PropertyKey<'_> {
    fn is(&self, name: &str) -> bool {
        matches!(self, Self::Name(own) if own == name)
    }

    pub(crate) fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Name(name) => Cow::Borrowed(name),
            Self::Index(index) => Cow::Owned(f64_text(*index)),
        }
    }

    /// The place in a list or text that the key names, if it names one.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss
    )]
    fn place(&self) -> Option<usize> {
        match self {
            Self::Index(index) => (*index >= 0.0 && *index < usize::MAX as f64 && index.fract() == 0.0)
                .then_some(*index as usize),
            Self::Name(name) if *name == "0" => Some(0),
            Self::Name(name) if name.starts_with(|c: char| matches!(c, '1'..='9')) => name.parse().ok(),
            Self::Name(_) => None,
        }
    }
}

/// `value[key]`. Negative indexes count from the end of a list; `size`, `first` and `last` can be read
/// where no property of that name hides them.
pub(crate) fn property<'a>(
    value: &Value<'a>,
    key: &PropertyKey<'_>,
    budget: &mut Budget,
) -> Result<Value<'a>, BudgetExceeded> {
    if let (Value::List(list), PropertyKey::Index(index)) = (value, key)
        && *index < 0.0
    {
        return Ok(item_from_end(list, -index));
    }
    if let Some(own) = own_property(value, key, budget)? {
        return Ok(own);
    }
    Ok(match value {
        Value::Null => Value::Null,
        Value::List(list) if key.is("first") => list.get(0).unwrap_or(Value::Undefined),
        Value::List(list) if key.is("last") => item_from_end(list, 1.0),
        value if key.is("size") => size(value),
        _ => Value::Undefined,
    })
}

/// The property of what a template is rendered against. There, the `size` of what is missing is 0.
pub(crate) fn root_property<'a>(
    root: &Value<'a>,
    key: &PropertyKey<'_>,
    budget: &mut Budget,
) -> Result<Value<'a>, BudgetExceeded> {
    let missing = || {
        if key.is("size") {
            Value::Number(0.0)
        } else {
            Value::Undefined
        }
    };
    Ok(own_property(root, key, budget)?.unwrap_or_else(missing))
}

fn own_property<'a>(
    value: &Value<'a>,
    key: &PropertyKey<'_>,
    budget: &mut Budget,
) -> Result<Option<Value<'a>>, BudgetExceeded> {
    Ok(match value {
        Value::Object(object) => object.get(key.name().as_ref()).map(Value::from),
        Value::List(_) if key.is("length") => Some(size(value)),
        Value::List(list) => key.place().and_then(|place| list.get(place)),
        Value::Text(_) if key.is("length") => Some(size(value)),
        Value::Text(text) => match key.place() {
            Some(place) => unit(text, place, budget)?.map(Value::Text),
            None => None,
        },
        _ => None,
    })
}

/// One UTF-16 unit of a text.
fn unit<'a>(text: &Text<'a>, place: usize, budget: &mut Budget) -> Result<Option<Text<'a>>, BudgetExceeded> {
    let part = text.part(|text| utf16_slice(text, place..place.saturating_add(1)), budget)?;
    Ok((!part.is_empty()).then_some(part))
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn item_from_end<'a>(list: &List<'a>, distance: f64) -> Value<'a> {
    let place = (distance.fract() == 0.0)
        .then(|| list.len().checked_sub(distance as usize))
        .flatten();
    place
        .and_then(|place| list.get(place))
        .unwrap_or(Value::Undefined)
}

#[allow(clippy::cast_precision_loss)]
fn size<'a>(value: &Value<'_>) -> Value<'a> {
    match value {
        Value::Text(text) => Value::Number(text.units() as f64),
        Value::List(list) => Value::Number(list.len() as f64),
        Value::Object(object) => Value::Number(object.len() as f64),
        _ => Value::Undefined,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_texts_and_objects_have_properties() {
        let data = json!({ "list": ["a", "b"], "text": "né", "object": { "1.5": true, "size": "own" } });
        let name = |name: &'static str| PropertyKey::Name(name.into());
        let cases = [
            ("list", PropertyKey::Index(1.0), json!("b")),
            ("list", PropertyKey::Index(-1.0), json!("b")),
            ("list", PropertyKey::Index(0.5), json!(null)),
            ("list", name("1"), json!("b")),
            ("list", name("01"), json!(null)),
            ("list", name("last"), json!("b")),
            ("list", name("size"), json!(2)),
            ("text", PropertyKey::Index(1.0), json!("é")),
            ("text", PropertyKey::Index(-1.0), json!(null)),
            ("text", name("size"), json!(2)),
            ("text", name("first"), json!(null)),
            ("object", PropertyKey::Index(1.5), json!(true)),
            ("object", name("size"), json!("own")),
        ];
        for (field, key, expected) in cases {
            let found = property(&Value::from(&data[field]), &key, &mut Budget::default()).expect("a value");
            let same = match (&found, Value::from(&expected)) {
                (Value::Undefined, Value::Null) => true,
                (Value::Text(left), Value::Text(right)) => **left == *right,
                (Value::Number(left), Value::Number(right)) => *left == right,
                (Value::Bool(left), Value::Bool(right)) => *left == right,
                _ => false,
            };
            assert!(same, "{field} {key:?} gave {found:?}");
        }
    }
}
