//! Signatures by Standard Webhooks, version 1.
//!
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>: the headers
//! `webhook-id`, `webhook-timestamp` and `webhook-signature`, which holds a signature of `id.timestamp.body` for each
//! key: `v1,` with the HMAC-SHA256 of a shared key (`whsec_`), `v1a,` with the Ed25519 signature of a private one
//! (`whsk_`). During a rotation requests are signed with the old key and with the new one.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde::de::Error as _;
use sha2::{Digest as _, Sha256};
use waystation_kit::FieldValue;
use waystation_kit::fields::FieldType;
use waystation_kit::prelude::*;

/// The lengths of shared keys that the specification allows, in bytes.
const SHARED_LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;

/// How much of a digest an id is made of, in bytes.
const ID_LENGTH: usize = 16;

/// The keys that requests are signed with; at least one.
pub struct SigningKeys(Vec<SigningKey>);

enum SigningKey {
    /// Shared with the receiver.
    Shared(Vec<u8>),
    /// Private; the receiver has its public half.
    Private(Box<Ed25519KeyPair>),
}

/// What a request is signed as.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The same for each try of one message, and for no other.
    pub id: &'a str,
    /// When it is sent, in seconds since 1970.
    pub timestamp: i64,
    /// The bytes that are sent.
    pub body: &'a [u8],
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKeys(<redacted>, {})", self.0.len())
    }
}

impl FieldValue for SigningKeys {
    const TYPE: FieldType = FieldType::Password;
}

impl<'de> Deserialize<'de> for SigningKeys {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Secret::deserialize(deserializer)?;
        let keys = texts.expose().split_whitespace().enumerate();
        let keys = keys.map(|(place, text)| {
            SigningKey::parse(text)
                .map_err(|problem| D::Error::custom(format!("key {}: {problem}", place + 1)))
        });
        keys.collect::<Result<_, _>>().map(Self)
    }
}

impl SigningKey {
    /// Reads a key. What is wrong with one is told without a part of it.
    fn parse(text: &str) -> Result<Self, &'static str> {
        let bytes = |encoded| {
            let decoded = STANDARD.decode(encoded);
            decoded.map_err(|_| "what follows the prefix is not Base64")
        };
        if let Some(encoded) = text.strip_prefix("whsec_") {
            let key = bytes(encoded)?;
            return match SHARED_LENGTHS.contains(&key.len()) {
                true => Ok(Self::Shared(key)),
                false => Err("a shared key has 24 to 64 bytes"),
            };
        }
        let Some(encoded) = text.strip_prefix("whsk_") else {
            return Err("a key begins with whsec_ (shared) or whsk_ (private)");
        };
        let key = bytes(encoded)?;
        let pair = match key.split_at_checked(32) {
            Some((seed, [])) => Ed25519KeyPair::from_seed_unchecked(seed),
            Some((seed, public)) => Ed25519KeyPair::from_seed_and_public_key(seed, public),
            None => return Err("a private key has 32 bytes, or 64 with its public half"),
        };
        pair.map(|pair| Self::Private(Box::new(pair)))
            .map_err(|_| "the private key and its public half do not belong together")
    }

    fn sign(&self, content: &[u8]) -> Result<String> {
        Ok(match self {
            Self::Shared(key) => {
                let mut mac = Hmac::<Sha256>::new_from_slice(key)
                    .map_err(|error| Error::internal(format!("a signing key cannot be used: {error}")))?;
                mac.update(content);
                format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
            }
            Self::Private(pair) => format!("v1a,{}", STANDARD.encode(pair.sign(content))),
        })
    }
}

impl SigningKeys {
    /// Whether there are none: the text was blank.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value of `webhook-signature`.
    ///
    /// # Errors
    /// None in practice: the keys were checked as they were read.
    pub fn sign(&self, message: Message<'_>) -> Result<String> {
        let head = format!("{}.{}.", message.id, message.timestamp);
        let content = [head.as_bytes(), message.body].concat();
        let signatures: Result<Vec<String>> = self.0.iter().map(|key| key.sign(&content)).collect();
        Ok(signatures?.join(" "))
    }

    /// The public halves of the private keys, as receivers are given them.
    #[must_use]
    pub fn public_keys(&self) -> Vec<String> {
        let pairs = self.0.iter().filter_map(|key| match key {
            SigningKey::Shared(_) => None,
            SigningKey::Private(pair) => Some(pair),
        });
        pairs
            .map(|pair| format!("whpk_{}", STANDARD.encode(pair.public_key().as_ref())))
            .collect()
    }
}

/// An id for a message, from what makes it this one: the address, the events' own ids, the body.
#[must_use]
pub fn message_id(url: &str, events: &[Value], body: &[u8]) -> String {
    let mut digest = Sha256::new();
    let mut part = |bytes: &[u8]| {
        digest.update((bytes.len() as u64).to_be_bytes());
        digest.update(bytes);
    };
    part(url.as_bytes());
    for event in events {
        let id = event.get("messageId").and_then(Value::as_str);
        part(id.unwrap_or_default().as_bytes());
    }
    part(body);
    let digest = digest.finalize();
    let hexadecimal = digest.iter().take(ID_LENGTH).map(|byte| format!("{byte:02x}"));
    format!("msg_{}", hexadecimal.collect::<String>())
}

#[cfg(test)]
mod tests {
    use ring::signature::{ED25519, UnparsedPublicKey};

    use super::*;

    /// Of the specification's own libraries' tests.
    const SHARED: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn keys(text: &str) -> Result<SigningKeys, serde_json::Error> {
        serde_json::from_value(json!(text))
    }

    #[test]
    fn signatures_are_those_of_other_implementations() {
        let message = Message {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            timestamp: 1_614_265_330,
            body: br#"{"test": 2432232314}"#,
        };
        assert_eq!(
            keys(SHARED).unwrap().sign(message).unwrap(),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn private_keys_sign_what_their_public_half_verifies() {
        // RFC 8032, section 7.1, test 1.
        let seed = [
            0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
            0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
        ];
        let text = format!("whsk_{}", STANDARD.encode(seed));
        let keys = keys(&text).unwrap();
        let public = keys.public_keys().pop().unwrap();
        assert_eq!(public, "whpk_11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
        let message = Message {
            id: "msg_1",
            timestamp: 5,
            body: b"{}",
        };
        let signature = keys.sign(message).unwrap();
        let signature = STANDARD.decode(signature.strip_prefix("v1a,").unwrap()).unwrap();
        let public = STANDARD.decode(public.strip_prefix("whpk_").unwrap()).unwrap();
        let public = UnparsedPublicKey::new(&ED25519, public);
        assert!(public.verify(b"msg_1.5.{}", &signature).is_ok());
        assert!(public.verify(b"msg_1.6.{}", &signature).is_err());
    }

    #[test]
    fn every_key_signs_during_a_rotation() {
        let both = format!("{SHARED}\n whsk_{}", STANDARD.encode([7; 32]));
        let message = Message {
            id: "msg_1",
            timestamp: 5,
            body: b"",
        };
        let signature = keys(&both).unwrap().sign(message).unwrap();
        let kinds: Vec<&str> = signature
            .split(' ')
            .filter_map(|part| part.split(',').next())
            .collect();
        assert_eq!(kinds, ["v1", "v1a"]);
    }

    #[test]
    fn faulty_keys_are_told_without_being_shown() {
        let short = format!("whsec_{}", STANDARD.encode([1; 23]));
        let torn = format!("whsk_{}", STANDARD.encode([1; 64]));
        for text in ["sesame", "whsec_###", "whsk_AAAA", &short, &torn, "whpk_AAAA"] {
            let both = format!("{SHARED} {text}");
            let error = keys(&both).unwrap_err().to_string();
            assert!(error.contains("key 2") && !error.contains(text), "{error}");
        }
        assert!(keys(" ").unwrap().is_empty());
    }

    #[test]
    fn ids_are_the_same_for_each_try_and_for_no_other_message() {
        let event = |id: &str| [json!({"messageId": id})];
        let id = message_id("https://a.example", &event("m-1"), b"{}");
        assert_eq!(id, message_id("https://a.example", &event("m-1"), b"{}"));
        assert_eq!(id.len(), "msg_".len() + 2 * ID_LENGTH);
        for other in [
            message_id("https://b.example", &event("m-1"), b"{}"),
            message_id("https://a.example", &event("m-2"), b"{}"),
            message_id("https://a.example", &event("m-1"), b"[]"),
        ] {
            assert_ne!(id, other);
        }
    }
}
