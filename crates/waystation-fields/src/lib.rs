//! Field definitions, compiled into a schema that cleans, coerces and validates payloads.
//!
//! An action, like the settings of a destination, declares [`Fields`]. [`Schema::compile`] turns them into
//! a [`Schema`] once; [`Schema::prepare`] then takes each payload through four steps in one pass, in place:
//!
//! 1. empty values are removed ([removal](#removal-of-empty-values));
//! 2. conditional requirements are judged, before anything is converted ([requirements](#requirements));
//! 3. undeclared keys are removed, and values are converted to the type of their field
//!    ([coercion](#coercion));
//! 4. values are validated, and all errors are reported together ([errors](#errors)).
//!
//! ```
//! use serde_json::json;
//! use waystation_fields::{Fields, Mode, Schema};
//!
//! let fields: Fields = serde_json::from_value(json!({
//!     "email": {"label": "Email", "type": "string", "format": "email", "required": true},
//!     "amount": {"label": "Amount", "type": "number", "minimum": 1},
//!     "tags": {"label": "Tags", "type": "string", "multiple": true},
//! }))?;
//! let schema = Schema::compile(&fields)?;
//!
//! let payload = json!({"email": "ada@example.com", "amount": "12.5", "tags": "new", "other": null});
//! let prepared = schema.prepare(payload.as_object().cloned().unwrap_or_default(), Mode::Single)?;
//! assert_eq!(json!(prepared), json!({"email": "ada@example.com", "amount": 12.5, "tags": ["new"]}));
//!
//! let payload = json!({"amount": 0.5});
//! let errors = schema.prepare(payload.as_object().cloned().unwrap_or_default(), Mode::Single).unwrap_err();
//! assert_eq!(
//!     json!(errors.fields()),
//!     json!({"$": "lacks the required field `email`", "$.amount": "must be at least 1"})
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The rules are those of Segment's runtime, whose actions are written with the same definitions; they
//! were recorded from it as the conformance cases of the area `schema`.
//!
//! # Removal of empty values
//!
//! | value | removed |
//! |---|---|
//! | null | unless the field has `allowNull` |
//! | `""` | unless the field is a text or a `datetime`; from the payload's own fields always in [`Mode::Single`] |
//! | an empty item of a list | as a value of the list's type would be |
//! | inside an object, also one of a list | as the declared properties say; nothing where none are declared |
//!
//! Settings ([`Mode::Settings`]) lose no empty values. A payload without declared fields is left alone,
//! whereas settings without declared fields lose everything.
//!
//! # Coercion
//!
//! | wanted | taken besides itself |
//! |---|---|
//! | `string`, `text`, `password` | numbers and booleans, as their text; null, as `""` |
//! | `number` | numeric text, in any spelling of JavaScript; booleans as 1 and 0; null as 0 |
//! | `integer` | as `number`, if whole |
//! | `boolean` | `"true"`, 1; `"false"`, 0, null |
//! | `datetime` | as text, otherwise as number |
//! | null, where allowed | `""`, 0 and false, if the type itself cannot take them |
//! | `object` | nothing |
//! | a list | a lone value, which is wrapped; a lone object only in a field of the payload itself |
//!
//! A list of one item is unwrapped where a single value is wanted. Null only gets this far where removal
//! does not reach: in settings, and in objects in lists. Numbers that JSON cannot hold, such as the text
//! `Infinity`, are an error.
//!
//! # Attributes without effect
//!
//! | attribute | does nothing |
//! |---|---|
//! | `format`, `minimum`, `maximum`, `allowNull` | on the items of a list (`multiple`) |
//! | `choices` | on the items of a list of objects with properties |
//! | `allowNull` | on an object with properties |
//! | `format` | on `text`, `password` and `datetime`, which have their own |
//! | `minimum`, `maximum` | when 0, and on all types but `number` (its value) and `string` (its length) |
//! | `additionalProperties` | without properties, where every key is kept |
//! | `required: true` | on a property of an object that also has a conditionally required one |
//! | `default` | always: mappings are made with it, payloads never see it |
//!
//! # Requirements
//!
//! A [`Condition`] compares another field of the same object, or asks whether it is set. `is` and `is_not`
//! with a value need the field to be there. Values are compared before coercion: a condition on `true`
//! does not hold for `"true"`. `parent.child` reaches one level down, on both sides.
//!
//! Three habits of Segment's runtime are kept so that definitions mean the same in both:
//!
//! * Asking whether a field is set, as the only condition, turns a value of `""`, 0 or false (or a list of
//!   one of these) into null; the field's own type then makes of it what it makes of null. Zero counts as
//!   not set.
//! * For `parent.child`, `is` without a value holds when the child *is* there, and `is_not` never.
//! * A property of an object that has two conditions or more is demanded under the literal key
//!   `object.property` of the payload, which no nested value satisfies. Give it one condition.
//!
//! # Errors
//!
//! [`ValidationErrors`] come object by object: first what fails its condition, in field order, then what is
//! missing, then what is wrong with each value, in field order; for one value its type, choices, limits
//! and format. A value of the wrong type is still held to the rest.
//!
//! A definition that no payload could be checked against is a [`SchemaError`]; one whose JSON form is
//! wrong is refused by `serde`.
//!
//! # Differences from Segment's runtime
//!
//! | case | there | here |
//! |---|---|---|
//! | the text `Infinity` for a number | becomes a number that JSON cannot hold | type error |
//! | a required field named `constructor` or the like | taken from the object's prototype, wrong type | missing |
//! | an unknown operator among several conditions | read as `is_not` | the definition is refused |
//! | an unknown format on a field that ignores formats | accepted | the definition is refused |
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
