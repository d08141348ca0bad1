//! What a workspace connects with.

use waystation_kit::prelude::*;

/// What a workspace connects with.
#[derive(Debug, Deserialize, Settings)]
#[serde(rename_all = "camelCase")]
pub struct KitchenSinkSettings {
    /// API key.
    #[field(label = "API key")]
    pub api_key: Secret,
    /// Public token.
    #[field(label = "Public token")]
    pub public_token: String,
    /// Region.
    #[field(label = "Region", default = "us-east")]
    pub region: Region,
    /// Endpoint.
    #[field(label = "Endpoint", default = "https://api.example.com", format = uri)]
    pub endpoint: Option<String>,
    /// Secret header.
    #[field(
        label = "Secret header",
        required = Required::When(Conditions::any([Condition::is("region", "us-east"), Condition::is_set("endpoint")])),
    )]
    pub secret_header: Option<String>,
}

/// Region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Choices)]
#[serde(rename_all = "kebab-case")]
pub enum Region {
    /// `us-east`.
    UsEast,
    /// `eu-west`.
    EuWest,
}
