//! Webhook: events as JSON to any address, signed with a shared secret if there is one.
//!
//! The receiver is whoever listens at the address; there is no partner's API to follow. What receivers rely
//! on is described in the README: the form of the body ([`body`]) and its signatures ([`signature`], [`standard`]).
#![forbid(unsafe_code)]

pub mod actions;
pub mod body;
pub mod client;
pub mod headers;
pub mod signature;
pub mod standard;

use waystation_kit::prelude::*;

use crate::actions::SendRequest;
use crate::standard::SigningKeys;

/// The destination.
#[derive(Debug)]
pub struct Webhook;

/// What all requests have in common.
#[derive(Debug, Deserialize, Settings)]
#[serde(rename_all = "camelCase")]
pub struct WebhookSettings {
    /// With it, the header `X-Signature` of each request holds the HMAC-SHA1 of the body, keyed with this
    /// text, in hexadecimal; for a batch, that of its first item.
    #[field(label = "Shared secret")]
    pub shared_secret: Option<Secret>,
    /// Keys of Standard Webhooks: `whsec_...` (shared) or `whsk_...` (private), several during a rotation, with spaces
    /// between them. With them, each request has the headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.
    #[field(label = "Signing keys (Standard Webhooks)")]
    pub signing_keys: Option<SigningKeys>,
}

impl Destination for Webhook {
    const SLUG: &'static str = "webhook";
    const NAME: &'static str = "Webhook";
    const DESCRIPTION: &'static str = "Send events as JSON to any address.";
    type Settings = WebhookSettings;

    fn definition() -> Definition<Self> {
        Definition::new(Scheme::Custom)
            .registered_as("actions-webhook")
            .also_known_as(&["Webhooks"])
            .batch_action::<SendRequest>()
    }
}
