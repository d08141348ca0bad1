//! Requests to Sample Oauth, and reading what it says.

use waystation_kit::prelude::*;

use crate::SampleOauth;

/// The address of a path.
#[must_use]
pub fn url(path: &str) -> String {
    format!("https://api.sample-oauth.example{path}")
}

/// What Sample Oauth says to a batch: `{"rejected": [{"index": 1, "reason": "no such person"}]}`.
#[derive(Debug, Deserialize)]
struct BatchAnswer {
    #[serde(default)]
    rejected: Vec<Rejected>,
}

#[derive(Debug, Deserialize)]
struct Rejected {
    index: usize,
    reason: String,
}

/// Puts each complaint to its item. An item of which nothing is noted has failed, so success is said as well: the
/// partner names what it rejects, and takes everything else.
///
/// # Errors
/// The answer is not understood: nobody knows then what the partner took.
pub fn read_complaints(response: &Response, slots: &mut Slots<'_>) -> Result<()> {
    let answer: BatchAnswer = response.json()?;
    for rejected in answer.rejected {
        slots.refuse(Some(rejected.index), ItemError::payload(rejected.reason));
    }
    slots.succeed_others();
    Ok(())
}

/// Asks whether the credentials are valid.
///
/// # Errors
/// Sample Oauth refuses them or does not answer.
pub async fn test_authentication(cx: &Context<SampleOauth>) -> Result<()> {
    cx.get(url("/account")).send().await.map(drop)
}

/// Exchanges the refresh token for new tokens. The runtime calls this when an attempt is answered with 401.
///
/// # Errors
/// Sample Oauth refuses the refresh token, or its answer cannot be read.
pub async fn refresh_access_token(cx: &Context<SampleOauth>) -> Result<Option<RefreshedTokens>> {
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
    let tokens: Tokens = cx.post(url("/oauth/token")).form(form).send().await?.json()?;
    Ok(Some(RefreshedTokens {
        access_token: tokens.access_token,
        refresh_token: tokens.refresh_token,
    }))
}
