//! Sample Key: what it takes, and how it is reached.
//!
//! [`settings`] says what a workspace connects with, [`client`] talks to the partner,
//! and each file under [`actions`] is one action.
#![forbid(unsafe_code)]

pub mod actions;
pub mod client;
pub mod fields;
pub mod settings;

use waystation_kit::prelude::*;

use crate::actions::{TrackEvent, UpsertContact};
use crate::settings::SampleKeySettings;

/// The destination.
#[derive(Debug)]
pub struct SampleKey;

impl Destination for SampleKey {
    const SLUG: &'static str = "sample-key";
    const NAME: &'static str = "Sample Key";
    const DESCRIPTION: &'static str = "Send events to Sample Key.";
    type Settings = SampleKeySettings;

    fn definition() -> Definition<Self> {
        Definition::new(Scheme::Custom)
            .test_authentication(|cx| Box::pin(client::test_authentication(cx)))
            .batch_action::<TrackEvent>()
            .batch_action::<UpsertContact>()
            .preset::<TrackEvent>()
            .preset::<UpsertContact>()
    }

    fn extend_request(settings: &SampleKeySettings, _: &Auth) -> Result<RequestDefaults> {
        RequestDefaults::new().bearer(&settings.api_key)
    }
}
