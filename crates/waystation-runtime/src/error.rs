//! Why a call failed, wherever on the way it happened.

use waystation_fields::{FieldError, SchemaError, ValidationErrors};
use waystation_kit::Error as ActionError;
use waystation_mapping::{InvalidMapping, ResolveError};

/// The result of a call.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// Values do not fit the fields they are meant for; nothing was sent.
    #[error("{}", subject.sentences(errors))]
    Schema {
        /// Which values.
        subject: SchemaSubject,
        /// Every problem with its path.
        errors: ValidationErrors,
    },
    /// The mapping is not valid; nothing was sent.
    #[error("{0}")]
    InvalidMapping(InvalidMapping),
    /// The mapping could not be resolved for this event; nothing was sent.
    #[error("{0}")]
    Mapping(ResolveError),
    /// The partner does not accept the credentials, or could not be asked.
    #[error("Credentials are invalid: {status} {message}", status = status_text(.0), message = .0)]
    Credentials(Box<Error>),
    /// The action failed.
    #[error(transparent)]
    Action(#[from] ActionError),
}

/// Whose fields were violated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SchemaSubject {
    /// The settings of the destination.
    Settings,
    /// The payload of an action.
    Payload,
    /// The inputs of a hook.
    HookInputs,
    /// The settings of an audience.
    AudienceSettings,
}

impl SchemaSubject {
    /// A problem as a sentence that names whose it is.
    #[must_use]
    pub fn sentence(self, error: &FieldError) -> String {
        match error.path.as_str() {
            "$" => format!("{} {}.", self.noun(), error.problem),
            _ => error.to_string(),
        }
    }

    fn sentences(self, errors: &ValidationErrors) -> String {
        let sentences: Vec<String> = errors.iter().map(|error| self.sentence(error)).collect();
        sentences.join(" ")
    }

    const fn noun(self) -> &'static str {
        match self {
            Self::Settings => "The settings object",
            Self::Payload => "The payload",
            Self::HookInputs => "The object of the hook's inputs",
            Self::AudienceSettings => "The object of the audience's settings",
        }
    }
}

impl Error {
    pub(crate) fn payload(errors: ValidationErrors) -> Self {
        Self::Schema {
            subject: SchemaSubject::Payload,
            errors,
        }
    }

    /// The HTTP status of the failure (recorded in `tests/conformance/runtime`); `None` where there is none.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Schema {
                subject: SchemaSubject::Settings | SchemaSubject::Payload,
                ..
            } => Some(400),
            Self::Schema { .. } | Self::InvalidMapping(_) | Self::Mapping(_) => None,
            Self::Credentials(error) => error.status(),
            Self::Action(error) => error.status(),
        }
    }

    /// Whether another attempt may fare better.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Action(error) => error.is_retryable(),
            _ => false,
        }
    }

    /// The action's own error, where it is one.
    #[must_use]
    pub fn action(&self) -> Option<&ActionError> {
        match self {
            Self::Action(error) => Some(error),
            Self::Credentials(error) => error.action(),
            _ => None,
        }
    }
}

fn status_text(error: &Error) -> String {
    let response = error.action().and_then(ActionError::response);
    response
        .map(|response| response.status().to_string())
        .unwrap_or_default()
}

/// A destination's definition cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{destination}: the {part} cannot be compiled: {source}")]
pub struct DefinitionError {
    /// The destination's slug.
    pub destination: &'static str,
    /// Which fields.
    pub part: String,
    /// What is wrong with them.
    pub source: Box<SchemaError>,
}
