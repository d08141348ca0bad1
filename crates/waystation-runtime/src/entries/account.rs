//! What concerns the account rather than an event: testing credentials, refreshing tokens, deleting people.

use std::sync::Arc;

use serde_json::{Value, json};
use waystation_json::JsonObject;
use waystation_kit::context::{About, Events};
use waystation_kit::future::BoxFuture;
use waystation_kit::{Auth, DeleteUser, Error as ActionError, Output, RefreshedTokens};

use crate::connection::{CallOptions, Connection};
use crate::destination::LoadedDestination;
use crate::error::{Error, Result};
use crate::layers::{refresh_tokens, within_deadline};
use crate::tokens::InMemoryTokens;

/// Asks the partner whether it accepts the credentials; a destination without a test accepts them.
///
/// # Errors
/// Settings that do not fit, or [`Error::Credentials`] around what went wrong.
pub async fn test_authentication(
    destination: &Arc<LoadedDestination>,
    settings: JsonObject,
    auth: Auth,
    options: &CallOptions,
) -> Result<()> {
    let invalid = |error: Error| Error::Credentials(Box::new(error));
    let connection = Connection::open(Arc::clone(destination), settings, auth, Arc::new(InMemoryTokens))?;
    let authentication = destination.definition().authentication.as_ref();
    let Some(test) = authentication.and_then(|authentication| authentication.test.as_ref()) else {
        return Ok(());
    };
    let call = connection
        .call(options, &Arc::default())
        .map_err(|error| invalid(error.into()))?;
    within_deadline(options, test(call, ()))
        .await
        .map_err(|error| invalid(error.into()))
}

/// Exchanges the refresh token for new tokens; `None` when the partner hands out none.
///
/// # Errors
/// The destination's scheme has no tokens, or the exchange failed.
pub async fn refresh_access_token(
    connection: &Connection,
    auth: Auth,
    options: &CallOptions,
) -> Result<Option<RefreshedTokens>> {
    if !connection.destination().refreshes_tokens() {
        return Err(Error::Action(ActionError::not_implemented(
            "Refreshing tokens is only supported by destinations that authenticate with OAuth 2.",
        )));
    }
    let exchange = crate::layers::exchange_refresh_token(connection, options, auth);
    within_deadline(options, exchange).await.map_err(Error::Action)
}

/// Deletes what the partner knows about a person; `None` when the destination offers no deletion.
///
/// # Errors
/// The deletion failed.
pub async fn delete_user(
    connection: &Connection,
    event: &Value,
    options: &CallOptions,
) -> Result<Option<Value>> {
    let Some(delete) = &connection.destination().definition().delete else {
        return Ok(None);
    };
    let text = |key: &str| event.get(key).and_then(Value::as_str).map(str::to_owned);
    let user = DeleteUser {
        user_id: text("userId"),
        anonymous_id: text("anonymousId"),
    };
    let about = Arc::new(About {
        events: Events::One(Arc::new(event.clone())),
        ..About::default()
    });
    let output = with_refresh(connection, options, || {
        Ok(delete(connection.call(options, &about)?, user.clone()))
    });
    match output.await? {
        Output::Nothing => Ok(Some(json!({"output": "no onDelete defined"}))),
        output => Ok(output.into_data()),
    }
}

/// Runs a call, refreshes the access token if it is refused, and runs the call once more.
///
/// # Errors
/// The call or the refresh failed.
pub(super) async fn with_refresh<T>(
    connection: &Connection,
    options: &CallOptions,
    call: impl Fn() -> Result<BoxFuture<'static, Result<T, ActionError>>, ActionError>,
) -> Result<T> {
    let used = connection.tokens().current().access_token;
    let attempts = async {
        match call()?.await {
            Err(error) if error.status() == Some(401) && connection.destination().refreshes_tokens() => {
                refresh_tokens(connection, options, used.as_ref()).await?;
                call()?.await
            }
            other => other,
        }
    };
    within_deadline(options, attempts).await.map_err(Error::Action)
}
