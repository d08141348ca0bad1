//! A connection that is open: destination, settings, tokens, guards, and what to hide of all that.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use arc_swap::ArcSwap;
use waystation_client::{NameRules, Redactor};
use waystation_config::{ConnectionConfig, SubscriptionConfig};
use waystation_kit::Secret;
use waystation_kit::services::TakenSecrets;
use waystation_queue::{Queue, QueueError};
use waystation_runtime::guards::{CredentialsSettings, GuardSettings, GuardState, Guards};
use waystation_runtime::{Connection, MemoryCache, Tokens};

use crate::tokens::{Account, StoredTokens};

/// The wait before the first probe of a connection whose credentials are refused: most refusals are deliberate, but some
/// are a partner's bad moment.
const FIRST_PROBE: Duration = Duration::from_secs(30);

/// A connection that is open.
pub struct OpenConnection {
    config: Arc<ConnectionConfig>,
    connection: Connection,
    guards: Arc<Guards>,
    account: Arc<Account>,
    stored_tokens: StoredTokens,
    memory: Arc<MemoryCache>,
    /// What its actions took from the environment.
    taken: TakenSecrets,
    redaction: ArcSwap<Redaction>,
}

/// What an opening has in common with the one before.
struct Kept {
    guards: Arc<Guards>,
    account: Arc<Account>,
    /// `None` to begin with the latest of the store.
    tokens: Option<Arc<Tokens>>,
    taken: TakenSecrets,
}

/// What hides the secrets of the connection, and what it knows of: they change while the connection is open.
struct Redaction {
    secrets: Vec<Secret>,
    access_token: Option<Secret>,
    taken: usize,
    /// Made when something is shown.
    redactor: OnceLock<Redactor>,
}

/// Why a connection cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The settings do not fit, although the configuration found no fault.
    #[error("connection \"{connection}\": {problem}")]
    Settings {
        /// Its name.
        connection: Arc<str>,
        /// What is wrong.
        problem: waystation_runtime::Error,
    },
    /// What is paused could not be read.
    #[error("what is paused could not be read: {0}")]
    Pauses(QueueError),
    /// The stored tokens could not be read.
    #[error("connection \"{connection}\": its tokens could not be read: {problem}")]
    Tokens {
        /// Its name.
        connection: Arc<str>,
        /// What is wrong.
        problem: QueueError,
    },
}

impl OpenConnection {
    /// Opens a connection with the latest tokens of its account, a memory and guards of its own.
    ///
    /// # Errors
    /// The settings do not fit, or the tokens could not be read.
    pub async fn open(
        config: Arc<ConnectionConfig>,
        account: Arc<Account>,
        queue: &Arc<dyn Queue>,
    ) -> Result<Self, OpenError> {
        let kept = Kept {
            guards: Arc::new(Guards::new(guard_settings(&config))),
            account,
            tokens: None,
            taken: TakenSecrets::default(),
        };
        Self::open_with(config, kept, queue).await
    }

    /// Opens a connection in place of this one, with what its guards have learned as long as they watch the same
    /// account in the same way: a rest that the partner asked for does not end with a change of the configuration. The
    /// account is the same, for calls of both may refresh its tokens at the same time.
    ///
    /// # Errors
    /// As [`OpenConnection::open`].
    pub async fn reopen(
        &self,
        config: Arc<ConnectionConfig>,
        queue: &Arc<dyn Queue>,
    ) -> Result<Self, OpenError> {
        let before = &self.config;
        let is_same_account = before.destination.definition().slug == config.destination.definition().slug
            && before.settings == config.settings;
        let settings = guard_settings(&config);
        let guards = match is_same_account && *self.guards.settings() == settings {
            true => Arc::clone(&self.guards),
            false => Arc::new(Guards::new(settings)),
        };
        guards.probe_credentials();
        let kept = Kept {
            guards,
            account: Arc::clone(&self.account),
            tokens: (before.auth == config.auth).then(|| Arc::clone(self.connection.tokens())),
            taken: self.taken.clone(),
        };
        Self::open_with(config, kept, queue).await
    }

    async fn open_with(
        config: Arc<ConnectionConfig>,
        kept: Kept,
        queue: &Arc<dyn Queue>,
    ) -> Result<Self, OpenError> {
        let Kept {
            guards,
            account,
            tokens: current_tokens,
            taken,
        } = kept;
        let tokens = StoredTokens::of(
            Arc::clone(queue),
            Arc::clone(&account),
            &config.name,
            &config.auth,
        );
        let auth = tokens
            .latest(&config.auth)
            .await
            .map_err(|problem| OpenError::Tokens {
                connection: Arc::clone(&config.name),
                problem,
            })?;
        let opened = Connection::open_unchecked(
            Arc::clone(&config.destination),
            config.settings.expose(),
            auth,
            Arc::new(tokens.clone()),
        );
        let connection = opened.map_err(|problem| OpenError::Settings {
            connection: Arc::clone(&config.name),
            problem,
        })?;
        let memory = Arc::new(MemoryCache::default());
        let mut connection = connection
            .with_cache(Arc::clone(&memory) as _)
            .with_guards(Arc::clone(&guards));
        if let Some(current_tokens) = current_tokens {
            connection = connection.with_tokens(current_tokens);
        }
        let redaction = ArcSwap::from_pointee(Redaction::of(&config, &connection, &taken));
        Ok(Self {
            config,
            connection,
            guards,
            account,
            stored_tokens: tokens,
            memory,
            taken,
            redaction,
        })
    }

    /// It is in force from now on.
    pub(crate) fn take_over(&self) {
        self.stored_tokens.take_over();
    }

    /// What the operator decided about it.
    #[must_use]
    pub fn config(&self) -> &Arc<ConnectionConfig> {
        &self.config
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.config.name
    }

    /// The slug of its destination.
    #[must_use]
    pub fn destination(&self) -> &'static str {
        self.config.destination.definition().slug
    }

    /// The connection as the runtime takes it.
    #[must_use]
    pub fn runtime(&self) -> &Connection {
        &self.connection
    }

    /// What its actions remember.
    #[must_use]
    pub fn memory(&self) -> &Arc<MemoryCache> {
        &self.memory
    }

    /// The secrets that its actions took from the environment so far.
    #[must_use]
    pub fn taken(&self) -> &TakenSecrets {
        &self.taken
    }

    /// Its guards.
    #[must_use]
    pub fn guards(&self) -> &Arc<Guards> {
        &self.guards
    }

    /// What its guards are doing, without secrets.
    #[must_use]
    pub fn guard_state(&self) -> GuardState {
        let mut state = self.guards.state();
        if let Some(refused) = &mut state.credentials_refused {
            refused.message = self.redactor().text(&refused.message).into_owned();
        }
        state
    }

    /// The subscription of this name.
    #[must_use]
    pub fn subscription(&self, name: &str) -> Option<&SubscriptionConfig> {
        let mut subscriptions = self.config.subscriptions.iter();
        subscriptions.find(|subscription| *subscription.name == *name)
    }

    /// The most deliveries that go out together, of any subscription.
    #[must_use]
    pub fn largest_batch(&self) -> usize {
        let sizes = self
            .config
            .subscriptions
            .iter()
            .map(|subscription| subscription.batch.size);
        sizes.max().unwrap_or_default().max(1)
    }

    /// What hides its secrets, the tokens of the last refresh and what actions took from the environment included.
    #[must_use]
    pub fn redactor(&self) -> Redactor {
        let known = self.redaction.load();
        let is_current = known.access_token == self.connection.tokens().current().access_token
            && known.taken == self.taken.len();
        if is_current {
            return known.redactor();
        }
        let redaction = Arc::new(Redaction::of(&self.config, &self.connection, &self.taken));
        self.redaction.store(Arc::clone(&redaction));
        redaction.redactor()
    }
}

/// The guards' settings, with what is decided elsewhere about refused credentials.
fn guard_settings(config: &ConnectionConfig) -> GuardSettings {
    let pause = config.policy.credentials_refused.as_ref();
    GuardSettings {
        credentials: pause.map(|pause| CredentialsSettings {
            first_wait: FIRST_PROBE.min(pause.probe_every),
            longest_wait: pause.probe_every,
        }),
        ..config.policy.guards.clone()
    }
}

impl Redaction {
    fn of(config: &ConnectionConfig, connection: &Connection, taken: &TakenSecrets) -> Self {
        let tokens = connection.tokens().current();
        let taken = taken.all();
        let secrets = connection.secrets().iter().chain(&config.secrets);
        let secrets = secrets.chain(tokens.secrets()).chain(&taken).cloned();
        Self {
            secrets: secrets.collect(),
            taken: taken.len(),
            access_token: tokens.access_token,
            redactor: OnceLock::new(),
        }
    }

    fn redactor(&self) -> Redactor {
        let made = self.redactor.get_or_init(|| {
            let secrets = Redactor::builder().secrets(&self.secrets);
            secrets.names(NameRules::Credentials).build()
        });
        made.clone()
    }
}
