//! `POST /authenticate`: whether the partner accepts the credentials. The body is the settings object itself.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use waystation_execute::failure::fields;
use waystation_json::JsonObject;
use waystation_kit::Auth;
use waystation_runtime::entries::account::test_authentication;
use waystation_runtime::{ConnectionSettings, Error};

use crate::answer;
use crate::app::Served;
use crate::body::BareSettings;
use crate::call::Call;

/// `{ok: true}` or `{ok: false, error, fields}`.
#[derive(Serialize)]
struct Tested {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fields: Option<JsonObject>,
}

pub(super) async fn test(State(app): State<Served>, BareSettings(body): BareSettings) -> Response {
    let destination = app.destination();
    let stored = ConnectionSettings::from_stored(body);
    let auth = Auth::from_settings(stored.oauth.as_ref());
    let secrets = destination.secrets(&stored.settings);
    let call = Call::begin(&app, secrets.iter().chain(auth.secrets()));
    let accepted = test_authentication(destination, stored.settings, auth.clone(), &call.options).await;
    let failure = accepted.as_ref().err();
    let tested = match failure {
        None => Tested {
            ok: true,
            error: None,
            fields: None,
        },
        Some(error) => refused(error, &call),
    };
    call.answer(StatusCode::OK, &tested, None, failure)
}

fn refused(error: &Error, call: &Call) -> Tested {
    // Settings that do not fit were never shown to the partner, so they speak for themselves.
    let error = match error {
        Error::Credentials(inner) if matches!(**inner, Error::Schema { .. }) => inner,
        error => error,
    };
    let fields = answer::validation_errors(error).map(fields);
    Tested {
        ok: false,
        error: Some(call.redacted(&error.to_string())),
        fields: Some(fields.unwrap_or_default()),
    }
}
