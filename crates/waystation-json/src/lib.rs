//! JavaScript's rules for JSON values, shared by the language crates.
//!
//! Segment mappings and subscriptions were defined by a JavaScript program, so what a number looks
//! like as text, when a value counts as true, and which texts are dates follow ECMAScript. This crate
//! is the one place where those rules are written down; it does no I/O.
#![forbid(unsafe_code)]

pub mod date;
pub mod number;
pub mod read;
pub mod text;

pub use number::{number_from_f64, number_text, parse_number};
pub use text::{is_truthy, js_string, push_js_string, type_name, utf16_len};

/// A JSON object that keeps the order of its keys.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;
