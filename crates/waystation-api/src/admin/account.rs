//! What a connection's account offers besides deliveries: choices of fields, hooks of mappings, audiences.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use waystation_client::Client;
use waystation_delivery::OpenConnection;
use waystation_execute::{Report, ReportLimits};
use waystation_http::{ApiError, Code, json as answers};
use waystation_json::JsonObject;
use waystation_kit::audience::{CreateAudience, ExternalAudience, GetAudience};
use waystation_kit::context::About;
use waystation_kit::dynamic_fields::DynamicFieldRequest;
use waystation_kit::hooks::HookRequest;
use waystation_runtime::destination::LoadedAction;
use waystation_runtime::entries::audience::{create_audience, get_audience};
use waystation_runtime::entries::dynamic_field::dynamic_field;
use waystation_runtime::entries::hook::{hook_named, run_hook};
use waystation_runtime::{Call, CallSettings, Error};

use crate::app::{App, find_connection, unknown};
use crate::body::OptionalBody;
use crate::parameters::Name;
use crate::problem::{BadBody, BadRequest, Denied, Problem, ReportOrProblem};

/// What an editor knows when it asks for the choices of a field.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = FieldChoicesRequest)]
pub(super) struct ChoicesBody {
    /// The mapping or payload so far.
    #[serde(default)]
    payload: Value,
    /// `nextPage` of the answer before.
    page: Option<String>,
    /// What the editor sends along, such as a search `query`.
    #[serde(default)]
    #[schema(value_type = Object)]
    context: JsonObject,
}

/// What a hook is run with.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = HookRequest)]
pub(super) struct HookBody {
    /// The mapping that is being saved.
    #[serde(default)]
    payload: Value,
    /// The hook's inputs.
    #[serde(default)]
    #[schema(value_type = Object)]
    inputs: JsonObject,
    /// What the hook saved the last time.
    previous_outputs: Option<Value>,
}

/// An audience that is created at the partner.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = AudienceRequest)]
pub(super) struct AudienceBody {
    /// Its name.
    name: Option<String>,
    /// Its settings, as the destination declares them.
    #[serde(default)]
    #[schema(value_type = Object)]
    settings: JsonObject,
}

/// An audience at the partner.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Audience)]
pub(super) struct ShownAudience {
    /// Its id at the partner; events name it in `context.personas.external_audience_id`.
    external_id: String,
}

/// A connection, and a call of it that has begun.
struct Begun {
    open: Arc<OpenConnection>,
    call: Call,
}

impl Begun {
    /// # Errors
    /// There is no such connection, or it does not run.
    fn new(app: &App, name: &str) -> Result<Self, ApiError> {
        let config = app.config();
        let connection = find_connection(&config, name)?;
        let running = app.api().deliveries.connections();
        let open = running.into_iter().find(|open| *open.name() == connection.name);
        let open = open.ok_or_else(|| {
            let message = format!("The connection \"{name}\" is switched off.");
            ApiError::new(Code::Conflict, message)
        })?;
        let settings = CallSettings {
            time_limit: Some(connection.policy.deadline),
            ..CallSettings::new(Client::clone(&app.api().client.load()))
        };
        let tokens = open.runtime().tokens().current();
        let secrets = open.config().secrets.iter().chain(open.runtime().secrets());
        let call = Call::begin(&settings, secrets.chain(tokens.secrets()));
        Ok(Self { open, call })
    }

    fn action(&self, slug: &str) -> Result<Arc<LoadedAction>, ApiError> {
        let destination = &self.open.config().destination;
        let action = destination.action(slug).cloned();
        action.ok_or_else(|| {
            let actions = destination.definition().actions.iter();
            unknown(
                Code::UnknownAction,
                "action",
                slug,
                actions.map(|action| action.slug),
            )
        })
    }

    /// What the partner or the destination refused.
    fn failed(&self, error: &Error) -> Response {
        Report::failed(&self.call, error, ReportLimits::SERVICE).answer()
    }

    /// What came of the call, without secrets.
    fn answer<T: Serialize>(&self, result: Result<T, Error>) -> Response {
        match result.map(|answer| serde_json::to_value(&answer)) {
            Ok(Ok(answer)) => answers::response(StatusCode::OK, &self.call.redactor().value(&answer)),
            Ok(Err(error)) => {
                let error = waystation_kit::Error::internal(format!("the answer is no JSON: {error}"));
                self.failed(&Error::Action(error))
            }
            Err(error) => self.failed(&error),
        }
    }
}

/// List the choices of a field
///
/// Asks the partner what a field of an action may be set to: lists, templates and the like. `choices` has them, `nextPage`
/// what to ask for next; `error` says why there are none.
#[utoipa::path(
    post,
    path = "/connections/{name}/actions/{action}/fields/{field}",
    operation_id = "listFieldChoices",
    tag = "administration",
    params(
        ("name" = String, Path, description = "The name of the connection."),
        ("action" = String, Path, description = "The slug of the action."),
        ("field" = String, Path, description = "The field: `list_id`, `object.key`, `list.[0].property`."),
    ),
    request_body = Option<ChoicesBody>,
    responses(
        (status = 200, description = "The choices.", body = Object),
        (status = "4XX", description = "The partner refuses (a report).", body = ReportOrProblem),
        (status = "5XX", description = "The partner fails (a report), or the service (a problem).", body = ReportOrProblem),
        (status = 404, description = "There is no such connection (`UNKNOWN_CONNECTION`) or action (`UNKNOWN_ACTION`).",
            body = Problem),
        (status = 409, description = "The connection is switched off: `CONFLICT`.", body = Problem),
        BadRequest, BadBody, Denied,
    ),
    security(("token" = ["operate"])),
)]
pub(super) async fn choices(
    State(app): State<App>,
    Path((name, action, field)): Path<(String, String, String)>,
    OptionalBody(body): OptionalBody<ChoicesBody>,
) -> Result<Response, ApiError> {
    let begun = Begun::new(&app, &name)?;
    let action = begun.action(&action)?;
    let request = DynamicFieldRequest {
        payload: object_or_empty(body.payload),
        page: body.page,
        context: body.context,
        ..DynamicFieldRequest::default()
    };
    let about = Arc::new(About::default());
    let (connection, options) = (begun.open.runtime(), &begun.call.options);
    let asked = dynamic_field(connection, action.definition(), &field, request, about, options).await;
    Ok(begun.answer(asked))
}

/// Run a hook of a mapping
///
/// What the platform does when a mapping is saved: a list is chosen or created, for instance. `savedData` goes into the
/// mapping under the hook's name as `outputs`.
#[utoipa::path(
    post,
    path = "/connections/{name}/actions/{action}/hooks/{hook}",
    operation_id = "runHook",
    tag = "administration",
    params(
        ("name" = String, Path, description = "The name of the connection."),
        ("action" = String, Path, description = "The slug of the action."),
        ("hook" = String, Path, description = "The hook, such as `retlOnMappingSave`."),
    ),
    request_body = Option<HookBody>,
    responses(
        (status = 200, description = "What the hook saves: `successMessage`, `savedData`, or `error`.", body = Object),
        (status = "4XX", description = "The action has no such hook, the inputs do not fit, or the partner refuses (a report).",
            body = ReportOrProblem),
        (status = "5XX", description = "The partner fails (a report), or the service (a problem).", body = ReportOrProblem),
        (status = 404, description = "There is no such connection (`UNKNOWN_CONNECTION`) or action (`UNKNOWN_ACTION`).",
            body = Problem),
        (status = 409, description = "The connection is switched off: `CONFLICT`.", body = Problem),
        BadRequest, BadBody, Denied,
    ),
    security(("token" = ["operate"])),
)]
pub(super) async fn hook(
    State(app): State<App>,
    Path((name, action, hook)): Path<(String, String, String)>,
    OptionalBody(body): OptionalBody<HookBody>,
) -> Result<Response, ApiError> {
    let begun = Begun::new(&app, &name)?;
    let action = begun.action(&action)?;
    let hook = match hook_named(action.definition(), &hook) {
        Ok(hook) => hook,
        Err(error) => return Ok(begun.failed(&error)),
    };
    let request = HookRequest {
        payload: object_or_empty(body.payload),
        inputs: body.inputs.into(),
        previous_outputs: body.previous_outputs,
        page: None,
    };
    let about = Arc::new(About::default());
    let (connection, options) = (begun.open.runtime(), &begun.call.options);
    let saved = run_hook(connection, &action, hook, request, about, options).await;
    Ok(begun.answer(saved))
}

/// Create an audience
///
/// At the partner of a connection whose destination keeps audiences there.
#[utoipa::path(
    post,
    path = "/connections/{name}/audiences",
    operation_id = "createAudience",
    tag = "administration",
    params(("name" = String, Path, description = "The name of the connection.")),
    request_body = Option<AudienceBody>,
    responses(
        (status = 200, description = "It is there.", body = ShownAudience),
        (status = "4XX", description = "The settings do not fit, or the partner refuses (a report).", body = ReportOrProblem),
        (status = "5XX", description = "The destination keeps no audiences, or the partner fails (a report), or the \
                                        service does (a problem).", body = ReportOrProblem),
        (status = 404, description = "There is no such connection: `UNKNOWN_CONNECTION`.", body = Problem),
        (status = 409, description = "The connection is switched off: `CONFLICT`.", body = Problem),
        BadRequest, BadBody, Denied,
    ),
    security(("token" = ["operate"])),
)]
pub(super) async fn create(
    State(app): State<App>,
    Name(name): Name,
    OptionalBody(body): OptionalBody<AudienceBody>,
) -> Result<Response, ApiError> {
    let begun = Begun::new(&app, &name)?;
    let input = CreateAudience {
        name: body.name,
        audience_settings: body.settings,
        personas: None,
    };
    let created = create_audience(begun.open.runtime(), input, &begun.call.options).await;
    Ok(begun.answer(created.map(ShownAudience::from)))
}

/// Show an audience
///
/// Asks the partner whether it has it.
#[utoipa::path(
    get,
    path = "/connections/{name}/audiences/{id}",
    operation_id = "getAudience",
    tag = "administration",
    params(
        ("name" = String, Path, description = "The name of the connection."),
        ("id" = String, Path, description = "Its id at the partner."),
    ),
    responses(
        (status = 200, description = "The partner has it.", body = ShownAudience),
        (status = "4XX", description = "The partner refuses, or has none of this id (a report).", body = ReportOrProblem),
        (status = "5XX", description = "The destination keeps no audiences, or the partner fails (a report), or the \
                                        service does (a problem).", body = ReportOrProblem),
        (status = 404, description = "There is no such connection: `UNKNOWN_CONNECTION`.", body = Problem),
        (status = 409, description = "The connection is switched off: `CONFLICT`.", body = Problem),
        Denied,
    ),
    security(("token" = ["read"])),
)]
pub(super) async fn show(
    State(app): State<App>,
    Path((name, external_id)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let begun = Begun::new(&app, &name)?;
    let input = GetAudience {
        external_id,
        audience_settings: JsonObject::new(),
    };
    let found = get_audience(begun.open.runtime(), input, &begun.call.options).await;
    Ok(begun.answer(found.map(ShownAudience::from)))
}

impl From<ExternalAudience> for ShownAudience {
    fn from(audience: ExternalAudience) -> Self {
        Self {
            external_id: audience.external_id,
        }
    }
}

/// What actions expect where an editor sends nothing.
fn object_or_empty(payload: Value) -> Value {
    match payload {
        Value::Null => json!({}),
        payload => payload,
    }
}
