//! When a field is required or shown: conditions on the values of other fields.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// Whether a field must be given. In JSON: absent or `false`, `true`, or the conditions.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Required {
    /// The field may be left out.
    #[default]
    Never,
    /// The field must be given.
    Always,
    /// The field must be given when the conditions hold.
    When(Conditions),
}

impl Required {
    /// Whether the field may always be left out.
    #[must_use]
    pub const fn is_never(&self) -> bool {
        matches!(self, Self::Never)
    }
}

impl Serialize for Required {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Never => serializer.serialize_bool(false),
            Self::Always => serializer.serialize_bool(true),
            Self::When(conditions) => conditions.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Required {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Read by hand instead of as an untagged enum, which would hide why the conditions are wrong.
        match Value::deserialize(deserializer)? {
            Value::Bool(true) => Ok(Self::Always),
            Value::Bool(false) | Value::Null => Ok(Self::Never),
            conditions => Conditions::deserialize(conditions)
                .map(Self::When)
                .map_err(serde::de::Error::custom),
        }
    }
}

/// One or more conditions and how many of them must hold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conditions {
    /// How many of the conditions must hold; JSON `match`, `all` when absent.
    #[serde(rename = "match", default, skip_serializing_if = "Match::is_all")]
    pub matching: Match,
    /// The conditions.
    pub conditions: Vec<Condition>,
}

impl Conditions {
    /// Holds when every one of the conditions holds.
    #[must_use]
    pub fn all(conditions: impl IntoIterator<Item = Condition>) -> Self {
        Self {
            matching: Match::All,
            conditions: conditions.into_iter().collect(),
        }
    }

    /// Holds when at least one of the conditions holds.
    #[must_use]
    pub fn any(conditions: impl IntoIterator<Item = Condition>) -> Self {
        Self {
            matching: Match::Any,
            conditions: conditions.into_iter().collect(),
        }
    }
}

impl fmt::Display for Conditions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let joint = match self.matching {
            Match::All => " and ",
            Match::Any => " or ",
        };
        for (index, condition) in self.conditions.iter().enumerate() {
            if index > 0 {
                formatter.write_str(joint)?;
            }
            condition.fmt(formatter)?;
        }
        Ok(())
    }
}

/// How many of several conditions must hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Match {
    /// Every one.
    #[default]
    All,
    /// At least one.
    Any,
}

impl Match {
    const fn is_all(&self) -> bool {
        matches!(self, Self::All)
    }
}

/// A single condition. In JSON the key `type` tells the kinds apart: `syncMode`, or `field` when absent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ConditionForm", into = "ConditionForm")]
pub enum Condition {
    /// Compares another field of the same object, or asks whether it is set.
    Field(FieldCondition),
    /// Compares the sync mode of the subscription; only for [`depends_on`], which user interfaces read.
    ///
    /// [`depends_on`]: crate::FieldDefinition::depends_on
    SyncMode {
        /// How to compare.
        operator: Operator,
        /// The sync mode, such as `upsert`; absent asks whether one is set.
        value: Option<Value>,
    },
}

impl Condition {
    /// The field has the value.
    pub fn is(field_key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::on_field(field_key.into(), Operator::Is, Some(value.into()))
    }

    /// The field is present and has another value.
    pub fn is_not(field_key: impl Into<String>, value: impl Into<Value>) -> Self {
        Self::on_field(field_key.into(), Operator::IsNot, Some(value.into()))
    }

    /// The field is absent or null.
    pub fn is_unset(field_key: impl Into<String>) -> Self {
        Self::on_field(field_key.into(), Operator::Is, None)
    }

    /// The field is present and not null.
    pub fn is_set(field_key: impl Into<String>) -> Self {
        Self::on_field(field_key.into(), Operator::IsNot, None)
    }

    const fn on_field(field_key: String, operator: Operator, value: Option<Value>) -> Self {
        Self::Field(FieldCondition {
            field_key,
            operator,
            value,
        })
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (subject, operator, value) = match self {
            Self::Field(field) => (field.field_key.as_str(), field.operator, &field.value),
            Self::SyncMode { operator, value } => ("the sync mode", *operator, value),
        };
        match (operator, value) {
            (Operator::Is, Some(value)) => write!(formatter, "`{subject}` is {value}"),
            (Operator::IsNot, Some(value)) => write!(formatter, "`{subject}` is not {value}"),
            (Operator::Is, None) => write!(formatter, "`{subject}` is not set"),
            (Operator::IsNot, None) => write!(formatter, "`{subject}` is set"),
        }
    }
}

/// A condition on another field.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldCondition {
    /// The other field's key in the same object; `parent.child` looks one level down.
    pub field_key: String,
    /// How to compare.
    pub operator: Operator,
    /// The value to compare with. `None` asks whether the field is set; `Some(Null)` compares with null.
    pub value: Option<Value>,
}

/// How a condition compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// Equal; without a value: not set.
    Is,
    /// Present and different; without a value: set.
    IsNot,
}

/// The JSON form of a condition.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConditionForm {
    #[serde(rename = "type", default, skip_serializing_if = "Subject::is_field")]
    subject: Subject,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    field_key: Option<String>,
    operator: Operator,
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    value: Option<Value>,
}

/// What a condition is about.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Subject {
    #[default]
    Field,
    SyncMode,
}

impl Subject {
    const fn is_field(&self) -> bool {
        matches!(self, Self::Field)
    }
}

impl TryFrom<ConditionForm> for Condition {
    type Error = &'static str;

    fn try_from(form: ConditionForm) -> Result<Self, Self::Error> {
        let ConditionForm {
            subject,
            field_key,
            operator,
            value,
        } = form;
        match (subject, field_key) {
            (Subject::SyncMode, _) => Ok(Self::SyncMode { operator, value }),
            (Subject::Field, Some(field_key)) => Ok(Self::on_field(field_key, operator, value)),
            (Subject::Field, None) => Err("a condition on a field needs its `fieldKey`"),
        }
    }
}

impl From<Condition> for ConditionForm {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition::SyncMode { operator, value } => Self {
                subject: Subject::SyncMode,
                field_key: None,
                operator,
                value,
            },
            Condition::Field(FieldCondition {
                field_key,
                operator,
                value,
            }) => Self {
                subject: Subject::Field,
                field_key: Some(field_key),
                operator,
                value,
            },
        }
    }
}

/// Reads a value that is there, so that null differs from an absent key.
pub(crate) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn required_reads_and_writes_every_form() {
        let conditions = json!({"match": "any", "conditions": [
            {"fieldKey": "kind", "operator": "is", "value": "card"},
            {"fieldKey": "note", "operator": "is_not"},
            {"fieldKey": "code", "operator": "is", "value": null},
            {"type": "syncMode", "operator": "is", "value": "add"},
        ]});
        for form in [json!(false), json!(true), conditions] {
            let required: Required = serde_json::from_value(form.clone()).unwrap();
            assert_eq!(serde_json::to_value(&required).unwrap(), form);
        }
    }

    #[test]
    fn the_type_field_is_the_same_as_none() {
        let typed = json!({"type": "field", "fieldKey": "kind", "operator": "is", "value": 1});
        assert_eq!(
            serde_json::from_value::<Condition>(typed).unwrap(),
            Condition::is("kind", 1)
        );
    }

    #[test]
    fn unknown_operators_are_rejected() {
        let unknown = json!({"conditions": [{"fieldKey": "kind", "operator": "contains", "value": "x"}]});
        let error = serde_json::from_value::<Required>(unknown)
            .unwrap_err()
            .to_string();
        assert!(error.contains("contains") && error.contains("is_not"), "{error}");
    }

    #[test]
    fn conditions_read_as_a_sentence() {
        let conditions = Conditions::any([Condition::is("kind", "card"), Condition::is_set("note")]);
        assert_eq!(conditions.to_string(), "`kind` is \"card\" or `note` is set");
    }
}
