//! From an event to a payload: subscription, mapping, cleaning, validation; compiled once.

use std::sync::Arc;

use serde_json::Value;
use waystation_fields::{Mode, ValidationErrors};
use waystation_fql::{ParseError, Subscription};
use waystation_json::JsonObject;
use waystation_kit::SyncMode;
use waystation_kit::context::SubscriptionMetadata;
use waystation_kit::hooks::HookType;
use waystation_mapping::Mapping;

use crate::destination::{LoadedAction, LoadedDestination};
use crate::error::{Error, Result};

/// The key of a mapping under which the sync mode stands.
pub const SYNC_MODE: &str = "__segment_internal_sync_mode";
/// The key of a mapping under which the column stands by which rows are matched.
pub const MATCHING_KEY: &str = "__segment_internal_matching_key";

/// A subscription as a platform stores it.
#[derive(Debug, Clone, Default)]
pub struct SubscriptionSettings {
    /// The filter; `None` when it is missing or not a text.
    pub subscribe: Option<String>,
    /// The slug of the action.
    pub action: String,
    /// The mapping; an empty object when it is missing.
    pub mapping: Value,
    /// Ids on the platform.
    pub metadata: SubscriptionMetadata,
}

impl SubscriptionSettings {
    /// Reads the stored form.
    #[must_use]
    pub fn from_stored(stored: Value) -> Self {
        let Value::Object(mut stored) = stored else {
            return Self::default();
        };
        let text =
            |key: &str, stored: &JsonObject| stored.get(key).and_then(Value::as_str).map(str::to_owned);
        Self {
            subscribe: text("subscribe", &stored).filter(|subscribe| !subscribe.is_empty()),
            action: text("partnerAction", &stored).unwrap_or_default(),
            metadata: SubscriptionMetadata {
                action_config_id: text("ID", &stored),
                destination_config_id: text("ConfigID", &stored),
                action_id: text("ActionID", &stored),
                source_id: text("ProjectID", &stored),
            },
            mapping: stored
                .shift_remove("mapping")
                .filter(waystation_json::is_truthy)
                .unwrap_or_else(|| Value::Object(JsonObject::new())),
        }
    }
}

/// Everything between an event and the payload of one action, compiled.
pub struct Pipeline {
    action: Arc<LoadedAction>,
    mapping: Mapping,
    /// The mapping as it was written; actions may look at it.
    source: Arc<Value>,
    sync_mode: Option<SyncMode>,
    matching_key: Option<String>,
    hook_outputs: Vec<(HookType, Value)>,
}

impl Pipeline {
    /// Compiles a mapping for an action.
    ///
    /// # Errors
    /// Every fault of the mapping.
    pub fn compile(action: Arc<LoadedAction>, mapping: &Value) -> Result<Self> {
        let definition = action.definition();
        let sync_mode = definition
            .sync_modes
            .as_ref()
            .and_then(|_| mapping.get(SYNC_MODE));
        let hook_outputs = definition.hooks.iter().filter_map(|hook| {
            let saved = mapping
                .get(hook.hook_type.name())
                .filter(|saved| waystation_json::is_truthy(saved))?;
            Some((hook.hook_type, saved.clone()))
        });
        Ok(Self {
            sync_mode: sync_mode.and_then(SyncMode::from_value),
            matching_key: mapping
                .get(MATCHING_KEY)
                .filter(|key| waystation_json::is_truthy(key))
                .map(waystation_json::js_string),
            hook_outputs: hook_outputs.collect(),
            mapping: Mapping::compile(mapping).map_err(Error::InvalidMapping)?,
            source: Arc::new(mapping.clone()),
            action,
        })
    }

    /// The action that takes the payload.
    #[must_use]
    pub fn action(&self) -> &Arc<LoadedAction> {
        &self.action
    }

    /// The mapping as it was written.
    #[must_use]
    pub fn source(&self) -> &Arc<Value> {
        &self.source
    }

    /// How rows are to be synced, if the action tells modes apart.
    #[must_use]
    pub fn sync_mode(&self) -> Option<SyncMode> {
        self.sync_mode
    }

    /// The column by which rows are matched.
    #[must_use]
    pub fn matching_key(&self) -> Option<&str> {
        self.matching_key.as_deref()
    }

    /// What the hooks of the mapping saved.
    #[must_use]
    pub fn hook_outputs(&self) -> &[(HookType, Value)] {
        &self.hook_outputs
    }

    /// The payload of one event, validated if the action declares fields.
    ///
    /// # Errors
    /// The mapping cannot be resolved, or the payload does not fit.
    pub fn payload(&self, event: &Value) -> Result<Value> {
        let resolved = self.mapping.resolve(event).map_err(Error::Mapping)?;
        self.validate(resolved, Mode::Single).map_err(Error::payload)
    }

    /// The payloads of a batch; those that do not fit say why.
    ///
    /// # Errors
    /// The mapping cannot be resolved for an event: the batch fails as a whole.
    pub fn payloads(&self, events: &[Value]) -> Result<Vec<Result<Value, ValidationErrors>>> {
        let mut left = usize::MAX;
        let events = events.iter().enumerate();
        events
            .map(|(index, event)| self.item(index, event, &mut left))
            .collect()
    }

    /// The payload of the event at this place of a batch, or why it does not fit; of no more bytes than are left, which it
    /// lessens.
    ///
    /// # Errors
    /// The mapping cannot be resolved, or the payload is larger: the batch fails as a whole.
    pub fn item(
        &self,
        index: usize,
        event: &Value,
        bytes_left: &mut usize,
    ) -> Result<Result<Value, ValidationErrors>> {
        let resolved = self.mapping.resolve_item(index, event, bytes_left);
        Ok(self.validate(resolved.map_err(Error::Mapping)?, Mode::BatchItem))
    }

    /// Fields of the payload of an event as the mapping makes them, neither cleaned nor validated. The event is asked for
    /// only if they depend on it, and what the mapping says of other fields is left alone.
    ///
    /// # Errors
    /// The mapping cannot be resolved for one of them.
    pub fn fields(&self, names: &[String], event: impl FnOnce() -> Value) -> Result<Value> {
        let event = match self.mapping.is_constant(names) {
            true => Value::Null,
            false => event(),
        };
        let fields = self.mapping.resolve_only(names, &event);
        Ok(fields.map_err(Error::Mapping)?.unwrap_or_default())
    }

    fn validate(&self, payload: Option<Value>, mode: Mode) -> Result<Value, ValidationErrors> {
        match (self.action.schema(), payload) {
            (None, payload) => Ok(payload.unwrap_or_default()),
            (Some(schema), Some(Value::Object(payload))) => schema.prepare(payload, mode).map(Value::Object),
            (Some(_), _) => Err(ValidationErrors::not_an_object()),
        }
    }
}

/// A subscription, compiled: when which pipeline runs.
pub struct SubscribedPipeline {
    /// The filter, or why there is none.
    pub filter: Result<Subscription, InvalidFilter>,
    /// The pipeline, or why there is none.
    pub pipeline: Result<Arc<Pipeline>, UnusablePipeline>,
    /// The filter as it was written.
    pub subscribe: String,
    /// The slug of the action.
    pub action: String,
    /// Ids on the platform.
    pub metadata: SubscriptionMetadata,
}

/// Why a subscription has no filter.
#[derive(Debug, Clone, thiserror::Error)]
pub enum InvalidFilter {
    /// There is no text.
    #[error("the subscription has no filter")]
    Missing,
    /// The text cannot be read.
    #[error("{0}")]
    Unreadable(ParseError),
}

/// Why a subscription has no pipeline.
#[derive(Debug, Clone, thiserror::Error)]
pub enum UnusablePipeline {
    /// The destination has no such action.
    #[error("the destination has no action \"{action}\"{}", hint(*.nearest))]
    UnknownAction {
        /// The slug that was asked for.
        action: String,
        /// A slug that looks like it.
        nearest: Option<&'static str>,
    },
    /// The mapping is not valid.
    #[error("{0}")]
    Invalid(Error),
}

fn hint(nearest: Option<&'static str>) -> String {
    nearest
        .map(|nearest| format!("; did you mean \"{nearest}\"?"))
        .unwrap_or_default()
}

impl SubscribedPipeline {
    /// Compiles a stored subscription. Faults are kept: they are told when an event arrives, or by whoever
    /// checks a configuration.
    #[must_use]
    pub fn compile(destination: &LoadedDestination, settings: SubscriptionSettings) -> Self {
        let filter = match &settings.subscribe {
            None => Err(InvalidFilter::Missing),
            Some(subscribe) => Subscription::parse(subscribe).map_err(InvalidFilter::Unreadable),
        };
        let pipeline = match destination.action(&settings.action) {
            Some(action) => Pipeline::compile(Arc::clone(action), &settings.mapping)
                .map(Arc::new)
                .map_err(UnusablePipeline::Invalid),
            None => Err(UnusablePipeline::UnknownAction {
                nearest: destination.nearest_action(&settings.action),
                action: settings.action.clone(),
            }),
        };
        Self {
            filter,
            pipeline,
            subscribe: settings.subscribe.unwrap_or_default(),
            action: settings.action,
            metadata: settings.metadata,
        }
    }
}

impl SubscribedPipeline {
    /// When it runs among the subscriptions of one event; see [`LoadedAction::stage`].
    #[must_use]
    pub fn stage(&self) -> usize {
        self.pipeline
            .as_ref()
            .map_or(0, |pipeline| pipeline.action().stage())
    }

    /// Whether its action builds on that of another subscription.
    #[must_use]
    pub fn builds_on(&self, other: &Self) -> bool {
        let pipeline = self.pipeline.as_ref();
        pipeline.is_ok_and(|pipeline| {
            let after = pipeline.action().definition().after;
            after.contains(&other.action.as_str())
        })
    }
}

/// Pipelines that were compiled before, for callers that send the mapping with each request.
#[derive(Clone)]
pub struct PipelineCache {
    compiled: moka::sync::Cache<PipelineKey, Arc<Pipeline>>,
}

/// Destination, action, and the mapping's text.
type PipelineKey = (&'static str, &'static str, String);

/// How many bytes of mappings a cache remembers: a thousand of the usual size. Compiled, they take up to thirty times as
/// much.
const REMEMBERED_BYTES: u64 = 2 << 20;

impl Default for PipelineCache {
    fn default() -> Self {
        Self::with_capacity(REMEMBERED_BYTES)
    }
}

impl PipelineCache {
    /// A cache that remembers mappings of up to so many bytes in all; one that is larger by itself is compiled
    /// for each call.
    #[must_use]
    pub fn with_capacity(bytes: u64) -> Self {
        let compiled = moka::sync::Cache::builder()
            .weigher(|(_, _, mapping): &PipelineKey, _: &Arc<Pipeline>| {
                u32::try_from(mapping.len()).unwrap_or(u32::MAX)
            })
            .max_capacity(bytes)
            .build();
        Self { compiled }
    }

    /// How many bytes of mappings are remembered.
    #[must_use]
    pub fn remembered_bytes(&self) -> u64 {
        // What is beyond the bound goes along with later calls, unless it is asked to go now.
        self.compiled.run_pending_tasks();
        self.compiled.weighted_size()
    }

    /// The pipeline of an action and a mapping; callers that ask at once for one that is not remembered have it
    /// compiled once.
    ///
    /// # Errors
    /// Every fault of the mapping.
    pub fn get(
        &self,
        destination: &LoadedDestination,
        action: &Arc<LoadedAction>,
        mapping: &Value,
    ) -> Result<Arc<Pipeline>> {
        let key = (
            destination.definition().slug,
            action.definition().slug,
            mapping.to_string(),
        );
        let compile = || Pipeline::compile(Arc::clone(action), mapping).map(Arc::new);
        self.compiled
            .try_get_with(key, compile)
            .map_err(Arc::unwrap_or_clone)
    }
}
