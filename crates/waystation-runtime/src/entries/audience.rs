//! Audiences that are kept at the partner: creating one, asking for one.

use std::sync::Arc;

use waystation_kit::Error as ActionError;
use waystation_kit::audience::{CreateAudience, ExternalAudience, GetAudience};
use waystation_kit::context::About;

use super::account::with_refresh;
use crate::connection::{CallOptions, Connection};
use crate::error::{Error, Result};

/// Creates an audience. Its settings are validated, if there are any.
///
/// # Errors
/// The destination creates no audiences, the settings do not fit, or the partner refused.
pub async fn create_audience(
    connection: &Connection,
    mut input: CreateAudience,
    options: &CallOptions,
) -> Result<ExternalAudience> {
    let audiences = connection.destination().definition().audiences.as_ref();
    let create = audiences
        .and_then(|audiences| audiences.create.as_ref())
        .ok_or_else(|| unsupported("creating audiences"))?;
    input.audience_settings = connection
        .destination()
        .prepare_audience_settings(input.audience_settings)?;
    with_refresh(connection, options, || {
        Ok(create(
            connection.call(options, &Arc::<About>::default())?,
            input.clone(),
        ))
    })
    .await
}

/// Asks for an audience by its id at the partner.
///
/// # Errors
/// The destination cannot be asked for audiences, or the partner refused.
pub async fn get_audience(
    connection: &Connection,
    input: GetAudience,
    options: &CallOptions,
) -> Result<ExternalAudience> {
    let audiences = connection.destination().definition().audiences.as_ref();
    let get = audiences
        .and_then(|audiences| audiences.get.as_ref())
        .ok_or_else(|| unsupported("asking for audiences"))?;
    with_refresh(connection, options, || {
        Ok(get(
            connection.call(options, &Arc::<About>::default())?,
            input.clone(),
        ))
    })
    .await
}

fn unsupported(what: &str) -> Error {
    Error::Action(ActionError::not_implemented(format!(
        "The destination does not support {what}."
    )))
}
