//! What forgets the types of a destination, and finds them again when it is called.

use std::any::Any;
use std::future::Future;
use std::sync::Arc;

use serde_json::Value;
use waystation_json::JsonObject;

use crate::action::{Action, ActionInfo, BatchAction};
use crate::any::{AnyAction, AnyDynamicFields, AnyHook, Handler, Perform, RawItem};
use crate::context::{Call, Context};
use crate::destination::Destination;
use crate::dynamic_fields::DynamicFields;
use crate::error::{Error, Result};
use crate::hooks::Hook;
use crate::multistatus::{BatchItem, ItemError};
use crate::payload::Payload;
use crate::request_key::RequestKey;

pub(super) fn parse_settings<D: Destination>(settings: &JsonObject) -> Result<Arc<dyn Any + Send + Sync>> {
    let settings: D::Settings = serde_json::from_value(Value::Object(settings.clone()))
        .map_err(|error| Error::payload(format!("the settings of {} cannot be used: {error}", D::SLUG)))?;
    Ok(Arc::new(settings))
}

pub(super) fn handler_of<I, O, F, Fut>(handler: F) -> Handler<I, O>
where
    F: Fn(Call, I) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<O>> + Send + 'static,
{
    Arc::new(move |call, input| Box::pin(handler(call, input)))
}

pub(super) fn perform_handler<D: Destination, A: Action<D>>() -> Handler<Arc<Value>, crate::Output> {
    handler_of(|call: Call, payload: Arc<Value>| async move {
        let payload = type_payload::<A>(payload)?;
        A::perform(&Context::<D>::new(call)?, payload).await
    })
}

/// An action, its type forgotten; as one whose events may share any request.
pub(super) fn any_action<D: Destination, A: ActionInfo<D>>(perform: Perform) -> AnyAction {
    AnyAction {
        slug: A::SLUG,
        title: A::TITLE,
        description: A::DESCRIPTION,
        subscribe: A::SUBSCRIBE,
        hidden: A::HIDDEN,
        after: A::AFTER,
        fields: A::fields(),
        sync_modes: A::sync_modes(),
        dynamic_fields: any_dynamic_fields(A::dynamic_fields()),
        hooks: A::hooks().hooks.into_iter().map(any_hook).collect(),
        idempotent: A::IDEMPOTENT,
        request_key: None,
        most_bytes: usize::MAX,
        splits: true,
        perform,
    }
}

/// The request key of a validated payload. One that does not fit the action shares no request.
pub(super) fn request_key<D: Destination, A: BatchAction<D>>(payload: &Value) -> RequestKey {
    match (A::REQUEST_KEY, A::deserialize(payload)) {
        (Some(key), Ok(payload)) => key(&payload),
        (Some(_), Err(_)) => RequestKey::alone(),
        (None, _) => RequestKey::SHARED,
    }
}

/// The items that fit the action's type, and what is wrong with the others.
pub(super) struct TypedItems<P> {
    pub(super) items: Vec<BatchItem<P>>,
    pub(super) faults: Vec<(usize, ItemError)>,
}

impl<P: Payload> TypedItems<P> {
    pub(super) fn new(raw: Vec<RawItem>) -> Self {
        let mut items = Vec::with_capacity(raw.len());
        let mut faults = Vec::new();
        for (
            position,
            RawItem {
                payload: given,
                index,
                audience_membership,
            },
        ) in raw.into_iter().enumerate()
        {
            match P::deserialize(&*given) {
                Ok(payload) => items.push(BatchItem {
                    payload,
                    given,
                    index,
                    audience_membership,
                }),
                Err(error) => faults.push((position, ItemError::payload(misfit(&error)))),
            }
        }
        Self { items, faults }
    }
}

fn type_payload<P: Payload>(payload: Arc<Value>) -> Result<P> {
    let typed = match Arc::try_unwrap(payload) {
        Ok(owned) => P::deserialize(owned),
        Err(shared) => P::deserialize(&*shared),
    };
    typed.map_err(|error| Error::payload(misfit(&error)))
}

fn misfit(error: &serde_json::Error) -> String {
    format!("The payload does not fit the action: {error}")
}

fn any_dynamic_fields<D: Destination>(fields: DynamicFields<D>) -> AnyDynamicFields {
    let handlers = fields.handlers.into_iter().map(|(path, handler)| {
        let handler = handler_of(move |call: Call, request| async move {
            handler(&Context::<D>::new(call)?, request).await
        });
        (path, handler)
    });
    AnyDynamicFields {
        handlers: handlers.collect(),
    }
}

fn any_hook<D: Destination>(hook: Hook<D>) -> AnyHook {
    let handler = hook.handler;
    AnyHook {
        hook_type: hook.hook_type,
        label: hook.label,
        description: hook.description,
        input_fields: hook.input_fields,
        dynamic_inputs: any_dynamic_fields(hook.dynamic_inputs),
        output_types: hook.output_types,
        handler: handler_of(move |call: Call, request| async move {
            handler(&Context::<D>::new(call)?, request).await
        }),
    }
}
