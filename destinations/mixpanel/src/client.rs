//! Requests to Mixpanel.

use waystation_kit::prelude::*;

use crate::answer;
use crate::fields::Nullable;
use crate::{Mixpanel, MixpanelSettings, Region};

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
    /// The address of an API.
    pub(crate) fn url(&self, path: &str) -> String {
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
/// Mixpanel refuses it, does not answer or does not say.
pub async fn post_data(cx: &Context<Mixpanel>, path: &str, data: &JsonObject) -> Result<Response> {
    let data = serde_json::to_string(data)
        .map_err(|error| Error::internal(format!("the data cannot be written as JSON: {error}")))?;
    let request = cx.post(cx.settings().url(path));
    let answer = request.form([("data", data)]).send().await?;
    answer::taken(&answer)?;
    Ok(answer)
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
        ("$ip", ip.filter(|ip| !ip.is_empty()).map(Value::from)),
    ];
    let given = fields
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)));
    given.collect()
}
