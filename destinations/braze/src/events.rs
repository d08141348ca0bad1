//! Events of people: what both versions of the action share.

use waystation_kit::prelude::*;
use waystation_kit::wire::is_absent;

use crate::Braze;
use crate::dates::Moment;
use crate::fields::OptionalUserAlias;
use crate::identity;
use crate::track::Object;
use crate::unsendable::Unsendable;

/// Something that a person did
/// ([reference](https://www.braze.com/docs/api/objects_filters/event_object/)).
#[skip_serializing_none]
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct EventFields {
    /// Your own ID of the person.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "External user ID", default = path("$.userId"))]
    pub external_id: Option<String>,
    /// An alias of the person; see
    /// [user alias object](https://www.braze.com/docs/api/objects_filters/user_alias_object/).
    #[serde(skip_serializing_if = "OptionalUserAlias::is_incomplete")]
    #[field(label = "User alias")]
    pub user_alias: Option<OptionalUserAlias>,
    /// The person's email address, for people without any ID.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "Email", default = first_of("$.context.traits.email", "$.properties.email"))]
    pub email: Option<String>,
    /// The ID that Braze gave the person.
    #[serde(
        default,
        deserialize_with = "identity::braze_id",
        skip_serializing_if = "is_absent"
    )]
    #[field(label = "Braze ID", allow_null, default = path("$.properties.braze_id"))]
    pub braze_id: Option<String>,
    /// What the person did.
    #[field(label = "Event name", default = path("$.event"))]
    pub name: String,
    /// When it happened.
    #[field(label = "Time", default = path("$.receivedAt"))]
    pub time: Moment,
    /// What else is known about it.
    #[field(label = "Event properties", default = path("$.properties"))]
    pub properties: Option<JsonObject>,
}

impl EventFields {
    /// The event object.
    ///
    /// # Errors
    /// It is about nobody.
    pub fn into_wire(
        self,
        cx: &Context<Braze>,
        update_existing_only: Option<bool>,
    ) -> Result<Value, Unsendable> {
        let object = Object {
            app_id: cx.settings().app_id.as_deref(),
            what: self,
            update_existing_only,
        };
        identity::assert_about_somebody(json!(object))
    }
}
