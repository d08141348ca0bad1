//! Destinations with their types forgotten, so that the runtime keeps all of them in one table.
//!
//! Authors do not meet these; [`Definition::build`](crate::Definition::build) makes them.

use std::any::Any;
use std::sync::Arc;

use serde_json::Value;
use waystation_fields::Fields;
use waystation_json::JsonObject;

use crate::action::{BatchOutput, Output};
use crate::audience::{AudienceMode, CreateAudience, ExternalAudience, GetAudience};
use crate::auth::{Auth, RefreshedTokens, Scheme};
use crate::context::Call;
use crate::definition::DeleteUser;
use crate::dynamic_fields::{DynamicFieldAnswer, DynamicFieldRequest};
use crate::error::Result;
use crate::future::BoxFuture;
use crate::hooks::{HookAnswer, HookRequest, HookType};
use crate::jobs::{JobPoll, JobStatus, SubmittedJob};
use crate::multistatus::ItemError;
use crate::preset::Preset;
use crate::request::RequestDefaults;
use crate::request_key::RequestKey;
use crate::sync_mode::SyncModes;

/// Something that a destination does when it is called.
pub type Handler<I, O> = Arc<dyn Fn(Call, I) -> BoxFuture<'static, Result<O>> + Send + Sync>;

/// Gives settings their type.
pub type ParseSettings = Arc<dyn Fn(&JsonObject) -> Result<Arc<dyn Any + Send + Sync>> + Send + Sync>;

/// What is added to every request, from typed settings.
pub type ExtendRequest =
    Arc<dyn Fn(&(dyn Any + Send + Sync), &Auth) -> Result<RequestDefaults> + Send + Sync>;

/// A destination.
pub struct AnyDestination {
    /// The name in addresses.
    pub slug: &'static str,
    /// The slug under which the platform lists the destination.
    pub registered_slug: &'static str,
    /// The name that people read.
    pub name: &'static str,
    /// Other names that senders use for it in `integrations`. Case, punctuation and the words "Actions" and "Cloud
    /// Mode" make no difference.
    pub other_names: &'static [&'static str],
    /// What it does.
    pub description: &'static str,
    /// How requests are authenticated, and the settings; `None` if there is nothing to set.
    pub authentication: Option<Authentication>,
    /// Gives validated settings their type.
    pub parse_settings: ParseSettings,
    /// What is added to every request.
    pub extend_request: ExtendRequest,
    /// The actions in the order of their registration.
    pub actions: Vec<Arc<AnyAction>>,
    /// Ready-made subscriptions.
    pub presets: Vec<Preset>,
    /// Deletes what the partner knows about a person.
    pub delete: Option<Handler<DeleteUser, Output>>,
    /// Audiences that are kept at the partner.
    pub audiences: Option<AnyAudiences>,
}

impl AnyDestination {
    /// The action of this slug.
    #[must_use]
    pub fn action(&self, slug: &str) -> Option<&Arc<AnyAction>> {
        self.actions.iter().find(|action| action.slug == slug)
    }
}

/// How requests are authenticated.
pub struct Authentication {
    /// The scheme.
    pub scheme: Scheme,
    /// The settings.
    pub fields: Fields,
    /// Checks the credentials.
    pub test: Option<Handler<(), ()>>,
    /// Exchanges the refresh token.
    pub refresh: Option<Handler<(), Option<RefreshedTokens>>>,
}

/// Audiences that are kept at the partner.
pub struct AnyAudiences {
    /// How members reach the partner.
    pub mode: AudienceMode,
    /// The settings of an audience.
    pub fields: Fields,
    /// Creates one.
    pub create: Option<Handler<CreateAudience, ExternalAudience>>,
    /// Asks for one.
    pub get: Option<Handler<GetAudience, ExternalAudience>>,
}

/// An action.
pub struct AnyAction {
    /// The name in addresses and subscriptions.
    pub slug: &'static str,
    /// The name that people read.
    pub title: &'static str,
    /// What it does.
    pub description: &'static str,
    /// The subscription it starts with.
    pub subscribe: Option<&'static str>,
    /// Whether it is kept out of listings.
    pub hidden: bool,
    /// The actions that it builds on, by slug.
    pub after: &'static [&'static str],
    /// The fields of its payload.
    pub fields: Fields,
    /// The sync modes it tells apart.
    pub sync_modes: Option<SyncModes>,
    /// The fields whose choices are asked of the partner.
    pub dynamic_fields: AnyDynamicFields,
    /// What happens when a mapping is saved.
    pub hooks: Vec<AnyHook>,
    /// Whether the partner recognises a request that is sent again.
    pub idempotent: bool,
    /// What payloads must have in common to share a request; `None` if any may.
    pub request_key: Option<RequestKeyOf>,
    /// The most bytes that the partner takes in a request with a batch.
    pub most_bytes: usize,
    /// Whether a batch that was refused as a whole may be sent again in halves.
    pub splits: bool,
    /// What it does.
    pub perform: Perform,
}

/// Tells what a validated payload must have in common with those that share its request.
pub type RequestKeyOf = fn(&Value) -> RequestKey;

/// What an action does.
pub enum Perform {
    /// One event at a time.
    Single(Handler<Arc<Value>, Output>),
    /// One event at a time, or a batch.
    Batched {
        /// One event.
        single: Handler<Arc<Value>, Output>,
        /// A batch.
        batch: Handler<Vec<RawItem>, BatchAnswer<BatchOutput>>,
    },
    /// Batches that become jobs.
    Asynchronous {
        /// Hands a batch in.
        submit: Handler<Vec<RawItem>, BatchAnswer<SubmittedJob>>,
        /// Asks about a job.
        poll: Handler<JobPoll, JobStatus>,
    },
}

impl AnyAction {
    /// Whether it takes batches of events.
    #[must_use]
    pub fn takes_batches(&self) -> bool {
        !matches!(self.perform, Perform::Single(_))
    }

    /// What a validated payload must have in common with those that share its request.
    #[must_use]
    pub fn request_key(&self, payload: &Value) -> RequestKey {
        self.request_key.map_or(RequestKey::SHARED, |key| key(payload))
    }

    /// The hook of this type.
    #[must_use]
    pub fn hook(&self, hook_type: HookType) -> Option<&AnyHook> {
        self.hooks.iter().find(|hook| hook.hook_type == hook_type)
    }
}

/// An item on its way to a batch handler.
#[derive(Debug, Clone)]
pub struct RawItem {
    /// The validated payload.
    pub payload: Arc<Value>,
    /// Its place in the caller's batch.
    pub index: usize,
    /// Whether the person enters or leaves the audience.
    pub audience_membership: Option<bool>,
}

/// What a batch handler returns.
#[derive(Debug, Clone)]
pub struct BatchAnswer<O> {
    /// The handler's own answer; its slots are the items that are not in `untyped`.
    pub output: O,
    /// Items that passed validation and still do not fit the action's type, by position in the call.
    pub untyped: Vec<(usize, ItemError)>,
}

/// Handlers of dynamic fields by path.
pub struct AnyDynamicFields {
    /// Paths as the action declares them, for example `list_id` or `rows.column`.
    pub handlers: Vec<(&'static str, Handler<DynamicFieldRequest, DynamicFieldAnswer>)>,
}

impl AnyDynamicFields {
    /// The handler of exactly this path.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Handler<DynamicFieldRequest, DynamicFieldAnswer>> {
        self.handlers
            .iter()
            .find(|(declared, _)| *declared == path)
            .map(|(_, handler)| handler)
    }
}

/// A hook.
pub struct AnyHook {
    /// When it runs.
    pub hook_type: HookType,
    /// What people read.
    pub label: &'static str,
    /// What it does.
    pub description: &'static str,
    /// What the person is asked for.
    pub input_fields: Fields,
    /// Inputs whose choices are asked of the partner.
    pub dynamic_inputs: AnyDynamicFields,
    /// What it saves.
    pub output_types: Fields,
    /// What it does.
    pub handler: Handler<HookRequest, HookAnswer>,
}
