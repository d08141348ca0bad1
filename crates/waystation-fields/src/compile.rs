//! From definitions to the compiled schema.
//!
//! Several attributes of a definition have no effect in some combinations. Which ones is decided here,
//! once, so that the walk over a payload knows nothing of it.

use std::sync::Arc;

use serde_json::Value;

use crate::choices::{Choices, equals};
use crate::coerce::{MainType, Types};
use crate::conditions::{Conditions, Required};
use crate::definition::{FieldDefinition, FieldType};
use crate::error::{Mistake, SchemaError};
use crate::fields::Fields;
use crate::format::Format;
use crate::node::{Limits, Node, ObjectNode, Property, Shape};
use crate::requirement::Requirement;

/// The fields that come conditionally required with their keys, in the order they are checked.
type Conditional<'f> = Vec<(String, &'f Conditions)>;

/// Compiles the fields of a payload.
pub(crate) fn payload(fields: &Fields) -> Result<ObjectNode, SchemaError> {
    Compiler {
        enclosing: Vec::new(),
    }
    .object(fields, Demands::Enforced, false)
}

/// Whether an object's own requirements are enforced.
#[derive(Clone, Copy, PartialEq)]
enum Demands {
    Enforced,
    /// A property is conditionally required, which the enclosing object checks; the others go unchecked.
    Dropped,
}

/// Whether any of the properties is conditionally required.
pub(crate) fn has_conditional(properties: &Fields) -> bool {
    properties
        .iter()
        .any(|(_, property)| matches!(property.required, Required::When(_)))
}

/// The conditionally required fields of an object and of the objects right under it.
fn conditional(fields: &Fields) -> Conditional<'_> {
    let mut conditional = Conditional::new();
    for (key, field) in fields.iter() {
        for (child, property) in field.object_properties().into_iter().flat_map(Fields::iter) {
            if let Required::When(conditions) = &property.required {
                conditional.push((format!("{key}.{child}"), conditions));
            }
        }
        if let Required::When(conditions) = &field.required {
            conditional.push((key.to_owned(), conditions));
        }
    }
    conditional
}

/// The format that a field's texts are held to.
pub(crate) const fn effective_format(field: &FieldDefinition) -> Option<Format> {
    match field.field_type {
        FieldType::Datetime => Some(Format::DateLike),
        FieldType::Password => Some(Format::Password),
        FieldType::Text => Some(Format::Text),
        _ => field.format,
    }
}

/// A limit that counts: zero does not.
pub(crate) fn effective_limit(limit: Option<f64>) -> Option<f64> {
    limit.filter(|&limit| limit != 0.0)
}

/// The values a field allows, null included where the field allows it.
fn allowed_values(field: &FieldDefinition) -> Vec<Value> {
    let mut allowed: Vec<Value> = field.choices.iter().map(|choice| choice.value.clone()).collect();
    if field.allow_null && !allowed.is_empty() {
        allowed.push(Value::Null);
    }
    allowed
}

/// Keeps the keys of the objects around a field, so that mistakes can name it.
struct Compiler<'f> {
    enclosing: Vec<&'f str>,
}

impl<'f> Compiler<'f> {
    fn object(
        &mut self,
        fields: &'f Fields,
        demands: Demands,
        keeps_undeclared: bool,
    ) -> Result<ObjectNode, SchemaError> {
        let mut properties = Vec::with_capacity(fields.len());
        for (key, field) in fields.iter() {
            self.enclosing.push(key);
            let required = demands == Demands::Enforced && field.required == Required::Always;
            properties.push(Property {
                key: Arc::from(key),
                node: self.field(field)?,
                required,
            });
            self.enclosing.pop();
        }
        // Dropped requirements are compiled all the same: a mistake in one is a mistake.
        let requirements = self.requirements(fields)?;
        let requirements = if demands == Demands::Enforced {
            requirements
        } else {
            Vec::new()
        };
        Ok(ObjectNode::new(properties, requirements, keeps_undeclared))
    }

    fn requirements(&self, fields: &Fields) -> Result<Vec<Requirement>, SchemaError> {
        conditional(fields)
            .into_iter()
            .map(|(key, conditions)| {
                Requirement::new(&key, conditions).map_err(|mistake| self.error_at(Some(&key), mistake))
            })
            .collect()
    }

    fn field(&mut self, field: &'f FieldDefinition) -> Result<Node, SchemaError> {
        let limits = limits(field).map_err(|mistake| self.error_at(None, mistake))?;
        let choices = choices(field).map_err(|mistake| self.error_at(None, mistake))?;
        let format = effective_format(field).filter(|format| !format.is_hint());
        let shape = self.shape(field)?;
        if !field.multiple {
            return Ok(Node {
                shape,
                choices,
                format,
                limits,
            });
        }
        // Items are held to their type and choices alone; those of objects with properties lose even these.
        let choices = choices.filter(|_| matches!(shape, Shape::Single(_)));
        let item = Node {
            shape,
            choices,
            format: None,
            limits: Limits::None,
        };
        Ok(Node {
            shape: Shape::List(Box::new(item)),
            choices: None,
            format: None,
            limits: Limits::None,
        })
    }

    fn shape(&mut self, field: &'f FieldDefinition) -> Result<Shape, SchemaError> {
        match field.object_properties() {
            Some(properties) => {
                let demands = if has_conditional(properties) {
                    Demands::Dropped
                } else {
                    Demands::Enforced
                };
                let object = self.object(properties, demands, field.additional_properties)?;
                Ok(Shape::Object(Box::new(object)))
            }
            None => Ok(Shape::Single(single_types(field))),
        }
    }

    /// A mistake of the field that is being compiled, or of one under it.
    fn error_at(&self, key: Option<&str>, mistake: Mistake) -> SchemaError {
        let keys: Vec<&str> = self.enclosing.iter().copied().chain(key).collect();
        SchemaError {
            field: keys.join("."),
            mistake,
        }
    }
}

/// The types of a field's value, or of each item of its list.
const fn single_types(field: &FieldDefinition) -> Types {
    Types {
        main: main_type(field.field_type),
        nullable: field.allow_null && !field.multiple,
    }
}

const fn main_type(field_type: FieldType) -> MainType {
    match field_type {
        FieldType::String | FieldType::Text | FieldType::Password => MainType::Text,
        FieldType::Number => MainType::Number,
        FieldType::Integer => MainType::Integer,
        FieldType::Boolean => MainType::Boolean,
        FieldType::Datetime => MainType::TextOrNumber,
        FieldType::Object => MainType::Object,
    }
}

fn choices(field: &FieldDefinition) -> Result<Option<Choices>, Mistake> {
    let allowed = allowed_values(field);
    for (index, choice) in allowed.iter().enumerate() {
        if allowed[..index].iter().any(|earlier| equals(earlier, choice)) {
            return Err(Mistake::DuplicateChoice {
                choice: choice.clone(),
            });
        }
    }
    Ok((!allowed.is_empty()).then(|| Choices::new(allowed)))
}

fn limits(field: &FieldDefinition) -> Result<Limits, Mistake> {
    let (minimum, maximum) = (effective_limit(field.minimum), effective_limit(field.maximum));
    if (minimum, maximum) == (None, None) {
        return Ok(Limits::None);
    }
    Ok(match field.field_type {
        FieldType::Number => Limits::Value { minimum, maximum },
        FieldType::String => Limits::Length {
            minimum: minimum.map(length).transpose()?,
            maximum: maximum.map(length).transpose()?,
        },
        _ => Limits::None,
    })
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "checked; a cast saturates"
)]
fn length(limit: f64) -> Result<usize, Mistake> {
    if limit >= 0.0 && limit.fract() == 0.0 {
        Ok(limit as usize)
    } else {
        Err(Mistake::LengthLimit { limit })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn mistake(fields: Value) -> (String, Mistake) {
        let error = payload(&serde_json::from_value(fields).unwrap()).unwrap_err();
        (error.field, error.mistake)
    }

    #[test]
    fn mistakes_name_the_field() {
        let inner = json!({"label": "b", "type": "string", "minimum": 2.5});
        let fields = json!({"a": {"label": "a", "type": "object", "properties": {"b": inner}}});
        assert_eq!(
            mistake(fields),
            ("a.b".to_owned(), Mistake::LengthLimit { limit: 2.5 })
        );
    }

    #[test]
    fn choices_must_differ() {
        let fields = json!({"n": {"label": "n", "type": "number", "choices": [
            {"label": "one", "value": 1}, {"label": "uno", "value": 1.0},
        ]}});
        assert_eq!(
            mistake(fields),
            ("n".to_owned(), Mistake::DuplicateChoice { choice: json!(1.0) })
        );
    }

    #[test]
    fn conditional_fields_come_children_first() {
        let when = json!({"conditions": [{"fieldKey": "k", "operator": "is", "value": 1}]});
        let fields: Fields = serde_json::from_value(json!({
            "a": {"label": "a", "type": "object", "required": when, "properties": {
                "b": {"label": "b", "type": "string", "required": when},
            }},
        }))
        .unwrap();
        let keys: Vec<String> = conditional(&fields).into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["a.b", "a"]);
    }
}
