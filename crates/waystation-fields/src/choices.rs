//! The values that a field allows.

use std::sync::Arc;

use serde_json::Value;
use waystation_json::number::as_f64;

/// A closed list of values, prepared for looking them up.
#[derive(Debug)]
pub(crate) struct Choices {
    /// Every value in the order of the definition, for messages.
    allowed: Arc<[Value]>,
    /// The texts among them, sorted.
    texts: Vec<Box<str>>,
    /// The indexes of all others.
    others: Vec<usize>,
}

impl Choices {
    pub(crate) fn new(allowed: Vec<Value>) -> Self {
        let mut texts: Vec<Box<str>> = allowed.iter().filter_map(Value::as_str).map(Box::from).collect();
        texts.sort_unstable();
        let others = (0..allowed.len())
            .filter(|&index| !allowed[index].is_string())
            .collect();
        Self {
            allowed: allowed.into(),
            texts,
            others,
        }
    }

    pub(crate) fn contains(&self, value: &Value) -> bool {
        match value {
            Value::String(text) => self.texts.binary_search_by(|choice| (**choice).cmp(text)).is_ok(),
            _ => self
                .others
                .iter()
                .any(|&index| equals(&self.allowed[index], value)),
        }
    }

    pub(crate) fn allowed(&self) -> Arc<[Value]> {
        Arc::clone(&self.allowed)
    }
}

/// Whether two values are the same JSON: 1 and 1.0 are, and the order of keys does not count.
pub(crate) fn equals(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => as_f64(left) == as_f64(right),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equals(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, left)| right.get(key).is_some_and(|right| equals(left, right)))
        }
        _ => left == right,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn choices_are_found_by_value() {
        let choices = Choices::new(vec![
            json!("b"),
            json!(1),
            json!("a"),
            json!(null),
            json!({"x": [1]}),
        ]);
        for allowed in [
            json!("a"),
            json!("b"),
            json!(1.0),
            json!(null),
            json!({"x": [1.0]}),
        ] {
            assert!(choices.contains(&allowed), "{allowed}");
        }
        for other in [
            json!("A"),
            json!("1"),
            json!(2),
            json!(true),
            json!({"x": [1, 2]}),
        ] {
            assert!(!choices.contains(&other), "{other}");
        }
    }
}
