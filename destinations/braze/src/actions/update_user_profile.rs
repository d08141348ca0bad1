//! What is known about a person.

use waystation_kit::prelude::*;

use crate::Braze;
use crate::fields::batching;
use crate::profiles::ProfileFields;
use crate::track::{Objects, Tracked};
use crate::unsendable::Unsendable;

/// What is known about a person.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct UpdateUserProfile {
    /// The profile.
    #[serde(flatten)]
    pub profile: ProfileFields,
    /// Leave out people that Braze does not know. Otherwise the update creates the person.
    #[field(label = "Update existing only", default = false)]
    pub _update_existing_only: Option<bool>,
}

impl ActionInfo<Braze> for UpdateUserProfile {
    const SLUG: &'static str = "updateUserProfile";
    const TITLE: &'static str = "Update User Profile";
    const DESCRIPTION: &'static str = "Update what Braze knows about a person.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "identify""#);
}

impl Tracked for UpdateUserProfile {
    const OBJECTS: Objects = Objects::Attributes;

    fn into_wire(self, _: &Context<Braze>) -> Result<Value, Unsendable> {
        self.profile.into_wire(self._update_existing_only)
    }
}
