//! The account: where the API listens, testing credentials, refreshing tokens.

use waystation_kit::prelude::*;

use crate::HubSpot;

const BASE: &str = "https://api.hubapi.com";

/// The address of a path. IDs and names out of payloads are added with `path_segment`.
#[must_use]
pub fn url(path: &str) -> String {
    format!("{BASE}{path}")
}

/// Asks for one contact: HubSpot has no request of its own that tests a token.
///
/// # Errors
/// HubSpot refuses the token or does not answer.
pub async fn test_authentication(cx: &Context<HubSpot>) -> Result<()> {
    let request = cx.get(url("/crm/v3/objects/contacts"));
    request.query([("limit", "1")]).send().await.map(drop)
}

/// Exchanges the refresh token ([reference](https://developers.hubspot.com/docs/api-reference/auth-oauth-v1/tokens/post-oauth-v1-token)).
/// HubSpot's refresh tokens stay the same.
///
/// # Errors
/// HubSpot refuses the refresh token or does not answer.
pub async fn refresh_access_token(cx: &Context<HubSpot>) -> Result<Option<RefreshedTokens>> {
    #[derive(Deserialize)]
    struct Tokens {
        access_token: Option<Secret>,
    }
    let auth = cx.auth();
    let form = [
        ("refresh_token", exposed(auth.refresh_token.as_ref())),
        ("client_id", auth.client_id.as_deref().unwrap_or_default()),
        ("client_secret", exposed(auth.client_secret.as_ref())),
        ("grant_type", "refresh_token"),
    ];
    let answer = cx.post(url("/oauth/v1/token")).form(form).send().await?;
    let tokens: Tokens = answer.json()?;
    Ok(tokens.access_token.map(|access_token| RefreshedTokens {
        access_token,
        refresh_token: None,
    }))
}

fn exposed(secret: Option<&Secret>) -> &str {
    secret.map_or("", Secret::expose)
}

/// Whether HubSpot answered with this status.
#[must_use]
pub fn has_status(error: &Error, status: u16) -> bool {
    error.response().is_some_and(|answer| answer.status() == status)
}

/// HubSpot's own words about a failure.
#[must_use]
pub fn partner_message(error: &Error) -> Option<&str> {
    error.response_data()?.get("message")?.as_str()
}
