//! Why nothing could be written.

use std::io;
use std::path::PathBuf;

/// Why nothing could be written, and where.
#[derive(Debug, thiserror::Error)]
pub enum ScaffoldError {
    /// A slug cannot be the name of a folder and of a crate.
    #[error("\"{0}\" is no slug of a destination: use small letters, digits and hyphens, as in \"acme-crm\"")]
    DestinationSlug(String),
    /// A slug cannot be the name of an action.
    #[error(
        "\"{0}\" is no slug of an action: use letters and digits, beginning with a letter, as in \"trackEvent\""
    )]
    ActionSlug(String),
    /// Two actions have one name.
    #[error("the action \"{0}\" is named twice")]
    ActionTwice(String),
    /// A part of a manifest is not as it should be.
    #[error("the manifest cannot be used: {place}: {problem}")]
    Manifest {
        /// Where: `actions.trackEvent.fields.email`.
        place: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The manifest has no action of this slug.
    #[error("the manifest has no action \"{slug}\"; it has: {}", known.join(", "))]
    NoSuchAction {
        /// The slug that was asked for.
        slug: String,
        /// The slugs that there are.
        known: Vec<String>,
    },
    /// The OpenAPI document has no operation of this name that sends something.
    #[error("the document has no operation \"{operation}\"; it has: {}", known.join(", "))]
    NoSuchOperation {
        /// The name that was asked for.
        operation: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// An operation cannot be drafted from.
    #[error("nothing can be drafted from {operation}: {problem}")]
    OpenApi {
        /// Which operation.
        operation: String,
        /// Why.
        problem: String,
    },
    /// The folder is not inside a checkout.
    #[error("{} is not inside a checkout of Waystation: it has no destinations/registry", .0.display())]
    NoWorkspace(PathBuf),
    /// A file that would be written is there already.
    #[error("{} is there already: nothing was written", .0.display())]
    Exists(PathBuf),
    /// The destination that an action is to be added to is not there.
    #[error("there is no destination in {}", .0.display())]
    NoDestination(PathBuf),
    /// A file that was to be changed does not look as expected.
    #[error("{} does not look as expected: {problem}", file.display())]
    Unexpected {
        /// Which file.
        file: PathBuf,
        /// What was looked for.
        problem: String,
    },
    /// A file cannot be read or written.
    #[error("{}: {error}", file.display())]
    Io {
        /// Which one.
        file: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The formatter refused what was written.
    #[error("rustfmt, which comes with `rustup component add rustfmt`, did not format {file}: {problem}")]
    Format {
        /// Which file.
        file: String,
        /// What it says.
        problem: String,
    },
}

impl ScaffoldError {
    pub(crate) fn openapi(operation: String, problem: impl Into<String>) -> Self {
        Self::OpenApi {
            operation,
            problem: problem.into(),
        }
    }

    pub(crate) fn manifest(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Manifest {
            place: place.into(),
            problem: problem.into(),
        }
    }
}
