//! The account: testing credentials, refreshing tokens, forgetting a person.

use waystation_kit::prelude::*;

use crate::ExampleCrm;
use crate::client::url;

/// Where tokens are handed out, unless the connection names another address.
const TOKEN_URL: &str = "https://login.example.invalid/token";

/// Asks who we are. Any answer outside 2xx is an error already.
///
/// # Errors
/// The partner does not accept the credentials, or does not answer.
pub async fn test_authentication(cx: &Context<ExampleCrm>) -> Result<()> {
    cx.get(url(cx, "/me")).send().await.map(drop)
}

/// Exchanges the refresh token. The runtime calls this when an attempt is answered with 401, once for all
/// deliveries that notice, and then tries again; no action has to care.
///
/// # Errors
/// The partner refuses the refresh token, or its answer cannot be read.
pub async fn refresh_access_token(cx: &Context<ExampleCrm>) -> Result<Option<RefreshedTokens>> {
    #[derive(Deserialize)]
    struct Tokens {
        access_token: Secret,
        refresh_token: Option<Secret>,
    }
    let auth = cx.auth();
    let exposed = |secret: &Option<Secret>| secret.as_ref().map_or("", Secret::expose).to_owned();
    let form = [
        ("grant_type", "refresh_token".to_owned()),
        ("refresh_token", exposed(&auth.refresh_token)),
        ("client_id", auth.client_id.clone().unwrap_or_default()),
        ("client_secret", exposed(&auth.client_secret)),
    ];
    let address = auth.refresh_token_url.as_deref().unwrap_or(TOKEN_URL);
    let tokens: Tokens = cx.post(address).form(form).send().await?.json()?;
    Ok(Some(RefreshedTokens {
        access_token: tokens.access_token,
        refresh_token: tokens.refresh_token,
    }))
}

/// Forgets a person.
///
/// # Errors
/// There is no user ID, or the partner refuses.
pub async fn forget_person(cx: &Context<ExampleCrm>, user: DeleteUser) -> Result<Output> {
    let id = user
        .user_id
        .ok_or_else(|| Error::payload("Example CRM deletes contacts by user ID, and there is none"))?;
    // Never format an ID into an address: `path_segment` encodes it, so that it stays one part of the path.
    let request = cx.delete(url(cx, "/contacts")).path_segment(&id);
    match request.send().await {
        // Whom the partner does not know is forgotten already.
        Err(Error::Http(response)) if response.status() == 404 => Ok(Output::Nothing),
        answer => Ok(answer?.into()),
    }
}
