//! Paths that lead nowhere.

use axum::extract::{Request, State};
use axum::http::Method;
use waystation_runtime::LoadedDestination;

use crate::app::App;
use crate::listing;
use waystation_http::{ApiError, Code};

/// 404 with a hint. A wrong method is a wrong path too, as in the recorded server, but not on our own routes.
pub(super) async fn answer(State(app): State<App>, request: Request) -> ApiError {
    let (method, path) = (request.method(), request.uri().path());
    if is_execute(path) {
        let message = format!("{path} takes POST, not {method}.");
        return ApiError::new(Code::MethodNotAllowed, message).allowing("POST");
    }
    match &app.config().destination {
        Some(destination) => no_such_route(destination, method, path),
        None => {
            let message = format!(
                "There is no route {method} {path}. No destination is served: start the server with --destination for \
                 the routes of one."
            );
            ApiError::new(Code::NotFound, message)
        }
    }
}

/// Whether the path is one of [`EXECUTE`](super::EXECUTE).
fn is_execute(path: &str) -> bool {
    let segments: Vec<&str> = path.split('/').skip(1).collect();
    matches!(segments.as_slice(), ["destinations", _, "actions", _])
}

/// There is no such route; perhaps there is one that looks like it.
pub(crate) fn no_such_route(destination: &LoadedDestination, method: &Method, path: &str) -> ApiError {
    let message = format!(
        "There is no route {method} {path} for {}.",
        destination.definition().slug
    );
    match nearest(destination, method, path) {
        Some(nearest) => ApiError::new(Code::NotFound, format!("{message} Did you mean {nearest}?"))
            .with("suggestion", nearest),
        None => ApiError::new(Code::NotFound, message),
    }
}

/// The route with this path and another method, else the one whose path looks most like it.
fn nearest(destination: &LoadedDestination, method: &Method, path: &str) -> Option<String> {
    let routes = listing::routes(destination);
    let paths = || routes.iter().map(|route| without_slash(&route.path));
    let path = without_slash(path);
    let path = paths()
        .find(|known| known.eq_ignore_ascii_case(path))
        .or_else(|| waystation_runtime::registry::nearest(path, paths()))?;
    let found = routes.iter().filter(|route| without_slash(&route.path) == path);
    // A path may lead somewhere with another method only.
    let found = found.min_by_key(|route| route.method != *method)?;
    Some(found.to_string())
}

/// The slash at the beginning makes all paths alike.
fn without_slash(path: &str) -> &str {
    path.trim_start_matches('/')
}
