//! What happens when a mapping is saved (recorded in `tests/conformance/runtime`).

use std::sync::Arc;

use waystation_kit::Error as ActionError;
use waystation_kit::any::AnyAction;
use waystation_kit::context::About;
use waystation_kit::hooks::{HookAnswer, HookRequest, HookType};

use crate::connection::{CallOptions, Connection};
use crate::destination::LoadedAction;
use crate::error::{Error, Result};
use crate::layers::within_deadline;

/// The hook of an action by the name that callers use.
///
/// # Errors
/// The action has no such hook.
pub fn hook_named(action: &AnyAction, name: &str) -> Result<HookType> {
    HookType::from_name(name)
        .filter(|hook_type| action.hook(*hook_type).is_some())
        .ok_or_else(|| no_hook(action, name))
}

fn no_hook(action: &AnyAction, name: &str) -> Error {
    let message = format!("The action {} has no hook {name}.", action.slug);
    Error::Action(ActionError::not_implemented(message))
}

/// Runs a hook; its inputs are validated first.
///
/// # Errors
/// The action has no such hook, the inputs do not fit, or the handler failed.
pub async fn run_hook(
    connection: &Connection,
    action: &LoadedAction,
    hook_type: HookType,
    mut request: HookRequest,
    about: Arc<About>,
    options: &CallOptions,
) -> Result<HookAnswer> {
    let definition = action.definition();
    let hook = definition
        .hook(hook_type)
        .ok_or_else(|| no_hook(definition, hook_type.name()))?;
    request.inputs = action.prepare_hook_inputs(hook, request.inputs)?;
    let call = connection.call(options, &about)?;
    within_deadline(options, (hook.handler)(call, request))
        .await
        .map_err(Error::Action)
}
