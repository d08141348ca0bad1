//! A 401 of an OAuth destination: refresh the access token once, then try again what was refused.

use std::task::{Context, Poll};

use tower::Service;
use waystation_kit::future::BoxFuture;
use waystation_kit::{Error, ErrorCode, ItemOutcome, RefreshedTokens, Secret};

use super::perform::Perform;
use super::{Delivered, Delivery, Target};
use crate::connection::{CallOptions, Connection, TokenRefresh};

/// Wraps the action's call.
#[derive(Clone)]
pub struct AuthRefresh {
    inner: Perform,
}

impl AuthRefresh {
    /// Wraps a call.
    #[must_use]
    pub fn new(inner: Perform) -> Self {
        Self { inner }
    }
}

impl Service<Delivery> for AuthRefresh {
    type Response = Delivered;
    type Error = Error;
    type Future = BoxFuture<'static, Result<Delivered, Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, delivery: Delivery) -> Self::Future {
        let Target {
            connection, options, ..
        } = self.inner.target();
        if options.token_refresh == TokenRefresh::Never || !connection.destination().refreshes_tokens() {
            return self.inner.call(delivery);
        }
        let mut inner = self.inner.clone();
        Box::pin(async move { call_with_refresh(&mut inner, delivery).await })
    }
}

async fn call_with_refresh(inner: &mut Perform, delivery: Delivery) -> Result<Delivered, Error> {
    let Target {
        connection, options, ..
    } = inner.target().clone();
    let used = connection.tokens().current().access_token;
    let first = inner.call(delivery.clone()).await;
    match first {
        Err(error) if error.status() == Some(401) => {
            refresh_tokens(&connection, &options, used.as_ref())
                .await
                .map_err(|failed| caused_by(failed, error))?;
            inner.call(delivery).await
        }
        Ok(Delivered::Batch(mut outcomes)) => {
            let refused = refused_items(&outcomes);
            if refused.is_empty() {
                return Ok(Delivered::Batch(outcomes));
            }
            refresh_tokens(&connection, &options, used.as_ref()).await?;
            let mut again = delivery;
            again.keep_items(&refused);
            let second = inner.call(again).await;
            merge(&mut outcomes, &refused, second);
            Ok(Delivered::Batch(outcomes))
        }
        other => other,
    }
}

fn refused_items(outcomes: &[ItemOutcome]) -> Vec<usize> {
    let refused = outcomes
        .iter()
        .enumerate()
        .filter(|(_, outcome)| outcome.status() == 401);
    refused.map(|(index, _)| index).collect()
}

fn merge(outcomes: &mut [ItemOutcome], refused: &[usize], second: Result<Delivered, Error>) {
    match second {
        Ok(Delivered::Batch(again)) => {
            for (index, outcome) in refused.iter().zip(again) {
                outcomes[*index] = outcome;
            }
        }
        Ok(Delivered::Single(_)) => {}
        Err(error) => {
            for index in refused {
                outcomes[*index] = waystation_kit::ItemError::from_error(&error).into();
            }
        }
    }
}

/// Keeps why a refresh was needed with why it failed.
fn caused_by(failed: Error, refused: Error) -> Error {
    match failed {
        Error::InvalidAuthentication {
            message,
            code,
            cause: None,
        } => Error::InvalidAuthentication {
            message,
            code,
            cause: Some(Box::new(refused)),
        },
        other => other,
    }
}

/// Exchanges the refresh token, unless another call has replaced the refused access token already.
///
/// # Errors
/// The partner hands out no tokens ([`ErrorCode::OAUTH_REFRESH_FAILED`]), or the exchange, the account's
/// lock or the store failed.
pub async fn refresh_tokens(
    connection: &Connection,
    options: &CallOptions,
    refused: Option<&Secret>,
) -> Result<(), Error> {
    let exchange = async |auth| {
        exchange_refresh_token(connection, options, auth)
            .await?
            .ok_or_else(|| Error::InvalidAuthentication {
                message: "Failed to refresh the access token: the partner handed out none".into(),
                code: ErrorCode::OAUTH_REFRESH_FAILED,
                cause: None,
            })
    };
    connection.tokens().replace(refused, exchange).await
}

/// Calls the destination's refresh handler, if it has one.
pub(crate) async fn exchange_refresh_token(
    connection: &Connection,
    options: &CallOptions,
    auth: waystation_kit::Auth,
) -> Result<Option<RefreshedTokens>, Error> {
    let definition = connection.destination().definition();
    let Some(refresh) = definition
        .authentication
        .as_ref()
        .and_then(|auth| auth.refresh.as_ref())
    else {
        return Ok(None);
    };
    let extending = auth.without_tokens();
    let call = connection.call_with(auth, &extending, options, &Default::default())?;
    refresh(call, ()).await
}
