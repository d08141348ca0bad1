//! A destination together with a workspace's settings and tokens.

use std::any::Any;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio_util::sync::CancellationToken;
use waystation_json::{JsonObject, is_truthy};
use waystation_kit::context::{About, Services, SubscriptionMetadata};
use waystation_kit::request::{RequestClient, Transport};
use waystation_kit::services::Cache;
use waystation_kit::{Auth, Call, Secret};

use crate::destination::LoadedDestination;
use crate::error::Result;
use crate::guards::Guards;
use crate::observe::{NoObserver, Observer};
use crate::pipeline::SubscriptionSettings;
use crate::retry::RetrySettings;
use crate::tokens::{InMemoryTokens, TokenStore, Tokens};

/// What a platform stores for a connection: the destination's settings, and beside them the reserved keys
/// `subscription`, `subscriptions` and `oauth`.
#[derive(Debug, Clone, Default)]
pub struct ConnectionSettings {
    /// The destination's own settings, not validated yet.
    pub settings: JsonObject,
    /// The subscriptions in order.
    pub subscriptions: Vec<SubscriptionSettings>,
    /// The tokens and the app's credentials.
    pub oauth: Option<Value>,
}

impl ConnectionSettings {
    /// Takes the reserved keys out of a stored object. A single `subscription` wins over the list.
    #[must_use]
    pub fn from_stored(mut stored: JsonObject) -> Self {
        let oauth = stored.shift_remove("oauth");
        let list = stored.shift_remove("subscriptions");
        let subscriptions = match (stored.shift_remove("subscription"), list) {
            (Some(single), _) if is_truthy(&single) => vec![SubscriptionSettings::from_stored(single)],
            (_, Some(Value::Array(list))) => {
                list.into_iter().map(SubscriptionSettings::from_stored).collect()
            }
            _ => Vec::new(),
        };
        Self {
            settings: stored,
            subscriptions,
            oauth,
        }
    }
}

/// A destination that is connected: settings validated and typed, tokens at hand.
#[derive(Clone)]
pub struct Connection {
    destination: Arc<LoadedDestination>,
    settings: Arc<dyn Any + Send + Sync>,
    secrets: Arc<[Secret]>,
    tokens: Arc<Tokens>,
    cache: Option<Arc<dyn Cache>>,
    guards: Option<Arc<Guards>>,
}

impl Connection {
    /// Connects with settings that are validated first.
    ///
    /// # Errors
    /// The settings do not fit.
    pub fn open(
        destination: Arc<LoadedDestination>,
        settings: JsonObject,
        auth: Auth,
        store: Arc<dyn TokenStore>,
    ) -> Result<Self> {
        let settings = destination.prepare_settings(settings)?;
        Self::open_unchecked(destination, &settings, auth, store)
    }

    /// Connects with settings as they are, for entrances that do not validate them.
    ///
    /// # Errors
    /// The settings cannot be given their type.
    pub fn open_unchecked(
        destination: Arc<LoadedDestination>,
        settings: &JsonObject,
        auth: Auth,
        store: Arc<dyn TokenStore>,
    ) -> Result<Self> {
        let declared = destination.secrets(settings);
        let settings = (destination.definition().parse_settings)(settings)?;
        let secrets = declared
            .into_iter()
            .chain(auth.secrets().cloned())
            .chain(credentials(&destination, &*settings, &auth))
            .collect();
        Ok(Self {
            destination,
            settings,
            secrets,
            tokens: Arc::new(Tokens::new(auth, store)),
            cache: None,
            guards: None,
        })
    }

    /// Connects with tokens that live as long as the connection.
    ///
    /// # Errors
    /// The settings do not fit.
    pub fn open_in_memory(destination: Arc<LoadedDestination>, settings: JsonObject) -> Result<Self> {
        Self::open(destination, settings, Auth::default(), Arc::new(InMemoryTokens))
    }

    /// Gives the connection a memory: handed to every call whose caller brings no cache of its own. It must not
    /// be shared with the connection of another workspace.
    #[must_use]
    pub fn with_cache(mut self, cache: Arc<dyn Cache>) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Uses tokens that another opening of the same connection uses, too.
    #[must_use]
    pub fn with_tokens(mut self, tokens: Arc<Tokens>) -> Self {
        self.tokens = tokens;
        self
    }

    /// Guards the connection's partner: breaker, rate limit, concurrency, hold. Without guards every attempt
    /// goes out as it comes.
    #[must_use]
    pub fn with_guards(mut self, guards: Arc<Guards>) -> Self {
        self.guards = Some(guards);
        self
    }

    /// The guards, if the connection has any.
    #[must_use]
    pub fn guards(&self) -> Option<&Arc<Guards>> {
        self.guards.as_ref()
    }

    /// The destination.
    #[must_use]
    pub fn destination(&self) -> &Arc<LoadedDestination> {
        &self.destination
    }

    /// The tokens.
    #[must_use]
    pub fn tokens(&self) -> &Arc<Tokens> {
        &self.tokens
    }

    /// The texts to keep out of logs and records.
    #[must_use]
    pub fn secrets(&self) -> &[Secret] {
        &self.secrets
    }

    /// What a handler is given: settings, tokens as they are now, and a client that uses them.
    ///
    /// # Errors
    /// A setting or token cannot be put into a request.
    pub(crate) fn call(
        &self,
        options: &CallOptions,
        about: &Arc<About>,
    ) -> Result<Call, waystation_kit::Error> {
        let auth = self.tokens.current().for_actions();
        self.call_with(auth.clone(), &auth, options, about)
    }

    /// As [`Connection::call`], with one set of tokens to show and another to extend requests with.
    pub(crate) fn call_with(
        &self,
        shown: Auth,
        extending: &Auth,
        options: &CallOptions,
        about: &Arc<About>,
    ) -> Result<Call, waystation_kit::Error> {
        let defaults = (self.destination.definition().extend_request)(&*self.settings, extending)?;
        let mut services = options.services.clone();
        services.cache = services.cache.or_else(|| self.cache.clone());
        Ok(Call {
            settings: Arc::clone(&self.settings),
            client: RequestClient::new(Arc::clone(&options.transport), defaults, services.clock.clone()),
            auth: shown,
            about: Arc::clone(about),
            audience_membership: None,
            services,
        })
    }
}

/// The credentials that every request carries, as they travel together: a short password is not found in the midst of
/// base64. What is wrong with them is told by the first call.
fn credentials(
    destination: &LoadedDestination,
    settings: &(dyn Any + Send + Sync),
    auth: &Auth,
) -> Option<Secret> {
    let defaults = (destination.definition().extend_request)(settings, &auth.clone().for_actions()).ok()?;
    let basic = defaults.basic?;
    Some(format!("{}:{}", basic.username.expose(), basic.password.expose()).into())
}

/// What becomes of an access token that the partner refuses in the course of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TokenRefresh {
    /// It is refreshed once, where the destination's scheme knows how.
    #[default]
    Once,
    /// The refusal is the result, for entrances that leave refreshing to their caller.
    Never,
}

/// One more try settles what a proxy in between has garbled; each further one may deliver twice.
pub const UNKNOWN_OUTCOME_TRIES: u32 = 1;

/// What a caller brings to a call besides the event.
#[derive(Clone)]
pub struct CallOptions {
    /// What carries requests to the partner.
    pub transport: Arc<dyn Transport>,
    /// Features that are switched on.
    pub features: Arc<JsonObject>,
    /// Cache, transaction, state, clock, environment.
    pub services: Services,
    /// How often and how long to try.
    pub retries: RetrySettings,
    /// How often a delivery is tried again, over its whole life, whose outcome is unknown: the partner may have taken
    /// it already. An action whose partner recognises repetitions is tried like any other failure.
    pub unknown_outcome_tries: u32,
    /// How often the outcome of earlier calls for the same deliveries was unknown, by place in the batch; empty for
    /// never.
    pub earlier_unknown_outcomes: Arc<[u32]>,
    /// Attempts that were made in earlier calls for the same delivery: the waits go on growing from there, and the
    /// attempts that are allowed in process are fewer by these; one is made in any case.
    pub earlier_attempts: u32,
    /// Statuses of the partner that no other attempt is made after.
    pub never_retry: Arc<[u16]>,
    /// What becomes of an access token that the partner refuses.
    pub token_refresh: TokenRefresh,
    /// How long the whole call may take; `None` for no limit of the caller's.
    pub deadline: Option<Duration>,
    /// Whether requests are shown and not sent, so that no answer is the partner's: one that is not understood is no
    /// failure then.
    pub is_dry_run: bool,
    /// How many bytes the payloads of a batch may have in all.
    pub most_payload_bytes: usize,
    /// Told when the caller gives up.
    pub cancellation: CancellationToken,
    /// Keeps metrics.
    pub observer: Arc<dyn Observer>,
    /// Ids of the subscription on the platform, for entrances where no subscription names them.
    pub subscription: SubscriptionMetadata,
}

impl CallOptions {
    /// A single attempt, no deadline, no features.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self {
            transport,
            features: Arc::default(),
            services: Services::default(),
            retries: RetrySettings::single_attempt(),
            unknown_outcome_tries: UNKNOWN_OUTCOME_TRIES,
            earlier_unknown_outcomes: Arc::default(),
            earlier_attempts: 0,
            never_retry: Arc::default(),
            token_refresh: TokenRefresh::default(),
            deadline: None,
            is_dry_run: false,
            most_payload_bytes: usize::MAX,
            cancellation: CancellationToken::new(),
            observer: Arc::new(NoObserver),
            subscription: SubscriptionMetadata::default(),
        }
    }
}
