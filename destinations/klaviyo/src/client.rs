//! Requests to the [API](https://developers.klaviyo.com/en/reference/api_overview).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use waystation_kit::prelude::*;

use crate::wire::{document, identifier, resource};
use crate::{Klaviyo, KlaviyoSettings};

/// The version of the API that requests are written for
/// ([reference](https://developers.klaviyo.com/en/docs/api_versioning_and_deprecation_policy)).
pub const REVISION: &str = "2025-01-15";

const API: &str = "https://a.klaviyo.com/api";
const JSON: &str = "application/json";

/// What is encoded in a part of an address: all but what RFC 3986 calls unreserved.
const RESERVED: AsciiSet = NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The address of a path, which begins with a slash.
#[must_use]
pub fn url(path: &str) -> String {
    format!("{API}{path}")
}

/// A text in a form that any part of an address may have.
#[must_use]
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, &RESERVED).to_string()
}

/// What every request carries.
///
/// # Errors
/// The key has characters that no header may have.
pub fn request_defaults(settings: &KlaviyoSettings) -> Result<RequestDefaults> {
    RequestDefaults::new()
        .header(
            "authorization",
            &format!("Klaviyo-API-Key {}", settings.api_key.expose()),
        )?
        .header("accept", JSON)?
        .header("content-type", JSON)?
        .header("revision", REVISION)
}

/// Asks whether there is an account that the key belongs to
/// ([reference](https://developers.klaviyo.com/en/reference/get_accounts)).
///
/// # Errors
/// Klaviyo refuses the key or does not answer.
pub async fn test_authentication(cx: &Context<Klaviyo>) -> Result<()> {
    cx.get(url("/accounts/")).send().await.map(drop)
}

/// Asks for the deletion of everything that is known about a profile
/// ([reference](https://developers.klaviyo.com/en/reference/request_profile_deletion)).
///
/// # Errors
/// There is no user ID, or Klaviyo refuses or does not answer.
pub async fn delete_profile(cx: &Context<Klaviyo>, user: DeleteUser) -> Result<Output> {
    let user_id = user
        .user_id
        .ok_or_else(|| Error::payload("Klaviyo deletes profiles by user ID, and there is none"))?;
    let profile = document(identifier("profile", &user_id));
    let job = document(resource("data-privacy-deletion-job", json!({"profile": profile})));
    let request = cx.post(url("/data-privacy-deletion-jobs/")).json(&job);
    Ok(request.send().await?.into())
}
