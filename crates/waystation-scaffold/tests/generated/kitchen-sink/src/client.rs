//! Requests to Kitchen Sink, and reading what it says.

use waystation_kit::prelude::*;

use crate::KitchenSink;

/// Asks whether the credentials are valid.
///
/// # Errors
/// Kitchen Sink refuses or does not answer.
pub async fn test_authentication(_: &Context<KitchenSink>) -> Result<()> {
    Err(Error::not_implemented("credentials cannot be tested yet"))
}

/// Forgets a person.
///
/// # Errors
/// Kitchen Sink refuses or does not answer.
pub async fn forget_person(_: &Context<KitchenSink>, _: DeleteUser) -> Result<Output> {
    Err(Error::not_implemented("people cannot be forgotten yet"))
}
