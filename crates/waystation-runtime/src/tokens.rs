//! The tokens of a connection, and their refresh: one at a time, whoever notices first.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use waystation_kit::future::BoxFuture;
use waystation_kit::{Auth, RefreshedTokens, Result, Secret};

/// Keeps tokens beyond the life of the process.
pub trait TokenStore: Send + Sync + fmt::Debug {
    /// Takes the account's lock before a refresh, where several processes share the account. It is given back by
    /// dropping the guard, whether the refresh succeeded or not.
    ///
    /// # Errors
    /// Whatever keeps the refresh from going on.
    fn lock(&self) -> BoxFuture<'_, Result<AccountLock>> {
        Box::pin(async { Ok(AccountLock::none()) })
    }

    /// The tokens as they are kept, which another process may have replaced; asked under the lock. `None` where
    /// nobody else can have.
    ///
    /// # Errors
    /// The tokens could not be read.
    fn load(&self) -> BoxFuture<'_, Result<Option<RefreshedTokens>>> {
        Box::pin(async { Ok(None) })
    }

    /// Keeps new tokens as they are in force from now on, the refresh token included where the partner has left the
    /// old one in force. They are used only once this has succeeded.
    ///
    /// # Errors
    /// The tokens could not be kept.
    fn save<'a>(&'a self, tokens: &'a RefreshedTokens) -> BoxFuture<'a, Result<()>>;
}

/// The lock of an account, held until it is dropped.
#[must_use]
pub struct AccountLock {
    _held: Option<Box<dyn Any + Send>>,
}

impl AccountLock {
    /// No lock, for an account of a single process.
    pub fn none() -> Self {
        Self { _held: None }
    }

    /// A lock that dropping `guard` gives back.
    pub fn held(guard: impl Any + Send) -> Self {
        Self {
            _held: Some(Box::new(guard)),
        }
    }
}

impl fmt::Debug for AccountLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountLock")
            .field("is_held", &self._held.is_some())
            .finish()
    }
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
    /// Held by whoever refreshes; inside are tokens that the partner has handed out and the store has not taken yet.
    /// Nobody else has them, and the refresh token that they replace is used up.
    unsaved: tokio::sync::Mutex<Option<RefreshedTokens>>,
    store: Arc<dyn TokenStore>,
}

impl Tokens {
    /// Tokens as they were stored.
    #[must_use]
    pub fn new(auth: Auth, store: Arc<dyn TokenStore>) -> Self {
        Self {
            current: Mutex::new(auth),
            unsaved: tokio::sync::Mutex::default(),
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
    /// Whoever comes second waits for the first and takes its tokens, in this process or another; `refresh` is
    /// called once.
    ///
    /// # Errors
    /// The refresh, the lock or the store failed; the tokens stay as they were. What the store did not take is
    /// offered to it again next time, without another refresh.
    pub async fn replace<F>(&self, refused: Option<&Secret>, refresh: F) -> Result<()>
    where
        F: AsyncFnOnce(Auth) -> Result<RefreshedTokens>,
    {
        let mut unsaved = self.unsaved.lock().await;
        if self.current().access_token.as_ref() != refused {
            return Ok(());
        }
        let _lock = self.store.lock().await?;
        if unsaved.is_none() {
            if let Some(stored) = self.store.load().await? {
                self.adopt(stored);
            }
            let auth = self.current();
            if auth.access_token.as_ref() != refused {
                return Ok(());
            }
            let kept = auth.refresh_token.clone();
            *unsaved = Some(refresh(auth).await?.keeping(kept));
        }
        if let Some(tokens) = &*unsaved {
            self.store.save(tokens).await?;
        }
        if let Some(tokens) = unsaved.take() {
            self.adopt(tokens);
        }
        Ok(())
    }

    fn adopt(&self, tokens: RefreshedTokens) {
        let mut current = self.locked();
        current.access_token = Some(tokens.access_token);
        if tokens.refresh_token.is_some() {
            current.refresh_token = tokens.refresh_token;
        }
    }

    fn locked(&self) -> MutexGuard<'_, Auth> {
        // Tokens are replaced field by field; a panic elsewhere cannot leave them half written.
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
