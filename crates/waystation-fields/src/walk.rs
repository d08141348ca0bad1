//! The walk over a payload: removes empties and undeclared keys, coerces and validates.

use serde_json::Value;
use waystation_json::JsonObject;
use waystation_json::number::as_f64;

use crate::empties;
use crate::error::{FieldError, JsonType, Problem};
use crate::node::{Limits, Node, ObjectNode, Shape};
use crate::path::Path;
use crate::requirement::{Requirement, Unmet};

/// Whether empty values are still to be removed.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Empties {
    Remove,
    Keep,
}

/// Collects what is wrong with a payload while it is prepared in place.
#[derive(Default)]
pub(crate) struct Walk {
    errors: Vec<FieldError>,
}

impl Walk {
    pub(crate) fn into_errors(self) -> Vec<FieldError> {
        self.errors
    }

    /// Prepares an object. `undeclared` says which undeclared keys are kept where the definition keeps none.
    pub(crate) fn object(
        &mut self,
        object: &mut JsonObject,
        node: &ObjectNode,
        path: &Path<'_>,
        mut empties: Empties,
        undeclared: impl Fn(&str) -> bool,
    ) {
        if !node.requirements.is_empty() {
            if empties == Empties::Remove {
                empties::remove_from_object(object, node);
                empties = Empties::Keep;
            }
            if path.is_root() {
                wrap_lone_values(object, node);
            }
            self.requirements(object, &node.requirements, path);
        }
        let start = self.errors.len();
        // The property that each error belongs to.
        let mut owners = Vec::new();
        let (mut guess, mut required_seen) = (0, 0);
        object.retain(|key, value| {
            let Some((index, property)) = node.property(key, guess) else {
                return node.keeps_undeclared || undeclared(key);
            };
            guess = index + 1;
            if empties == Empties::Remove && empties::is_removed(value, &property.node) {
                return false;
            }
            required_seen += usize::from(property.required);
            self.value(value, &property.node, &Path::Key(path, &property.key), empties);
            owners.resize(self.errors.len() - start, index);
            true
        });
        self.sort_errors(start, owners);
        let missing = node.missing(object, required_seen);
        if !missing.is_empty() {
            let errors = missing.into_iter().map(|key| required(path, key));
            self.errors.splice(start..start, errors.collect::<Vec<_>>());
        }
    }

    fn requirements(&mut self, object: &mut JsonObject, requirements: &[Requirement], path: &Path<'_>) {
        for requirement in requirements {
            let problem = |missing: &str| Problem::RequiredWhen {
                missing: missing.to_owned(),
                conditions: requirement.conditions.clone(),
            };
            match requirement.unmet(object) {
                Some(Unmet::Key(key)) => self.error(path, problem(key)),
                Some(Unmet::Child { parent, child }) => self.error(&Path::Key(path, parent), problem(child)),
                None => {}
            }
        }
    }

    /// Prepares a value: its type first, then what every type has in common, then what is inside.
    fn value(&mut self, value: &mut Value, node: &Node, path: &Path<'_>, empties: Empties) {
        match &node.shape {
            Shape::Single(types) => {
                if !types.coerce(value) {
                    self.error(
                        path,
                        Problem::Type {
                            expected: types.names(),
                        },
                    );
                }
            }
            Shape::List(_) => self.wrap(value, path),
            // Whether it is an object at all is only said after the other checks of the value.
            Shape::Object(_) => {}
        }
        self.checks(value, node, path);
        match (&node.shape, value) {
            (Shape::Object(node), Value::Object(object)) => {
                self.object(object, node, path, empties, |_| false);
            }
            (Shape::Object(_), _) => self.error(
                path,
                Problem::Type {
                    expected: &[JsonType::Object],
                },
            ),
            (Shape::List(item), Value::Array(items)) => self.items(items, item, path, empties),
            (Shape::List(_) | Shape::Single(_), _) => {}
        }
    }

    /// Makes a lone value a list; a lone object only in a field of the payload itself.
    fn wrap(&mut self, value: &mut Value, path: &Path<'_>) {
        let wraps_objects = matches!(path, Path::Key(parent, _) if parent.is_root());
        match value {
            Value::Array(_) => {}
            Value::Object(_) if !wraps_objects => {
                self.error(
                    path,
                    Problem::Type {
                        expected: &[JsonType::Array],
                    },
                );
            }
            lone => *lone = Value::Array(vec![lone.take()]),
        }
    }

    fn items(&mut self, items: &mut Vec<Value>, node: &Node, path: &Path<'_>, empties: Empties) {
        if empties == Empties::Remove {
            empties::remove_items(items, node);
        }
        for (index, item) in items.iter_mut().enumerate() {
            self.value(item, node, &Path::Index(path, index), empties);
        }
    }

    fn checks(&mut self, value: &Value, node: &Node, path: &Path<'_>) {
        if let Some(choices) = &node.choices
            && !choices.contains(value)
        {
            self.error(
                path,
                Problem::Choice {
                    allowed: choices.allowed(),
                },
            );
        }
        match (node.limits, value) {
            (Limits::Value { minimum, maximum }, Value::Number(number)) => {
                self.magnitude(as_f64(number), minimum, maximum, path);
            }
            (Limits::Length { minimum, maximum }, Value::String(text)) => {
                self.length(text, minimum, maximum, path);
            }
            _ => {}
        }
        if let (Some(format), Value::String(text)) = (node.format, value)
            && !format.matches(text)
        {
            self.error(path, Problem::Format { format });
        }
    }

    fn magnitude(&mut self, number: f64, minimum: Option<f64>, maximum: Option<f64>, path: &Path<'_>) {
        if let Some(limit) = maximum.filter(|&limit| number > limit) {
            self.error(path, Problem::Maximum { limit });
        }
        if let Some(limit) = minimum.filter(|&limit| number < limit) {
            self.error(path, Problem::Minimum { limit });
        }
    }

    fn length(&mut self, text: &str, minimum: Option<usize>, maximum: Option<usize>, path: &Path<'_>) {
        // A text has at most as many characters as bytes, so many texts need no counting.
        if let Some(limit) = maximum.filter(|&limit| text.len() > limit && text.chars().count() > limit) {
            self.error(path, Problem::MaximumLength { limit });
        }
        if let Some(limit) = minimum.filter(|&limit| text.chars().count() < limit) {
            self.error(path, Problem::MinimumLength { limit });
        }
    }

    /// A payload is walked in its own order, but errors are told in the order of the definition.
    fn sort_errors(&mut self, start: usize, owners: Vec<usize>) {
        if owners.is_sorted() {
            return;
        }
        let mut owned: Vec<(usize, FieldError)> =
            owners.into_iter().zip(self.errors.drain(start..)).collect();
        owned.sort_by_key(|&(owner, _)| owner);
        self.errors.extend(owned.into_iter().map(|(_, error)| error));
    }

    fn error(&mut self, path: &Path<'_>, problem: Problem) {
        self.errors.push(FieldError {
            path: path.to_string(),
            problem,
        });
    }
}

fn required(path: &Path<'_>, key: &str) -> FieldError {
    FieldError {
        path: path.to_string(),
        problem: Problem::Required {
            missing: key.to_owned(),
        },
    }
}

/// Requirements see the payload's own lists as lists, even where a lone value was given.
fn wrap_lone_values(payload: &mut JsonObject, node: &ObjectNode) {
    let mut guess = 0;
    for (key, value) in payload.iter_mut() {
        let Some((index, property)) = node.property(key, guess) else {
            continue;
        };
        guess = index + 1;
        if matches!(property.node.shape, Shape::List(_)) && !value.is_array() && !value.is_null() {
            *value = Value::Array(vec![value.take()]);
        }
    }
}
