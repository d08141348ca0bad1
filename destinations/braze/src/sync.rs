//! What the sync modes of the second versions of actions mean.

use waystation_kit::prelude::*;

use crate::Braze;

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

/// Whether objects about people that Braze does not know are to be left out; `None` if the mapping has
/// neither mode of [`add_or_update`].
#[must_use]
pub fn updates_only(cx: &Context<Braze>) -> Option<bool> {
    match cx.sync_mode()? {
        SyncMode::Add => Some(false),
        SyncMode::Update => Some(true),
        SyncMode::Upsert | SyncMode::Mirror | SyncMode::Delete => None,
    }
}

/// The error of an action that does not know the sync mode of its mapping.
#[must_use]
pub fn unsupported(supported: &str) -> Error {
    const CODE: ErrorCode = ErrorCode::new("Invalid syncMode");
    Error::integration(message(supported), CODE, 400)
}

/// The results of a batch whose mapping has a sync mode that the action does not know.
#[must_use]
pub fn refuse_batch<P>(batch: &Batch<P>, supported: &str) -> BatchOutput {
    let refusal = ItemOutcome::from(ItemError::payload(message(supported)));
    std::iter::repeat_n(refusal, batch.len())
        .collect::<MultiStatusResponse>()
        .into()
}

fn message(supported: &str) -> String {
    format!("The sync mode has to be {supported}")
}
