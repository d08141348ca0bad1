//! The refusal of the routes for tokens and audiences: `{ok: false, error}`.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;
use waystation_execute::failure::partner_answer;
use waystation_runtime::Error;

use crate::call::Call;
use crate::summary::Summary;
use waystation_http::json;

#[derive(Serialize)]
struct Refused {
    ok: bool,
    /// The partner's JSON, or what happened in words.
    error: Value,
}

/// The refusal for a failed call. The status is 400; 500 where the partner answered with something that is
/// not JSON, which the recorded server fails on.
pub(super) fn refused(call: &Call, error: &Error) -> Response {
    let (status, told) = told(error);
    let refused = Refused {
        ok: false,
        error: call.redactor().value(&told),
    };
    call.answer(status, &refused, None, Some(error))
}

/// The refusal of a request that lacks what a call takes.
pub(super) fn lacking(what: &str) -> Response {
    let error = format!("The body lacks \"{what}\".");
    let summary = Summary::default().failed(error.clone());
    let refused = Refused {
        ok: false,
        error: error.into(),
    };
    summary.left_in(json::response(StatusCode::BAD_REQUEST, &refused))
}

fn told(error: &Error) -> (StatusCode, Value) {
    let words = || Value::String(error.to_string());
    let Some(response) = partner_answer(error) else {
        return (StatusCode::BAD_REQUEST, words());
    };
    match serde_json::from_slice(response.body()) {
        Ok(Value::Null) => (StatusCode::BAD_REQUEST, words()),
        Ok(body) => (StatusCode::BAD_REQUEST, body),
        Err(_) if response.body().is_empty() => (StatusCode::INTERNAL_SERVER_ERROR, words()),
        Err(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            response.text().into_owned().into(),
        ),
    }
}
