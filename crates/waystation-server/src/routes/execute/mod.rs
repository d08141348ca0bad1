//! `POST /destinations/{slug}/actions/{action}`: runs an action and tells everything.
//!
//! Unlike the [recorded route](super::action), this one validates settings, refreshes tokens, asks a
//! subscription if it is given one, tells results of single items, and answers with the status of what
//! happened: that of the failure for one event; for a list 200 if every item was delivered, else 207.

mod body;
mod delivery;
mod failure;
mod report;

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::response::Response;
use waystation_kit::Auth;
use waystation_runtime::destination::LoadedAction;
use waystation_runtime::tokens::InMemoryTokens;
use waystation_runtime::{Connection, ConnectionSettings, LoadedDestination};

use crate::app::App;
use crate::body::Strict;
use crate::call::Call;
use body::ExecuteBody;
use delivery::{Delivery, Subscribed};
use failure::Failure;
use report::{Outcome, Report};
use waystation_http::{ApiError, Code};

/// What the path names.
pub(crate) struct ExecutePath {
    destination: Arc<LoadedDestination>,
    action: Arc<LoadedAction>,
}

pub(super) async fn run(
    State(app): State<App>,
    ExecutePath { destination, action }: ExecutePath,
    Strict(body): Strict<ExecuteBody>,
) -> Response {
    let slug = action.definition().slug;
    let stored = ConnectionSettings::from_stored(body.settings);
    let auth = match body.auth {
        Some(auth) => auth.into(),
        None => Auth::from_settings(stored.oauth.as_ref()),
    };
    let secrets = destination.secrets(&stored.settings);
    let mut call = Call::begin(&app, secrets.iter().chain(auth.secrets()));
    call.options.features = Arc::new(body.features);
    call.options.subscription = body.subscription_metadata.into();

    let subscribed = match body.subscribe.map(Subscribed::parse).transpose() {
        Ok(subscribed) => subscribed,
        Err(error) => return Report::refused(&call, Failure::subscription(&error)).answer(&call, slug),
    };
    let connection = Connection::open(
        Arc::clone(&destination),
        stored.settings,
        auth.clone(),
        Arc::new(InMemoryTokens),
    );
    let prepared = connection.and_then(|connection| {
        let pipeline = super::action::pipeline(&app, &destination, &action, body.mapping, &body.payload)?;
        Ok((connection, pipeline))
    });
    let (connection, pipeline) = match prepared {
        Ok(prepared) => prepared,
        Err(error) => {
            return Report::refused(&call, Failure::new(&error, &call.redactor)).answer(&call, slug);
        }
    };
    let delivery = Delivery {
        connection: &connection,
        pipeline,
        subscribed,
        options: &call.options,
    };
    let (outcome, attempts) = match body.payload {
        serde_json::Value::Array(events) => {
            let (outcome, attempts) = delivery.batch(events.into()).await;
            (Outcome::of_batch(outcome, &call.redactor), attempts)
        }
        event => {
            let (outcome, attempts) = delivery.event(Arc::new(event)).await;
            (Outcome::of_event(outcome, &call.redactor), attempts)
        }
    };
    Report::new(&call, outcome, &attempts)
        .with_new_tokens(&auth, &connection.tokens().current())
        .answer(&call, slug)
}

impl FromRequestParts<App> for ExecutePath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let names = Path::<(String, String)>::from_request_parts(parts, app).await;
        let Path((slug, action)) = names.map_err(|_| {
            let message = "The names of the destination and the action must be UTF-8.";
            ApiError::new(Code::NotFound, message)
        })?;
        let destination = find_destination(app, &slug)?;
        let action = find_action(&destination, &action)?;
        Ok(Self { destination, action })
    }
}

fn find_destination(app: &App, slug: &str) -> Result<Arc<LoadedDestination>, ApiError> {
    let served = app.destination();
    if served.definition().slug == slug {
        return Ok(Arc::clone(served));
    }
    let registry = &app.config().registry;
    registry.get(slug).cloned().ok_or_else(|| {
        let slugs: Vec<&str> = registry.iter().map(|known| known.definition().slug).collect();
        unknown(Code::UnknownDestination, "destination", slug, &slugs)
    })
}

fn find_action(destination: &LoadedDestination, slug: &str) -> Result<Arc<LoadedAction>, ApiError> {
    destination.action(slug).cloned().ok_or_else(|| {
        let actions = destination.definition().actions.iter();
        let slugs: Vec<&str> = actions.map(|action| action.slug).collect();
        unknown(Code::UnknownAction, "action", slug, &slugs)
    })
}

/// 404 with the nearest name, and all there are.
fn unknown(code: Code, what: &str, slug: &str, known: &[&str]) -> ApiError {
    let nearest = waystation_runtime::registry::nearest(slug, known.iter().copied());
    let hint = match nearest {
        Some(nearest) => format!("did you mean \"{nearest}\"?"),
        None => format!("there are {}.", known.join(", ")),
    };
    let error =
        ApiError::new(code, format!("There is no {what} \"{slug}\": {hint}")).with("known", known.to_vec());
    match nearest {
        Some(nearest) => error.with("suggestion", nearest),
        None => error,
    }
}
