//! `POST /refreshAccessToken`: new tokens for the refresh token.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use waystation_execute::{AuthBody, ShownTokens};
use waystation_json::JsonObject;
use waystation_kit::Auth;
use waystation_runtime::entries::account::refresh_access_token;

use super::refused::refused;
use crate::app::Served;
use crate::body::Recorded;
use crate::call::Call;
use crate::lenient;
use crate::settings::open_unchecked;

#[derive(Deserialize)]
pub(super) struct RefreshBody {
    #[serde(default, deserialize_with = "lenient::object")]
    settings: JsonObject,
    #[serde(flatten)]
    auth: AuthBody,
}

/// `{ok: true, data?}`. The tokens are what was asked for, so they are shown.
#[derive(Serialize)]
struct Refreshed {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<ShownTokens>,
}

pub(super) async fn refresh(State(app): State<Served>, Recorded(body): Recorded<RefreshBody>) -> Response {
    let auth = Auth::from(body.auth);
    let opened = open_unchecked(app.destination(), &body.settings, &auth);
    let unchecked = match opened {
        Ok(unchecked) => unchecked,
        Err(misfit) => {
            let call = Call::without_connection(&app, app.destination(), &body.settings);
            return refused(&call, &misfit);
        }
    };
    let call = Call::over_unchecked(&app, &unchecked);
    match refresh_access_token(&unchecked.connection, auth, &call.options).await {
        Ok(tokens) => {
            let data = tokens.map(ShownTokens::from);
            call.answer(StatusCode::OK, &Refreshed { ok: true, data }, None, None)
        }
        Err(error) => refused(&call, call.cause(&error)),
    }
}
