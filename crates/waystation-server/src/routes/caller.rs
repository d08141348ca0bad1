//! What several routes take from their callers.

use serde::Deserialize;
use waystation_kit::context::SubscriptionMetadata;
use waystation_kit::{Auth, Secret};

use crate::lenient;

/// `auth` of a body: tokens, and for a refresh the app's credentials.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct AuthBody {
    #[serde(deserialize_with = "lenient::text")]
    access_token: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    refresh_token: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    refresh_token_url: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    client_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    client_secret: Option<String>,
}

impl From<AuthBody> for Auth {
    fn from(body: AuthBody) -> Self {
        Self {
            access_token: body.access_token.map(Secret::from),
            refresh_token: body.refresh_token.map(Secret::from),
            refresh_token_url: body.refresh_token_url,
            client_id: body.client_id,
            client_secret: body.client_secret.map(Secret::from),
        }
    }
}

/// `subscriptionMetadata` of a body.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct MetadataBody {
    #[serde(deserialize_with = "lenient::text")]
    action_config_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    destination_config_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    action_id: Option<String>,
    #[serde(deserialize_with = "lenient::text")]
    source_id: Option<String>,
}

impl From<MetadataBody> for SubscriptionMetadata {
    fn from(body: MetadataBody) -> Self {
        Self {
            action_config_id: body.action_config_id,
            destination_config_id: body.destination_config_id,
            action_id: body.action_id,
            source_id: body.source_id,
        }
    }
}
