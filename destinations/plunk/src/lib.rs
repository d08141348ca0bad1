//! [Plunk](https://www.useplunk.com): events, contacts and transactional e-mails, by way of its
//! [API](https://docs.useplunk.com/api-reference/overview).
//!
//! Events go out with the public key, everything else with the secret key ([`settings`]). Plunk takes one event
//! or e-mail a request; there are no batches. Events and e-mails carry an idempotency key, so that one that has
//! to be sent again is not counted twice ([`idempotency`]). What Plunk refuses, and whether trying again can
//! help, is read in [`refusal`].
#![forbid(unsafe_code)]

pub mod actions;
pub mod client;
pub mod contacts;
pub mod data;
pub mod email_address;
pub mod idempotency;
pub mod refusal;
pub mod settings;

use waystation_kit::prelude::*;

use crate::actions::{DeleteContact, SendEmail, TrackEvent, UpsertContact};
use crate::settings::PlunkSettings;

/// The destination.
#[derive(Debug)]
pub struct Plunk;

impl Destination for Plunk {
    const SLUG: &'static str = "plunk";
    const NAME: &'static str = "Plunk";
    const DESCRIPTION: &'static str =
        "Keep contacts in Plunk up to date, start its workflows with events, and send transactional e-mails.";
    type Settings = PlunkSettings;

    fn definition() -> Definition<Self> {
        Definition::new(Scheme::Custom)
            .test_authentication(|cx| Box::pin(client::test_authentication(cx)))
            .on_delete(|cx, user| Box::pin(contacts::forget_person(cx, user)))
            .action::<TrackEvent>()
            .action::<UpsertContact>()
            .action::<SendEmail>()
            .action::<DeleteContact>()
            .preset::<TrackEvent>()
            .preset::<UpsertContact>()
            .preset::<DeleteContact>()
    }

    /// The secret key is the rule; tracking is the exception and brings its own.
    fn extend_request(settings: &PlunkSettings, _: &Auth) -> Result<RequestDefaults> {
        RequestDefaults::new().bearer(settings.secret_key.secret())
    }
}
