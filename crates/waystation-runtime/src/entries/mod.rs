//! The ways in: one module each (recorded in `tests/conformance/runtime`).

pub mod account;
pub mod audience;
pub mod batch;
pub mod dynamic_field;
pub mod event;
pub mod hook;
pub mod job;
pub mod subscriptions;

use std::sync::Arc;

use serde_json::json;
use waystation_json::is_truthy;
use waystation_kit::context::{About, Events, SubscriptionMetadata};

use crate::connection::{CallOptions, Connection};
use crate::layers::Target;
use crate::pipeline::Pipeline;

/// Where the payloads of a pipeline go.
fn target(
    connection: &Connection,
    pipeline: &Pipeline,
    events: Events,
    metadata: SubscriptionMetadata,
    options: &CallOptions,
) -> Target {
    Target {
        connection: connection.clone(),
        action: Arc::clone(pipeline.action().shared_definition()),
        about: about(pipeline, events, metadata, options),
        options: options.clone(),
    }
}

/// What the caller knows about events that go through a pipeline.
fn about(
    pipeline: &Pipeline,
    events: Events,
    metadata: SubscriptionMetadata,
    options: &CallOptions,
) -> Arc<About> {
    let mut about = About {
        events,
        mapping: Arc::clone(pipeline.source()),
        audience_settings: None,
        features: Arc::clone(&options.features),
        sync_mode: pipeline.sync_mode(),
        matching_key: pipeline.matching_key().map(str::to_owned),
        hook_outputs: pipeline.hook_outputs().to_vec(),
        subscription: metadata,
    };
    about.audience_settings = match about.personas().filter(|personas| is_truthy(personas)) {
        Some(personas) => personas.get("audience_settings").cloned(),
        None => Some(json!({})),
    };
    Arc::new(about)
}
