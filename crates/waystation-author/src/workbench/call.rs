//! Everything that a destination does besides actions: authenticate, delete, refresh tokens, audiences, dynamic
//! fields, hooks. Unlike the recorded routes, every answer shows the requests behind it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use waystation_client::record::ShownExchange;
use waystation_execute::{AuthBody, Failure, ShownTokens};
use waystation_http::{ApiError, json};
use waystation_json::JsonObject;
use waystation_kit::Auth;
use waystation_kit::audience::{CreateAudience, GetAudience};
use waystation_kit::context::About;
use waystation_kit::dynamic_fields::DynamicFieldRequest;
use waystation_kit::hooks::HookRequest;
use waystation_runtime::destination::LoadedAction;
use waystation_runtime::entries::account::{delete_user, refresh_access_token, test_authentication};
use waystation_runtime::entries::audience::{create_audience, get_audience};
use waystation_runtime::entries::dynamic_field::{dynamic_field, hook_dynamic_field};
use waystation_runtime::entries::hook::{hook_named, run_hook};
use waystation_runtime::tokens::InMemoryTokens;
use waystation_runtime::{Call, CallOptions, Connection, ConnectionSettings, Error, LoadedDestination};

use super::partner::Partner;
use crate::app::App;
use crate::body::Strict;
use crate::routes::execute::{find_action, find_destination};
use crate::summary::Summary;

/// What is called, and with what.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CallBody {
    call: Called,
    #[serde(default)]
    settings: JsonObject,
    #[serde(default)]
    auth: Option<AuthBody>,
    #[serde(default)]
    partner: Partner,
}

/// What a destination can be called for.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Called {
    /// Are the credentials accepted?
    Authenticate,
    /// New tokens for the refresh token.
    Refresh,
    /// Forgets the person of the event.
    Delete { payload: Value },
    CreateAudience {
        audience_name: Option<String>,
        #[serde(default)]
        audience_settings: JsonObject,
        personas: Option<Value>,
    },
    GetAudience {
        external_id: String,
        #[serde(default)]
        audience_settings: JsonObject,
    },
    /// The choices of a field, or of an input of a hook.
    DynamicField {
        action: String,
        hook: Option<String>,
        /// `field`, `object.key`, `list.[0].property`.
        field: String,
        #[serde(default)]
        payload: Value,
        page: Option<String>,
        query: Option<String>,
        #[serde(default)]
        inputs: Value,
    },
    /// What happens when a mapping is saved.
    Hook {
        action: String,
        hook: String,
        #[serde(default)]
        payload: Value,
        #[serde(default)]
        inputs: Value,
        #[serde(default)]
        outputs: Value,
    },
}

/// What a call came to: an answer or a failure, and the requests in any case.
#[derive(Serialize)]
struct Shown {
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<Failure>,
    exchanges: Vec<ShownExchange>,
}

/// 200 with what it came to.
pub(super) async fn make(
    State(app): State<App>,
    Path(slug): Path<String>,
    Strict(body): Strict<CallBody>,
) -> Result<Response, ApiError> {
    let destination = find_destination(&app, &slug)?;
    let action = match &body.call {
        Called::DynamicField { action, .. } | Called::Hook { action, .. } => {
            Some(find_action(&destination, action)?)
        }
        _ => None,
    };
    let stored = ConnectionSettings::from_stored(app.complete(&destination, body.settings));
    let auth = match body.auth {
        Some(auth) => auth.into(),
        None => Auth::from_settings(stored.oauth.as_ref()),
    };
    let secrets = destination.secrets(&stored.settings);
    let call = Call::begin(
        &body.partner.calls(&app, 0)?,
        secrets.iter().chain(auth.secrets()),
    );
    let to = To {
        destination,
        settings: stored.settings,
        auth,
        action,
    };
    let answered = to.answer(body.call, &call).await;
    let failure = answered.as_ref().err();
    let failure = failure.map(|error| Failure::whole(error, &call.redactor()));
    let summary = Summary::new(None, call.record());
    let summary = match &failure {
        Some(failure) => summary.failed(failure.message()),
        None => summary,
    };
    let shown = Shown {
        answer: answered.ok().map(|answer| answer.shown(&call)),
        failure,
        exchanges: call.exchanges(),
    };
    Ok(summary.left_in(json::response(StatusCode::OK, &shown)))
}

/// What a call is made to.
struct To {
    destination: Arc<LoadedDestination>,
    settings: JsonObject,
    auth: Auth,
    /// Whose field or hook it is.
    action: Option<Arc<LoadedAction>>,
}

/// What came back.
enum Answer {
    /// To be shown without secrets.
    Value(Value),
    /// The secrets are what was asked for.
    Tokens(Option<ShownTokens>),
}

impl Answer {
    fn of(value: &impl Serialize) -> Self {
        Self::Value(serde_json::to_value(value).unwrap_or_default())
    }

    fn shown(self, call: &Call) -> Value {
        match self {
            Self::Value(value) => call.redactor().value(&value),
            Self::Tokens(tokens) => serde_json::to_value(tokens).unwrap_or_default(),
        }
    }
}

impl To {
    async fn answer(self, called: Called, call: &Call) -> Result<Answer, Error> {
        let options = &call.options;
        if let Called::Authenticate = called {
            let tested = test_authentication(&self.destination, self.settings, self.auth, options).await;
            return tested.map(|()| Answer::Value(json!({"accepted": true})));
        }
        let auth = self.auth.clone();
        let tokens = Arc::new(InMemoryTokens);
        let connection = Connection::open(self.destination, self.settings, self.auth, tokens)?;
        match (called, self.action) {
            (Called::Refresh, _) => {
                let tokens = refresh_access_token(&connection, auth, options).await?;
                Ok(Answer::Tokens(tokens.map(ShownTokens::from)))
            }
            (Called::Delete { payload }, _) => {
                let deleted = delete_user(&connection, &payload, options).await?;
                Ok(Answer::Value(deleted.unwrap_or_default()))
            }
            (
                Called::CreateAudience {
                    audience_name: name,
                    audience_settings,
                    personas,
                },
                _,
            ) => {
                let input = CreateAudience {
                    name,
                    audience_settings,
                    personas,
                };
                let audience = create_audience(&connection, input, options).await?;
                Ok(Answer::Value(json!({"externalId": audience.external_id})))
            }
            (
                Called::GetAudience {
                    external_id,
                    audience_settings,
                },
                _,
            ) => {
                let input = GetAudience {
                    external_id,
                    audience_settings,
                };
                let audience = get_audience(&connection, input, options).await?;
                Ok(Answer::Value(json!({"externalId": audience.external_id})))
            }
            (called, Some(action)) => of_action(called, &connection, &action, options).await,
            // `Authenticate` was answered before, and the others of an action have one.
            (_, None) => Ok(Answer::Value(Value::Null)),
        }
    }
}

/// Fields and hooks.
async fn of_action(
    called: Called,
    connection: &Connection,
    action: &LoadedAction,
    options: &CallOptions,
) -> Result<Answer, Error> {
    let definition = action.definition();
    let about = Arc::new(About::default());
    match called {
        Called::DynamicField {
            hook,
            field,
            payload,
            page,
            query,
            inputs,
            ..
        } => {
            let mut context = JsonObject::new();
            context.extend(query.map(|query| ("query".to_owned(), query.into())));
            let request = DynamicFieldRequest {
                payload,
                page_number: page.is_none().then_some(1),
                page,
                context,
                hook_inputs: hook.is_some().then_some(inputs),
                ..DynamicFieldRequest::default()
            };
            let answer = match hook {
                None => dynamic_field(connection, definition, &field, request, about, options).await?,
                Some(hook) => {
                    let hook = hook_named(definition, &hook)?;
                    hook_dynamic_field(connection, definition, hook, &field, request, about, options).await?
                }
            };
            Ok(Answer::of(&answer))
        }
        Called::Hook {
            hook,
            payload,
            inputs,
            outputs,
            ..
        } => {
            let request = HookRequest {
                payload,
                inputs,
                previous_outputs: Some(outputs),
                page: None,
            };
            let hook = hook_named(definition, &hook)?;
            let answer = run_hook(connection, action, hook, request, about, options).await?;
            Ok(Answer::of(&answer))
        }
        _ => Ok(Answer::Value(Value::Null)),
    }
}
