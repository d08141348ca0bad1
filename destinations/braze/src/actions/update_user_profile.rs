//! What is known about a person.

use waystation_kit::prelude::*;

use crate::Braze;
use crate::fields::Batching;
use crate::identity;
use crate::profiles::ProfileFields;
use crate::track::{self, Objects};

/// What is known about a person.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = Batching::fields)]
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

impl Action<Braze> for UpdateUserProfile {
    async fn perform(cx: &Context<Braze>, payload: Self) -> Result<Output> {
        let attributes = payload.into_wire().ok_or_else(identity::missing)?;
        track::send(cx, Objects::Attributes, &attributes).await
    }
}

impl BatchAction<Braze> for UpdateUserProfile {
    async fn perform_batch(cx: &Context<Braze>, batch: Batch<Self>) -> Result<BatchOutput> {
        track::send_batch(cx, Objects::Attributes, batch, |payload, _| {
            payload.into_wire().ok_or_else(identity::missing_in_batch)
        })
        .await
    }
}

impl UpdateUserProfile {
    fn into_wire(self) -> Option<Value> {
        self.profile.into_wire(self._update_existing_only)
    }
}
