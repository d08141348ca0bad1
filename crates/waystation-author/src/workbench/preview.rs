//! What subscription and mapping make of events, before anything is sent.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use waystation_execute::failure::fields;
use waystation_http::json;
use waystation_json::JsonObject;
use waystation_mapping::{InvalidMapping, Mapping};
use waystation_runtime::destination::LoadedAction;
use waystation_runtime::{Error, Pipeline};

use super::condition::{self, Asked, ShownSubscription};
use super::origins::{self, Origins};
use crate::app::App;
use crate::body::Strict;
use crate::routes::execute::ExecutePath;

/// The most events of a list that are explained one by one.
const MOST_EVENTS: usize = 25;

/// What is looked at.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PreviewBody {
    /// The event, or a list of them.
    payload: Value,
    #[serde(default)]
    mapping: JsonObject,
    #[serde(default)]
    subscribe: Option<String>,
}

/// What subscription and mapping make of events.
#[derive(Debug, Serialize)]
pub(super) struct Preview {
    subscription: ShownSubscription,
    /// What is wrong with the mapping, and where.
    faults: Vec<Fault>,
    /// The events in their order; of a long list the first ones.
    events: Vec<ShownEvent>,
}

#[derive(Debug, Serialize)]
struct Fault {
    /// A JSON pointer into the mapping.
    path: String,
    message: String,
}

/// One event on its way to the action.
#[derive(Debug, Default, Serialize)]
struct ShownEvent {
    /// Whether the subscription wants it.
    matches: bool,
    /// Why; absent where there is no subscription.
    #[serde(skip_serializing_if = "Option::is_none")]
    conditions: Option<Asked>,
    /// What the mapping made of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved: Option<Value>,
    /// The same, cleaned and of the fields' types, as the action takes it; absent if it does not fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<Value>,
    /// What does not fit: sentences by the field's path.
    #[serde(skip_serializing_if = "JsonObject::is_empty")]
    fields: JsonObject,
    /// Why the mapping made nothing of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// The places of the event that the places of the payload depend on.
    #[serde(skip_serializing_if = "Origins::is_empty")]
    origins: Origins,
}

pub(super) async fn show(
    State(_): State<App>,
    ExecutePath { action, .. }: ExecutePath,
    Strict(body): Strict<PreviewBody>,
) -> Response {
    let preview = Preview::new(&action, &body.payload, &body.mapping, body.subscribe.as_deref());
    json::response(StatusCode::OK, &preview)
}

impl Preview {
    /// Looks at an event, or at each event of a list.
    pub(super) fn new(
        action: &Arc<LoadedAction>,
        payload: &Value,
        mapping: &JsonObject,
        subscribe: Option<&str>,
    ) -> Self {
        let (shown, filter) = condition::read(subscribe);
        let source = Value::Object(mapping.clone());
        let compiled = Mapping::compile(&source);
        let pipeline = Pipeline::compile(Arc::clone(action), &source).ok();
        let events = match payload {
            Value::Array(events) => events.as_slice(),
            event => std::slice::from_ref(event),
        };
        let events = events.iter().take(MOST_EVENTS).map(|event| {
            let conditions = filter.as_ref().map(|filter| condition::ask(filter, event));
            let matches = !shown.is_unreadable() && conditions.as_ref().is_none_or(Asked::holds);
            let resolved = match (&compiled, &pipeline) {
                (Ok(mapping), Some(pipeline)) => resolve(mapping, pipeline, event),
                _ => ShownEvent::default(),
            };
            ShownEvent {
                matches,
                conditions,
                ..resolved
            }
        });
        let events = events.collect();
        Self {
            subscription: shown,
            faults: compiled.err().map(faults).unwrap_or_default(),
            events,
        }
    }
}

fn faults(invalid: InvalidMapping) -> Vec<Fault> {
    let faults = invalid.faults.into_iter();
    faults
        .map(|fault| Fault {
            message: fault.problem.to_string(),
            path: fault.path,
        })
        .collect()
}

fn resolve(mapping: &Mapping, pipeline: &Pipeline, event: &Value) -> ShownEvent {
    let resolved = match mapping.resolve(event) {
        Ok(resolved) => resolved,
        Err(error) => {
            return ShownEvent {
                error: Some(error.to_string()),
                ..ShownEvent::default()
            };
        }
    };
    let origins = resolved
        .as_ref()
        .map(|resolved| origins::find(mapping, event, resolved));
    let shown = ShownEvent {
        resolved,
        origins: origins.unwrap_or_default(),
        ..ShownEvent::default()
    };
    match pipeline.payload(event) {
        Ok(payload) => ShownEvent {
            payload: Some(payload),
            ..shown
        },
        Err(Error::Schema { errors, .. }) => ShownEvent {
            fields: fields(&errors),
            ..shown
        },
        Err(error) => ShownEvent {
            error: Some(error.to_string()),
            ..shown
        },
    }
}
