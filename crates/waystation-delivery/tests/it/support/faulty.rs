//! A destination with a mistake in it.

use std::sync::atomic::{AtomicU32, Ordering};

use waystation_kit::prelude::*;

/// The destination.
#[derive(Debug)]
pub(crate) struct Faulty;

/// It needs nothing.
#[derive(Debug, Deserialize, Settings)]
pub(crate) struct FaultySettings {}

impl Destination for Faulty {
    const SLUG: &'static str = "faulty";
    const NAME: &'static str = "Faulty";
    const DESCRIPTION: &'static str = "A destination with a mistake in it.";
    type Settings = FaultySettings;

    fn definition() -> Definition<Self> {
        Definition::new(Scheme::Custom).action::<Stumble>()
    }
}

/// An action that panics at first.
#[derive(Debug, Deserialize, Payload)]
pub(crate) struct Stumble {
    /// The event's name.
    #[field(label = "Name", default = path("$.event"))]
    pub(crate) name: String,
}

static CALLS: AtomicU32 = AtomicU32::new(0);

impl ActionInfo<Faulty> for Stumble {
    const SLUG: &'static str = "stumble";
    const TITLE: &'static str = "Stumble";
    const DESCRIPTION: &'static str = "Panic at first.";
    const SUBSCRIBE: Option<&'static str> = Some("type = \"track\"");
}

impl Action<Faulty> for Stumble {
    async fn perform(_: &Context<Faulty>, payload: Self) -> Result<Output> {
        assert!(
            CALLS.fetch_add(1, Ordering::Relaxed) > 0,
            "{} at first",
            payload.name
        );
        Ok(Output::Nothing)
    }
}
