//! Events of people: what both versions of the action share.

use waystation_kit::prelude::*;
use waystation_kit::wire::WireObject;

use crate::dates;
use crate::fields::{Nullable, OptionalUserAlias};
use crate::identity;

/// Something that a person did
/// ([reference](https://www.braze.com/docs/api/objects_filters/event_object/)).
#[derive(Debug, Deserialize, Payload)]
pub struct EventFields {
    /// Your own ID of the person.
    #[field(label = "External user ID", default = path("$.userId"))]
    pub external_id: Option<String>,
    /// An alias of the person; see
    /// [user alias object](https://www.braze.com/docs/api/objects_filters/user_alias_object/).
    #[field(label = "User alias")]
    pub user_alias: Option<OptionalUserAlias>,
    /// The person's email address, for people without any ID.
    #[field(label = "Email", default = first_of("$.context.traits.email", "$.properties.email"))]
    pub email: Option<String>,
    /// The ID that Braze gave the person.
    #[serde(default)]
    #[field(label = "Braze ID", allow_null, default = path("$.properties.braze_id"))]
    pub braze_id: Nullable<String>,
    /// What the person did.
    #[field(label = "Event name", default = path("$.event"))]
    pub name: String,
    /// When it happened.
    #[field(label = "Time", default = path("$.receivedAt"))]
    pub time: Datetime,
    /// What else is known about it.
    #[field(label = "Event properties", default = path("$.properties"))]
    pub properties: Option<JsonObject>,
}

impl EventFields {
    /// The event object; `None` if it is about nobody.
    #[must_use]
    pub fn into_wire(self, app_id: Option<&str>, update_existing_only: Option<bool>) -> Option<Value> {
        let user_alias = self.user_alias.and_then(OptionalUserAlias::complete);
        let is_about_somebody = user_alias.is_some()
            || identity::is_given(self.braze_id.value())
            || identity::is_given(self.external_id.as_ref())
            || identity::is_given(self.email.as_ref());
        is_about_somebody.then(|| {
            WireObject::with_capacity(9)
                .with_some("braze_id", self.braze_id.into_wire())
                .with_some("external_id", self.external_id)
                .with_some("email", self.email)
                .with_some("user_alias", user_alias)
                .with_some("app_id", app_id)
                .with("name", self.name)
                .with_some("time", dates::moment(&self.time))
                .with_some("properties", self.properties)
                .with_some("_update_existing_only", update_existing_only)
                .into()
        })
    }
}
