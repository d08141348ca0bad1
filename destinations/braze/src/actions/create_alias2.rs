//! Another name for a person, with a sync mode.

use waystation_kit::prelude::*;

use super::CreateAlias;
use crate::Braze;
use crate::unsendable::Unsendable;

/// An alias for a person, or for somebody who has no ID yet.
#[derive(Debug, Deserialize, Payload)]
pub struct CreateAlias2 {
    /// The alias.
    #[serde(flatten)]
    pub alias: CreateAlias,
}

impl ActionInfo<Braze> for CreateAlias2 {
    const SLUG: &'static str = "createAlias2";
    const TITLE: &'static str = "Create Alias V2";
    const DESCRIPTION: &'static str = "Give a person another name.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"event = "Create Alias""#);
    const IDEMPOTENT: bool = true;

    fn sync_modes() -> Option<SyncModes> {
        Some(SyncModes {
            default: SyncMode::Add,
            label: "How to sync",
            description: "What becomes of the rows of a source.",
            choices: vec![(SyncMode::Add, "Create aliases")],
        })
    }
}

impl Action<Braze> for CreateAlias2 {
    async fn perform(cx: &Context<Braze>, payload: Self) -> Result<Output> {
        match cx.sync_mode() {
            Some(SyncMode::Add) => payload.alias.send(cx).await,
            _ => Err(Unsendable::WrongSyncMode(r#""add""#).into()),
        }
    }
}
