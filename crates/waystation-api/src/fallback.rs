//! Paths that lead nowhere, and methods that a path does not take.

use axum::extract::{OriginalUri, State};
use axum::http::Method;
use waystation_http::{ApiError, Code};
use waystation_runtime::registry::nearest;

/// What the routes of a router look like, for hints.
#[derive(Debug, Clone)]
pub(crate) struct Routes(pub(crate) &'static [&'static str]);

/// 404 with the route that looks most like the path.
pub(crate) async fn not_found(
    State(Routes(routes)): State<Routes>,
    OriginalUri(uri): OriginalUri,
    method: Method,
) -> ApiError {
    let path = uri.path();
    let message = format!("There is no route {method} {path}.");
    match nearest_route(routes, path) {
        Some(nearest) => ApiError::new(Code::NotFound, format!("{message} Did you mean {nearest}?"))
            .with("suggestion", nearest),
        None => ApiError::new(Code::NotFound, message),
    }
}

/// 405; the router adds `Allow`.
pub(crate) async fn method_not_allowed(OriginalUri(uri): OriginalUri, method: Method) -> ApiError {
    let message = format!("{} does not take {method}.", uri.path());
    ApiError::new(Code::MethodNotAllowed, message)
}

/// Parts of a path that stand for anything look like whatever stands there.
fn nearest_route(routes: &[&'static str], path: &str) -> Option<&'static str> {
    let given: Vec<&str> = path.split('/').collect();
    let likened: Vec<String> = routes.iter().map(|route| likened(route, &given)).collect();
    let found = nearest(path, likened.iter().map(String::as_str))?;
    let place = likened.iter().position(|route| route == found)?;
    routes.get(place).copied()
}

fn likened(route: &str, given: &[&str]) -> String {
    let parts = route
        .split('/')
        .enumerate()
        .map(|(place, part)| match part.starts_with('{') {
            true => given
                .get(place)
                .copied()
                .filter(|part| !part.is_empty())
                .unwrap_or(part),
            false => part,
        });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::nearest_route;

    #[test]
    fn hints_look_past_what_stands_for_anything() {
        let routes = [
            "/admin/v1/deliveries/{id}",
            "/admin/v1/connections/{name}",
            "/admin/v1/ledger",
        ];
        for (path, nearest) in [
            ("/admin/v1/delivery/17", Some("/admin/v1/deliveries/{id}")),
            ("/admin/v1/conection/crm", Some("/admin/v1/connections/{name}")),
            ("/admin/v1/ledgr", Some("/admin/v1/ledger")),
        ] {
            assert_eq!(nearest_route(&routes, path), nearest, "{path}");
        }
    }
}
