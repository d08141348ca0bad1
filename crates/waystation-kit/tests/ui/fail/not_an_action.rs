//! What the definition of a destination says of types that lack something.
use waystation_kit::prelude::*;

struct Acme;

#[derive(Deserialize, Payload)]
struct Track {
    id: String,
}

#[derive(Deserialize, Payload)]
struct Single {
    id: String,
}

impl ActionInfo<Acme> for Single {
    const SLUG: &'static str = "single";
    const TITLE: &'static str = "Single";
    const DESCRIPTION: &'static str = "One at a time.";
}

impl Action<Acme> for Single {
    async fn perform(_: &Context<Acme>, _: Self) -> Result<Output> {
        Ok(Output::Nothing)
    }
}

impl Destination for Acme {
    const SLUG: &'static str = "acme";
    const NAME: &'static str = "Acme";
    type Settings = NoSettings;

    fn definition() -> Definition<Self> {
        Definition::new(Scheme::Custom)
            .action::<Track>()
            .batch_action::<Single>()
    }
}

fn main() {}
