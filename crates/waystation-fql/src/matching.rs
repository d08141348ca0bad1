//! Asking a condition tree of an event. Nothing here allocates.

use serde_json::Value;
use waystation_json::number::as_f64;

use crate::{
    path::{Found, Path},
    tree::{Condition, Conjunction, Group, NumberRelation, Subject, Test, TextRelation},
};

impl Group {
    /// Whether the group holds for an event.
    #[must_use]
    pub fn matches(&self, event: &Value) -> bool {
        match self.conjunction {
            Conjunction::And => self.conditions.iter().all(|condition| condition.matches(event)),
            Conjunction::Or => self.conditions.iter().any(|condition| condition.matches(event)),
        }
    }
}

impl Condition {
    /// Whether the condition holds for an event.
    #[must_use]
    pub fn matches(&self, event: &Value) -> bool {
        match self {
            Self::Test(subject, test) => test.holds(subject.find(event)),
            Self::Group(group) => group.matches(event),
            Self::Not(condition) => !condition.matches(event),
            Self::Empty => false,
        }
    }
}

impl Subject {
    fn find<'e>(&self, event: &'e Value) -> Found<'e> {
        match self {
            Self::Type => field(event, "type"),
            Self::Event => field(event, "event"),
            Self::Name => field(event, "name"),
            Self::UserId => field(event, "userId"),
            Self::Property(path) => below(event, "properties", path),
            Self::Trait(path) => below(event, "traits", path),
            Self::Context(path) => below(event, "context", path),
        }
    }
}

fn field<'e>(event: &'e Value, key: &str) -> Found<'e> {
    event.get(key).map_or(Found::Nothing, Found::Value)
}

fn below<'e>(event: &'e Value, root: &str, path: &Path) -> Found<'e> {
    event.get(root).map_or(Found::Nothing, |root| path.find(root))
}

impl Test {
    fn holds(&self, found: Found<'_>) -> bool {
        match self {
            Self::Exists => found.is_present(),
            Self::NotExists => !found.is_present(),
            Self::IsTrue => found == Found::Value(&Value::Bool(true)),
            Self::IsFalse => found == Found::Value(&Value::Bool(false)),
            Self::Text {
                relation: TextRelation::Equals,
                negated,
                operand,
            } => (found.text() == Some(operand.text())) != *negated,
            Self::Text {
                relation,
                negated,
                operand,
            } => found
                .text()
                .is_some_and(|text| relation.holds(text, operand.text()) != *negated),
            Self::Number { relation, operand } => found
                .number()
                .is_some_and(|number| relation.holds(number, operand.number())),
            Self::Unknown { .. } => false,
        }
    }
}

impl<'e> Found<'e> {
    fn is_present(self) -> bool {
        !matches!(self, Self::Nothing | Self::Value(Value::Null))
    }

    fn text(self) -> Option<&'e str> {
        match self {
            Self::Value(value) => value.as_str(),
            Self::Nothing | Self::Length(_) => None,
        }
    }

    #[allow(clippy::cast_precision_loss)] // No list in memory has 2^53 items.
    fn number(self) -> Option<f64> {
        match self {
            Self::Value(Value::Number(number)) => Some(as_f64(number)),
            Self::Length(length) => Some(length as f64),
            _ => None,
        }
    }
}

impl TextRelation {
    fn holds(self, text: &str, operand: &str) -> bool {
        match self {
            Self::Equals => text == operand,
            Self::Contains => text.contains(operand),
            Self::StartsWith => text.starts_with(operand),
            Self::EndsWith => text.ends_with(operand),
        }
    }
}

impl NumberRelation {
    #[allow(clippy::float_cmp)] // Numbers of events are compared exactly, as they were sent.
    fn holds(self, number: f64, operand: f64) -> bool {
        match self {
            Self::Equal => number == operand,
            Self::NotEqual => number != operand,
            Self::Less => number < operand,
            Self::LessOrEqual => number <= operand,
            Self::Greater => number > operand,
            Self::GreaterOrEqual => number >= operand,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Subscription;

    fn matches(fql: &str, event: &Value) -> bool {
        Subscription::parse(fql).unwrap().matches(event)
    }

    #[test]
    fn unequal_holds_for_missing_fields_and_other_types_but_not_the_negated_functions() {
        for event in [
            json!({}),
            json!({"event": null}),
            json!({"event": 5}),
            json!({"event": ["Up"]}),
        ] {
            assert!(matches("event != \"Up\"", &event), "{event}");
            assert!(!matches("!contains(event, \"Up\")", &event), "{event}");
            assert!(!matches("!match(event, \"Up*\")", &event), "{event}");
        }
        assert!(matches("!contains(event, \"Up\")", &json!({"event": "Down"})));
    }

    #[test]
    fn numbers_are_not_texts() {
        let (number, text) = (
            json!({"properties": {"n": 3.0}}),
            json!({"properties": {"n": "3"}}),
        );
        for fql in ["properties.n = 3", "properties.n >= \"3\"", "properties.n != 4"] {
            assert!(matches(fql, &number), "{fql}");
            assert!(!matches(fql, &text), "{fql}");
        }
        assert!(matches("properties.n = \"3\"", &text));
    }

    #[test]
    fn presence_means_not_null() {
        assert!(matches("userId = null", &json!({"userId": null})));
        assert!(matches("userId = null", &json!({})));
        assert!(matches("userId != null", &json!({"userId": ""})));
        assert!(matches(
            "properties.a.b = null",
            &json!({"properties": {"a": "x"}})
        ));
    }

    #[test]
    fn a_negated_condition_holds_where_the_condition_does_not() {
        let fql = "!(type = \"track\" and properties.n > 3)";
        assert!(matches(fql, &json!({"type": "track", "properties": {"n": 3}})));
        assert!(matches(fql, &json!({})));
        assert!(!matches(fql, &json!({"type": "track", "properties": {"n": 4}})));
    }

    #[test]
    fn an_empty_group_never_holds() {
        assert!(!matches("type = \"track\" and ()", &json!({"type": "track"})));
        assert!(matches("type = \"track\" or ()", &json!({"type": "track"})));
        assert!(!matches("type = \"track\" and !()", &json!({"type": "track"})));
    }

    #[test]
    fn events_that_are_no_objects_have_no_fields() {
        for event in [json!(null), json!([1]), json!("type"), json!(1)] {
            assert!(!matches("type = \"track\"", &event));
            assert!(matches("userId = null", &event));
        }
    }
}
