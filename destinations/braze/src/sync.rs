//! What the sync modes of the second versions of actions mean.

use waystation_kit::prelude::*;

use crate::Braze;
use crate::unsendable::Unsendable;

/// The modes of actions that track what people do.
#[must_use]
pub fn add_or_update() -> SyncModes {
    SyncModes {
        default: SyncMode::Add,
        label: "How to track",
        description: "Whether people that Braze does not know yet are added, or left out.",
        choices: vec![
            (SyncMode::Add, "Add people that are not known"),
            (SyncMode::Update, "Only people that are known"),
        ],
    }
}

/// Whether objects about people that Braze does not know are to be left out.
///
/// # Errors
/// The mapping has neither mode of [`add_or_update`].
pub fn updates_only(cx: &Context<Braze>) -> Result<bool, Unsendable> {
    match cx.sync_mode() {
        Some(SyncMode::Add) => Ok(false),
        Some(SyncMode::Update) => Ok(true),
        _ => Err(Unsendable::WrongSyncMode(r#""add" or "update""#)),
    }
}
