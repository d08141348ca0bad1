//! What the route takes.

use serde::Deserialize;
use serde_json::Value;
use waystation_json::JsonObject;

use crate::routes::caller::{AuthBody, MetadataBody};

/// The body. Keys that are not here are mistakes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::routes) struct ExecuteBody {
    /// The event, or a list of them.
    pub(super) payload: Value,
    /// The settings of the destination; tokens may be in them under `oauth`.
    #[serde(default)]
    pub(super) settings: JsonObject,
    /// Overlays the defaults of the action's fields. If both are empty, the payload itself is the mapping.
    #[serde(default)]
    pub(super) mapping: JsonObject,
    /// Which events the action is for, in FQL; all of them if it is absent.
    pub(super) subscribe: Option<String>,
    /// Tokens, in place of those in the settings.
    pub(super) auth: Option<AuthBody>,
    /// Features that are switched on.
    #[serde(default)]
    pub(super) features: JsonObject,
    /// Ids of the subscription on the platform.
    #[serde(default)]
    pub(super) subscription_metadata: MetadataBody,
}
