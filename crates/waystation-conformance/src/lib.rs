//! Runs the recorded cases against the real code.
#![forbid(unsafe_code)]

pub mod areas;

/// What a case expected and what our code did instead.
#[derive(Debug, Clone)]
pub struct Mismatch {
    /// The recorded expectation, or the part of it that differs.
    pub expected: serde_json::Value,
    /// What our code answered in its place.
    pub actual: serde_json::Value,
}
