//! What paths name: actions, dynamic fields, hooks. A name that is not there is an error with a hint.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use waystation_kit::any::AnyDynamicFields;
use waystation_kit::any::Perform;
use waystation_kit::hooks::HookType;
use waystation_runtime::LoadedDestination;
use waystation_runtime::destination::LoadedAction;

use crate::app::Served;
use crate::routes::not_found;
use waystation_http::ApiError;

/// `/{action}`
pub(crate) struct ActionPath(pub(crate) Arc<LoadedAction>);

/// `/{action}/{field}`
pub(crate) struct DynamicFieldPath {
    pub(crate) action: Arc<LoadedAction>,
    /// As the action declares it.
    pub(crate) field: &'static str,
}

/// `/{action}/hooks/{hook}`
pub(crate) struct HookPath {
    pub(crate) action: Arc<LoadedAction>,
    pub(crate) hook: HookType,
}

/// `/{action}/hooks/{hook}/dynamic/{input}`
pub(crate) struct HookInputPath {
    pub(crate) action: Arc<LoadedAction>,
    pub(crate) hook: HookType,
    /// As the hook declares it.
    pub(crate) input: &'static str,
}

/// The action of this slug, however its letters are cased; exactly as written if there is one. Asynchronous
/// actions have no routes.
fn find_action(destination: &LoadedDestination, slug: &str) -> Option<Arc<LoadedAction>> {
    let actions = destination.definition().actions.iter();
    let found = actions
        .filter(|action| !matches!(action.perform, Perform::Asynchronous { .. }))
        .map(|action| action.slug)
        .filter(|known| known.eq_ignore_ascii_case(slug))
        .min_by_key(|known| *known != slug)?;
    destination.action(found).cloned()
}

/// The fields that have a dynamic handler, as the action declares them: `list_id`, `rows.column`, `traits.__keys__`.
pub(crate) fn dynamic_fields(fields: &AnyDynamicFields) -> impl Iterator<Item = &'static str> {
    fields.handlers.iter().map(|(path, _)| *path)
}

/// The field of this name. A field that only holds others is known, too, although nobody answers for it: the recorded
/// server has a route for it that says so.
fn find_field(fields: &AnyDynamicFields, name: &str) -> Option<&'static str> {
    let holding = dynamic_fields(fields).filter_map(|path| Some(path.split_once('.')?.0));
    dynamic_fields(fields)
        .chain(holding)
        .find(|known| known.eq_ignore_ascii_case(name))
}

fn find_hook(action: &LoadedAction, name: &str) -> Option<HookType> {
    let hooks = action.definition().hooks.iter();
    hooks
        .map(|hook| hook.hook_type)
        .find(|hook| hook.name().eq_ignore_ascii_case(name))
}

/// The names in the path, in order.
async fn names<T>(parts: &mut Parts, app: &Served) -> Result<T, ApiError>
where
    T: serde::de::DeserializeOwned + Send,
{
    match Path::<T>::from_request_parts(parts, app).await {
        Ok(Path(names)) => Ok(names),
        // A name that is not UTF-8 names nothing.
        Err(_) => Err(no_such_route(parts, app)),
    }
}

fn no_such_route(parts: &Parts, app: &Served) -> ApiError {
    not_found::no_such_route(app.destination(), &parts.method, parts.uri.path())
}

impl FromRequestParts<Served> for ActionPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Served) -> Result<Self, ApiError> {
        let slug: String = names(parts, app).await?;
        find_action(app.destination(), &slug)
            .map(Self)
            .ok_or_else(|| no_such_route(parts, app))
    }
}

impl FromRequestParts<Served> for DynamicFieldPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Served) -> Result<Self, ApiError> {
        let (slug, field): (String, String) = names(parts, app).await?;
        let found = find_action(app.destination(), &slug).and_then(|action| {
            let field = find_field(&action.definition().dynamic_fields, &field)?;
            Some(Self { action, field })
        });
        found.ok_or_else(|| no_such_route(parts, app))
    }
}

impl FromRequestParts<Served> for HookPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Served) -> Result<Self, ApiError> {
        let (slug, hook): (String, String) = names(parts, app).await?;
        let found = find_action(app.destination(), &slug).and_then(|action| {
            let hook = find_hook(&action, &hook)?;
            Some(Self { action, hook })
        });
        found.ok_or_else(|| no_such_route(parts, app))
    }
}

impl FromRequestParts<Served> for HookInputPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Served) -> Result<Self, ApiError> {
        let (slug, hook, input): (String, String, String) = names(parts, app).await?;
        let found = find_action(app.destination(), &slug).and_then(|action| {
            let hook = find_hook(&action, &hook)?;
            let inputs = &action.definition().hook(hook)?.dynamic_inputs;
            let input = find_field(inputs, &input)?;
            Some(Self { action, hook, input })
        });
        found.ok_or_else(|| no_such_route(parts, app))
    }
}
