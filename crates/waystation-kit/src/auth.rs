//! How a destination knows its workspace.

use serde_json::Value;
use waystation_json::JsonObject;

use crate::secret::Secret;

/// How requests are authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// A user name and a password.
    Basic,
    /// Whatever the destination does with its settings.
    Custom,
    /// OAuth 2 with access tokens that are refreshed here.
    OAuth2,
    /// OAuth 2 with an app that the platform manages; refreshed here as well.
    OAuthManaged,
}

impl Scheme {
    /// The name in a manifest.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Custom => "custom",
            Self::OAuth2 => "oauth2",
            Self::OAuthManaged => "oauth-managed",
        }
    }

    /// Whether a 401 is answered by refreshing the access token.
    #[must_use]
    pub const fn refreshes_tokens(self) -> bool {
        matches!(self, Self::OAuth2 | Self::OAuthManaged)
    }
}

/// The OAuth side of a connection, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Auth {
    /// Sent with requests.
    pub access_token: Option<Secret>,
    /// Exchanged for a new access token.
    pub refresh_token: Option<Secret>,
    /// Where tokens are exchanged, if the workspace has an address of its own.
    pub refresh_token_url: Option<String>,
    /// The app's id; only known while refreshing.
    pub client_id: Option<String>,
    /// The app's secret; only known while refreshing.
    pub client_secret: Option<Secret>,
}

impl Auth {
    /// Reads the `oauth` object of stored settings; unknown keys are left alone.
    #[must_use]
    pub fn from_settings(oauth: Option<&Value>) -> Self {
        let text = |key: &str| oauth?.get(key)?.as_str().map(str::to_owned);
        Self {
            access_token: text("access_token").map(Secret::from),
            refresh_token: text("refresh_token").map(Secret::from),
            refresh_token_url: text("refresh_token_url"),
            client_id: text("clientId"),
            client_secret: text("clientSecret").map(Secret::from),
        }
    }

    /// What an action may see: the tokens, not the app's credentials.
    #[must_use]
    pub fn for_actions(&self) -> Self {
        Self {
            client_id: None,
            client_secret: None,
            ..self.clone()
        }
    }

    /// What the request client of a token refresh is extended with: no tokens at all.
    #[must_use]
    pub fn without_tokens(&self) -> Self {
        Self {
            access_token: None,
            refresh_token: None,
            ..self.clone()
        }
    }

    /// The texts to keep out of logs and records.
    pub fn secrets(&self) -> impl Iterator<Item = &Secret> {
        [&self.access_token, &self.refresh_token, &self.client_secret]
            .into_iter()
            .flatten()
    }
}

/// What a partner hands out for a refresh token.
#[derive(Debug, Clone, PartialEq)]
pub struct RefreshedTokens {
    /// The new access token.
    pub access_token: Secret,
    /// A new refresh token, if the partner rotates them.
    pub refresh_token: Option<Secret>,
}

impl RefreshedTokens {
    /// The tokens that are in force after the exchange: a partner that hands out no new refresh token, or an empty
    /// one, leaves the old one in force (RFC 6749 section 6).
    #[must_use]
    pub fn keeping(self, refresh_token: Option<Secret>) -> Self {
        let handed_out = self.refresh_token.filter(|token| !token.is_empty());
        Self {
            refresh_token: handed_out.or(refresh_token),
            ..self
        }
    }

    /// Puts the tokens into the `oauth` object of stored settings: the access token always, the refresh
    /// token only if there is one. Settings without an `oauth` object get none; an empty place for one goes.
    pub fn store_in(&self, settings: &mut JsonObject) {
        let oauth = match settings.get_mut("oauth") {
            Some(Value::Object(oauth)) => oauth,
            Some(Value::Null) => {
                settings.shift_remove("oauth");
                return;
            }
            _ => return,
        };
        oauth.insert("access_token".into(), self.access_token.expose().into());
        if let Some(refresh_token) = self.refresh_token.as_ref().filter(|token| !token.is_empty()) {
            oauth.insert("refresh_token".into(), refresh_token.expose().into());
        }
    }
}
