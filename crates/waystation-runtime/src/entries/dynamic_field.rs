//! The choices of a field, asked of the partner (recorded in `tests/conformance/runtime`).

use std::sync::Arc;

use waystation_kit::any::{AnyAction, AnyDynamicFields, Handler};
use waystation_kit::context::About;
use waystation_kit::dynamic_fields::{DynamicFieldAnswer, DynamicFieldRequest};
use waystation_kit::hooks::HookType;

use crate::connection::{CallOptions, Connection};
use crate::error::{Error, Result};
use crate::layers::within_deadline;

/// Asks for the choices of a field of an action, named as an editor names it: `field`, `object.key`,
/// `list.[0].property`. A field without a handler answers with an error in the answer itself.
///
/// # Errors
/// The handler failed.
pub async fn dynamic_field(
    connection: &Connection,
    action: &AnyAction,
    field: &str,
    request: DynamicFieldRequest,
    about: Arc<About>,
    options: &CallOptions,
) -> Result<DynamicFieldAnswer> {
    match find(&action.dynamic_fields, field) {
        Some(found) => {
            let request = DynamicFieldRequest {
                selected_key: found.selected_key.map(str::to_owned),
                selected_array_index: found.selected_array_index,
                ..request
            };
            ask(connection, found.handler, request, &about, options).await
        }
        None => Ok(not_dynamic(field)),
    }
}

/// Asks for the choices of an input of a hook.
///
/// # Errors
/// The handler failed.
pub async fn hook_dynamic_field(
    connection: &Connection,
    action: &AnyAction,
    hook: HookType,
    input: &str,
    request: DynamicFieldRequest,
    about: Arc<About>,
    options: &CallOptions,
) -> Result<DynamicFieldAnswer> {
    match action.hook(hook).and_then(|hook| hook.dynamic_inputs.get(input)) {
        Some(handler) => ask(connection, handler, request, &about, options).await,
        None => Ok(not_dynamic(input)),
    }
}

async fn ask(
    connection: &Connection,
    handler: &Handler<DynamicFieldRequest, DynamicFieldAnswer>,
    request: DynamicFieldRequest,
    about: &Arc<About>,
    options: &CallOptions,
) -> Result<DynamicFieldAnswer> {
    let call = connection.call(options, about)?;
    within_deadline(options, handler(call, request))
        .await
        .map_err(Error::Action)
}

fn not_dynamic(field: &str) -> DynamicFieldAnswer {
    let mut answer = DynamicFieldAnswer::failed("404", format!("No dynamic field named {field} found."));
    answer.next_page = Some(String::new());
    answer
}

struct Found<'a> {
    handler: &'a Handler<DynamicFieldRequest, DynamicFieldAnswer>,
    selected_key: Option<&'a str>,
    selected_array_index: Option<usize>,
}

fn find<'a>(fields: &'a AnyDynamicFields, field: &'a str) -> Option<Found<'a>> {
    if let Some((list, index, property)) = list_item(field) {
        let handler = fields.get(&format!("{list}.{property}"))?;
        return Some(Found {
            handler,
            selected_key: None,
            selected_array_index: Some(index),
        });
    }
    if let Some(handler) = fields.get(field) {
        return Some(Found {
            handler,
            selected_key: None,
            selected_array_index: None,
        });
    }
    let (object, key) = field.rsplit_once('.')?;
    let handler = fields.get(&format!("{object}.__values__"))?;
    Some(Found {
        handler,
        selected_key: Some(key),
        selected_array_index: None,
    })
}

/// `rows.[2].column` is row 2 of the column.
fn list_item(field: &str) -> Option<(&str, usize, &str)> {
    let (list, rest) = field.rsplit_once(".[")?;
    let (index, property) = rest.split_once("].")?;
    Some((list, index.parse().ok()?, property))
}
