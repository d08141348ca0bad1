//! `POST /{action}/{field}`: the choices of a field, asked of the partner.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use waystation_execute::AuthBody;
use waystation_json::JsonObject;
use waystation_kit::context::About;
use waystation_kit::dynamic_fields::{DynamicFieldAnswer, DynamicFieldRequest};
use waystation_runtime::Error;
use waystation_runtime::entries::dynamic_field::dynamic_field;

use crate::answer::{RequestError, field_problems};
use crate::app::Served;
use crate::body::Recorded;
use crate::call::Call;
use crate::lenient::{self, Page};
use crate::path::DynamicFieldPath;
use crate::settings::{Unchecked, open_unchecked};

/// What an editor sends along when it asks for choices; also for inputs of hooks.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct EditorBody {
    #[serde(default, deserialize_with = "lenient::object")]
    settings: JsonObject,
    #[serde(default = "lenient::empty_object", deserialize_with = "lenient::value")]
    pub(super) payload: Value,
    #[serde(default, deserialize_with = "lenient::page")]
    pub(super) page: Page,
    #[serde(default, deserialize_with = "lenient::section")]
    auth: AuthBody,
    #[serde(default = "lenient::empty_object", deserialize_with = "lenient::value")]
    audience_settings: Value,
    #[serde(default, deserialize_with = "lenient::object")]
    dynamic_field_context: JsonObject,
    #[serde(default = "lenient::empty_object", deserialize_with = "lenient::value")]
    pub(super) hook_inputs: Value,
    #[serde(default = "lenient::empty_object", deserialize_with = "lenient::value")]
    pub(super) hook_outputs: Value,
}

/// A call on behalf of an editor.
pub(super) struct EditorCall {
    pub(super) call: Call,
    pub(super) unchecked: Unchecked,
    pub(super) about: Arc<About>,
}

/// The answer to a call that cannot begin.
pub(super) struct Refused(Box<Response>);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl EditorBody {
    /// Begins the call.
    ///
    /// # Errors
    /// The answer to give instead: the settings do not fit.
    pub(super) fn begin(&mut self, app: &Served, action: &'static str) -> Result<EditorCall, Refused> {
        let auth = std::mem::take(&mut self.auth).into();
        match open_unchecked(app.destination(), &self.settings, &auth) {
            Ok(unchecked) => Ok(EditorCall {
                call: Call::over_unchecked(app, &unchecked),
                unchecked,
                about: Arc::new(About {
                    audience_settings: Some(self.audience_settings.take()),
                    ..About::default()
                }),
            }),
            Err(misfit) => {
                let call = Call::without_connection(app, app.destination(), &self.settings);
                Err(Refused(Box::new(failed(&call, &misfit, action))))
            }
        }
    }

    pub(super) fn into_request(self) -> DynamicFieldRequest {
        let (page, page_number) = match self.page {
            Page::Name(name) => (Some(name), None),
            Page::Number(number) => (None, Some(number)),
        };
        DynamicFieldRequest {
            payload: self.payload,
            page,
            page_number,
            context: self.dynamic_field_context,
            hook_inputs: Some(self.hook_inputs),
            ..DynamicFieldRequest::default()
        }
    }
}

pub(super) async fn ask(
    State(app): State<Served>,
    DynamicFieldPath { action, field }: DynamicFieldPath,
    Recorded(mut body): Recorded<EditorBody>,
) -> Result<Response, Refused> {
    let definition = action.definition();
    let EditorCall {
        call,
        unchecked,
        about,
    } = body.begin(&app, definition.slug)?;
    let request = DynamicFieldRequest {
        hook_inputs: None,
        ..body.into_request()
    };
    let connection = &unchecked.connection;
    let asked = dynamic_field(connection, definition, field, request, about, &call.options).await;
    Ok(answer(&call, asked, definition.slug))
}

/// 200 with the choices; 500 with `[error]` where there are none.
pub(super) fn answer(
    call: &Call,
    asked: Result<DynamicFieldAnswer, Error>,
    action: &'static str,
) -> Response {
    match asked {
        Ok(DynamicFieldAnswer {
            error: Some(error), ..
        }) => call.answer(StatusCode::INTERNAL_SERVER_ERROR, &[error], Some(action), None),
        Ok(choices) => call.answer(StatusCode::OK, &choices, Some(action), None),
        Err(error) => failed(call, call.cause(&error), action),
    }
}

/// 500 with `[error]`, or with `[[problem, ...]]` for inputs that do not fit.
pub(super) fn failed(call: &Call, error: &Error, action: &'static str) -> Response {
    let status = StatusCode::INTERNAL_SERVER_ERROR;
    match error {
        Error::Schema { subject, errors } => {
            let problems = [field_problems(*subject, errors)];
            call.answer(status, &problems, Some(action), Some(error))
        }
        error => {
            let shown = [RequestError::new(error, &call.redactor()).with_code(error)];
            call.answer(status, &shown, Some(action), Some(error))
        }
    }
}
