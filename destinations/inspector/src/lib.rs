//! Inspector: a destination without a partner. It shows in the delivery record what would have been sent, and
//! can be told to refuse it, so that retries, dead letters and replay can be tried without an account anywhere.
#![forbid(unsafe_code)]

pub mod actions;

use waystation_kit::prelude::*;

use crate::actions::Inspect;

/// The destination.
#[derive(Debug)]
pub struct Inspector;

/// What a workspace decides.
#[derive(Debug, Deserialize, Settings)]
pub struct InspectorSettings {
    /// What becomes of events.
    #[field(label = "Answer", default = "delivered")]
    pub answer: Option<Answer>,
}

/// What becomes of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, Choices)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// They count as delivered.
    #[default]
    Delivered,
    /// They are refused for good, with status 400: dead letters.
    Refused,
    /// They are refused for now, with status 503: tried again until their time is over.
    Unavailable,
}

impl Destination for Inspector {
    const SLUG: &'static str = "inspector";
    const NAME: &'static str = "Inspector";
    const DESCRIPTION: &'static str = "Show what would be sent, and send nothing.";
    type Settings = InspectorSettings;

    fn definition() -> Definition<Self> {
        Definition::new(Scheme::Custom)
            .action::<Inspect>()
            .preset_with::<Inspect>("Inspect every event", MappingChanges::none())
    }
}
