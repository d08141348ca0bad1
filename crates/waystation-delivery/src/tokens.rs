//! OAuth tokens of connections, kept in the store, so that a refresh outlives the process.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use waystation_kit::future::BoxFuture;
use waystation_kit::hashing::sha256_hex;
use waystation_kit::{Auth, Error, RefreshedTokens, Secret};
use waystation_queue::{Queue, QueueError};
use waystation_runtime::{AccountLock, TokenStore};

/// The accounts of connections by name. A call that began before a change of the configuration and one that begins
/// after it share the account, so that neither uses up the other's refresh token.
#[derive(Debug, Default)]
pub struct Accounts(Mutex<BTreeMap<Arc<str>, Arc<Account>>>);

/// What the openings of one connection share.
#[derive(Debug, Default)]
pub struct Account {
    /// Held during a refresh.
    refreshing: Arc<tokio::sync::Mutex<()>>,
    /// The fingerprint of the tokens that are configured now.
    configured: Mutex<String>,
}

impl Accounts {
    /// The account of the connection of this name.
    #[must_use]
    pub fn of(&self, connection: &Arc<str>) -> Arc<Account> {
        // Entries are inserted as a whole; a panic elsewhere cannot leave one half written.
        let mut accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(accounts.entry(Arc::clone(connection)).or_default())
    }
}

/// The tokens of one connection in the store.
#[derive(Clone)]
pub struct StoredTokens {
    queue: Arc<dyn Queue>,
    account: Arc<Account>,
    key: String,
    /// The fingerprint of the tokens that these began with.
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
    pub fn of(queue: Arc<dyn Queue>, account: Arc<Account>, connection: &str, configured: &Auth) -> Self {
        Self {
            queue,
            account,
            key: format!("tokens/{connection}"),
            configured: fingerprint(configured),
        }
    }

    /// The configured tokens, or their latest successors. Tokens that the operator has replaced since have none.
    ///
    /// # Errors
    /// The store could not be read.
    pub async fn latest(&self, configured: &Auth) -> Result<Auth, QueueError> {
        let Some(latest) = self.stored().await? else {
            return Ok(configured.clone());
        };
        Ok(Auth {
            access_token: Some(latest.access_token),
            refresh_token: latest.refresh_token.or_else(|| configured.refresh_token.clone()),
            ..configured.clone()
        })
    }

    /// From now on these tokens are the account's, and no refresh of tokens that the operator has replaced is stored.
    pub fn take_over(&self) {
        self.configured_now().clone_from(&self.configured);
    }

    async fn stored(&self) -> Result<Option<RefreshedTokens>, QueueError> {
        let stored = self.queue.kept(&self.key).await?;
        let stored = stored.and_then(|stored| serde_json::from_slice::<Stored>(&stored).ok());
        let stored = stored.filter(|stored| stored.configured == self.configured);
        Ok(stored.map(|stored| RefreshedTokens {
            access_token: Secret::from(stored.access_token),
            refresh_token: stored.refresh_token.map(Secret::from),
        }))
    }

    async fn store(&self, tokens: &RefreshedTokens) -> Result<(), Error> {
        if *self.configured_now() != self.configured {
            return Ok(());
        }
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

    fn configured_now(&self) -> MutexGuard<'_, String> {
        // A fingerprint is replaced as a whole.
        let configured = self.account.configured.lock();
        configured.unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenStore for StoredTokens {
    fn lock(&self) -> BoxFuture<'_, waystation_kit::Result<AccountLock>> {
        let refreshing = Arc::clone(&self.account.refreshing);
        Box::pin(async move { Ok(AccountLock::held(refreshing.lock_owned().await)) })
    }

    fn load(&self) -> BoxFuture<'_, waystation_kit::Result<Option<RefreshedTokens>>> {
        Box::pin(async {
            let stored = self.stored().await;
            stored.map_err(|error| Error::retryable(format!("The tokens could not be read: {error}")))
        })
    }

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
