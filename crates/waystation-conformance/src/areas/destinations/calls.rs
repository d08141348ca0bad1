//! The calls that cases make.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use waystation_kit::audience::{CreateAudience, GetAudience};
use waystation_kit::context::{About, SubscriptionMetadata};
use waystation_kit::dynamic_fields::DynamicFieldRequest;
use waystation_kit::hooks::HookRequest;
use waystation_kit::payload::default_mapping;
use waystation_kit::{Auth, Error as ActionError, Secret};
use waystation_runtime::Error;
use waystation_runtime::destination::LoadedAction;
use waystation_runtime::entries::{account, audience, batch, dynamic_field as fields, event, hook};
use waystation_runtime::pipeline::{SubscribedPipeline, SubscriptionSettings};

use super::Outcome;
use super::bench::Bench;

/// Matches every event.
const EVERY_EVENT: &str = "type != \"\"";

/// Makes the call of a case; `None` if there is no such call.
pub(super) async fn run(bench: &Bench, content: &Value) -> Option<Result<Outcome, Error>> {
    Some(match content["call"].as_str()? {
        "event" => run_event(bench, content).await.map(Outcome::Steps),
        "batch" => run_batch(bench, content).await,
        "authenticate" => authenticate(bench, content).await.map(Outcome::Value),
        "delete" => delete(bench, content).await.map(Outcome::Value),
        "create_audience" => create_audience(bench, content).await.map(Outcome::Value),
        "get_audience" => get_audience(bench, content).await.map(Outcome::Value),
        "refresh_token" => refresh_token(bench, content).await.map(Outcome::Value),
        "dynamic_field" => dynamic_field(bench, content).await.map(Outcome::Value),
        "hook" => run_hook(bench, content).await.map(Outcome::Value),
        _ => return None,
    })
}

pub(super) fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// The tokens as the platform keeps them.
fn auth(content: &Value) -> Auth {
    Auth::from_settings(content.get("auth"))
}

fn action<'a>(bench: &'a Bench, content: &Value) -> Result<&'a Arc<LoadedAction>, Error> {
    let slug = content["action"].as_str().unwrap_or_default();
    bench.destination.action(slug).ok_or_else(|| {
        Error::Action(ActionError::not_implemented(format!(
            "The destination has no action {slug}."
        )))
    })
}

fn subscription(bench: &Bench, content: &Value) -> Result<SubscribedPipeline, Error> {
    let action = action(bench, content)?.definition();
    let mapping = match &content["mapping"] {
        Value::Null => Value::Object(default_mapping(&action.fields)),
        mapping => mapping.clone(),
    };
    let settings = SubscriptionSettings {
        subscribe: Some(content["subscribe"].as_str().unwrap_or(EVERY_EVENT).to_owned()),
        action: action.slug.to_owned(),
        mapping,
        metadata: SubscriptionMetadata::default(),
    };
    Ok(SubscribedPipeline::compile(&bench.destination, settings))
}

async fn run_event(bench: &Bench, content: &Value) -> Result<Vec<Value>, Error> {
    let connection = bench.connection(content, auth(content))?;
    let subscription = [Arc::new(subscription(bench, content)?)];
    let given = Arc::new(content["event"].clone());
    let reports = event::deliver_event(&connection, &subscription, &given, &bench.options).await;
    let mut steps = Vec::new();
    for report in reports {
        steps.extend(report.result?.to_steps());
    }
    Ok(steps)
}

async fn run_batch(bench: &Bench, content: &Value) -> Result<Outcome, Error> {
    let connection = bench.connection(content, auth(content))?;
    let subscription = [Arc::new(subscription(bench, content)?)];
    let events: Arc<[Value]> = content["events"].as_array().cloned().unwrap_or_default().into();
    let mut reports = batch::deliver_batch(&connection, &subscription, &events, &bench.options).await;
    reports.swap_remove(0).result.map(Outcome::Batch)
}

async fn authenticate(bench: &Bench, content: &Value) -> Result<Value, Error> {
    let settings = object(&content["settings"]);
    account::test_authentication(&bench.destination, settings, auth(content), &bench.options).await?;
    Ok(json!({"ok": true}))
}

async fn delete(bench: &Bench, content: &Value) -> Result<Value, Error> {
    let connection = bench.connection(content, auth(content))?;
    let result = account::delete_user(&connection, &content["event"], &bench.options).await?;
    Ok(result.unwrap_or_default())
}

async fn create_audience(bench: &Bench, content: &Value) -> Result<Value, Error> {
    let connection = bench.unchecked(content, auth(content))?;
    let asked = CreateAudience {
        name: content["input"]["audienceName"].as_str().map(str::to_owned),
        audience_settings: object(&content["input"]["audienceSettings"]),
        personas: content["input"].get("personas").cloned(),
    };
    let created = audience::create_audience(&connection, asked, &bench.options).await?;
    Ok(json!({"externalId": created.external_id}))
}

async fn get_audience(bench: &Bench, content: &Value) -> Result<Value, Error> {
    let connection = bench.unchecked(content, auth(content))?;
    let asked = GetAudience {
        external_id: content["input"]["externalId"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        audience_settings: object(&content["input"]["audienceSettings"]),
    };
    let found = audience::get_audience(&connection, asked, &bench.options).await?;
    Ok(json!({"externalId": found.external_id}))
}

async fn refresh_token(bench: &Bench, content: &Value) -> Result<Value, Error> {
    let connection = bench.unchecked(content, Auth::default())?;
    let text = |key: &str| content["input"][key].as_str();
    let auth = Auth {
        access_token: text("accessToken").map(Secret::from),
        refresh_token: text("refreshToken").map(Secret::from),
        refresh_token_url: None,
        client_id: text("clientId").map(str::to_owned),
        client_secret: text("clientSecret").map(Secret::from),
    };
    let Some(tokens) = account::refresh_access_token(&connection, auth, &bench.options).await? else {
        return Ok(Value::Null);
    };
    let mut told = json!({"accessToken": tokens.access_token.expose()});
    if let Some(refresh_token) = &tokens.refresh_token {
        told["refreshToken"] = refresh_token.expose().into();
    }
    Ok(told)
}

async fn dynamic_field(bench: &Bench, content: &Value) -> Result<Value, Error> {
    let connection = bench.unchecked(content, auth(content))?;
    let (action, field) = (action(bench, content)?.definition(), text(content, "field"));
    let asked = DynamicFieldRequest {
        payload: content["payload"].clone(),
        page: content["page"].as_str().map(str::to_owned),
        context: object(&content["context"]),
        hook_inputs: content.get("hookInputs").cloned(),
        ..DynamicFieldRequest::default()
    };
    let about = Arc::<About>::default();
    let answer = match content["hook"].as_str() {
        Some(name) => {
            let hook = hook::hook_named(action, name)?;
            fields::hook_dynamic_field(&connection, action, hook, field, asked, about, &bench.options).await?
        }
        None => fields::dynamic_field(&connection, action, field, asked, about, &bench.options).await?,
    };
    Ok(json!(answer))
}

async fn run_hook(bench: &Bench, content: &Value) -> Result<Value, Error> {
    let connection = bench.unchecked(content, auth(content))?;
    let action = action(bench, content)?;
    let hook = hook::hook_named(action.definition(), text(content, "hook"))?;
    let asked = HookRequest {
        payload: content["payload"].clone(),
        inputs: content.get("hookInputs").cloned().unwrap_or_default(),
        previous_outputs: content.get("hookOutputs").cloned(),
        page: content["page"].as_str().map(str::to_owned),
    };
    let answer = hook::run_hook(&connection, action, hook, asked, Arc::default(), &bench.options).await?;
    Ok(json!(answer))
}

fn text<'a>(content: &'a Value, key: &str) -> &'a str {
    content[key].as_str().unwrap_or_default()
}
