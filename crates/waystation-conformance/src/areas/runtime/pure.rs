//! Calls that are pure functions.

use serde_json::{Map, Value, json};
use waystation_kit::{Auth, ErrorCode, ItemOutcome, MultiStatusResponse, RefreshedTokens, Secret, SyncMode};
use waystation_runtime::membership::audience_membership;

use crate::probe::{multistatus_error, multistatus_success};

/// The result of a pure call; `None` if the call is not one.
pub(super) fn call(call: &str, request: &Value) -> Option<Value> {
    match call {
        "audience_membership" => Some(membership(request)),
        "error_code" => Some(error_codes(request)),
        "auth_data" => Some(auth_data(&request["settings"])),
        "update_oauth" => Some(update_oauth(request)),
        "multistatus" => Some(container(request)),
        _ => None,
    }
}

fn membership(request: &Value) -> Value {
    let features = request["features"].as_object().cloned().unwrap_or_default();
    let sync_mode = SyncMode::from_value(&request["sync_mode"]);
    audience_membership(&request["event"], sync_mode, &features).into()
}

fn error_codes(request: &Value) -> Value {
    let statuses = request["statuses"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_i64);
    let codes = statuses.map(|status| {
        let code = u16::try_from(status).map_or(ErrorCode::UNKNOWN_ERROR, ErrorCode::from_status);
        (status.to_string(), code.as_str().into())
    });
    Value::Object(codes.collect())
}

fn auth_data(settings: &Value) -> Value {
    let auth = Auth::from_settings(settings.get("oauth"));
    let secret = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose().to_owned());
    let object = |texts: Vec<(&str, Option<String>)>| {
        let present = texts
            .into_iter()
            .filter_map(|(key, text)| Some((key.to_owned(), text?.into())));
        Value::Object(present.collect::<Map<_, _>>())
    };
    let tokens = |auth: &Auth| {
        vec![
            ("accessToken", secret(&auth.access_token)),
            ("refreshToken", secret(&auth.refresh_token)),
            ("refreshTokenUrl", auth.refresh_token_url.clone()),
            ("clientId", auth.client_id.clone()),
            ("clientSecret", secret(&auth.client_secret)),
        ]
    };
    json!({"auth": object(tokens(&auth.for_actions())), "oauth": object(tokens(&auth))})
}

fn update_oauth(request: &Value) -> Value {
    let text = |key: &str| request["tokens"][key].as_str().map(Secret::from);
    let tokens = RefreshedTokens {
        access_token: text("accessToken").unwrap_or_default(),
        refresh_token: text("refreshToken"),
    };
    let mut settings = request["settings"].as_object().cloned().unwrap_or_default();
    tokens.store_in(&mut settings);
    Value::Object(settings)
}

/// Operations on a container; ours is made with as many slots as the operations reach.
fn container(request: &Value) -> Value {
    let operations: Vec<&Value> = request["ops"].as_array().into_iter().flatten().collect();
    let index = |operation: &Value| {
        operation["index"]
            .as_u64()
            .and_then(|index| usize::try_from(index).ok())
    };
    let mut len = 0;
    let mut reach = 0;
    for operation in &operations {
        let slot = index(operation).unwrap_or(reach);
        reach = reach.max(slot + 1);
        len = len.max(reach);
    }
    let mut results: Vec<Option<ItemOutcome>> = vec![None; len];
    let mut next = 0;
    for operation in operations {
        let slot = index(operation).unwrap_or(next);
        let value = &operation["value"];
        match operation["op"].as_str().unwrap_or_default() {
            "push_success" | "set_success" => results[slot] = Some(multistatus_success(value).into()),
            "push_error" | "set_error" => results[slot] = Some(multistatus_error(value).into()),
            _ => results[slot] = None,
        }
        next = next.max(slot + 1);
    }
    let results: MultiStatusResponse = results.into_iter().collect();
    let is_success = |slot: Option<&ItemOutcome>| matches!(slot, Some(ItemOutcome::Success(_)));
    let is_error = |slot: Option<&ItemOutcome>| matches!(slot, Some(ItemOutcome::Error(_)));
    json!({
        "length": results.len(),
        "success_count": results.iter().filter(|slot| is_success(*slot)).count(),
        "error_count": results.iter().filter(|slot| is_error(*slot)).count(),
        "items": results.iter().map(|slot| slot.map(super::deliveries::entry)).collect::<Vec<_>>(),
    })
}
