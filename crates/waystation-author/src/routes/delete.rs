//! `POST /delete`: forgetting a person.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use waystation_json::JsonObject;
use waystation_kit::Auth;
use waystation_runtime::entries::account::delete_user;
use waystation_runtime::tokens::InMemoryTokens;
use waystation_runtime::{Connection, ConnectionSettings, Error};

use crate::answer::RequestError;
use crate::app::Served;
use crate::body::Recorded;
use crate::call::Call;
use crate::lenient;

#[derive(Deserialize)]
pub(super) struct DeleteBody {
    #[serde(default = "lenient::empty_object", deserialize_with = "lenient::value")]
    payload: Value,
    #[serde(default, deserialize_with = "lenient::object")]
    settings: JsonObject,
}

/// Answers `[]` or `[error]`: exchanges of deletions are not shown here, as in the recorded server.
pub(super) async fn delete(State(app): State<Served>, Recorded(body): Recorded<DeleteBody>) -> Response {
    let destination = app.destination();
    let stored = ConnectionSettings::from_stored(body.settings);
    let auth = Auth::from_settings(stored.oauth.as_ref());
    let secrets = destination.secrets(&stored.settings);
    let call = Call::begin(&app, secrets.iter().chain(auth.secrets()));
    let connection = Connection::open(
        Arc::clone(destination),
        stored.settings,
        auth.clone(),
        Arc::new(InMemoryTokens),
    );
    let deleted = match connection {
        Ok(connection) => delete_user(&connection, &body.payload, &call.options).await,
        Err(misfit) => Err(misfit),
    };
    match deleted {
        Ok(_) => call.answer(StatusCode::OK, &json!([]), None, None),
        Err(error) => failed(&call, &error),
    }
}

fn failed(call: &Call, error: &Error) -> Response {
    let shown = [RequestError::new(error, &call.redactor())];
    call.answer(StatusCode::OK, &shown, None, Some(error))
}
