//! What an action knows besides its payload.

use std::any::Any;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use serde_json::Value;
use waystation_json::JsonObject;

use crate::auth::Auth;
use crate::destination::Destination;
use crate::error::{Error, Result};
use crate::hooks::HookType;
use crate::request::{RequestBuilder, RequestClient};
use crate::secret::Secret;
use crate::services::{Cache, Clock, Environment, RequestState, TakenSecrets, Transaction};
use crate::sync_mode::SyncMode;

/// Everything that the runtime hands to a handler, before it is known whose settings these are.
///
/// The runtime fills it; authors read it through [`Context`].
#[derive(Clone)]
pub struct Call {
    /// The typed settings of the destination that is called.
    pub settings: Arc<dyn Any + Send + Sync>,
    /// Sends requests with the destination's defaults.
    pub client: RequestClient,
    /// The tokens of the connection.
    pub auth: Auth,
    /// What the caller knows about the event or batch.
    pub about: Arc<About>,
    /// Whether the person of a single event enters (true) or leaves (false) the audience.
    pub audience_membership: Option<bool>,
    /// What belongs to the caller and lives longer than the call.
    pub services: Services,
}

/// What the caller knows about the event or batch.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// The events themselves: one, or all of a batch, those that were left out included.
    pub events: Events,
    /// The mapping before it was resolved.
    pub mapping: Arc<Value>,
    /// The settings of the audience that the event belongs to.
    pub audience_settings: Option<Value>,
    /// The features that are switched on.
    pub features: Arc<JsonObject>,
    /// How rows are to be synced, if the action tells modes apart.
    pub sync_mode: Option<SyncMode>,
    /// The column by which rows are matched.
    pub matching_key: Option<String>,
    /// What the hooks of the mapping saved: `{inputs, outputs}` by hook.
    pub hook_outputs: Vec<(HookType, Value)>,
    /// Ids of the subscription on the platform.
    pub subscription: SubscriptionMetadata,
}

/// The events of a call, shared rather than copied.
#[derive(Debug, Clone)]
pub enum Events {
    /// A single event.
    One(Arc<Value>),
    /// A batch.
    Batch(Arc<[Value]>),
}

impl Events {
    /// The events in order.
    #[must_use]
    pub fn as_slice(&self) -> &[Value] {
        match self {
            Self::One(event) => std::slice::from_ref(event),
            Self::Batch(events) => events,
        }
    }
}

impl Default for Events {
    /// A batch of none, for calls without events.
    fn default() -> Self {
        Self::Batch(Arc::default())
    }
}

impl About {
    /// The computation that the event comes from; the first event speaks for a batch.
    #[must_use]
    pub fn personas(&self) -> Option<&Value> {
        self.events.as_slice().first()?.get("context")?.get("personas")
    }
}

/// Ids of the subscription on the platform.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubscriptionMetadata {
    /// The id of the configured action.
    pub action_config_id: Option<String>,
    /// The id of the configured destination.
    pub destination_config_id: Option<String>,
    /// The id of the action's definition.
    pub action_id: Option<String>,
    /// The id of the source.
    pub source_id: Option<String>,
}

/// What belongs to the caller and lives longer than the call.
#[derive(Clone, Default)]
pub struct Services {
    /// Texts shared between the actions of one event.
    pub transaction: Option<Arc<dyn Transaction>>,
    /// Values that travel with the caller's request and answer.
    pub state: Option<Arc<dyn RequestState>>,
    /// Remembers things between calls.
    pub cache: Option<Arc<dyn Cache>>,
    /// What time it is.
    pub clock: Clock,
    /// Values of the operator's environment.
    pub environment: Environment,
    /// What actions took from the environment.
    pub taken: TakenSecrets,
}

/// What an action knows besides its payload: settings, the way to the partner, and where the event
/// comes from.
pub struct Context<D: Destination> {
    settings: Arc<D::Settings>,
    call: Call,
}

impl<D: Destination> Context<D> {
    /// Gives a call the type of its settings.
    ///
    /// # Errors
    /// The settings belong to another destination.
    pub fn new(call: Call) -> Result<Self> {
        let settings = Arc::clone(&call.settings)
            .downcast()
            .map_err(|_| Error::internal(format!("the settings are not those of {}", D::SLUG)))?;
        Ok(Self { settings, call })
    }

    /// The settings of the connection.
    #[must_use]
    pub fn settings(&self) -> &D::Settings {
        &self.settings
    }

    /// Starts a request; the destination's defaults are in it.
    pub fn request(&self, method: Method, url: impl AsRef<str>) -> RequestBuilder {
        self.call.client.request(method, url)
    }

    /// Starts a GET request.
    pub fn get(&self, url: impl AsRef<str>) -> RequestBuilder {
        self.request(Method::GET, url)
    }

    /// Starts a POST request.
    pub fn post(&self, url: impl AsRef<str>) -> RequestBuilder {
        self.request(Method::POST, url)
    }

    /// Starts a PUT request.
    pub fn put(&self, url: impl AsRef<str>) -> RequestBuilder {
        self.request(Method::PUT, url)
    }

    /// Starts a PATCH request.
    pub fn patch(&self, url: impl AsRef<str>) -> RequestBuilder {
        self.request(Method::PATCH, url)
    }

    /// Starts a DELETE request.
    pub fn delete(&self, url: impl AsRef<str>) -> RequestBuilder {
        self.request(Method::DELETE, url)
    }

    /// The tokens of the connection.
    #[must_use]
    pub fn auth(&self) -> &Auth {
        &self.call.auth
    }

    /// The settings of the audience that the event belongs to; of a batch's first event.
    #[must_use]
    pub fn audience_settings(&self) -> Option<&Value> {
        self.call.about.audience_settings.as_ref()
    }

    /// The computation that the event comes from; of a batch's first event.
    #[must_use]
    pub fn personas(&self) -> Option<&Value> {
        self.call.about.personas()
    }

    /// Whether the person of a single event enters (true) or leaves (false) the audience. For the items of a
    /// batch, see [`BatchItem::audience_membership`](crate::BatchItem::audience_membership).
    #[must_use]
    pub fn audience_membership(&self) -> Option<bool> {
        self.call.audience_membership
    }

    /// Whether a feature is switched on.
    #[must_use]
    pub fn has_feature(&self, name: &str) -> bool {
        self.call
            .about
            .features
            .get(name)
            .is_some_and(waystation_json::is_truthy)
    }

    /// How rows are to be synced.
    #[must_use]
    pub fn sync_mode(&self) -> Option<SyncMode> {
        self.call.about.sync_mode
    }

    /// The column by which rows are matched.
    #[must_use]
    pub fn matching_key(&self) -> Option<&str> {
        self.call.about.matching_key.as_deref()
    }

    /// What a hook saved with the mapping: `{inputs, outputs}`.
    #[must_use]
    pub fn hook_outputs(&self, hook: HookType) -> Option<&Value> {
        self.call
            .about
            .hook_outputs
            .iter()
            .find(|(saved, _)| *saved == hook)
            .map(|(_, outputs)| outputs)
    }

    /// Everything else that the caller knows about the event or batch.
    #[must_use]
    pub fn about(&self) -> &About {
        &self.call.about
    }

    /// What belongs to the caller: cache, transaction, state.
    #[must_use]
    pub fn services(&self) -> &Services {
        &self.call.services
    }

    /// What the connection remembers under the key; else what `ask` finds out, which is remembered for a time.
    /// Without a cache it is asked every time; nothing is asked if the answer is known.
    ///
    /// # Errors
    /// Whatever `ask` fails with. Failures are not remembered.
    pub async fn remember(
        &self,
        key: &str,
        time_to_live: Duration,
        ask: impl Future<Output = Result<String>> + Send,
    ) -> Result<String> {
        let Some(cache) = &self.call.services.cache else {
            return ask.await;
        };
        if let Some(known) = cache.get(key).await {
            return Ok(known);
        }
        let found = ask.await?;
        cache.set(key, found.clone(), time_to_live).await;
        Ok(found)
    }

    /// Milliseconds since 1970, UTC.
    #[must_use]
    pub fn now_millis(&self) -> i64 {
        self.call.services.clock.now_millis()
    }

    /// A value of the operator's environment. It is a secret of the operator's, whoever the event belongs to, and is
    /// kept out of everything that is shown of the call.
    #[must_use]
    pub fn environment(&self, name: &str) -> Option<Secret> {
        let value = Secret::from(self.call.services.environment.get(name)?);
        self.call.services.taken.note(&value);
        Some(value)
    }
}

impl<D: Destination> fmt::Debug for Context<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("destination", &D::SLUG)
            .field("about", &self.call.about)
            .finish()
    }
}
