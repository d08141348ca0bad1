//! What is known about a person that Braze knows already.

use waystation_kit::prelude::*;

use crate::Braze;
use crate::fields::Batching;
use crate::identity;
use crate::profiles::ProfileFields;
use crate::sync;
use crate::track::{self, Objects};

/// What is known about a person.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = Batching::fields)]
pub struct UpdateUserProfile2 {
    /// The profile.
    #[serde(flatten)]
    pub profile: ProfileFields,
}

const SYNC_MODES: &str = r#""update""#;

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

impl Action<Braze> for UpdateUserProfile2 {
    async fn perform(cx: &Context<Braze>, payload: Self) -> Result<Output> {
        if cx.sync_mode() != Some(SyncMode::Update) {
            return Err(sync::unsupported(SYNC_MODES));
        }
        let attributes = payload.into_wire().ok_or_else(identity::missing)?;
        track::send(cx, Objects::Attributes, &attributes).await
    }
}

impl BatchAction<Braze> for UpdateUserProfile2 {
    async fn perform_batch(cx: &Context<Braze>, batch: Batch<Self>) -> Result<BatchOutput> {
        if cx.sync_mode() != Some(SyncMode::Update) {
            return Ok(sync::refuse_batch(&batch, SYNC_MODES));
        }
        track::send_batch(cx, Objects::Attributes, batch, |payload, _| {
            payload.into_wire().ok_or_else(identity::missing_in_batch)
        })
        .await
    }
}

impl UpdateUserProfile2 {
    fn into_wire(self) -> Option<Value> {
        self.profile.into_wire(Some(true))
    }
}
