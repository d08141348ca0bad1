//! The routes of a destination, as the server lists them when it starts, and a command for each action.

mod examples;

use std::fmt;

use axum::http::Method;
use waystation_kit::any::{AnyAction, AnyDestination, Perform};
use waystation_runtime::LoadedDestination;

use crate::path::dynamic_fields;

pub use examples::{Example, examples};

/// A route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The method.
    pub method: Method,
    /// The path, names filled in.
    pub path: String,
}

/// `POST /trackEvent`
impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)
    }
}

/// Every route that a server for this destination has.
#[must_use]
pub fn routes(destination: &LoadedDestination) -> Vec<Route> {
    let definition = destination.definition();
    let mut routes = vec![Route {
        method: Method::GET,
        path: "/manifest".to_owned(),
    }];
    let mut paths = account_paths(definition);
    for action in actions(definition) {
        paths.extend(action_paths(action));
    }
    for action in &definition.actions {
        let path = format!("/destinations/{}/actions/{}", definition.slug, action.slug);
        if is_asynchronous(action) {
            paths.push(format!("{path}/jobs/{{job}}"));
        }
        paths.push(path);
    }
    routes.extend(paths.into_iter().map(|path| Route {
        method: Method::POST,
        path,
    }));
    routes
}

/// The routes line by line, those that execute actions as one.
#[must_use]
pub fn lines(destination: &LoadedDestination) -> Vec<String> {
    let execute = format!("/destinations/{}/actions/", destination.definition().slug);
    let routes = routes(destination).into_iter();
    let others = routes.filter(|route| !route.path.starts_with(&execute));
    let mut lines: Vec<String> = others.map(|route| route.to_string()).collect();
    lines.push(format!("POST {execute}{{action}}"));
    if destination
        .definition()
        .actions
        .iter()
        .any(|action| is_asynchronous(action))
    {
        lines.push(format!("POST {execute}{{action}}/jobs/{{job}}"));
    }
    lines
}

/// The actions that have routes under the root, as on the recorded server: asynchronous ones have none.
fn actions(definition: &AnyDestination) -> impl Iterator<Item = &AnyAction> {
    let actions = definition.actions.iter().map(AsRef::as_ref);
    actions.filter(|action| !is_asynchronous(action))
}

const fn is_asynchronous(action: &AnyAction) -> bool {
    matches!(action.perform, Perform::Asynchronous { .. })
}

fn account_paths(definition: &AnyDestination) -> Vec<String> {
    let audiences = definition.audiences.as_ref();
    [
        ("/authenticate", true),
        ("/refreshAccessToken", true),
        ("/delete", definition.delete.is_some()),
        (
            "/createAudience",
            audiences.is_some_and(|audiences| audiences.create.is_some()),
        ),
        (
            "/getAudience",
            audiences.is_some_and(|audiences| audiences.get.is_some()),
        ),
    ]
    .into_iter()
    .filter(|(_, offered)| *offered)
    .map(|(path, _)| path.to_owned())
    .collect()
}

fn action_paths(action: &AnyAction) -> Vec<String> {
    let slug = action.slug;
    let mut paths = vec![format!("/{slug}")];
    let fields = dynamic_fields(&action.dynamic_fields);
    paths.extend(fields.map(|field| format!("/{slug}/{field}")));
    for hook in &action.hooks {
        let hook_path = format!("/{slug}/hooks/{}", hook.hook_type.name());
        let inputs = dynamic_fields(&hook.dynamic_inputs);
        let inputs: Vec<String> = inputs
            .map(|input| format!("{hook_path}/dynamic/{input}"))
            .collect();
        paths.push(hook_path);
        paths.extend(inputs);
    }
    paths
}
