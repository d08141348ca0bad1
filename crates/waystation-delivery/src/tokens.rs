//! OAuth tokens of connections, kept in the store, so that a refresh outlives the process.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use waystation_kit::future::BoxFuture;
use waystation_kit::hashing::sha256_hex;
use waystation_kit::{Auth, Error, RefreshedTokens, Secret};
use waystation_queue::{Queue, QueueError};
use waystation_runtime::TokenStore;

/// The tokens of one connection in the store.
pub struct StoredTokens {
    queue: Arc<dyn Queue>,
    key: String,
    configured: String,
}

/// What is stored. It holds secrets, as the configuration does; the store's file has to be protected likewise.
#[derive(Serialize, Deserialize)]
struct Stored {
    /// Of which configured tokens these are the successors.
    configured: String,
    access_token: String,
    refresh_token: Option<String>,
}

impl fmt::Debug for StoredTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredTokens")
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

impl StoredTokens {
    /// The tokens of this connection, which began with the configured ones.
    #[must_use]
    pub fn of(queue: Arc<dyn Queue>, connection: &str, configured: &Auth) -> Self {
        Self {
            queue,
            key: format!("tokens/{connection}"),
            configured: fingerprint(configured),
        }
    }

    /// The configured tokens, or their latest successors. Tokens that the operator has replaced since have none.
    ///
    /// # Errors
    /// The store could not be read.
    pub async fn latest(&self, configured: &Auth) -> Result<Auth, QueueError> {
        let stored = self.queue.kept(&self.key).await?;
        let stored = stored.and_then(|stored| serde_json::from_slice::<Stored>(&stored).ok());
        Ok(
            match stored.filter(|stored| stored.configured == self.configured) {
                None => configured.clone(),
                Some(stored) => Auth {
                    access_token: Some(Secret::from(stored.access_token)),
                    refresh_token: stored
                        .refresh_token
                        .map(Secret::from)
                        .or_else(|| configured.refresh_token.clone()),
                    ..configured.clone()
                },
            },
        )
    }

    async fn store(&self, tokens: &RefreshedTokens) -> Result<(), Error> {
        let stored = Stored {
            configured: self.configured.clone(),
            access_token: tokens.access_token.expose().to_owned(),
            refresh_token: tokens
                .refresh_token
                .as_ref()
                .map(|token| token.expose().to_owned()),
        };
        let stored = serde_json::to_vec(&stored).map_err(|error| Error::internal(error.to_string()))?;
        let kept = self.queue.keep(&self.key, stored).await;
        // Tokens that are not on disk may be the only ones that the partner still takes: better to fail, and
        // to try again, than to lose them with the process.
        kept.map_err(|error| Error::retryable(format!("New tokens could not be stored: {error}")))
    }
}

impl TokenStore for StoredTokens {
    fn save<'a>(&'a self, tokens: &'a RefreshedTokens) -> BoxFuture<'a, waystation_kit::Result<()>> {
        Box::pin(self.store(tokens))
    }
}

/// Tells configured tokens apart without keeping them.
fn fingerprint(auth: &Auth) -> String {
    let token = |token: &Option<Secret>| {
        token
            .as_ref()
            .map(|token| token.expose().to_owned())
            .unwrap_or_default()
    };
    sha256_hex(&format!(
        "{}\n{}",
        token(&auth.access_token),
        token(&auth.refresh_token)
    ))
}
