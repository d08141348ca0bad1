//! Errors as the OpenAPI document tells of them. These types are read by nobody else.
#![allow(dead_code)]

use utoipa::{IntoResponses, ToSchema};
use waystation_execute::Report;

/// Why a request was turned away. Some codes bring more members than these.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase", examples(json!({
    "code": "UNKNOWN_CONNECTION",
    "message": "There is no connection \"crn\". Did you mean \"crm\"?",
    "requestId": "01JD8Q2Z6W3V5T1R9N7M4K0H2F",
    "suggestion": "crm",
})))]
pub(crate) struct Problem {
    /// A name that never changes.
    code: String,
    /// A sentence for a person.
    message: String,
    /// The request's id, as in the header `x-request-id` and in the log.
    request_id: String,
}

/// A report of the partner's refusal, or a problem of the request: a report has `outcome`, a problem has `code`.
#[derive(ToSchema)]
#[serde(untagged)]
pub(crate) enum ReportOrProblem {
    /// The action was tried.
    Report(Box<Report>),
    /// It was not.
    Problem(Problem),
}

/// The caller may not.
#[derive(IntoResponses)]
pub(crate) enum Denied {
    /// No token, or one that is not known: `UNAUTHORIZED`.
    #[response(status = 401, headers(("WWW-Authenticate" = String, description = "Bearer")))]
    Unknown(Problem),
    /// The token is good for other routes: `FORBIDDEN`. Without tokens: the server was called by a foreign host name
    /// (`FORBIDDEN_HOST`), or by a foreign web page (`FORBIDDEN_ORIGIN`).
    #[response(status = 403)]
    Forbidden(Problem),
}

/// The store could not be asked.
#[derive(IntoResponses)]
pub(crate) enum NoStore {
    /// The store is not available, or the server is shutting down: `UNAVAILABLE`.
    #[response(status = 503)]
    Unavailable(Problem),
}

/// A body that cannot be used.
#[derive(IntoResponses)]
pub(crate) enum BadBody {
    /// The body is larger than the server takes: `PAYLOAD_TOO_LARGE`.
    #[response(status = 413)]
    TooLarge(Problem),
    /// The body is not sent as JSON, or is packed: `UNSUPPORTED_MEDIA_TYPE`.
    #[response(status = 415)]
    NotJson(Problem),
}

/// A request that cannot be used.
#[derive(IntoResponses)]
pub(crate) enum BadRequest {
    /// The body is not JSON (`INVALID_JSON`), or the body or a parameter is not what the route takes
    /// (`INVALID_REQUEST`); the parameter is named.
    #[response(status = 400)]
    Invalid(Problem),
}
