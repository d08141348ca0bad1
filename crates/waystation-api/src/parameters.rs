//! Parameters of paths and queries, and what is told of those that cannot be used.

use std::fmt;

use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use waystation_http::{ApiError, Code};
use waystation_queue::DeliveryId;

use crate::app::App;

/// The parameters of a query.
pub(crate) struct Parameters<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<App> for Parameters<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, ApiError> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(parameters)) => Ok(Self(parameters)),
            Err(rejection) => {
                let text = rejection.body_text();
                let problem = text
                    .rsplit_once(": ")
                    .map_or(text.as_str(), |(_, problem)| problem);
                Err(ApiError::invalid_request(format!(
                    "The query cannot be used: {problem}."
                )))
            }
        }
    }
}

/// A name in a path.
pub(crate) struct Name(pub(crate) String);

impl FromRequestParts<App> for Name {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let name = Path::<String>::from_request_parts(parts, app).await;
        name.map(|Path(name)| Self(name)).map_err(|_| not_text())
    }
}

/// The id of a delivery in a path.
pub(crate) struct Id(pub(crate) DeliveryId);

impl FromRequestParts<App> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let Name(text) = Name::from_request_parts(parts, app).await?;
        match text.parse() {
            Ok(id) => Ok(Self(DeliveryId(id))),
            Err(_) => Err(unusable("id", &text, "must be the number of a delivery")),
        }
    }
}

/// A path that is not UTF-8.
pub(crate) fn not_text() -> ApiError {
    ApiError::new(Code::NotFound, "The names in the path must be UTF-8.")
}

/// A parameter that cannot be used.
pub(crate) fn unusable(parameter: &str, given: &str, problem: impl fmt::Display) -> ApiError {
    ApiError::invalid_request(format!("\"{parameter}\" {problem}, not \"{given}\"."))
        .with("parameter", parameter)
}

/// A parameter that is one of a list of names.
///
/// # Errors
/// It is none of them.
pub(crate) fn one_of<T: Copy>(
    parameter: &str,
    given: Option<&str>,
    known: &[T],
    name: impl Fn(T) -> &'static str,
) -> Result<Option<T>, ApiError> {
    let Some(given) = given else {
        return Ok(None);
    };
    let found = known.iter().copied().find(|known| name(*known) == given);
    found.map(Some).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|known| name(*known)).collect();
        unusable(parameter, given, format!("must be one of {}", names.join(", ")))
    })
}
