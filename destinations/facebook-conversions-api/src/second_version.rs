//! The second versions of the actions. They are the first ones with a sync mode, for rows of a warehouse.

use waystation_kit::prelude::*;

use crate::event::ConversionEvent;
use crate::{FacebookConversionsApi, client};

/// An action that has a second version. Slug and title are all that differs.
pub trait HasSecondVersion: ActionInfo<FacebookConversionsApi> + ConversionEvent {
    /// The slug of the second version.
    const SECOND_SLUG: &'static str;
    /// The title of the second version.
    const SECOND_TITLE: &'static str;
}

/// The second version of an action: it only adds events, and wants the mapping to say so.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct SecondVersion<E>(pub E);

impl<E: HasSecondVersion> Payload for SecondVersion<E> {
    fn fields() -> Fields {
        E::fields()
    }
}

impl<E: HasSecondVersion> ActionInfo<FacebookConversionsApi> for SecondVersion<E> {
    const SLUG: &'static str = E::SECOND_SLUG;
    const TITLE: &'static str = E::SECOND_TITLE;
    const DESCRIPTION: &'static str = E::DESCRIPTION;
    const SUBSCRIBE: Option<&'static str> = E::SUBSCRIBE;

    fn sync_modes() -> Option<SyncModes> {
        Some(SyncModes {
            default: SyncMode::Add,
            label: "How to sync rows",
            description: "What happens at Meta to the rows of a warehouse.",
            choices: vec![(SyncMode::Add, "Send them as events")],
        })
    }
}

impl<E: HasSecondVersion> Action<FacebookConversionsApi> for SecondVersion<E> {
    async fn perform(cx: &Context<FacebookConversionsApi>, payload: Self) -> Result<Output> {
        if cx.sync_mode() != Some(SyncMode::Add) {
            return Err(unsupported_sync_mode());
        }
        client::send(cx, &payload.0).await
    }
}

fn unsupported_sync_mode() -> Error {
    const CODE: ErrorCode = ErrorCode::new("Misconfigured sync mode");
    Error::integration("The sync mode of the mapping has to be \"add\"", CODE, 400)
}
