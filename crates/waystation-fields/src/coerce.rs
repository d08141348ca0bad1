//! Values of the wrong type that have an obvious counterpart in the right one.

use serde_json::Value;
use waystation_json::number::as_f64;
use waystation_json::{number_from_f64, number_text, parse_number};

use crate::error::JsonType;

/// The types that a field with a single value allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Types {
    pub(crate) main: MainType,
    pub(crate) nullable: bool,
}

/// The type of a field's values, null apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MainType {
    Text,
    Number,
    Integer,
    Boolean,
    TextOrNumber,
    Object,
}

impl Types {
    /// Whether null, which no other type admits, is a value.
    pub(crate) const fn allow_null(self) -> bool {
        self.nullable
    }

    /// Whether texts are values, of which the empty one is kept.
    pub(crate) const fn allow_text(self) -> bool {
        matches!(self.main, MainType::Text | MainType::TextOrNumber)
    }

    /// The names of the types, in the order in which conversions are tried.
    pub(crate) const fn names(self) -> &'static [JsonType] {
        use JsonType::{Boolean, Integer, Null, Number, Object, String};
        match (self.main, self.nullable) {
            (MainType::Text, false) => &[String],
            (MainType::Text, true) => &[String, Null],
            (MainType::Number, false) => &[Number],
            (MainType::Number, true) => &[Number, Null],
            (MainType::Integer, false) => &[Integer],
            (MainType::Integer, true) => &[Integer, Null],
            (MainType::Boolean, false) => &[Boolean],
            (MainType::Boolean, true) => &[Boolean, Null],
            (MainType::TextOrNumber, false) => &[String, Number],
            (MainType::TextOrNumber, true) => &[String, Number, Null],
            (MainType::Object, false) => &[Object],
            (MainType::Object, true) => &[Object, Null],
        }
    }

    /// Makes the value one of the types if it can; returns whether it is one.
    ///
    /// A value that cannot be converted may be left unwrapped from its list.
    pub(crate) fn coerce(self, value: &mut Value) -> bool {
        self.admit(value) || self.convert(value)
    }

    fn admit(self, value: &Value) -> bool {
        match value {
            Value::Null => self.nullable,
            value => self.main.admits(value),
        }
    }

    fn convert(self, value: &mut Value) -> bool {
        let unwrapped = self.unwraps() && unwrap_lone_item(value);
        // With several types the library asks for an item of all of them at once, which none is; so an
        // unwrapped item then only passes when a conversion applies to it.
        if unwrapped && !self.are_several() && self.main.admits(value) {
            return true;
        }
        self.convert_scalar(value)
    }

    /// Nothing is converted to an object, so none is looked for in lists either.
    const fn unwraps(self) -> bool {
        self.nullable || !matches!(self.main, MainType::Object)
    }

    const fn are_several(self) -> bool {
        self.nullable || matches!(self.main, MainType::TextOrNumber)
    }

    fn convert_scalar(self, value: &mut Value) -> bool {
        match self
            .main
            .converted(value)
            .or_else(|| self.converted_to_null(value))
        {
            Some(converted) => {
                *value = converted;
                true
            }
            None => false,
        }
    }

    fn converted_to_null(self, value: &Value) -> Option<Value> {
        (self.nullable && reads_as_null(value)).then_some(Value::Null)
    }
}

impl MainType {
    fn admits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Number => value.is_number(),
            Self::Integer => value
                .as_number()
                .is_some_and(|number| !number.is_f64() || is_whole(as_f64(number))),
            Self::Boolean => value.is_boolean(),
            Self::TextOrNumber => value.is_string() || value.is_number(),
            Self::Object => value.is_object(),
        }
    }

    /// The counterpart in this type of a value of another.
    fn converted(self, value: &Value) -> Option<Value> {
        match self {
            Self::Text => to_text(value),
            Self::Number => to_number(value),
            Self::Integer => to_number(value).filter(|number| Self::Integer.admits(number)),
            Self::Boolean => to_boolean(value),
            Self::TextOrNumber => to_text(value).or_else(|| to_number(value)),
            Self::Object => None,
        }
    }
}

/// Takes the item out of a list of one.
pub(crate) fn unwrap_lone_item(value: &mut Value) -> bool {
    let Value::Array(items) = value else {
        return false;
    };
    if items.len() != 1 {
        return false;
    }
    *value = items.pop().unwrap_or_default();
    true
}

/// Whether the value counts as null where null is wanted: the empty text, zero and false.
pub(crate) fn reads_as_null(value: &Value) -> bool {
    match value {
        Value::Bool(truth) => !truth,
        Value::Number(number) => as_f64(number) == 0.0,
        Value::String(text) => text.is_empty(),
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

fn to_text(value: &Value) -> Option<Value> {
    match value {
        Value::Null => Some(Value::String(String::new())),
        Value::Bool(truth) => Some(Value::String(truth.to_string())),
        Value::Number(number) => Some(Value::String(number_text(number))),
        Value::String(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Numbers beyond those JSON holds, `Infinity` among them, have no counterpart.
fn to_number(value: &Value) -> Option<Value> {
    match value {
        Value::Null => Some(Value::from(0)),
        Value::Bool(truth) => Some(Value::from(u8::from(*truth))),
        Value::String(text) if !text.is_empty() => parse_number(text)
            .filter(|number| number.is_finite())
            .map(number_from_f64),
        Value::String(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn to_boolean(value: &Value) -> Option<Value> {
    match value {
        Value::Null => Some(Value::Bool(false)),
        Value::String(text) => text.parse().ok().map(Value::Bool),
        Value::Number(number) => match as_f64(number) {
            0.0 => Some(Value::Bool(false)),
            1.0 => Some(Value::Bool(true)),
            _ => None,
        },
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn is_whole(number: f64) -> bool {
    number.fract() == 0.0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn coerced(main: MainType, nullable: bool, mut value: Value) -> Option<Value> {
        Types { main, nullable }.coerce(&mut value).then_some(value)
    }

    #[test]
    fn each_type_accepts_its_counterparts() {
        for (main, value, expected) in [
            (MainType::Text, json!(1.5), Some(json!("1.5"))),
            (MainType::Text, json!(true), Some(json!("true"))),
            (MainType::Text, json!({}), None),
            (MainType::Number, json!(" 1e3 "), Some(json!(1000))),
            (MainType::Number, json!("1,5"), None),
            (MainType::Number, json!(""), None),
            (MainType::Number, json!("Infinity"), None),
            (MainType::Integer, json!("7.0"), Some(json!(7))),
            (MainType::Integer, json!(7.5), None),
            (MainType::Integer, json!(7.0), Some(json!(7.0))),
            (MainType::Boolean, json!("true"), Some(json!(true))),
            (MainType::Boolean, json!(0.0), Some(json!(false))),
            (MainType::Boolean, json!("True"), None),
            (MainType::Object, json!(null), None),
        ] {
            assert_eq!(
                coerced(main, false, value.clone()),
                expected,
                "{main:?} from {value}"
            );
        }
    }

    #[test]
    fn lists_of_one_are_unwrapped() {
        assert_eq!(coerced(MainType::Text, false, json!(["a"])), Some(json!("a")));
        assert_eq!(coerced(MainType::Text, false, json!([["a"]])), None);
        assert_eq!(coerced(MainType::Number, false, json!(["5"])), Some(json!(5)));
        assert_eq!(coerced(MainType::Object, false, json!([{}])), None);
    }

    #[test]
    fn several_types_take_only_converted_items() {
        assert_eq!(coerced(MainType::Text, true, json!(["a"])), None);
        assert_eq!(
            coerced(MainType::TextOrNumber, false, json!([5])),
            Some(json!("5"))
        );
        assert_eq!(
            coerced(MainType::TextOrNumber, false, json!(["5"])),
            Some(json!(5))
        );
    }

    #[test]
    fn null_is_tried_last() {
        assert_eq!(coerced(MainType::Boolean, true, json!(0)), Some(json!(false)));
        assert_eq!(coerced(MainType::Number, true, json!("")), Some(json!(null)));
        assert_eq!(coerced(MainType::Object, true, json!(false)), Some(json!(null)));
        assert_eq!(coerced(MainType::Object, false, json!("")), None);
    }
}
