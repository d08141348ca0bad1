//! `POST /createAudience` and `POST /getAudience`: audiences that are kept at the partner.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use waystation_json::JsonObject;
use waystation_kit::Auth;
use waystation_kit::audience::{CreateAudience, ExternalAudience, GetAudience};
use waystation_runtime::entries::audience::{create_audience, get_audience};
use waystation_runtime::{Connection, ConnectionSettings, Error};

use super::refused::{lacking, refused};
use crate::app::Served;
use crate::body::Recorded;
use crate::call::Call;
use crate::lenient;
use crate::settings::open_unchecked;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreateBody {
    #[serde(default, deserialize_with = "lenient::text")]
    audience_name: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional_object")]
    settings: Option<JsonObject>,
    #[serde(default, deserialize_with = "lenient::object")]
    audience_settings: JsonObject,
    personas: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetBody {
    #[serde(default, deserialize_with = "lenient::text")]
    external_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional_object")]
    settings: Option<JsonObject>,
    #[serde(default, deserialize_with = "lenient::object")]
    audience_settings: JsonObject,
}

/// `{externalId}`
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    external_id: String,
}

pub(super) async fn create(State(app): State<Served>, Recorded(body): Recorded<CreateBody>) -> Response {
    let Some(settings) = body.settings else {
        return lacking("settings");
    };
    let (call, connection) = match connect(&app, settings) {
        Ok(connected) => connected,
        Err(refused) => return *refused,
    };
    let input = CreateAudience {
        name: body.audience_name,
        audience_settings: body.audience_settings,
        personas: body.personas,
    };
    let created = create_audience(&connection, input, &call.options).await;
    answer(&call, created)
}

pub(super) async fn get(State(app): State<Served>, Recorded(body): Recorded<GetBody>) -> Response {
    let Some(settings) = body.settings else {
        return lacking("settings");
    };
    let Some(external_id) = body.external_id else {
        return lacking("externalId");
    };
    let (call, connection) = match connect(&app, settings) {
        Ok(connected) => connected,
        Err(refused) => return *refused,
    };
    let input = GetAudience {
        external_id,
        audience_settings: body.audience_settings,
    };
    let found = get_audience(&connection, input, &call.options).await;
    answer(&call, found)
}

/// Begins a call with the tokens that the settings hold.
fn connect(app: &Served, settings: JsonObject) -> Result<(Call, Connection), Box<Response>> {
    let destination = app.destination();
    let stored = ConnectionSettings::from_stored(settings);
    let auth = Auth::from_settings(stored.oauth.as_ref());
    match open_unchecked(destination, &stored.settings, &auth) {
        Ok(unchecked) => Ok((Call::over_unchecked(app, &unchecked), unchecked.connection)),
        Err(misfit) => {
            let call = Call::without_connection(app, destination, &stored.settings);
            Err(Box::new(refused(&call, &misfit)))
        }
    }
}

fn answer(call: &Call, result: Result<ExternalAudience, Error>) -> Response {
    match result {
        Ok(ExternalAudience { external_id }) => {
            call.answer(StatusCode::OK, &Known { external_id }, None, None)
        }
        Err(error) => refused(call, call.cause(&error)),
    }
}
