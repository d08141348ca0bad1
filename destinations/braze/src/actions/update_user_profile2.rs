//! What is known about a person that Braze knows already.

use waystation_kit::prelude::*;

use crate::Braze;
use crate::fields::batching;
use crate::profiles::ProfileFields;
use crate::track::{Objects, Tracked};
use crate::unsendable::Unsendable;

/// What is known about a person.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct UpdateUserProfile2 {
    /// The profile.
    #[serde(flatten)]
    pub profile: ProfileFields,
}

impl ActionInfo<Braze> for UpdateUserProfile2 {
    const SLUG: &'static str = "updateUserProfile2";
    const TITLE: &'static str = "Update User Profile V2";
    const DESCRIPTION: &'static str = "Update what Braze knows about a person.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "identify""#);

    fn sync_modes() -> Option<SyncModes> {
        Some(SyncModes {
            default: SyncMode::Update,
            label: "How to sync",
            description: "What becomes of the rows of a source.",
            choices: vec![(SyncMode::Update, "Update people that are known")],
        })
    }
}

impl Tracked for UpdateUserProfile2 {
    const OBJECTS: Objects = Objects::Attributes;

    fn into_wire(self, cx: &Context<Braze>) -> Result<Value, Unsendable> {
        if cx.sync_mode() != Some(SyncMode::Update) {
            return Err(Unsendable::WrongSyncMode(r#""update""#));
        }
        self.profile.into_wire(Some(true))
    }
}
