//! A new account.

use std::borrow::Cow;

use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::event::EventParameters;

/// [`sign_up`](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference/events#sign_up).
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct SignUp {
    /// How the person signed up, for example by e-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(label = "Method", default = path("$.properties.type"))]
    pub method: Option<String>,
}

impl ActionInfo<GoogleAnalytics4> for SignUp {
    const SLUG: &'static str = "signUp";
    const TITLE: &'static str = "Sign Up";
    const DESCRIPTION: &'static str = "Count new accounts, and by which way people sign up.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Signed Up""#);
}

impl EventParameters for SignUp {
    fn event_name(&self) -> Cow<'_, str> {
        "sign_up".into()
    }
}
