//! Access tokens: where they come from, and new ones for those that expire.
//!
//! DigiWedge documents bearer tokens and the code `TOKEN_EXPIRED`, but not how tokens are obtained: the
//! tenant's identity provider hands them out. A connection that has a refresh token and the provider's address
//! exchanges it as [RFC 6749](https://www.rfc-editor.org/rfc/rfc6749#section-6) says; any other keeps the token
//! of its settings until a person replaces it.

use waystation_kit::prelude::*;

use crate::DigiWedgeCrm;
use crate::settings::DigiWedgeSettings;

/// What a provider answers: tokens, or in the words of RFC 6749 (section 5.2) why there are none.
#[derive(Deserialize)]
struct Answer {
    access_token: Option<Secret>,
    refresh_token: Option<Secret>,
    error: Option<String>,
    error_description: Option<String>,
}

/// The token to send: that of the connection, else that of the settings.
#[must_use]
pub fn current<'a>(settings: &'a DigiWedgeSettings, auth: &'a Auth) -> Option<&'a Secret> {
    let of_connection = auth.access_token.as_ref();
    of_connection.or(settings.access_token.as_ref())
}

/// Exchanges the refresh token.
///
/// # Errors
/// The connection has no refresh token or no address to exchange it at, or the provider refuses.
pub async fn refresh(cx: &Context<DigiWedgeCrm>) -> Result<Option<RefreshedTokens>> {
    let auth = cx.auth();
    let (Some(refresh_token), Some(address)) = (&auth.refresh_token, &auth.refresh_token_url) else {
        return Err(Error::invalid_authentication(
            "DigiWedge does not accept the token, and there is no way to renew it: \
             put a new one into \"Access token\"",
        ));
    };
    let mut form = vec![
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token.expose()),
    ];
    form.extend(auth.client_id.as_deref().map(|id| ("client_id", id)));
    let secret = auth.client_secret.as_ref();
    form.extend(secret.map(|secret| ("client_secret", secret.expose())));
    let request = cx.post(address).without_credentials().form(form);
    let answer: Answer = request.public_addresses_only().send().await?.json()?;
    let is_given = |token: &Secret| !token.expose().trim().is_empty();
    let Some(access_token) = answer.access_token.filter(is_given) else {
        let words = answer.error_description.or(answer.error);
        return Err(Error::invalid_authentication(format!(
            "The identity provider hands out no new token: {}",
            words.as_deref().unwrap_or("it does not say why")
        )));
    };
    Ok(Some(RefreshedTokens {
        access_token,
        // A provider that says nothing of the refresh token lets the one that it has handed out stand (section 6).
        refresh_token: answer
            .refresh_token
            .filter(is_given)
            .or_else(|| Some(refresh_token.clone())),
    }))
}
