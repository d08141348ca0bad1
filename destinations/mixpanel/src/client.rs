//! Requests to Mixpanel.

use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;

use crate::answer;
use crate::event::Import;
use crate::fields::Nullable;
use crate::{Mixpanel, MixpanelSettings, Region};

/// Gives each item of a batch a result of its own.
const ITEM_RESULTS: &str = "mixpanel-multistatus";

/// Opens the Import API with the project token.
const PROJECT_TOKEN_OPENS_IMPORTS: &str = "actions-mixpanel-project-token-auth";

impl Region {
    /// Where the APIs [listen](https://docs.mixpanel.com/docs/privacy/eu-residency).
    const fn host(self) -> &'static str {
        match self {
            Self::Us => "https://api.mixpanel.com",
            Self::Eu => "https://api-eu.mixpanel.com",
            Self::In => "https://api-in.mixpanel.com",
        }
    }
}

impl MixpanelSettings {
    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.api_region.unwrap_or_default().host())
    }
}

/// Asks whether there is a project of this token. The host answers for all regions.
///
/// # Errors
/// Mixpanel knows no such project or does not answer.
pub async fn test_authentication(cx: &Context<Mixpanel>) -> Result<()> {
    let body = json!({"project_token": cx.settings().project_token.expose()}).to_string();
    let request = cx.post("https://mixpanel.com/api/app/validate-project-credentials/");
    request.text(body).send().await.map(drop)
}

/// Posts JSON in the form that `/track`, `/engage` and `/groups` take.
///
/// # Errors
/// Mixpanel refuses it or does not answer.
pub async fn post_data(cx: &Context<Mixpanel>, path: &str, data: &JsonObject) -> Result<Response> {
    let data = serde_json::to_string(data)
        .map_err(|error| Error::internal(format!("the data cannot be written as JSON: {error}")))?;
    let request = cx.post(cx.settings().url(path));
    request.form([("data", data)]).send().await
}

/// Imports what one payload stands for.
///
/// # Errors
/// Mixpanel refuses it or does not answer.
pub async fn import(cx: &Context<Mixpanel>, import: Import) -> Result<Output> {
    let response = import_request(cx, std::slice::from_ref(&import)).send().await?;
    if cx.has_feature(ITEM_RESULTS) {
        let result = answer::accepted(&response, import).to_node();
        return Ok(json!({"responses": [{"data": result}]}).into());
    }
    Ok(response.into())
}

/// Imports what the payloads of a batch stand for.
///
/// # Errors
/// Mixpanel refuses the whole batch or does not answer.
pub async fn import_batch(cx: &Context<Mixpanel>, imports: Vec<Import>) -> Result<BatchOutput> {
    let request = import_request(cx, &imports).tolerate_failing_status();
    let response = request.send().await?;
    if cx.has_feature(ITEM_RESULTS) {
        answer::results_by_item(response, imports).map(Into::into)
    } else {
        answer::results_by_batch(response, imports)
    }
}

fn import_request(cx: &Context<Mixpanel>, imports: &[Import]) -> RequestBuilder {
    let settings = cx.settings();
    let events: Vec<&Value> = imports.iter().flat_map(Import::events).collect();
    let strict_mode = settings.strict_mode.unwrap_or_default().name();
    cx.post(settings.url("/import"))
        .query([("strict", strict_mode)])
        .basic(import_credential(cx).clone(), "")
        .json(&events)
}

/// The secret key, or without one the project token.
fn import_credential(cx: &Context<Mixpanel>) -> &Secret {
    let settings = cx.settings();
    match &settings.api_secret {
        Some(secret) if !cx.has_feature(PROJECT_TOKEN_OPENS_IMPORTS) => secret,
        _ => &settings.project_token,
    }
}

/// An event about IDs, as `/track` takes it.
#[must_use]
pub fn identity_event(settings: &MixpanelSettings, name: &str, mut properties: JsonObject) -> JsonObject {
    properties.insert("token".to_owned(), settings.project_token.expose().into());
    if let Some(source_name) = &settings.source_name {
        properties.insert("segment_source_name".to_owned(), source_name.as_str().into());
    }
    JsonObject::from_iter([
        ("event".to_owned(), name.into()),
        ("properties".to_owned(), properties.into()),
    ])
}

/// The start of a change to a person's profile, as `/engage` takes it.
#[must_use]
pub fn profile_of_person(
    settings: &MixpanelSettings,
    distinct_id: Nullable,
    ip: Option<String>,
) -> JsonObject {
    let fields = [
        ("$token", Some(settings.project_token.expose().into())),
        ("$distinct_id", distinct_id.into_value()),
        ("$ip", ip.map(Value::from)),
    ];
    let given = fields
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    given.collect()
}
