//! The project to send to: its two keys, and where its API listens.

use serde::Deserializer;
use serde::de::Error as _;
use waystation_kit::fields::FieldType;
use waystation_kit::prelude::*;
use waystation_kit::{BaseUrl, FieldValue};

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
    #[serde(default, deserialize_with = "without_version")]
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

/// Reads the base URL, which must not name the version: every request adds it by itself.
fn without_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<BaseUrl>, D::Error> {
    let base = Option::<BaseUrl>::deserialize(deserializer)?;
    match base {
        Some(base) if base.as_str().ends_with("/v1") => Err(D::Error::custom("the base URL ends before /v1")),
        base => Ok(base),
    }
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

    fn base(text: &str) -> Result<Option<BaseUrl>, String> {
        let settings = json!({"publicKey": "pk_1", "secretKey": "sk_1", "baseUrl": text});
        let settings: Result<PlunkSettings, _> = serde_json::from_value(settings);
        settings
            .map(|settings| settings.base_url)
            .map_err(|error| error.to_string())
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
        for (text, expected) in [
            ("https://plunk.test/", "https://plunk.test"),
            (" http://plunk.test/api/ ", "http://plunk.test/api"),
        ] {
            assert_eq!(base(text).unwrap().unwrap().as_str(), expected, "{text}");
        }
        for (text, fault) in [
            ("ftp://plunk.test", "begins with https:// or http://"),
            ("https://plunk.test/?a=b", "no user name, query or fragment"),
            ("https://me:pw@plunk.test", "no user name, query or fragment"),
            ("https://plunk.test/v1/", "ends before /v1"),
            ("plunk.test", "cannot be read"),
        ] {
            let error = base(text).unwrap_err();
            assert!(error.contains(fault), "{text}: {error}");
        }
    }

    #[test]
    fn the_base_url_may_be_left_out() {
        for settings in [
            json!({"publicKey": "pk_1", "secretKey": "sk_1"}),
            json!({"publicKey": "pk_1", "secretKey": "sk_1", "baseUrl": null}),
        ] {
            let settings: PlunkSettings = serde_json::from_value(settings).unwrap();
            assert_eq!(settings.base_url, None);
        }
    }
}
