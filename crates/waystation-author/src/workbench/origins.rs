//! Where the values of a payload come from.
//!
//! A mapping may combine, test and transform what it reads, in templates of a language of their own. So the origins
//! are found by experiment: each value of the event is changed in turn, and whatever changes in the payload came
//! from it, or depends on it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Number, Value};
use waystation_mapping::Mapping;

/// The most values of an event that are changed in turn.
const MOST_VALUES: usize = 500;

/// How long is looked for the origins of one payload; a debug build resolves a few thousand mappings meanwhile.
const PATIENCE: Duration = Duration::from_millis(200);

/// What a text is changed with, at both ends: whatever is made of it shows the change.
const MARK: char = '\u{25C6}';

/// The places of the event that each place of the payload depends on; all of them JSON pointers.
pub(super) type Origins = BTreeMap<String, Vec<String>>;

/// The origins of what a mapping made of an event.
pub(super) fn find(mapping: &Mapping, event: &Value, payload: &Value) -> Origins {
    let mut origins = Origins::new();
    let mut places = Vec::new();
    leaves(event, &mut String::new(), &mut places);
    let mut changed = event.clone();
    let until = Instant::now() + PATIENCE;
    for place in places {
        if Instant::now() > until {
            break;
        }
        let Some(value) = changed.pointer_mut(&place) else {
            continue;
        };
        let before = std::mem::take(value);
        *value = another(&before);
        if let Ok(Some(other)) = mapping.resolve(&changed) {
            let mut different = Vec::new();
            differences(payload, &other, &mut String::new(), &mut different);
            for pointer in different {
                origins.entry(pointer).or_default().push(place.clone());
            }
        }
        if let Some(value) = changed.pointer_mut(&place) {
            *value = before;
        }
    }
    origins
}

/// A part of a JSON pointer.
pub(super) fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

/// The places of all values that hold no others.
fn leaves(value: &Value, place: &mut String, found: &mut Vec<String>) {
    if found.len() >= MOST_VALUES {
        return;
    }
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (key, member) in members {
                below(place, &escaped(key), |place| leaves(member, place, found));
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                below(place, &index.to_string(), |place| leaves(item, place, found));
            }
        }
        _ => found.push(place.clone()),
    }
}

fn below(place: &mut String, part: &str, visit: impl FnOnce(&mut String)) {
    let length = place.len();
    place.push('/');
    place.push_str(part);
    visit(place);
    place.truncate(length);
}

/// A value of the same type that differs.
fn another(value: &Value) -> Value {
    match value {
        Value::Bool(truth) => Value::Bool(!truth),
        Value::Number(number) => other_number(number),
        Value::String(text) => format!("{MARK}{text}{MARK}").into(),
        Value::Null | Value::Array(_) | Value::Object(_) => MARK.to_string().into(),
    }
}

fn other_number(number: &Number) -> Value {
    match (number.as_i64(), number.as_f64()) {
        (Some(whole), _) => whole.wrapping_add(1).into(),
        (None, Some(fraction)) => (fraction + 1.0).into(),
        (None, None) => Value::Null,
    }
}

/// The places of `value` at which the other value differs.
fn differences(value: &Value, other: &Value, place: &mut String, found: &mut Vec<String>) {
    match (value, other) {
        (Value::Object(members), Value::Object(others)) => {
            for (key, member) in members {
                let other = others.get(key);
                below(place, &escaped(key), |place| match other {
                    Some(other) => differences(member, other, place, found),
                    None => found.push(place.clone()),
                });
            }
        }
        (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
            for (index, (item, other)) in items.iter().zip(others).enumerate() {
                below(place, &index.to_string(), |place| {
                    differences(item, other, place, found);
                });
            }
        }
        (value, other) if value == other => {}
        _ => found.push(place.clone()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn origins(mapping: &Value, event: &Value) -> Value {
        let mapping = Mapping::compile(mapping).unwrap();
        let payload = mapping.resolve(event).unwrap().unwrap();
        serde_json::to_value(find(&mapping, event, &payload)).unwrap()
    }

    #[test]
    fn every_directive_shows_what_it_read() {
        let event = json!({
            "userId": "u1",
            "traits": {"email": "Ada@Example.org", "first": "Ada"},
            "properties": {"a/b": 1, "gift": true, "products": [{"sku": "A"}, {"sku": "B"}]},
        });
        let found = origins(
            &json!({
                "id": {"@path": "$.userId"},
                "constant": "x",
                "name": {"@template": "{{traits.first}} of {{userId}}"},
                "email": {"@case": {"operator": "lower", "value": {"@path": "$.traits.email"}}},
                "greeting": {"@liquid": "Hello {{ traits.first | upcase }}"},
                "gift": {"@if": {"exists": {"@path": "$.properties.gift"}, "then": {"@path": "$.properties.gift"}}},
                "items": {"@arrayPath": ["$.properties.products", {"id": {"@path": "$.sku"}}]},
                "slash": {"@path": "$.properties"},
            }),
            &event,
        );
        assert_eq!(
            found,
            json!({
                "/id": ["/userId"],
                "/name": ["/userId", "/traits/first"],
                "/email": ["/traits/email"],
                "/greeting": ["/traits/first"],
                "/gift": ["/properties/gift"],
                "/items/0/id": ["/properties/products/0/sku"],
                "/items/1/id": ["/properties/products/1/sku"],
                "/slash/a~1b": ["/properties/a~1b"],
                "/slash/gift": ["/properties/gift"],
                "/slash/products/0/sku": ["/properties/products/0/sku"],
                "/slash/products/1/sku": ["/properties/products/1/sku"],
            })
        );
    }

    #[test]
    fn the_event_is_as_before_for_the_next_value() {
        let event = json!({"a": 1, "b": 2});
        let found = origins(
            &json!({"sum": {"@template": "{{a}}-{{b}}"}, "a": {"@path": "$.a"}}),
            &event,
        );
        assert_eq!(found, json!({"/a": ["/a"], "/sum": ["/a", "/b"]}));
    }
}
