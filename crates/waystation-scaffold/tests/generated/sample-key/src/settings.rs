//! What a workspace connects with.

use waystation_kit::prelude::*;

/// What a workspace connects with.
#[derive(Debug, Deserialize, Settings)]
#[serde(rename_all = "camelCase")]
pub struct SampleKeySettings {
    /// You find it in your account under "API".
    #[field(label = "API key")]
    pub api_key: Secret,
}
