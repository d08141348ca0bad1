//! What is asked for.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::schema::{AnyOfBuilder, ArrayBuilder, ObjectBuilder, Schema, SchemaType, Type};
use waystation_json::JsonObject;

use crate::caller::{AuthBody, MetadataBody};
use crate::lenient;

/// An action to run, with everything that it takes. Keys that are not listed are mistakes.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExecuteBody {
    /// The event, or a list of them.
    #[schema(schema_with = events)]
    pub payload: Value,
    /// The settings of the destination; tokens may be in them under `oauth`.
    #[serde(default, deserialize_with = "lenient::object")]
    #[schema(value_type = Object)]
    pub settings: JsonObject,
    /// Overlays the defaults of the action's fields. If both are empty, the payload itself is the mapping.
    #[serde(default, deserialize_with = "lenient::object")]
    #[schema(value_type = Object)]
    pub mapping: JsonObject,
    /// Which events the action is for, in FQL; all of them if it is absent.
    #[serde(default, deserialize_with = "lenient::text")]
    pub subscribe: Option<String>,
    /// Tokens, in place of those in the settings.
    #[serde(default, deserialize_with = "lenient::optional_section")]
    pub auth: Option<AuthBody>,
    /// Features that are switched on.
    #[serde(default, deserialize_with = "lenient::object")]
    #[schema(value_type = Object)]
    pub features: JsonObject,
    /// Ids of the subscription on the caller's platform.
    #[serde(default, deserialize_with = "lenient::section")]
    pub subscription_metadata: MetadataBody,
    /// What actions before this one noted for the same event: `transaction` of their reports.
    #[serde(default, deserialize_with = "lenient::section")]
    pub transaction: BTreeMap<String, String>,
    /// Values that actions gave you to keep: `state` of earlier reports.
    #[serde(default, deserialize_with = "lenient::section")]
    pub state: BTreeMap<String, String>,
}

/// An event, or a list of them, as the OpenAPI document has it.
#[must_use]
pub fn events() -> Schema {
    let event = || ObjectBuilder::new().schema_type(SchemaType::new(Type::Object));
    let list = ArrayBuilder::new().items(event());
    AnyOfBuilder::new().item(event()).item(list).into()
}
