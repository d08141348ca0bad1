//! Running one action.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;
use waystation_client::Exchanges;
use waystation_client::redact::secrets_by_name;
use waystation_fql::{ParseError, Subscription};
use waystation_json::JsonObject;
use waystation_kit::Auth;
use waystation_kit::context::Events;
use waystation_kit::payload::default_mapping;
use waystation_runtime::destination::LoadedAction;
use waystation_runtime::pipeline::SubscribedPipeline;
use waystation_runtime::tokens::InMemoryTokens;
use waystation_runtime::{
    Call, CallSettings, Connection, ConnectionSettings, Error, LoadedDestination, Pipeline, PipelineCache,
    Way,
};

use crate::body::ExecuteBody;
use crate::caller::ShownTokens;
use crate::carried::Carried;
use crate::failure::Failure;
use crate::lenient;
use crate::notes;
use crate::outcome::Outcome;
use crate::report::Report;
use crate::room::{ReportLimits, Room};
use crate::workshop::{Recipe, Workshop};

/// How many bytes the payloads of a list may have in all, for callers that bring their own mapping: it decides how often an
/// event is repeated.
pub(crate) const MOST_PAYLOAD_BYTES: usize = 64 << 20;

/// Runs actions, and remembers what it compiled for them.
pub struct Executor {
    pipelines: PipelineCache,
    limits: ReportLimits,
    workshop: Workshop,
    /// By destination and action; see [`Executor::default_mapping`].
    default_mappings: HashMap<(&'static str, &'static str), JsonObject>,
}

/// The outcome of an action.
pub struct Executed {
    /// Everything about it.
    pub report: Report,
    /// What was sent and came back; it holds secrets.
    pub exchanges: Exchanges,
}

impl Executor {
    /// An executor for these destinations.
    pub fn new<'r>(destinations: impl IntoIterator<Item = &'r Arc<LoadedDestination>>) -> Self {
        let default_mappings = destinations.into_iter().flat_map(|destination| {
            let definition = destination.definition();
            let actions = definition.actions.iter();
            actions.map(|action| {
                let mut mapping = default_mapping(&action.fields);
                mapping.retain(|_, default| !default.is_null());
                ((definition.slug, action.slug), mapping)
            })
        });
        Self {
            pipelines: PipelineCache::default(),
            limits: ReportLimits::NONE,
            workshop: Workshop::default(),
            default_mappings: default_mappings.collect(),
        }
    }

    /// Makes reports no larger than this.
    #[must_use]
    pub const fn with_limits(mut self, limits: ReportLimits) -> Self {
        self.limits = limits;
        self
    }

    /// The room for an answer.
    pub(crate) fn room(&self) -> Room {
        Room::new(self.limits)
    }

    /// Where what takes long is compiled.
    pub(crate) const fn workshop(&self) -> &Workshop {
        &self.workshop
    }

    /// The mapping that an action starts with: the defaults of its fields, but for those that are null.
    fn default_mapping(&self, destination: &LoadedDestination, action: &LoadedAction) -> JsonObject {
        let key = (destination.definition().slug, action.definition().slug);
        self.default_mappings.get(&key).cloned().unwrap_or_default()
    }

    /// The pipeline for a mapping: the defaults of the fields overlaid with what is given. Where that is empty,
    /// the payload itself is the mapping, and the first one of a list.
    ///
    /// # Errors
    /// Every fault of the mapping.
    pub fn pipeline(
        &self,
        destination: &Arc<LoadedDestination>,
        action: &Arc<LoadedAction>,
        given: JsonObject,
        payload: &Value,
    ) -> Result<Arc<Pipeline>, Error> {
        self.recipe(destination, action, given, payload).compile()
    }

    fn recipe(
        &self,
        destination: &Arc<LoadedDestination>,
        action: &Arc<LoadedAction>,
        given: JsonObject,
        payload: &Value,
    ) -> Recipe {
        let mut mapping = self.default_mapping(destination, action);
        mapping.extend(given);
        let itself = || match payload {
            Value::Array(payloads) => payloads.first().cloned().unwrap_or_else(lenient::empty_object),
            payload => payload.clone(),
        };
        let (mapping, cache) = match mapping.is_empty() {
            false => (Value::Object(mapping), Some(self.pipelines.clone())),
            // Not from the cache: every payload would be another entry.
            true => (itself(), None),
        };
        Recipe {
            destination: Arc::clone(destination),
            action: Arc::clone(action),
            mapping,
            cache,
        }
    }

    /// Runs an action: validates settings, asks the subscription if there is one, refreshes tokens. The mapping
    /// overlays the defaults of the fields.
    pub async fn run_action(
        &self,
        settings: &CallSettings,
        destination: &Arc<LoadedDestination>,
        action: &Arc<LoadedAction>,
        mut body: ExecuteBody,
    ) -> Executed {
        let mapping = std::mem::take(&mut body.mapping);
        let notes = notes::of_mapping(&mapping, action);
        let recipe = self.recipe(destination, action, mapping, &body.payload);
        self.run(settings, recipe, body, notes).await
    }

    /// Runs an action with the mapping as it is: what it does not hold is meant not to be there.
    pub async fn run_as_mapped(
        &self,
        settings: &CallSettings,
        destination: &Arc<LoadedDestination>,
        action: &Arc<LoadedAction>,
        mut body: ExecuteBody,
    ) -> Executed {
        let notes = notes::of_mapping(&body.mapping, action);
        let recipe = Recipe {
            destination: Arc::clone(destination),
            action: Arc::clone(action),
            mapping: Value::Object(std::mem::take(&mut body.mapping)),
            cache: None,
        };
        self.run(settings, recipe, body, notes).await
    }

    async fn run(
        &self,
        settings: &CallSettings,
        recipe: Recipe,
        body: ExecuteBody,
        mut notes: Vec<String>,
    ) -> Executed {
        let destination = Arc::clone(&recipe.destination);
        let stored = ConnectionSettings::from_stored(body.settings);
        let auth = match body.auth {
            Some(auth) => auth.into(),
            None => Auth::from_settings(stored.oauth.as_ref()),
        };
        let secrets = destination.secrets(&stored.settings);
        let room = self.room();
        let mut call = Call::begin(settings, secrets.iter().chain(auth.secrets()));
        call.options.features = Arc::new(body.features);
        call.options.most_payload_bytes = MOST_PAYLOAD_BYTES;
        call.options.subscription = body.subscription_metadata.into();
        let carried = Carried::new(body.transaction, body.state);
        carried.go_with(&mut call.options);
        notes.extend(notes::of_settings(&stored.settings, &destination));
        let pipeline = self.workshop.compile(settings.time_limit, recipe).await;
        if let Ok(pipeline) = &pipeline {
            call.hide(&secrets_by_name(pipeline.source()));
        }
        call.hide(&secrets_by_name(&Value::Object(stored.settings.clone())));
        let way = match way(body.subscribe, pipeline, &call) {
            Ok(way) => way,
            Err(unreadable) => {
                let report = Report::refused(&call, Failure::subscription(&unreadable), &room);
                return executed(&call, report);
            }
        };
        let tokens = Arc::new(InMemoryTokens);
        let connection = Connection::open(destination, stored.settings, auth.clone(), tokens);
        let (connection, way) = match connection.and_then(|connection| Ok((connection, way?))) {
            Ok(prepared) => prepared,
            Err(error) => {
                let failure = Failure::new(&error, &call.redactor(), &room);
                let refused = Report::refused(&call, failure, &room);
                return executed(&call, refused.with_notes(notes));
            }
        };
        let outcome = deliver(&call, &connection, &way, &events(body.payload), &room).await;
        let tokens = ShownTokens::if_new(&auth, &connection.tokens().current());
        let report = Report::new(&call, outcome, &room)
            .with_tokens(tokens)
            .with_notes(notes);
        executed(&call, report.with_carried(carried.shown(&call.redactor())))
    }
}

fn executed(call: &Call, report: Report) -> Executed {
    Executed {
        report,
        exchanges: call.record().clone(),
    }
}

/// One event, or a list of them.
pub(crate) fn events(payload: Value) -> Events {
    match payload {
        Value::Array(events) => Events::Batch(events.into()),
        event => Events::One(Arc::new(event)),
    }
}

/// Sends events on their way.
pub(crate) async fn deliver(
    call: &Call,
    connection: &Connection,
    way: &Way,
    events: &Events,
    room: &Room,
) -> Outcome {
    call.hide(connection.secrets());
    let redactor = || {
        // Tokens may have been refreshed on the way.
        call.hide(connection.tokens().current().secrets());
        call.redactor()
    };
    let outcome = match events {
        Events::One(event) => {
            let outcome = call.event(connection, way, event).await;
            Outcome::of_event(outcome, &redactor(), room)
        }
        Events::Batch(events) => {
            let outcome = call.batch(connection, way, events).await;
            Outcome::of_batch(outcome, &redactor(), room)
        }
    };
    match call.options.is_dry_run {
        true => outcome.of_dry_run(),
        false => outcome,
    }
}

/// Through the pipeline, if there is one, by way of the subscription, if there is one.
///
/// # Errors
/// The filter cannot be read.
fn way(
    subscribe: Option<String>,
    pipeline: Result<Arc<Pipeline>, Error>,
    call: &Call,
) -> Result<Result<Way, Error>, ParseError> {
    let Some(subscribe) = subscribe else {
        let metadata = call.options.subscription.clone();
        return Ok(pipeline.map(|pipeline| Way::Pipeline(pipeline, metadata)));
    };
    let filter = Subscription::parse(&subscribe)?;
    Ok(pipeline.map(|pipeline| {
        Way::Subscription(Arc::new(SubscribedPipeline {
            filter: Ok(filter),
            subscribe,
            action: pipeline.action().definition().slug.to_owned(),
            pipeline: Ok(pipeline),
            metadata: call.options.subscription.clone(),
        }))
    }))
}
