//! A login.

use std::borrow::Cow;

use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::event::EventParameters;

/// [`login`](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#login).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct Login {
    /// How the person logged in, for example by e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Method")]
    pub method: Option<String>,
}

impl ActionInfo<GoogleAnalytics4> for Login {
    const SLUG: &'static str = "login";
    const TITLE: &'static str = "Login";
    const DESCRIPTION: &'static str = "Count logins, and by which way people log in.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Signed In""#);
}

impl EventParameters for Login {
    fn event_name(&self) -> Cow<'_, str> {
        "login".into()
    }
}
