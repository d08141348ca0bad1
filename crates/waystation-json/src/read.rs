//! Reading JSON that strangers have written.
//!
//! Where any crate of a program asks for `serde_json`'s raw values, as axum does, `serde_json` gives one name in
//! objects a meaning of its own: the text under it is read as JSON in the object's place. It counts depth anew
//! there, so a body of a few kilobytes can nest deep enough to overflow the stack, which ends the process. No
//! sender has a reason to use that name; here it is an error.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

use crate::JsonObject;

/// The name that `serde_json` keeps for itself.
const RESERVED: &str = "$serde_json::private::RawValue";

/// A JSON text as a value, as `serde_json::from_str` reads it.
///
/// # Errors
/// The text is not JSON, nests deeper than 127 levels, has a number out of range, or uses a name that is reserved.
///
/// ```
/// # use waystation_json::read::from_str;
/// assert_eq!(from_str("[1, 2]").unwrap(), serde_json::json!([1, 2]));
/// assert!(from_str(r#"{"$serde_json::private::RawValue": "1"}"#).is_err());
/// ```
pub fn from_str(text: &str) -> serde_json::Result<Value> {
    from_str_within(text, usize::MAX)
}

/// The same of a text that holds no more values than these; lists, objects and what is in them count, keys do not. A
/// value takes many times the memory of the two bytes that an empty list has as text.
///
/// # Errors
/// As [`from_str`]; also where there are more values.
pub fn from_str_within(text: &str, most_values: usize) -> serde_json::Result<Value> {
    read(&mut serde_json::Deserializer::from_str(text), most_values)
}

/// JSON bytes as a value, as `serde_json::from_slice` reads them.
///
/// # Errors
/// As [`from_str`]; also where the bytes are not UTF-8.
pub fn from_slice(bytes: &[u8]) -> serde_json::Result<Value> {
    from_slice_within(bytes, usize::MAX)
}

/// The same of bytes that hold no more values than these, as [`from_str_within`].
///
/// # Errors
/// As [`from_slice`]; also where there are more values.
pub fn from_slice_within(bytes: &[u8], most_values: usize) -> serde_json::Result<Value> {
    read(&mut serde_json::Deserializer::from_slice(bytes), most_values)
}

fn read<'de, R: serde_json::de::Read<'de>>(
    deserializer: &mut serde_json::Deserializer<R>,
    most_values: usize,
) -> serde_json::Result<Value> {
    let left = Cell::new(most_values);
    let value = Plain(&left).deserialize(&mut *deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// A value in which every name is but a name; how many more there may be.
#[derive(Clone, Copy)]
struct Plain<'l>(&'l Cell<usize>);

impl<'de> DeserializeSeed<'de> for Plain<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let Some(left) = self.0.get().checked_sub(1) else {
            return Err(D::Error::custom("there are too many values"));
        };
        self.0.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Plain<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any valid JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut fields = JsonObject::new();
        while let Some(name) = map.next_key::<String>()? {
            if name == RESERVED {
                return Err(A::Error::custom(format_args!(
                    "the name \"{RESERVED}\" is reserved"
                )));
            }
            let value = map.next_value_seed(self)?;
            fields.insert(name, value);
        }
        Ok(Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_reserved_name_is_refused_however_it_is_spelled() {
        for text in [
            r#"{"$serde_json::private::RawValue":"1"}"#,
            r#"[{"a":{"\u0024serde_json::private::RawValue":"1"}}]"#,
            r#"{"a":1,"$serde_json::private::RawValue":2}"#,
        ] {
            assert!(from_str(text).is_err(), "{text}");
            assert!(from_slice(text.as_bytes()).is_err(), "{text}");
        }
        let value = json!({"RawValue": "$serde_json::private::RawValue"});
        assert_eq!(from_str(&value.to_string()).unwrap(), value);
    }

    #[test]
    fn the_number_of_values_may_be_bounded() {
        assert_eq!(
            from_str_within("[[], {\"a\": 1}]", 4).unwrap(),
            json!([[], {"a": 1}])
        );
        assert!(from_str_within("[[], {\"a\": 1}]", 3).is_err());
        assert!(from_str_within("[] x", 9).is_err());
    }

    #[test]
    fn the_stack_holds_whatever_is_sent() {
        let mut text = "1".to_owned();
        for _ in 0..12 {
            let object = json!({RESERVED: text}).to_string();
            text = format!("{}{object}{}", "[".repeat(125), "]".repeat(125));
        }
        assert!(from_str(&text).is_err());
        assert!(from_str(&"[".repeat(100_000)).is_err());
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 64, 8, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                proptest::collection::vec((any::<String>(), inner), 0..8)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn everything_else_is_read_as_ever(value in value()) {
            let text = value.to_string();
            prop_assert_eq!(from_str(&text).unwrap(), serde_json::from_str::<Value>(&text).unwrap());
        }

        #[test]
        fn what_is_no_json_is_refused_as_ever(text in any::<String>()) {
            prop_assert_eq!(from_str(&text).is_err(), serde_json::from_str::<Value>(&text).is_err());
        }
    }
}
