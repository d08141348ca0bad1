//! What can be wrong with a payload, and with a definition.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use waystation_json::JsonObject;

use crate::format::Format;

/// How many allowed values a message lists before it only counts the rest.
const LISTED_CHOICES: usize = 10;

/// Everything that is wrong with a payload, in the order of the fields.
///
/// Messages name fields and what they accept. They never repeat a value, which may be personal or secret.
#[derive(Clone, Debug, PartialEq)]
pub struct ValidationErrors(Vec<FieldError>);

impl ValidationErrors {
    pub(crate) const fn new(errors: Vec<FieldError>) -> Self {
        Self(errors)
    }

    /// The whole payload is something other than an object.
    #[must_use]
    pub fn not_an_object() -> Self {
        let problem = Problem::Type {
            expected: &[JsonType::Object],
        };
        Self(vec![FieldError {
            path: "$".to_owned(),
            problem,
        }])
    }

    /// The errors in order; there is at least one.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &FieldError> {
        self.0.iter()
    }

    /// The messages by path, for answers to clients: `{"$.email": "must be an email address"}`.
    ///
    /// Several messages about one value become sentences after each other.
    #[must_use]
    pub fn fields(&self) -> JsonObject {
        let mut fields = JsonObject::new();
        for error in &self.0 {
            match fields.get_mut(&error.path) {
                Some(Value::String(known)) => *known = format!("{known}; {}", error.problem),
                _ => {
                    fields.insert(error.path.clone(), Value::String(error.problem.to_string()));
                }
            }
        }
        fields
    }
}

impl fmt::Display for ValidationErrors {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                formatter.write_str(" ")?;
            }
            error.fmt(formatter)?;
        }
        Ok(())
    }
}

impl std::error::Error for ValidationErrors {}

impl IntoIterator for ValidationErrors {
    type Item = FieldError;
    type IntoIter = std::vec::IntoIter<FieldError>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldError {
    /// The JSONPath of the value; for a missing field, of the object that lacks it.
    pub path: String,
    /// What is wrong.
    pub problem: Problem,
}

/// A sentence about the value.
impl fmt::Display for FieldError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "$" => write!(formatter, "The payload {}.", self.problem),
            path => write!(formatter, "{path} {}.", self.problem),
        }
    }
}

/// What is wrong with a value. The text form is the end of a sentence about it.
#[derive(Clone, Debug, PartialEq)]
pub enum Problem {
    /// A field is missing.
    Required {
        /// The key of the field.
        missing: String,
    },
    /// A field is missing that is required only because of the values of others.
    RequiredWhen {
        /// The key of the field.
        missing: String,
        /// The conditions that hold.
        conditions: Arc<str>,
    },
    /// The value has a type that cannot be converted.
    Type {
        /// The types allowed.
        expected: &'static [JsonType],
    },
    /// The value is none of the choices.
    Choice {
        /// The values allowed.
        allowed: Arc<[Value]>,
    },
    /// The number is too great.
    Maximum {
        /// The greatest number allowed.
        limit: f64,
    },
    /// The number is too small.
    Minimum {
        /// The least number allowed.
        limit: f64,
    },
    /// The text is too long.
    MaximumLength {
        /// The greatest length allowed, in code points.
        limit: usize,
    },
    /// The text is too short.
    MinimumLength {
        /// The least length allowed, in code points.
        limit: usize,
    },
    /// The text does not look as it should.
    Format {
        /// The format wanted.
        format: Format,
    },
}

impl Problem {
    /// The keyword of JSON Schema that the value fails.
    #[must_use]
    pub const fn keyword(&self) -> &'static str {
        match self {
            Self::Required { .. } | Self::RequiredWhen { .. } => "required",
            Self::Type { .. } => "type",
            Self::Choice { .. } => "enum",
            Self::Maximum { .. } => "maximum",
            Self::Minimum { .. } => "minimum",
            Self::MaximumLength { .. } => "maxLength",
            Self::MinimumLength { .. } => "minLength",
            Self::Format { .. } => "format",
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Required { missing } => write!(formatter, "lacks the required field `{missing}`"),
            Self::RequiredWhen { missing, conditions } => {
                write!(
                    formatter,
                    "lacks the field `{missing}`, which is required when {conditions}"
                )
            }
            Self::Type { expected } => {
                formatter.write_str("must be ")?;
                write_alternatives(formatter, expected.iter().map(|wanted| wanted.with_article()))
            }
            Self::Choice { allowed } => write_choices(formatter, allowed),
            Self::Maximum { limit } => write!(formatter, "must be at most {limit}"),
            Self::Minimum { limit } => write!(formatter, "must be at least {limit}"),
            Self::MaximumLength { limit } => write!(formatter, "must have at most {limit} characters"),
            Self::MinimumLength { limit } => write!(formatter, "must have at least {limit} characters"),
            Self::Format { format } => write!(formatter, "must be {}", format.description()),
        }
    }
}

fn write_choices(formatter: &mut fmt::Formatter<'_>, allowed: &[Value]) -> fmt::Result {
    formatter.write_str("must be one of ")?;
    let listed = allowed.len().min(LISTED_CHOICES);
    for (index, value) in allowed[..listed].iter().enumerate() {
        if index > 0 {
            formatter.write_str(", ")?;
        }
        write!(formatter, "{value}")?;
    }
    match allowed.len() - listed {
        0 => Ok(()),
        more => write!(formatter, " and {more} more"),
    }
}

fn write_alternatives<'a>(
    formatter: &mut fmt::Formatter<'_>,
    alternatives: impl Iterator<Item = &'a str>,
) -> fmt::Result {
    for (index, alternative) in alternatives.enumerate() {
        if index > 0 {
            formatter.write_str(" or ")?;
        }
        formatter.write_str(alternative)?;
    }
    Ok(())
}

/// A type of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonType {
    /// A text.
    String,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// True or false.
    Boolean,
    /// A list.
    Array,
    /// An object.
    Object,
    /// Null.
    Null,
}

impl JsonType {
    /// The name in JSON schemas.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Number => "number",
            Self::Integer => "integer",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
            Self::Null => "null",
        }
    }

    const fn with_article(self) -> &'static str {
        match self {
            Self::String => "a text",
            Self::Number => "a number",
            Self::Integer => "a whole number",
            Self::Boolean => "true or false",
            Self::Array => "a list",
            Self::Object => "an object",
            Self::Null => "null",
        }
    }
}

/// A definition that no payload could be checked against.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("field `{field}`: {mistake}")]
pub struct SchemaError {
    /// The key of the field; below an object, `object.field`.
    pub field: String,
    /// What is wrong.
    pub mistake: Mistake,
}

/// What is wrong with a definition.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Mistake {
    /// The same choice is listed twice.
    #[error("the choice {choice} is listed twice: remove one")]
    DuplicateChoice {
        /// The choice.
        choice: Value,
    },
    /// The limit of a text's length is no length.
    #[error("{limit} cannot limit the length of a text: give a whole number of characters")]
    LengthLimit {
        /// The limit as defined.
        limit: f64,
    },
    /// A requirement with conditions has none.
    #[error("it is required when conditions hold, but there are none: add one, or use true or false")]
    NoConditions,
    /// A requirement depends on the sync mode, which is not part of payloads.
    #[error("it is required by sync mode, which is not part of payloads: compare a field instead")]
    SyncModeCondition,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn error(path: &str, problem: Problem) -> FieldError {
        FieldError {
            path: path.to_owned(),
            problem,
        }
    }

    #[test]
    fn messages_are_sentences() {
        let errors = ValidationErrors::new(vec![
            error(
                "$",
                Problem::Required {
                    missing: "email".to_owned(),
                },
            ),
            error(
                "$.age",
                Problem::Type {
                    expected: &[JsonType::Integer, JsonType::Null],
                },
            ),
            error(
                "$.n",
                Problem::Choice {
                    allowed: (0..12).map(Value::from).collect(),
                },
            ),
        ]);
        assert_eq!(
            errors.to_string(),
            "The payload lacks the required field `email`. $.age must be a whole number or null. \
             $.n must be one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more."
        );
    }

    #[test]
    fn messages_are_grouped_by_path() {
        let errors = ValidationErrors::new(vec![
            error("$.a", Problem::MinimumLength { limit: 3 }),
            error(
                "$.a",
                Problem::Format {
                    format: Format::Email,
                },
            ),
        ]);
        let grouped = json!({"$.a": "must have at least 3 characters; must be an email address"});
        assert_eq!(Value::Object(errors.fields()), grouped);
    }
}
