//! What the route takes.

use serde::Deserialize;
use serde_json::Value;
use waystation_json::JsonObject;

use crate::lenient;
use crate::routes::caller::{AuthBody, MetadataBody};

/// The body. Keys that are not here are mistakes.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::routes) struct ExecuteBody {
    /// The event, or a list of them.
    pub(super) payload: Value,
    /// The settings of the destination; tokens may be in them under `oauth`.
    #[serde(default, deserialize_with = "lenient::object")]
    pub(super) settings: JsonObject,
    /// Overlays the defaults of the action's fields. If both are empty, the payload itself is the mapping.
    #[serde(default, deserialize_with = "lenient::object")]
    pub(super) mapping: JsonObject,
    /// Which events the action is for, in FQL; all of them if it is absent.
    #[serde(default, deserialize_with = "lenient::text")]
    pub(super) subscribe: Option<String>,
    /// Tokens, in place of those in the settings.
    #[serde(default, deserialize_with = "lenient::optional_section")]
    pub(super) auth: Option<AuthBody>,
    /// Features that are switched on.
    #[serde(default, deserialize_with = "lenient::object")]
    pub(super) features: JsonObject,
    /// Ids of the subscription on the platform.
    #[serde(default, deserialize_with = "lenient::section")]
    pub(super) subscription_metadata: MetadataBody,
}
