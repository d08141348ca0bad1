//! The ways in: one module each (`../spec/runtime.md` section 2).

pub mod account;
pub mod audience;
pub mod batch;
pub mod dynamic_field;
pub mod event;
pub mod hook;
pub mod job;

use std::sync::Arc;

use serde_json::{Value, json};
use waystation_kit::context::{About, SubscriptionMetadata};

use crate::connection::CallOptions;
use crate::pipeline::Pipeline;

/// What the caller knows about events that go through a pipeline. The first event speaks for a batch.
fn about(
    pipeline: &Pipeline,
    events: Vec<Value>,
    speaker: usize,
    metadata: SubscriptionMetadata,
    options: &CallOptions,
) -> Arc<About> {
    let personas = events
        .get(speaker)
        .and_then(|event| event.get("context")?.get("personas"))
        .cloned();
    let audience_settings = match &personas {
        Some(personas) => personas.get("audience_settings").cloned(),
        None => Some(json!({})),
    };
    Arc::new(About {
        events,
        mapping: pipeline.source().clone(),
        audience_settings,
        personas,
        features: options.features.clone(),
        sync_mode: pipeline.sync_mode(),
        matching_key: pipeline.matching_key().map(str::to_owned),
        hook_outputs: pipeline.hook_outputs().to_vec(),
        subscription: metadata,
    })
}
