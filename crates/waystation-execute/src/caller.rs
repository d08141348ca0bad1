//! What callers bring along besides events, and tokens that go back to them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use waystation_kit::context::SubscriptionMetadata;
use waystation_kit::{Auth, RefreshedTokens, Secret};

use crate::lenient;

/// Tokens, and for a refresh the app's credentials.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = Auth)]
pub struct AuthBody {
    /// Sent with requests.
    #[serde(deserialize_with = "lenient::text")]
    access_token: Option<String>,
    /// Exchanged for a new access token when the partner refuses the old one.
    #[serde(deserialize_with = "lenient::text")]
    refresh_token: Option<String>,
    /// Where tokens are exchanged, if the workspace has an address of its own.
    #[serde(deserialize_with = "lenient::text")]
    refresh_token_url: Option<String>,
    /// The app's id.
    #[serde(deserialize_with = "lenient::text")]
    client_id: Option<String>,
    /// The app's secret.
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

/// Ids of the subscription on the caller's platform.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
#[schema(as = SubscriptionMetadata)]
pub struct MetadataBody {
    /// The id of the action's configuration.
    #[serde(deserialize_with = "lenient::text")]
    action_config_id: Option<String>,
    /// The id of the destination's configuration.
    #[serde(deserialize_with = "lenient::text")]
    destination_config_id: Option<String>,
    /// The id of the action.
    #[serde(deserialize_with = "lenient::text")]
    action_id: Option<String>,
    /// The id of the source.
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

/// The tokens of a refresh. They are what the caller has to keep, so they are shown.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Tokens)]
pub struct ShownTokens {
    /// Sent with requests from now on.
    access_token: String,
    /// Exchanged next time.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
}

impl ShownTokens {
    /// The tokens as they are now, if they are not those that a call began with: nobody else keeps them.
    #[must_use]
    pub fn if_new(before: &Auth, now: &Auth) -> Option<Self> {
        let access_token = now.access_token.as_ref()?;
        let is_new = now.access_token != before.access_token;
        is_new.then(|| Self {
            access_token: access_token.expose().to_owned(),
            refresh_token: now.refresh_token.as_ref().map(|token| token.expose().to_owned()),
        })
    }
}

impl From<RefreshedTokens> for ShownTokens {
    fn from(tokens: RefreshedTokens) -> Self {
        Self {
            access_token: tokens.access_token.expose().to_owned(),
            refresh_token: tokens.refresh_token.map(|token| token.expose().to_owned()),
        }
    }
}
