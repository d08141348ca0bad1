//! `POST /{action}`: runs an action with an event or a list of events.
//!
//! No subscription is asked, settings are not validated, tokens are not refreshed. The answer shows what went
//! to the partner and came back, or the failure; results of single items are on the route that
//! [executes](super::execute) actions.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;
use waystation_execute::{AuthBody, MetadataBody, notes};
use waystation_http::ApiError;
use waystation_json::JsonObject;
use waystation_runtime::error::SchemaSubject;
use waystation_runtime::registry::nearest;
use waystation_runtime::services::{CarriedState, EventTransaction};
use waystation_runtime::{BatchOutcome, Connection, Error, Pipeline, TokenRefresh, Way};

use crate::answer::{RequestError, exchange_list};
use crate::app::Served;
use crate::body::Recorded;
use crate::call::Call;
use crate::lenient;
use crate::path::ActionPath;
use crate::settings::open_unchecked;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ActionBody {
    #[serde(default = "lenient::empty_object", deserialize_with = "lenient::value")]
    payload: Value,
    #[serde(default, deserialize_with = "lenient::object")]
    settings: JsonObject,
    #[serde(default, deserialize_with = "lenient::object")]
    mapping: JsonObject,
    #[serde(default, deserialize_with = "lenient::section")]
    auth: AuthBody,
    #[serde(default, deserialize_with = "lenient::object")]
    features: JsonObject,
    #[serde(default, deserialize_with = "lenient::section")]
    subscription_metadata: MetadataBody,
    /// What actions before this one noted for the same event.
    #[serde(default, deserialize_with = "lenient::section")]
    transaction: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "lenient::section")]
    state: BTreeMap<String, String>,
    /// Keys that mean nothing.
    #[serde(flatten)]
    others: JsonObject,
}

/// What senders call the payload that they mean.
const OTHER_NAMES: [&str; 5] = ["event", "events", "body", "data", "message"];

impl ActionBody {
    /// What the payload was called by mistake, if there is none.
    fn misnamed_payload(&self) -> Option<&str> {
        let is_meant =
            |key: &&str| OTHER_NAMES.contains(key) || nearest(key, ["payload"].into_iter()).is_some();
        let is_absent = self.payload.as_object().is_some_and(JsonObject::is_empty);
        self.others
            .keys()
            .map(String::as_str)
            .find(is_meant)
            .filter(|_| is_absent)
    }
}

pub(super) async fn run(
    State(app): State<Served>,
    ActionPath(action): ActionPath,
    Recorded(body): Recorded<ActionBody>,
) -> Response {
    if let Some(key) = body.misnamed_payload() {
        let message =
            format!("There is no \"payload\" in the body, but \"{key}\": did you mean \"payload\"?");
        return ApiError::invalid_request(message)
            .with("path", key)
            .into_response();
    }
    let slug = Some(action.definition().slug);
    let destination = app.destination();
    let oddities = notes::of_settings(&body.settings, destination);
    for note in oddities.iter().chain(&notes::of_mapping(&body.mapping, &action)) {
        tracing::warn!("{note}");
    }
    let unchecked = match open_unchecked(destination, &body.settings, &body.auth.into()) {
        Ok(unchecked) => unchecked,
        Err(misfit) => {
            let call = Call::without_connection(&app, destination, &body.settings);
            return failed(&call, &misfit, slug);
        }
    };
    let mut call = Call::over_unchecked(&app, &unchecked);
    call.options.token_refresh = TokenRefresh::Never;
    call.options.features = Arc::new(body.features);
    call.options.subscription = body.subscription_metadata.into();
    call.options.services.transaction = Some(Arc::new(EventTransaction::new(body.transaction)));
    call.options.services.state = Some(Arc::new(CarriedState::new(body.state)));
    let performed = match app
        .executor()
        .pipeline(destination, &action, body.mapping, &body.payload)
    {
        Ok(pipeline) => perform(&call, &unchecked.connection, pipeline, body.payload).await,
        Err(error) => Err(error),
    };
    match performed {
        Ok(()) => call.answer(StatusCode::OK, &exchange_list(call.exchanges()), slug, None),
        Err(error) => {
            let cause = call.cause(&error);
            let shown = RequestError::new(cause, &call.redactor());
            let shown = match cause {
                Error::Schema {
                    subject: SchemaSubject::Settings,
                    ..
                } => shown.with_words(&oddities),
                _ => shown,
            };
            call.answer(StatusCode::OK, &[shown], slug, Some(cause))
        }
    }
}

async fn perform(
    call: &Call,
    connection: &Connection,
    pipeline: Arc<Pipeline>,
    payload: Value,
) -> Result<(), Error> {
    let way = Way::Pipeline(pipeline, call.options.subscription.clone());
    match payload {
        Value::Array(events) => match call.batch(connection, &way, &events.into()).await? {
            BatchOutcome::Failed { error, .. } => Err(Error::Action(error)),
            BatchOutcome::Items(_) | BatchOutcome::Skipped(_) => Ok(()),
        },
        event => call.event(connection, &way, &Arc::new(event)).await.map(|_| ()),
    }
}

fn failed(call: &Call, error: &Error, action: Option<&'static str>) -> Response {
    let shown = [RequestError::new(error, &call.redactor())];
    call.answer(StatusCode::OK, &shown, action, Some(error))
}
