//! Runs the recorded cases of `tests/conformance` against the real code.
//!
//! A case is one JSON object with an `id`, a `tier` (`core` must pass, `quirk` should), an input and what
//! is expected of it. The folder a file lies in names its [area](areas), and the area knows how to run one
//! case; nothing else about a file's place or name changes what happens to it.
//!
//! The way of a run: [`corpus`] finds and reads the files, [`differences`] replaces the expectation of the
//! cases in which we differ on purpose, [`run`] asks the areas, [`report`] prints the counts.
#![forbid(unsafe_code)]
// A mismatch is two JSON values by value: it is made once a failing case, never in a hot path.
#![allow(clippy::result_large_err)]

pub mod areas;
pub mod compare;
pub mod corpus;
pub mod differences;
mod probe;
pub mod report;
pub mod run;

/// What a case expected and what our code did instead.
#[derive(Debug, Clone)]
pub struct Mismatch {
    /// The recorded expectation, or the part of it that differs.
    pub expected: serde_json::Value,
    /// What our code answered in its place.
    pub actual: serde_json::Value,
}

/// What became of one case.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// Our code did what the case expects.
    Passed,
    /// Our code did something else.
    Failed(Mismatch),
    /// The case asks for something that is not built, such as a destination we do not have.
    Skipped {
        /// What is missing, in words for the report.
        reason: String,
    },
}

impl From<Result<(), Mismatch>> for Verdict {
    fn from(result: Result<(), Mismatch>) -> Self {
        match result {
            Ok(()) => Self::Passed,
            Err(mismatch) => Self::Failed(mismatch),
        }
    }
}
