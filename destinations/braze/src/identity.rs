//! Whom an object of `/users/track` is about.

use waystation_kit::prelude::*;

/// The error of an object that is about nobody, alone.
#[must_use]
pub fn missing() -> Error {
    const CODE: ErrorCode = ErrorCode::new("Missing required fields");
    Error::integration(MESSAGE, CODE, 400)
}

/// The error of an object that is about nobody, in a batch.
#[must_use]
pub fn missing_in_batch() -> Box<ItemError> {
    Box::new(ItemError::payload(MESSAGE))
}

const MESSAGE: &str =
    "A person is told by an external ID, a user alias, a Braze ID or an email address; all are missing";

/// Whether a text names somebody.
#[must_use]
pub fn is_given(id: Option<&String>) -> bool {
    id.is_some_and(|id| !id.is_empty())
}
