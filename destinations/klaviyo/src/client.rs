//! Requests to the [API](https://developers.klaviyo.com/en/reference/api_overview).

use waystation_kit::prelude::*;

use crate::answer::{klaviyos, taken};
use crate::wire::identifier;
use crate::{Klaviyo, KlaviyoSettings, wire};

/// The version of the API that requests are written for
/// ([reference](https://developers.klaviyo.com/en/docs/api_versioning_and_deprecation_policy)).
pub const REVISION: &str = "2025-01-15";

const API: &str = "https://a.klaviyo.com/api";
const JSON: &str = "application/json";

/// The address of a path, which begins with a slash.
#[must_use]
pub fn url(path: &str) -> String {
    format!("{API}{path}")
}

/// The status of the answer that something is accepted, to be worked off later.
pub const ACCEPTED: u16 = 202;

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
    klaviyos(cx.get(url("/accounts/")).send().await?).map(drop)
}

/// Asks for the deletion of everything that is known about a profile
/// ([reference](https://developers.klaviyo.com/en/reference/request_profile_deletion)).
///
/// # Errors
/// There is no user ID, or Klaviyo refuses or does not answer.
pub async fn delete_profile(cx: &Context<Klaviyo>, user: DeleteUser) -> Result<Output> {
    let user_id = user
        .user_id
        .filter(|id| !id.is_empty())
        .ok_or_else(|| Error::payload("Klaviyo deletes profiles by user ID, and there is none"))?;
    let profile = json!({"profile": {"data": identifier("profile", &user_id)}});
    let job = wire::new("data-privacy-deletion-job", profile);
    let request = cx.post(url("/data-privacy-deletion-jobs/")).json(&job);
    Ok(taken(request.send().await?, ACCEPTED)?.into())
}
