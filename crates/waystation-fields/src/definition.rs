//! What a field is: its type, what it accepts, and how a user interface shows it.

use std::borrow::Cow;

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use waystation_json::js_string;

use crate::conditions::{Conditions, Required, present};
use crate::fields::Fields;
use crate::format::Format;

/// One field of an action, of the settings or of a hook.
///
/// The JSON form is the one Segment's actions are written in. [`FieldDefinition::new`] gives a field
/// that accepts one optional value; the rest is set by name:
///
/// ```
/// use waystation_fields::{FieldDefinition, FieldType, Format, Required};
///
/// let email = FieldDefinition {
///     required: Required::Always,
///     format: Some(Format::Email),
///     ..FieldDefinition::new("Email address", FieldType::String)
/// };
/// assert_eq!(serde_json::to_value(&email).unwrap()["format"], "email");
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldDefinition {
    /// A short name for people.
    pub label: Cow<'static, str>,
    /// A sentence or two for people.
    #[serde(default, skip_serializing_if = "str::is_empty")]
    pub description: Cow<'static, str>,
    /// The type of the value, or of each value of a field with [`multiple`](Self::multiple).
    #[serde(rename = "type")]
    pub field_type: FieldType,
    /// Whether the field must be given.
    #[serde(default, skip_serializing_if = "Required::is_never")]
    pub required: Required,
    /// Whether the field takes a list of values. A lone value is wrapped.
    #[serde(default, skip_serializing_if = "is_false")]
    pub multiple: bool,
    /// Whether null is a value. Without effect on lists and on objects with declared properties.
    #[serde(default, skip_serializing_if = "is_false")]
    pub allow_null: bool,
    /// Whether undeclared keys are kept. Only read together with [`properties`](Self::properties): an
    /// object without them keeps every key.
    #[serde(default, skip_serializing_if = "is_false")]
    pub additional_properties: bool,
    /// What a text must look like. Without effect on `text`, `password`, `datetime` and lists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// The least value of a `number`, or the least length of a `string` in code points. 0 is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<f64>,
    /// The greatest value of a `number`, or the greatest length of a `string`. 0 is no limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<f64>,
    /// The only values allowed; empty when any is.
    #[serde(
        default,
        deserialize_with = "some_choices",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub choices: Vec<Choice>,
    /// What a new mapping suggests; never applied to payloads.
    #[serde(
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub default: Option<Value>,
    /// The declared keys of an `object`. `None` declares nothing and keeps everything, whereas an empty
    /// list declares that there are no keys.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub properties: Option<Fields>,
    /// Whether the choices are asked from the partner.
    #[serde(default, skip_serializing_if = "is_false")]
    pub dynamic: bool,
    /// Whether user interfaces leave the field out.
    #[serde(rename = "unsafe_hidden", default, skip_serializing_if = "is_false")]
    pub hidden: bool,
    /// Whether user interfaces show the field without letting it be changed.
    #[serde(default, skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// When user interfaces show the field.
    #[serde(rename = "depends_on", default, skip_serializing_if = "Option::is_none")]
    pub depends_on: Option<Conditions>,
    /// The group in user interfaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// An example of what to enter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placeholder: Option<Cow<'static, str>>,
    /// The editor for an `object`.
    #[serde(rename = "defaultObjectUI", default, skip_serializing_if = "Option::is_none")]
    pub default_object_ui: Option<ObjectEditor>,
    /// How much room the field takes in user interfaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_mode: Option<DisplayMode>,
    /// Ways of filling the field that user interfaces do not offer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disabled_input_methods: Vec<InputMethod>,
}

impl FieldDefinition {
    /// A field for one optional value of the type.
    pub fn new(label: impl Into<Cow<'static, str>>, field_type: FieldType) -> Self {
        Self {
            label: label.into(),
            description: Cow::Borrowed(""),
            field_type,
            required: Required::Never,
            multiple: false,
            allow_null: false,
            additional_properties: false,
            format: None,
            minimum: None,
            maximum: None,
            choices: Vec::new(),
            default: None,
            properties: None,
            dynamic: false,
            hidden: false,
            read_only: false,
            depends_on: None,
            category: None,
            placeholder: None,
            default_object_ui: None,
            display_mode: None,
            disabled_input_methods: Vec::new(),
        }
    }

    /// The declared properties, if the field is an object that has them.
    #[must_use]
    pub fn object_properties(&self) -> Option<&Fields> {
        self.properties
            .as_ref()
            .filter(|_| self.field_type == FieldType::Object)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// Reads choices; a list that allows no value at all is a mistake.
fn some_choices<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Choice>, D::Error> {
    let choices = Vec::deserialize(deserializer)?;
    if choices.is_empty() {
        return Err(D::Error::custom(
            "`choices` is empty: leave it out to allow every value",
        ));
    }
    Ok(choices)
}

/// The type of a field's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// A text.
    String,
    /// A longer text.
    Text,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// A point in time: a number, or a text that can be read as a date.
    Datetime,
    /// True or false.
    Boolean,
    /// A text that user interfaces do not show.
    Password,
    /// An object, with declared properties or free.
    Object,
}

/// A value that a field allows. In JSON, a text alone is its own label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "ChoiceForm")]
pub struct Choice {
    /// The name for people.
    pub label: Cow<'static, str>,
    /// The value in payloads.
    pub value: Value,
}

impl Choice {
    /// A value with its name.
    pub fn new(label: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
        }
    }
}

impl From<&'static str> for Choice {
    fn from(text: &'static str) -> Self {
        Self::new(text, text)
    }
}

/// The JSON forms of a choice.
#[derive(Deserialize)]
#[serde(untagged)]
enum ChoiceForm {
    Labelled {
        #[serde(default)]
        label: Option<String>,
        value: Value,
    },
    Plain(Value),
}

impl TryFrom<ChoiceForm> for Choice {
    type Error = &'static str;

    fn try_from(form: ChoiceForm) -> Result<Self, Self::Error> {
        let (label, value) = match form {
            ChoiceForm::Labelled { label, value } => (label, value),
            ChoiceForm::Plain(Value::Object(_)) => return Err("a choice with a label needs a `value`"),
            ChoiceForm::Plain(value) => (None, value),
        };
        Ok(Self {
            label: Cow::Owned(label.unwrap_or_else(|| js_string(&value))),
            value,
        })
    }
}

/// The group of a field in user interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Says whom or what the payload is about.
    Identifier,
    /// What is said about it.
    Data,
    /// Not for users.
    Internal,
    /// Settings of the action.
    Config,
    /// How records are synchronized.
    Sync,
    /// Personal data that is sent hashed.
    #[serde(rename = "hashedPII")]
    HashedPii,
}

/// The editor that user interfaces offer for an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectEditor {
    /// Keys and values, or a whole object.
    #[serde(rename = "keyvalue")]
    KeyValue,
    /// A whole object, or keys and values.
    #[serde(rename = "object")]
    Object,
    /// Keys and values.
    #[serde(rename = "keyvalue:only")]
    KeyValueOnly,
    /// A whole object.
    #[serde(rename = "object:only")]
    ObjectOnly,
    /// A list of objects.
    #[serde(rename = "arrayeditor")]
    List,
}

/// How much room a field takes in user interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DisplayMode {
    /// With its description.
    Expanded,
    /// One line.
    Normal,
    /// Folded away with others.
    Collapsed,
}

/// A way of filling a field in user interfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum InputMethod {
    /// A fixed value.
    Literal,
    /// A value of the event.
    Variable,
    /// A value computed from the event.
    Function,
    /// A value looked up elsewhere.
    Enrichment,
    /// Any text.
    Freeform,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn definitions_keep_their_json_form() {
        let form = json!({
            "label": "Status", "description": "Where it stands.", "type": "string", "required": true,
            "allowNull": true, "choices": [{"label": "Open", "value": "open"}], "default": {"@path": "$.a"},
            "dynamic": true, "unsafe_hidden": true, "readOnly": true, "category": "hashedPII",
            "depends_on": {"conditions": [{"fieldKey": "a", "operator": "is", "value": [1, 2]}]},
            "defaultObjectUI": "keyvalue:only", "displayMode": "collapsed",
            "disabledInputMethods": ["literal", "freeform"],
        });
        let field: FieldDefinition = serde_json::from_value(form.clone()).unwrap();
        assert_eq!(serde_json::to_value(&field).unwrap(), form);
    }

    #[test]
    fn plain_choices_are_their_own_label() {
        let choices: Vec<Choice> = serde_json::from_value(json!(["a", {"label": "B", "value": 2}])).unwrap();
        assert_eq!(choices, [Choice::from("a"), Choice::new("B", 2)]);
        assert!(serde_json::from_value::<Choice>(json!({"label": "C"})).is_err());
    }

    #[test]
    fn no_properties_differ_from_empty_properties() {
        let read = |form| serde_json::from_value::<FieldDefinition>(form).unwrap();
        assert!(
            read(json!({"label": "o", "type": "object"}))
                .object_properties()
                .is_none()
        );
        let empty = read(json!({"label": "o", "type": "object", "properties": {}}));
        assert!(empty.object_properties().is_some_and(Fields::is_empty));
    }
}
