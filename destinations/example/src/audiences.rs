//! Audiences that are kept at the partner, where they are called lists.
//!
//! The platform creates a list once for each audience and keeps its ID, which then comes with every event of
//! that audience (`context.personas.external_audience_id`).

use waystation_kit::audience::{AudienceMode, Audiences, CreateAudience, ExternalAudience, GetAudience};
use waystation_kit::prelude::*;

use crate::ExampleCrm;
use crate::client::url;

/// What a person chooses for an audience.
#[derive(Debug, Deserialize, Settings)]
pub struct AudienceSettings {
    /// How many days somebody stays on the list.
    #[field(label = "Days on the list", minimum = 1, maximum = 365)]
    pub days: Option<u32>,
}

/// What the destination offers for audiences.
#[must_use]
pub fn audiences() -> Audiences<ExampleCrm> {
    Audiences {
        mode: AudienceMode::Synced {
            // Only changes are sent.
            full_audience_sync: false,
        },
        fields: AudienceSettings::fields(),
        create: Some(|cx, audience| Box::pin(create(cx, audience))),
        get: Some(|cx, audience| Box::pin(get(cx, audience))),
    }
}

/// A list at the partner.
#[derive(Debug, Deserialize)]
pub struct List {
    /// Its ID.
    pub id: String,
}

/// Creates a list; also what the hook of [`SyncAudience`](crate::actions::SyncAudience) does.
///
/// # Errors
/// The partner refuses.
pub async fn create_list(cx: &Context<ExampleCrm>, list: &Value) -> Result<List> {
    cx.post(url(cx, "/lists")).json(list).send().await?.json()
}

async fn create(cx: &Context<ExampleCrm>, audience: CreateAudience) -> Result<ExternalAudience> {
    let Some(name) = audience.name.filter(|name| !name.is_empty()) else {
        return Err(Error::integration(
            "An audience needs a name to become a list",
            ErrorCode::CREATE_AUDIENCE_FAILED,
            400,
        ));
    };
    let settings: AudienceSettings = serde_json::from_value(audience.audience_settings.into())
        .map_err(|error| Error::payload(error.to_string()))?;
    let list = create_list(cx, &json!({"name": name, "days": settings.days})).await?;
    Ok(ExternalAudience { external_id: list.id })
}

async fn get(cx: &Context<ExampleCrm>, audience: GetAudience) -> Result<ExternalAudience> {
    let request = cx.get(url(cx, "/lists")).path_segment(&audience.external_id);
    let list: List = request.send().await?.json()?;
    Ok(ExternalAudience { external_id: list.id })
}
