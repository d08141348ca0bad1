//! `POST /{action}/hooks/{hook}` and `.../dynamic/{input}`: what happens when a mapping is saved.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use waystation_kit::hooks::{HookAnswer, HookRequest};
use waystation_runtime::entries::dynamic_field::hook_dynamic_field;
use waystation_runtime::entries::hook::run_hook;

use super::dynamic_field::{EditorBody, EditorCall, Refused, answer, failed};
use crate::app::Served;
use crate::body::Recorded;
use crate::lenient::Page;
use crate::path::{HookInputPath, HookPath};

/// 200 with what the hook saved; 500 with `[error]` where it saved nothing.
pub(super) async fn run(
    State(app): State<Served>,
    HookPath { action, hook }: HookPath,
    Recorded(mut body): Recorded<EditorBody>,
) -> Result<Response, Refused> {
    let slug = action.definition().slug;
    let EditorCall {
        call,
        unchecked,
        about,
    } = body.begin(&app, slug)?;
    let request = HookRequest {
        payload: body.payload,
        inputs: body.hook_inputs,
        previous_outputs: Some(body.hook_outputs),
        page: match body.page {
            Page::Name(name) => Some(name),
            Page::Number(_) => None,
        },
    };
    let connection = &unchecked.connection;
    let saved = run_hook(connection, &action, hook, request, about, &call.options).await;
    Ok(match saved {
        Ok(HookAnswer {
            error: Some(error), ..
        }) => call.answer(StatusCode::INTERNAL_SERVER_ERROR, &[error], Some(slug), None),
        Ok(saved) => call.answer(StatusCode::OK, &saved, Some(slug), None),
        Err(error) => failed(&call, call.cause(&error), slug),
    })
}

/// The choices of an input of a hook.
pub(super) async fn ask_input(
    State(app): State<Served>,
    HookInputPath { action, hook, input }: HookInputPath,
    Recorded(mut body): Recorded<EditorBody>,
) -> Result<Response, Refused> {
    let definition = action.definition();
    let EditorCall {
        call,
        unchecked,
        about,
    } = body.begin(&app, definition.slug)?;
    let request = body.into_request();
    let connection = &unchecked.connection;
    let asked = hook_dynamic_field(connection, definition, hook, input, request, about, &call.options).await;
    Ok(answer(&call, asked, definition.slug))
}
