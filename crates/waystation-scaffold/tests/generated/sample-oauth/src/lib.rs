//! Sample Oauth: what it takes, and how it is reached.
//!
//! [`client`] talks to the partner, and each file under [`actions`] is one action.
#![forbid(unsafe_code)]

pub mod actions;
pub mod client;

use waystation_kit::prelude::*;

use crate::actions::TrackEvent;

/// The destination.
#[derive(Debug)]
pub struct SampleOauth;

impl Destination for SampleOauth {
    const SLUG: &'static str = "sample-oauth";
    const NAME: &'static str = "Sample Oauth";
    const DESCRIPTION: &'static str = "Send events to Sample Oauth.";
    type Settings = NoSettings;

    fn definition() -> Definition<Self> {
        Definition::new(Scheme::OAuth2)
            .test_authentication(|cx| Box::pin(client::test_authentication(cx)))
            .refresh_access_token(|cx| Box::pin(client::refresh_access_token(cx)))
            .batch_action::<TrackEvent>()
            .preset::<TrackEvent>()
    }

    fn extend_request(_: &NoSettings, auth: &Auth) -> Result<RequestDefaults> {
        let defaults = RequestDefaults::new();
        match &auth.access_token {
            Some(token) => defaults.bearer(token),
            // While tokens are refreshed there is none.
            None => Ok(defaults),
        }
    }
}
