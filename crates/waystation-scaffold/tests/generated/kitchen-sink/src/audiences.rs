//! Audiences that are kept at Kitchen Sink.

use waystation_kit::audience::{AudienceMode, Audiences, CreateAudience, ExternalAudience, GetAudience};
use waystation_kit::prelude::*;

use crate::KitchenSink;

/// What a person chooses for an audience.
#[derive(Debug, Deserialize, Settings)]
#[serde(rename_all = "camelCase")]
pub struct AudienceSettings {
    /// List name.
    #[field(label = "List name", minimum = 3, maximum = 40)]
    pub list_name: String,
}

/// What the destination offers for audiences.
#[must_use]
pub fn audiences() -> Audiences<KitchenSink> {
    Audiences {
        mode: AudienceMode::Synced {
            full_audience_sync: false,
        },
        fields: AudienceSettings::fields(),
        create: Some(|cx, audience| Box::pin(create(cx, audience))),
        get: Some(|cx, audience| Box::pin(get(cx, audience))),
    }
}

async fn create(_: &Context<KitchenSink>, _: CreateAudience) -> Result<ExternalAudience> {
    Err(Error::not_implemented("audiences cannot be created yet"))
}

async fn get(_: &Context<KitchenSink>, _: GetAudience) -> Result<ExternalAudience> {
    Err(Error::not_implemented("audiences cannot be asked for yet"))
}
