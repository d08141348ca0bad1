//! Field definitions, compiled into a schema that cleans, coerces and validates payloads
#![forbid(unsafe_code)]

mod choices;
mod coerce;
mod compile;
mod conditions;
mod definition;
mod empties;
mod error;
mod fields;
mod format;
mod json_schema;
mod node;
mod path;
mod requirement;
mod schema;
mod walk;

pub use conditions::{Condition, Conditions, FieldCondition, Match, Operator, Required};
pub use definition::{Category, Choice, DisplayMode, FieldDefinition, FieldType, InputMethod, ObjectEditor};
pub use error::{FieldError, JsonType, Mistake, Problem, SchemaError, ValidationErrors};
pub use fields::Fields;
pub use format::Format;
pub use schema::{Mode, Schema};
