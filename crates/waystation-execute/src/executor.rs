//! Running one action.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;
use waystation_client::Exchanges;
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

/// Runs actions, and remembers what it compiled for them.
pub struct Executor {
    pipelines: PipelineCache,
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
            default_mappings: default_mappings.collect(),
        }
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
        destination: &LoadedDestination,
        action: &Arc<LoadedAction>,
        given: JsonObject,
        payload: &Value,
    ) -> Result<Arc<Pipeline>, Error> {
        let mut mapping = self.default_mapping(destination, action);
        mapping.extend(given);
        if !mapping.is_empty() {
            return self.pipelines.get(destination, action, &Value::Object(mapping));
        }
        let itself = match payload {
            Value::Array(payloads) => payloads.first().cloned().unwrap_or_else(lenient::empty_object),
            payload => payload.clone(),
        };
        // Not from the cache: every payload would be another entry.
        Pipeline::compile(Arc::clone(action), &itself).map(Arc::new)
    }

    /// Runs an action: validates settings, asks the subscription if there is one, refreshes tokens.
    pub async fn run_action(
        &self,
        settings: &CallSettings,
        destination: &Arc<LoadedDestination>,
        action: &Arc<LoadedAction>,
        body: ExecuteBody,
    ) -> Executed {
        let stored = ConnectionSettings::from_stored(body.settings);
        let auth = match body.auth {
            Some(auth) => auth.into(),
            None => Auth::from_settings(stored.oauth.as_ref()),
        };
        let secrets = destination.secrets(&stored.settings);
        let mut call = Call::begin(settings, secrets.iter().chain(auth.secrets()));
        call.options.features = Arc::new(body.features);
        call.options.subscription = body.subscription_metadata.into();
        let carried = Carried::new(body.transaction, body.state);
        carried.go_with(&mut call.options);
        let mut notes = notes::of_mapping(&body.mapping, action);
        notes.extend(notes::of_settings(&stored.settings, destination));
        let pipeline = self.pipeline(destination, action, body.mapping, &body.payload);
        let way = match way(body.subscribe, pipeline, &call) {
            Ok(way) => way,
            Err(unreadable) => {
                return executed(&call, Report::refused(&call, Failure::subscription(&unreadable)));
            }
        };
        let connection = Connection::open(
            Arc::clone(destination),
            stored.settings,
            auth.clone(),
            Arc::new(InMemoryTokens),
        );
        let (connection, way) = match connection.and_then(|connection| Ok((connection, way?))) {
            Ok(prepared) => prepared,
            Err(error) => {
                let refused = Report::refused(&call, Failure::new(&error, &call.redactor));
                return executed(&call, refused.with_notes(notes));
            }
        };
        let outcome = deliver(&call, &connection, &way, &events(body.payload)).await;
        let tokens = ShownTokens::if_new(&auth, &connection.tokens().current());
        let report = Report::new(&call, outcome).with_tokens(tokens).with_notes(notes);
        executed(&call, report.with_carried(carried.shown(&call.redactor)))
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
pub(crate) async fn deliver(call: &Call, connection: &Connection, way: &Way, events: &Events) -> Outcome {
    let outcome = match events {
        Events::One(event) => Outcome::of_event(call.event(connection, way, event).await, &call.redactor),
        Events::Batch(events) => Outcome::of_batch(call.batch(connection, way, events).await, &call.redactor),
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
