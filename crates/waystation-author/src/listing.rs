//! The routes of a destination, as the server lists them when it starts.

use std::fmt;

use axum::http::Method;
use serde_json::{Value, json};
use waystation_fields::{FieldDefinition, FieldType, Fields, Required};
use waystation_json::JsonObject;
use waystation_kit::any::{AnyAction, AnyDestination, Perform};
use waystation_runtime::LoadedDestination;

use crate::path::dynamic_fields;

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
    for action in actions(definition) {
        paths.push(format!(
            "/destinations/{}/actions/{}",
            definition.slug, action.slug
        ));
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
    lines
}

/// The actions that have routes: asynchronous ones have none.
fn actions(definition: &AnyDestination) -> impl Iterator<Item = &AnyAction> {
    let actions = definition.actions.iter().map(AsRef::as_ref);
    actions.filter(|action| !matches!(action.perform, Perform::Asynchronous { .. }))
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
    let fields = dynamic_fields(&action.dynamic_fields).into_iter();
    paths.extend(fields.map(|field| format!("/{slug}/{field}")));
    for hook in &action.hooks {
        let hook_path = format!("/{slug}/hooks/{}", hook.hook_type.name());
        let inputs = dynamic_fields(&hook.dynamic_inputs).into_iter();
        let inputs: Vec<String> = inputs
            .map(|input| format!("{hook_path}/dynamic/{input}"))
            .collect();
        paths.push(hook_path);
        paths.extend(inputs);
    }
    paths
}

/// A command that runs an action of the destination with an invented event, ready to be pasted into a shell.
/// `None` if it has no action with a route.
#[must_use]
pub fn example(destination: &LoadedDestination, base_url: &str) -> Option<String> {
    let definition = destination.definition();
    let action = actions(definition)
        .filter(|action| !action.hidden)
        .find(|action| {
            action
                .subscribe
                .is_some_and(|subscribe| subscribe.contains("\"track\""))
        })
        .or_else(|| actions(definition).next())?;
    let authentication = definition.authentication.as_ref();
    let settings = authentication.map(|authentication| example_settings(&authentication.fields));
    let body = json!({"payload": example_event(), "settings": settings.unwrap_or_default()});
    let body = body.to_string().replace('\'', "'\\''");
    let slug = action.slug;
    Some(format!(
        "curl -sS {base_url}/{slug} -H 'content-type: application/json' -d '{body}'"
    ))
}

fn example_event() -> Value {
    json!({
        "type": "track",
        "event": "Order Completed",
        "messageId": "message-1",
        "userId": "user-1",
        "timestamp": "2026-01-01T12:00:00.000Z",
        "properties": {"total": 25, "currency": "EUR"},
        "context": {"traits": {"email": "person@example.com"}},
    })
}

/// A value for every setting that must be given.
fn example_settings(fields: &Fields) -> JsonObject {
    let required = fields
        .iter()
        .filter(|(_, field)| field.required == Required::Always);
    required
        .map(|(key, field)| (key.to_owned(), example_setting(key, field)))
        .collect()
}

fn example_setting(key: &str, field: &FieldDefinition) -> Value {
    let known = field
        .default
        .as_ref()
        .or(field.choices.first().map(|choice| &choice.value));
    match (known, field.field_type) {
        (Some(known), _) => known.clone(),
        (None, FieldType::Number | FieldType::Integer) => json!(1),
        (None, FieldType::Boolean) => json!(true),
        (None, FieldType::Object) => json!({}),
        (None, _) => json!(format!("your {key}")),
    }
}
