//! The project to send to: its two keys, and where its API listens.

use url::Url;
use waystation_kit::FieldValue;
use waystation_kit::fields::FieldType;
use waystation_kit::prelude::*;

/// Where Plunk's own service listens; see the
/// [overview of the API](https://next-wiki.useplunk.com/api-reference/overview).
pub const PLUNK_CLOUD: &str = "https://next-api.useplunk.com";

/// The project to send to, and how.
#[derive(Debug, Deserialize, Settings)]
#[serde(rename_all = "camelCase")]
pub struct PlunkSettings {
    /// The key that begins with `pk_`. Plunk takes events with it and nothing else. You find it in the
    /// [API keys of the project](https://docs.useplunk.com/api-reference/overview).
    #[field(label = "Public key")]
    pub public_key: PublicKey,
    /// The key that begins with `sk_`. Contacts and e-mails need it.
    #[field(label = "Secret key")]
    pub secret_key: SecretKey,
    /// Where the API listens. Change it only for a Plunk that you host yourself; leave `/v1` out.
    #[field(label = "Base URL", default = PLUNK_CLOUD)]
    pub base_url: Option<BaseUrl>,
    /// When Plunk fails while it works on an event or e-mail, it cannot be told whether it got through. If this
    /// is on, it is sent once more, and may then arrive twice. Otherwise it is reported as failed.
    #[field(label = "Send again when the outcome is unknown", default = false)]
    pub resend_unknown: Option<bool>,
}

/// The key for events.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct PublicKey(Secret);

/// The key for everything but events.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct SecretKey(Secret);

/// Why a text is not the key that belongs in its place. The text itself stays untold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WrongKey {
    /// The secret key stands where the public one belongs.
    #[error(
        "the public key begins with \"pk_\"; this is a secret key, which Plunk does not take events with"
    )]
    SecretForPublic,
    /// The public key stands where the secret one belongs.
    #[error("the secret key begins with \"sk_\"; this is a public key, with which Plunk takes events alone")]
    PublicForSecret,
    /// It is no key at all.
    #[error("the public key begins with \"pk_\", and this does not")]
    NotPublic,
    /// It is no key at all.
    #[error("the secret key begins with \"sk_\", and this does not")]
    NotSecret,
}

impl PublicKey {
    /// The key itself.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.0
    }
}

impl SecretKey {
    /// The key itself.
    #[must_use]
    pub const fn secret(&self) -> &Secret {
        &self.0
    }
}

impl TryFrom<String> for PublicKey {
    type Error = WrongKey;

    fn try_from(text: String) -> Result<Self, WrongKey> {
        match text.trim() {
            key if key.starts_with("pk_") => Ok(Self(key.into())),
            key if key.starts_with("sk_") => Err(WrongKey::SecretForPublic),
            _ => Err(WrongKey::NotPublic),
        }
    }
}

impl TryFrom<String> for SecretKey {
    type Error = WrongKey;

    fn try_from(text: String) -> Result<Self, WrongKey> {
        match text.trim() {
            key if key.starts_with("sk_") => Ok(Self(key.into())),
            key if key.starts_with("pk_") => Err(WrongKey::PublicForSecret),
            _ => Err(WrongKey::NotSecret),
        }
    }
}

impl FieldValue for PublicKey {
    const TYPE: FieldType = FieldType::Password;
}

impl FieldValue for SecretKey {
    const TYPE: FieldType = FieldType::Password;
}

/// Where the API listens, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct BaseUrl(String);

/// Why a text is not a base URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WrongBaseUrl {
    /// It cannot be read.
    #[error("the base URL cannot be read: {0}; expected something like {PLUNK_CLOUD}")]
    Unreadable(#[from] url::ParseError),
    /// It is not an address of the web.
    #[error("the base URL begins with https:// or http://")]
    Scheme,
    /// It goes on after the path.
    #[error("the base URL has no user name, query or fragment")]
    TooMuch,
    /// It names a version, which every request adds by itself.
    #[error("the base URL ends before /v1")]
    Version,
}

impl BaseUrl {
    /// The address, to put a path behind.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for BaseUrl {
    type Error = WrongBaseUrl;

    fn try_from(text: String) -> Result<Self, WrongBaseUrl> {
        let url = Url::parse(text.trim())?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(WrongBaseUrl::Scheme);
        }
        let has_credentials = !url.username().is_empty() || url.password().is_some();
        if has_credentials || url.query().is_some() || url.fragment().is_some() {
            return Err(WrongBaseUrl::TooMuch);
        }
        let base = url.as_str().trim_end_matches('/');
        if base.ends_with("/v1") {
            return Err(WrongBaseUrl::Version);
        }
        Ok(Self(base.to_owned()))
    }
}

impl FieldValue for BaseUrl {
    const TYPE: FieldType = FieldType::String;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> Result<PublicKey, WrongKey> {
        text.to_owned().try_into()
    }

    fn secret(text: &str) -> Result<SecretKey, WrongKey> {
        text.to_owned().try_into()
    }

    fn base(text: &str) -> Result<BaseUrl, WrongBaseUrl> {
        text.to_owned().try_into()
    }

    #[test]
    fn each_key_knows_its_kind() {
        assert_eq!(public(" pk_1\n").unwrap().secret().expose(), "pk_1");
        assert_eq!(secret("sk_1").unwrap().secret().expose(), "sk_1");
        assert_eq!(public("sk_1").unwrap_err(), WrongKey::SecretForPublic);
        assert_eq!(secret("pk_1").unwrap_err(), WrongKey::PublicForSecret);
        assert_eq!(public("Bearer pk_1").unwrap_err(), WrongKey::NotPublic);
        assert_eq!(secret("").unwrap_err(), WrongKey::NotSecret);
    }

    #[test]
    fn settings_do_not_print_keys() {
        let settings = json!({"publicKey": "pk_hush", "secretKey": "sk_hush"});
        let settings: PlunkSettings = serde_json::from_value(settings).unwrap();
        assert!(!format!("{settings:?}").contains("hush"), "{settings:?}");
        let swapped = json!({"publicKey": "sk_hush", "secretKey": "sk_hush"});
        let error = serde_json::from_value::<PlunkSettings>(swapped).unwrap_err();
        assert!(!error.to_string().contains("hush"), "{error}");
    }

    #[test]
    fn base_urls_take_a_path_behind_them() {
        assert_eq!(
            base("https://plunk.test/").unwrap().as_str(),
            "https://plunk.test"
        );
        assert_eq!(
            base(" http://plunk.test/api/ ").unwrap().as_str(),
            "http://plunk.test/api"
        );
        for (text, fault) in [
            ("ftp://plunk.test", WrongBaseUrl::Scheme),
            ("https://plunk.test/?a=b", WrongBaseUrl::TooMuch),
            ("https://me:pw@plunk.test", WrongBaseUrl::TooMuch),
            ("https://plunk.test/v1/", WrongBaseUrl::Version),
        ] {
            assert_eq!(base(text).unwrap_err(), fault, "{text}");
        }
        assert!(matches!(base("plunk.test"), Err(WrongBaseUrl::Unreadable(_))));
    }
}
