//! Acme: what people do, told to a system of our own.
#![forbid(unsafe_code)]

use waystation_kit::prelude::*;

/// The destination.
#[derive(Debug)]
pub struct Acme;

/// What a connection needs.
#[derive(Debug, Deserialize, Settings)]
#[serde(rename_all = "camelCase")]
pub struct AcmeSettings {
    /// The key that our operators hand out.
    #[field(label = "API key")]
    pub api_key: Secret,
}

impl Destination for Acme {
    const SLUG: &'static str = "acme";
    const NAME: &'static str = "Acme";
    const DESCRIPTION: &'static str = "Tell our own system what people do.";
    type Settings = AcmeSettings;

    fn definition() -> Definition<Self> {
        Definition::new(Scheme::Custom)
            .action::<TrackEvent>()
            .preset::<TrackEvent>()
    }

    fn extend_request(settings: &AcmeSettings, _: &Auth) -> Result<RequestDefaults> {
        RequestDefaults::new().bearer(&settings.api_key)
    }
}

/// What a person did.
#[derive(Debug, Serialize, Deserialize, Payload)]
pub struct TrackEvent {
    /// Who did it.
    #[field(label = "User ID", default = path("$.userId"))]
    pub user: String,
    /// What was done.
    #[field(label = "Event name", default = path("$.event"))]
    pub name: String,
}

impl ActionInfo<Acme> for TrackEvent {
    const SLUG: &'static str = "trackEvent";
    const TITLE: &'static str = "Track Event";
    const DESCRIPTION: &'static str = "Tell what a person did.";
    const SUBSCRIBE: Option<&'static str> = Some("type = \"track\"");
}

impl Action<Acme> for TrackEvent {
    async fn perform(cx: &Context<Acme>, payload: Self) -> Result<Output> {
        let request = cx.post("https://acme.internal.example/events").json(&payload);
        Ok(request.send().await?.into())
    }
}
