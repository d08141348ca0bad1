//! The tokens of a connection, and their refresh: one at a time, whoever notices first.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use waystation_kit::future::BoxFuture;
use waystation_kit::{Auth, RefreshedTokens, Result, Secret};

/// Keeps tokens beyond the life of the process.
pub trait TokenStore: Send + Sync + fmt::Debug {
    /// Takes the account's lock before a refresh, where several processes share the account.
    ///
    /// # Errors
    /// Whatever keeps the refresh from going on.
    fn lock(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    /// Keeps new tokens; they are used only once this has succeeded.
    ///
    /// # Errors
    /// The tokens could not be kept.
    fn save<'a>(&'a self, tokens: &'a RefreshedTokens) -> BoxFuture<'a, Result<()>>;
}

/// Keeps nothing: tokens live as long as the connection.
#[derive(Debug, Clone, Copy, Default)]
pub struct InMemoryTokens;

impl TokenStore for InMemoryTokens {
    fn save<'a>(&'a self, _: &'a RefreshedTokens) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

/// The tokens of a connection.
#[derive(Debug)]
pub struct Tokens {
    current: Mutex<Auth>,
    refreshing: tokio::sync::Mutex<()>,
    store: Arc<dyn TokenStore>,
}

impl Tokens {
    /// Tokens as they were stored.
    #[must_use]
    pub fn new(auth: Auth, store: Arc<dyn TokenStore>) -> Self {
        Self {
            current: Mutex::new(auth),
            refreshing: tokio::sync::Mutex::new(()),
            store,
        }
    }

    /// The tokens as they are now.
    #[must_use]
    pub fn current(&self) -> Auth {
        self.locked().clone()
    }

    /// Replaces the access token that an attempt was refused with.
    ///
    /// Whoever comes second waits for the first and takes its tokens; `refresh` is called once.
    ///
    /// # Errors
    /// The refresh, the lock or the store failed; the tokens stay as they were.
    pub async fn replace<F>(&self, refused: Option<&Secret>, refresh: F) -> Result<()>
    where
        F: AsyncFnOnce(Auth) -> Result<RefreshedTokens>,
    {
        let _turn = self.refreshing.lock().await;
        let auth = self.current();
        if auth.access_token.as_ref() != refused {
            return Ok(());
        }
        self.store.lock().await?;
        let tokens = refresh(auth).await?;
        self.store.save(&tokens).await?;
        let mut current = self.locked();
        current.access_token = Some(tokens.access_token);
        if let Some(refresh_token) = tokens.refresh_token.filter(|token| !token.is_empty()) {
            current.refresh_token = Some(refresh_token);
        }
        Ok(())
    }

    fn locked(&self) -> MutexGuard<'_, Auth> {
        // Tokens are replaced field by field; a panic elsewhere cannot leave them half written.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
