//! Fields that are required depending on the values of others.
//!
//! Requirements are judged on an object before any of its values is coerced. What they mean is what the
//! JSON schema says that [`crate::Schema::to_json_schema`] gives, side effects included: see
//! [`Requirement::unmet`].

use std::sync::Arc;

use serde_json::Value;
use waystation_json::JsonObject;

use crate::choices::equals;
use crate::coerce::reads_as_null;
use crate::conditions::{Condition, Conditions, FieldCondition, Match, Operator};
use crate::error::Mistake;

/// When something is required, and what.
#[derive(Debug)]
pub(crate) struct Requirement {
    pub(crate) when: When,
    pub(crate) demand: Place,
    /// The conditions for people.
    pub(crate) conditions: Arc<str>,
}

/// The conditions of a requirement.
#[derive(Debug)]
pub(crate) enum When {
    /// A key is absent or null.
    Unset(String),
    /// A key is present and not null.
    Set(String),
    /// A single comparison holds.
    Holds(Test),
    /// Every one of the tests holds.
    All(Vec<Test>),
    /// At least one of the tests holds.
    Any(Vec<Test>),
}

/// A key of the object, or one a level below.
#[derive(Debug)]
pub(crate) enum Place {
    Key(String),
    Child { parent: String, child: String },
}

/// A test that leaves the payload as it is.
#[derive(Debug)]
pub(crate) struct Test {
    pub(crate) place: Place,
    pub(crate) check: Check,
}

/// What a place is tested for. A place that is absent fails everything but [`Check::Absent`].
#[derive(Debug)]
pub(crate) enum Check {
    Is(Value),
    IsNot(Value),
    Present,
    Absent,
    /// Fails everything: what asking whether the key of a nested object is set comes to.
    Never,
}

/// What an object lacks.
pub(crate) enum Unmet<'r> {
    /// A key of the object itself.
    Key(&'r str),
    /// A key of the object under another key.
    Child { parent: &'r str, child: &'r str },
}

impl Requirement {
    /// The requirement of the field with the key; `parent.child` for a field of an object in this one.
    pub(crate) fn new(key: &str, conditions: &Conditions) -> Result<Self, Mistake> {
        let when = When::new(conditions)?;
        let demand = match when {
            // With several conditions the key is taken at its word, dots included: a nested field can
            // then never satisfy its requirement.
            When::All(_) | When::Any(_) => Place::Key(key.to_owned()),
            When::Unset(_) | When::Set(_) | When::Holds(_) => Place::new(key),
        };
        Ok(Self {
            when,
            demand,
            conditions: conditions.to_string().into(),
        })
    }

    /// What the object lacks by this requirement.
    ///
    /// Asking whether a key is set turns its value into null if it [counts as null](reads_as_null).
    pub(crate) fn unmet(&self, object: &mut JsonObject) -> Option<Unmet<'_>> {
        if !self.when.holds(object) {
            return None;
        }
        match &self.demand {
            Place::Key(key) => (!object.contains_key(key)).then_some(Unmet::Key(key)),
            Place::Child { parent, child } => match object.get(parent) {
                None => Some(Unmet::Key(parent)),
                Some(Value::Object(inner)) if !inner.contains_key(child) => {
                    Some(Unmet::Child { parent, child })
                }
                Some(_) => None,
            },
        }
    }
}

impl When {
    fn new(conditions: &Conditions) -> Result<Self, Mistake> {
        let fields = conditions.conditions.iter().map(|condition| match condition {
            Condition::Field(field) => Ok(field),
            Condition::SyncMode { .. } => Err(Mistake::SyncModeCondition),
        });
        let fields = fields.collect::<Result<Vec<_>, _>>()?;
        match (fields.as_slice(), conditions.matching) {
            ([], _) => Err(Mistake::NoConditions),
            ([condition], _) => Ok(Self::single(condition)),
            (several, Match::All) => Ok(Self::All(several.iter().copied().map(Test::new).collect())),
            (several, Match::Any) => Ok(Self::Any(several.iter().copied().map(Test::new).collect())),
        }
    }

    fn single(condition: &FieldCondition) -> Self {
        match (
            Place::new(&condition.field_key),
            condition.operator,
            &condition.value,
        ) {
            (Place::Key(key), Operator::Is, None) => Self::Unset(key),
            (Place::Key(key), Operator::IsNot, None) => Self::Set(key),
            _ => Self::Holds(Test::new(condition)),
        }
    }

    fn holds(&self, object: &mut JsonObject) -> bool {
        match self {
            Self::Unset(key) => object.get_mut(key).is_none_or(probe_null),
            Self::Set(key) => object.get_mut(key).is_some_and(|value| !probe_null(value)),
            Self::Holds(test) => test.holds(object),
            Self::All(tests) => tests.iter().all(|test| test.holds(object)),
            Self::Any(tests) => tests.iter().any(|test| test.holds(object)),
        }
    }
}

impl Test {
    fn new(condition: &FieldCondition) -> Self {
        let place = Place::new(&condition.field_key);
        let check = match (&place, condition.operator, &condition.value) {
            (_, Operator::Is, Some(value)) => Check::Is(value.clone()),
            (_, Operator::IsNot, Some(value)) => Check::IsNot(value.clone()),
            (Place::Key(_), Operator::Is, None) => Check::Absent,
            (Place::Key(_), Operator::IsNot, None) | (Place::Child { .. }, Operator::Is, None) => {
                Check::Present
            }
            (Place::Child { .. }, Operator::IsNot, None) => Check::Never,
        };
        Self { place, check }
    }

    fn holds(&self, object: &JsonObject) -> bool {
        match &self.place {
            Place::Key(key) => self.check.holds(object.get(key)),
            Place::Child { parent, child } => match object.get(parent) {
                None => false,
                Some(Value::Object(inner)) => self.check.holds(inner.get(child)),
                // A JSON schema asks nothing about the keys of what is no object.
                Some(_) => true,
            },
        }
    }
}

impl Check {
    fn holds(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Is(wanted), Some(value)) => equals(wanted, value),
            (Self::IsNot(unwanted), Some(value)) => !equals(unwanted, value),
            (Self::Present, Some(_)) | (Self::Absent, None) => true,
            (Self::Never | Self::Absent, Some(_)) => false,
            (Self::Is(_) | Self::IsNot(_) | Self::Present | Self::Never, None) => false,
        }
    }
}

impl Place {
    /// Only the first two parts of a key with dots count.
    fn new(key: &str) -> Self {
        let mut parts = key.split('.');
        match (parts.next(), parts.next()) {
            (Some(parent), Some(child)) => Self::Child {
                parent: parent.to_owned(),
                child: child.to_owned(),
            },
            _ => Self::Key(key.to_owned()),
        }
    }
}

/// Whether the value is null or becomes it.
fn probe_null(value: &mut Value) -> bool {
    let is_null = match &*value {
        Value::Null => true,
        Value::Array(items) => matches!(items.as_slice(), [item] if item.is_null() || reads_as_null(item)),
        value => reads_as_null(value),
    };
    if is_null {
        *value = Value::Null;
    }
    is_null
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(conditions: &Conditions, object: &Value) -> bool {
        let mut object = object.as_object().unwrap().clone();
        When::new(conditions).unwrap().holds(&mut object)
    }

    #[test]
    fn comparisons_need_the_field() {
        for (condition, object, expected) in [
            (Condition::is("a", 1), json!({"a": 1.0}), true),
            (Condition::is("a", 1), json!({"a": "1"}), false),
            (Condition::is_not("a", 1), json!({"a": 2}), true),
            (Condition::is_not("a", 1), json!({}), false),
            (Condition::is("a", Value::Null), json!({"a": null}), true),
            (Condition::is("a.b", 1), json!({"a": {"b": 1}}), true),
            (Condition::is("a.b", 1), json!({"a": {}}), false),
            (Condition::is("a.b", 1), json!({"a": [2]}), true),
        ] {
            assert_eq!(
                holds(&Conditions::all([condition.clone()]), &object),
                expected,
                "{condition}: {object}"
            );
        }
    }

    #[test]
    fn a_sole_question_for_presence_reads_empties_as_null() {
        let when = When::new(&Conditions::all([Condition::is_unset("a")])).unwrap();
        for (value, unset) in [
            (json!(0), true),
            (json!([false]), true),
            (json!("x"), false),
            (json!([0, 0]), false),
        ] {
            let mut object = JsonObject::from_iter([("a".to_owned(), value.clone())]);
            assert_eq!(when.holds(&mut object), unset, "{value}");
            assert_eq!(object["a"] == Value::Null, unset, "{value}");
        }
    }

    #[test]
    fn several_questions_only_ask_for_presence() {
        let questions = [Condition::is_unset("a"), Condition::is_unset("b")];
        assert!(!holds(&Conditions::all(questions.clone()), &json!({"a": null})));
        assert!(holds(&Conditions::any(questions), &json!({"a": null})));
    }

    #[test]
    fn demands_reach_one_level_down() {
        let demand = Requirement::new("a.b", &Conditions::all([Condition::is("k", 1)])).unwrap();
        let unmet_by = |object: Value| match demand.unmet(&mut object.as_object().unwrap().clone()) {
            None => None,
            Some(Unmet::Key(key)) => Some(key.to_owned()),
            Some(Unmet::Child { parent, child }) => Some(format!("{parent}>{child}")),
        };
        assert_eq!(unmet_by(json!({"k": 2})), None);
        assert_eq!(unmet_by(json!({"k": 1})).as_deref(), Some("a"));
        assert_eq!(unmet_by(json!({"k": 1, "a": {}})).as_deref(), Some("a>b"));
        assert_eq!(unmet_by(json!({"k": 1, "a": []})), None);
    }

    #[test]
    fn unusable_conditions_are_mistakes() {
        let by_sync_mode = Condition::SyncMode {
            operator: Operator::Is,
            value: Some(json!("add")),
        };
        assert_eq!(
            When::new(&Conditions::all([by_sync_mode])).unwrap_err(),
            Mistake::SyncModeCondition
        );
        assert_eq!(
            When::new(&Conditions::any([])).unwrap_err(),
            Mistake::NoConditions
        );
    }
}
