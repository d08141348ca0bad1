//! Bodies of requests: as the recorded routes read them, and as ours do.

use axum::body::to_bytes;
use axum::extract::{FromRef, FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde::de::DeserializeOwned;
use serde_json::Value;
use waystation_json::JsonObject;
use waystation_json::read::from_slice;
use waystation_runtime::LoadedDestination;

use crate::app::App;
use waystation_http::{ApiError, Code};

/// The body of a recorded route. An absent body, a list, and any other content type than `application/json`
/// count as `{}`; a bare scalar is refused.
pub(crate) struct Recorded<T>(pub(crate) T);

/// The body of the recorded route that takes settings and nothing else.
pub(crate) struct BareSettings(pub(crate) JsonObject);

/// The body of one of our routes: a JSON object, and nothing else.
pub(crate) struct Strict<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Recorded<T>
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let object = if is_json(request.headers()) {
            match read(request).await? {
                None | Some(Value::Array(_)) => JsonObject::new(),
                Some(Value::Object(object)) => object,
                Some(_) => return Err(not_an_object()),
            }
        } else {
            JsonObject::new()
        };
        typed(with_settings(object, &App::from_ref(state))).map(Self)
    }
}

impl<S: Send + Sync> FromRequest<S> for BareSettings
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let object = match is_json(request.headers()).then_some(request) {
            Some(request) => match read(request).await? {
                None | Some(Value::Array(_)) => JsonObject::new(),
                Some(Value::Object(object)) => object,
                Some(_) => return Err(not_an_object()),
            },
            None => JsonObject::new(),
        };
        Ok(Self(completed(object, &App::from_ref(state).config().settings)))
    }
}

/// The body with the server's own settings, where it brings none of that name.
fn with_settings(mut body: JsonObject, app: &App) -> JsonObject {
    let own = &app.config().settings;
    if own.is_empty() {
        return body;
    }
    match body.get_mut("settings") {
        Some(Value::Object(given)) => *given = completed(std::mem::take(given), own),
        None | Some(Value::Null) => {
            body.insert("settings".to_owned(), Value::Object(own.clone()));
        }
        Some(_) => {}
    }
    body
}

/// What was given, and of the other settings those that were not.
fn completed(mut given: JsonObject, own: &JsonObject) -> JsonObject {
    for (key, value) in own {
        given.entry(key.clone()).or_insert_with(|| value.clone());
    }
    given
}

impl App {
    /// Settings for a destination, completed by the server's own if it is the served one.
    pub(crate) fn complete(&self, destination: &LoadedDestination, given: JsonObject) -> JsonObject {
        let served = self.config().destination.as_ref();
        match served.is_some_and(|served| served.definition().slug == destination.definition().slug) {
            true => completed(given, &self.config().settings),
            false => given,
        }
    }
}

/// Whether a path leads to an action of the served destination.
fn leads_to_served(path: &str, app: &App) -> bool {
    let served = app.config().destination.as_ref();
    let slug = path
        .strip_prefix("/destinations/")
        .and_then(|rest| rest.split('/').next());
    slug.is_some_and(|slug| served.is_some_and(|served| served.definition().slug == slug))
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Strict<T>
where
    App: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let app = App::from_ref(state);
        let is_served = leads_to_served(request.uri().path(), &app);
        if !is_json(request.headers()) {
            let message = "The body must be JSON: send it with the header content-type: application/json.";
            return Err(ApiError::new(Code::UnsupportedMediaType, message));
        }
        match read(request).await? {
            Some(Value::Object(object)) if is_served => typed(with_settings(object, &app)).map(Self),
            Some(Value::Object(object)) => typed(object).map(Self),
            _ => Err(not_an_object()),
        }
    }
}

/// Whether a request says that its body is JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .and_then(|content_type| content_type.to_str().ok())
        .and_then(|content_type| content_type.split(';').next())
        .is_some_and(|media_type| media_type.trim().eq_ignore_ascii_case("application/json"))
}

/// The body as a value; `None` if there is none.
async fn read(request: Request) -> Result<Option<Value>, ApiError> {
    refuse_encoded(request.headers())?;
    // It has arrived within the limit, see `middleware::limit`.
    let body = to_bytes(request.into_body(), usize::MAX)
        .await
        .map_err(|_| ApiError::internal())?;
    if body.is_empty() {
        return Ok(None);
    }
    from_slice(&body)
        .map(Some)
        .map_err(|error| ApiError::invalid_json(&error))
}

fn refuse_encoded(headers: &HeaderMap) -> Result<(), ApiError> {
    match headers.get(CONTENT_ENCODING) {
        Some(encoding) if encoding != "identity" => Err(ApiError::new(
            Code::UnsupportedMediaType,
            "Compressed bodies are not supported here: send the body as it is.",
        )),
        _ => Ok(()),
    }
}

fn not_an_object() -> ApiError {
    ApiError::invalid_request("The body must be a JSON object.")
}

fn typed<T: DeserializeOwned>(object: JsonObject) -> Result<T, ApiError> {
    serde_path_to_error::deserialize(Value::Object(object)).map_err(|error| {
        let path = error.path().to_string();
        let problem = error.into_inner();
        match path.as_str() {
            "." => ApiError::invalid_request(format!("The body cannot be used: {problem}.")),
            path => ApiError::invalid_request(format!("\"{path}\" in the body cannot be used: {problem}."))
                .with("path", path),
        }
    })
}
