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
