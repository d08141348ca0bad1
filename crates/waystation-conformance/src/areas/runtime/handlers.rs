//! Calls of a destination's other handlers.

use std::sync::Arc;

use serde_json::{Value, json};
use waystation_kit::audience::{CreateAudience, GetAudience};
use waystation_kit::context::About;
use waystation_kit::dynamic_fields::{DynamicFieldAnswer, DynamicFieldRequest};
use waystation_kit::hooks::{HookRequest, HookType};
use waystation_kit::{Auth, Secret};
use waystation_runtime::destination::LoadedAction;
use waystation_runtime::entries::{account, audience, dynamic_field as fields, hook as hooks};
use waystation_runtime::tokens::InMemoryTokens;
use waystation_runtime::{Connection, ConnectionSettings, Error};

use super::bench::{Bench, tokens_json};

fn object(value: &Value) -> serde_json::Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// The tokens that a handler's input carries.
fn auth(input: &Value) -> Auth {
    let text = |key: &str| input["auth"][key].as_str().map(Secret::from);
    Auth {
        access_token: text("accessToken"),
        refresh_token: text("refreshToken"),
        ..Auth::default()
    }
}

fn unchecked(bench: &Bench, settings: &Value, auth: Auth) -> Result<Connection, Error> {
    let destination = Arc::clone(&bench.destination);
    Connection::open_unchecked(destination, &object(settings), auth, Arc::new(InMemoryTokens))
}

fn about(data: &Value) -> Arc<About> {
    Arc::new(About {
        audience_settings: data.get("audienceSettings").cloned(),
        ..About::default()
    })
}

fn action<'a>(bench: &'a Bench, request: &Value) -> Option<&'a Arc<LoadedAction>> {
    bench
        .destination
        .action(request["action"].as_str().unwrap_or_default())
}

fn field_request(data: &Value) -> DynamicFieldRequest {
    DynamicFieldRequest {
        payload: data["payload"].clone(),
        page: data["page"].as_str().map(str::to_owned),
        context: object(&data["dynamicFieldContext"]),
        hook_inputs: data.get("hookInputs").cloned(),
        ..DynamicFieldRequest::default()
    }
}

fn told(answer: &DynamicFieldAnswer) -> Value {
    json!(answer)
}

pub(super) async fn dynamic_field(bench: &Bench, request: &Value) -> Result<Value, Error> {
    let data = &request["data"];
    let Some(action) = action(bench, request) else {
        return Ok(json!({"choices": []}));
    };
    let connection = unchecked(bench, &data["settings"], auth(data))?;
    let field = request["field"].as_str().unwrap_or_default();
    let asked = field_request(data);
    let (definition, options) = (action.definition(), &bench.options);
    let answer = fields::dynamic_field(&connection, definition, field, asked, about(data), options).await?;
    Ok(told(&answer))
}

fn hook_type(action: &LoadedAction, request: &Value) -> Result<HookType, Error> {
    hooks::hook_named(action.definition(), request["hook"].as_str().unwrap_or_default())
}

pub(super) async fn hook_dynamic_field(bench: &Bench, request: &Value) -> Result<Value, Error> {
    let data = &request["data"];
    let Some(action) = action(bench, request) else {
        return Ok(json!({"choices": []}));
    };
    let connection = unchecked(bench, &data["settings"], auth(data))?;
    let input = request["field"].as_str().unwrap_or_default();
    let (definition, options) = (action.definition(), &bench.options);
    let (hook, asked) = (hook_type(action, request)?, field_request(data));
    let answer =
        fields::hook_dynamic_field(&connection, definition, hook, input, asked, about(data), options).await?;
    Ok(told(&answer))
}

pub(super) async fn hook(bench: &Bench, request: &Value) -> Result<Value, Error> {
    let data = &request["data"];
    let Some(action) = action(bench, request) else {
        return Err(Error::Action(waystation_kit::Error::not_implemented(
            "There is no such action.",
        )));
    };
    let connection = unchecked(bench, &data["settings"], auth(data))?;
    let asked = HookRequest {
        payload: data["payload"].clone(),
        inputs: data.get("hookInputs").cloned().unwrap_or_default(),
        previous_outputs: data.get("hookOutputs").cloned(),
        page: data["page"].as_str().map(str::to_owned),
    };
    let answer = hooks::run_hook(
        &connection,
        action,
        hook_type(action, request)?,
        asked,
        about(data),
        &bench.options,
    )
    .await?;
    Ok(json!(answer))
}

fn stored(request: &Value) -> ConnectionSettings {
    ConnectionSettings::from_stored(object(&request["settings"]))
}

pub(super) async fn delete(bench: &mut Bench, request: &Value) -> Result<Value, Error> {
    let stored = stored(request);
    let auth = Auth::from_settings(stored.oauth.as_ref());
    let store = bench.token_store(&request["options"], &auth);
    let connection = Connection::open(Arc::clone(&bench.destination), stored.settings, auth, store)?;
    let result = account::delete_user(&connection, &request["event"], &bench.options).await;
    bench.connection = Some(connection);
    Ok(result?.unwrap_or_else(|| json!({"unsupported": true})))
}

pub(super) async fn test_authentication(bench: &Bench, request: &Value) -> Result<Value, Error> {
    let stored = stored(request);
    let auth = Auth::from_settings(stored.oauth.as_ref());
    account::test_authentication(&bench.destination, stored.settings, auth, &bench.options).await?;
    Ok(json!({"ok": true}))
}

pub(super) async fn refresh_access_token(bench: &Bench, request: &Value) -> Result<Value, Error> {
    let connection = unchecked(bench, &request["settings"], Auth::default())?;
    let text = |key: &str| request["oauth"][key].as_str();
    let auth = Auth {
        access_token: text("accessToken").map(Secret::from),
        refresh_token: text("refreshToken").map(Secret::from),
        refresh_token_url: text("refreshTokenUrl").map(str::to_owned),
        client_id: text("clientId").map(str::to_owned),
        client_secret: text("clientSecret").map(Secret::from),
    };
    let tokens = account::refresh_access_token(&connection, auth, &bench.options).await?;
    Ok(tokens.as_ref().map(tokens_json).unwrap_or_default())
}

pub(super) async fn create_audience(bench: &mut Bench, request: &Value) -> Result<Value, Error> {
    let input = &request["input"];
    let connection = audience_connection(bench, input)?;
    let asked = CreateAudience {
        name: input["audienceName"].as_str().map(str::to_owned),
        audience_settings: object(&input["audienceSettings"]),
        personas: input.get("personas").cloned(),
    };
    let result = audience::create_audience(&connection, asked, &bench.options).await;
    bench.connection = Some(connection);
    Ok(json!({"externalId": result?.external_id}))
}

pub(super) async fn get_audience(bench: &mut Bench, request: &Value) -> Result<Value, Error> {
    let input = &request["input"];
    let connection = audience_connection(bench, input)?;
    let asked = GetAudience {
        external_id: input["externalId"].as_str().unwrap_or_default().to_owned(),
        audience_settings: object(&input["audienceSettings"]),
    };
    let result = audience::get_audience(&connection, asked, &bench.options).await;
    bench.connection = Some(connection);
    Ok(json!({"externalId": result?.external_id}))
}

fn audience_connection(bench: &Bench, input: &Value) -> Result<Connection, Error> {
    let stored = stored(input);
    let auth = Auth::from_settings(stored.oauth.as_ref());
    let (destination, store) = (
        Arc::clone(&bench.destination),
        bench.token_store(&Value::Null, &auth),
    );
    Connection::open_unchecked(destination, &stored.settings, auth, store)
}
