//! Removal of empty values: null and the empty text, where the field does not allow them.
//!
//! | what | removed |
//! |---|---|
//! | null | unless the field allows null |
//! | `""` | unless the field allows text |
//! | `""` in a root field of a single event | always |
//! | an item of a list | as its type says |
//! | a value inside an object, in a list or not | as its property says; nothing in an object without declared properties |

use serde_json::Value;
use waystation_json::JsonObject;

use crate::node::{Node, ObjectNode, Shape};

/// Whether an empty value is to be removed from a place of the kind.
pub(crate) fn is_removed(value: &Value, node: &Node) -> bool {
    match value {
        Value::Null => !node.allows_null(),
        Value::String(text) => text.is_empty() && !node.allows_text(),
        _ => false,
    }
}

/// Removes the empty items of a list. What is inside the others stays as it is.
pub(crate) fn remove_items(items: &mut Vec<Value>, node: &Node) {
    items.retain(|item| !is_removed(item, node));
}

/// Removes what is empty in a list and in its items.
fn remove_from_list(items: &mut Vec<Value>, node: &Node) {
    remove_items(items, node);
    if let Shape::Object(node) = &node.shape {
        for object in items.iter_mut().filter_map(Value::as_object_mut) {
            remove_from_object(object, node);
        }
    }
}

/// Removes the empty values of an object, and of objects and lists in it.
///
/// Only objects with requirements need this walk of its own: requirements are judged on what is left.
pub(crate) fn remove_from_object(object: &mut JsonObject, node: &ObjectNode) {
    let mut guess = 0;
    object.retain(|key, value| {
        let Some((index, property)) = node.property(key, guess) else {
            return true;
        };
        guess = index + 1;
        if is_removed(value, &property.node) {
            return false;
        }
        match (value, &property.node.shape) {
            (Value::Array(items), Shape::List(item)) => remove_from_list(items, item),
            (Value::Object(inner), Shape::Object(node)) => remove_from_object(inner, node),
            _ => {}
        }
        true
    });
}
