//! Audiences of the platform as lists.

use waystation_kit::audience::{AudienceMode, Audiences, CreateAudience, ExternalAudience, GetAudience};
use waystation_kit::prelude::*;

use crate::Klaviyo;
use crate::lists::{self, List};

/// What a person chooses for an audience.
#[derive(Debug, Deserialize, Settings)]
#[serde(rename_all = "camelCase")]
pub struct AudienceSettings {
    /// A list that exists already. If none is named, one is created with the name of the audience.
    #[field(label = "List ID")]
    pub list_id: Option<String>,
}

impl AudienceSettings {
    fn chosen_list(settings: JsonObject) -> Result<Option<String>> {
        let settings: Self = serde_json::from_value(settings.into())
            .map_err(|error| Error::payload(format!("The audience's settings cannot be used: {error}")))?;
        Ok(settings.list_id.filter(|list| !list.is_empty()))
    }
}

/// What the destination offers for audiences.
#[must_use]
pub fn audiences() -> Audiences<Klaviyo> {
    Audiences {
        mode: AudienceMode::Synced {
            full_audience_sync: false,
        },
        fields: AudienceSettings::fields(),
        create: Some(|cx, audience| Box::pin(create(cx, audience))),
        get: Some(|cx, audience| Box::pin(get(cx, audience))),
    }
}

async fn create(cx: &Context<Klaviyo>, audience: CreateAudience) -> Result<ExternalAudience> {
    if let Some(list) = AudienceSettings::chosen_list(audience.audience_settings)? {
        return Ok(ExternalAudience { external_id: list });
    }
    lists::create(cx, audience.name).await.map(ExternalAudience::from)
}

async fn get(cx: &Context<Klaviyo>, audience: GetAudience) -> Result<ExternalAudience> {
    let chosen = AudienceSettings::chosen_list(audience.audience_settings)?;
    let id = chosen.unwrap_or(audience.external_id);
    lists::get(cx, &id).await.map(ExternalAudience::from)
}

impl From<List> for ExternalAudience {
    fn from(list: List) -> Self {
        Self { external_id: list.id }
    }
}
