//! A 401 of an OAuth destination: refresh the access token once, then try again what was refused.

use waystation_kit::any::Handler;
use waystation_kit::{Error, ErrorCode, ItemError, ItemOutcome, RefreshedTokens, Secret};

use super::attempt::Attempting;
use super::perform::perform;
use super::{Delivered, Delivery, Target};
use crate::connection::{CallOptions, Connection, TokenRefresh};

impl Attempting {
    /// Calls the action, and once more for what was refused for its token.
    pub(super) async fn with_token_refresh(&self, delivery: Delivery) -> Result<Delivered, Error> {
        let Target {
            connection, options, ..
        } = &*self.target;
        if options.token_refresh == TokenRefresh::Never || !connection.destination().refreshes_tokens() {
            return self.perform(delivery).await;
        }
        let used = connection.tokens().current().access_token;
        match self.perform(delivery.clone()).await {
            Err(error) if error.status() == Some(401) => {
                self.refresh(used.as_ref())
                    .await
                    .map_err(|failed| caused_by(failed, error))?;
                self.perform(delivery).await
            }
            Ok(Delivered::Batch(outcomes)) => {
                let refused = refused_items(&outcomes);
                if refused.is_empty() {
                    return Ok(Delivered::Batch(outcomes));
                }
                self.call_for_refused(delivery, outcomes, &refused, used.as_ref())
                    .await
            }
            other => other,
        }
    }

    /// Calls again for the refused items alone. Whatever happens now, the results of the others stand.
    async fn call_for_refused(
        &self,
        mut delivery: Delivery,
        mut outcomes: Vec<ItemOutcome>,
        refused: &[usize],
        used: Option<&Secret>,
    ) -> Result<Delivered, Error> {
        let settled = outcomes.iter().enumerate();
        self.progress
            .note(settled.map(|(place, outcome)| refused.binary_search(&place).is_err().then_some(outcome)));
        let second = match self.refresh(used).await {
            Ok(()) => {
                delivery.keep_items(refused);
                self.perform(delivery).await
            }
            Err(failed) => Err(failed),
        };
        match second {
            Err(error) if refused.len() == outcomes.len() => return Err(error),
            Err(error) => refused
                .iter()
                .for_each(|place| fail(&mut outcomes[*place], &error)),
            Ok(Delivered::Batch(again)) => {
                for (place, outcome) in refused.iter().zip(again) {
                    outcomes[*place] = outcome;
                }
            }
            Ok(_) => {}
        }
        Ok(Delivered::Batch(outcomes))
    }

    async fn perform(&self, delivery: Delivery) -> Result<Delivered, Error> {
        perform(&self.target, &self.history, delivery).await
    }

    async fn refresh(&self, refused: Option<&Secret>) -> Result<(), Error> {
        let Target {
            connection, options, ..
        } = &*self.target;
        let refreshed = refresh_tokens(connection, options, refused).await;
        match connection.guards() {
            // They decide by it whether the connection pauses.
            Some(_) => refreshed.map_err(of_exchange),
            None => refreshed,
        }
    }
}

fn refused_items(outcomes: &[ItemOutcome]) -> Vec<usize> {
    let refused = outcomes
        .iter()
        .enumerate()
        .filter(|(_, outcome)| outcome.status() == 401);
    refused.map(|(index, _)| index).collect()
}

/// Replaces a refusal by what happened then; what was exchanged is still worth telling.
fn fail(refusal: &mut ItemOutcome, error: &Error) {
    let mut failure = ItemError::from_error(error);
    if let ItemOutcome::Error(refusal) = refusal {
        failure.sent = refusal.sent.take();
        failure.body = refusal.body.take();
    }
    *refusal = failure.into();
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
/// There is no way to refresh, or the partner hands out no tokens ([`ErrorCode::OAUTH_REFRESH_FAILED`]), or the exchange, the account's
/// lock or the store failed.
pub async fn refresh_tokens(
    connection: &Connection,
    options: &CallOptions,
    refused: Option<&Secret>,
) -> Result<(), Error> {
    if refresh_handler(connection).is_none() {
        return Err(refresh_failed("the destination cannot refresh it"));
    }
    let exchange = async |auth| {
        exchange_refresh_token(connection, options, auth)
            .await?
            .filter(|tokens| !tokens.access_token.is_empty())
            .ok_or_else(|| refresh_failed("the partner handed out none"))
    };
    connection.tokens().replace(refused, exchange).await
}

/// What a failed exchange says about the call that needed it: a token endpoint that fails for a while is asked again, and
/// one that refuses (RFC 6749 section 5.2 answers a revoked refresh token with 400) or hands out what cannot be read
/// leaves the connection without credentials. Its status is not that of the call: nothing of the event was refused.
/// A caller without a connection of its own sees the token endpoint's answer as it is.
fn of_exchange(failed: Error) -> Error {
    match failed {
        Error::InvalidAuthentication { .. } => failed,
        _ if failed.is_retryable() && !failed.outcome_is_unknown() => failed,
        _ => {
            let words = failed
                .response()
                .map(waystation_kit::multistatus::partner_message);
            refresh_failed(&words.unwrap_or_else(|| failed.to_string()))
        }
    }
}

fn refresh_failed(why: &str) -> Error {
    Error::InvalidAuthentication {
        message: format!("Failed to refresh the access token: {why}"),
        code: ErrorCode::OAUTH_REFRESH_FAILED,
        cause: None,
    }
}

fn refresh_handler(connection: &Connection) -> Option<&Handler<(), Option<RefreshedTokens>>> {
    let definition = connection.destination().definition();
    definition.authentication.as_ref()?.refresh.as_ref()
}

/// Calls the destination's refresh handler, if it has one.
pub(crate) async fn exchange_refresh_token(
    connection: &Connection,
    options: &CallOptions,
    auth: waystation_kit::Auth,
) -> Result<Option<RefreshedTokens>, Error> {
    let Some(refresh) = refresh_handler(connection) else {
        return Ok(None);
    };
    let extending = auth.without_tokens();
    let call = connection.call_with(auth, &extending, options, &Default::default())?;
    refresh(call, ()).await
}
