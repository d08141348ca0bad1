//! Base64 and digests.

use std::fmt::Write;

use base64::Engine;
use base64::alphabet::STANDARD as ALPHABET;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::{Arguments, Filtered};
use crate::value::Value;

/// Reads what is left once everything but the alphabet has been taken out.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &ALPHABET,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DigestFilter {
    Base64Encode,
    Base64Decode,
    Sha256,
    HmacSha256,
}

impl DigestFilter {
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "base64_encode" => Self::Base64Encode,
            "base64_decode" => Self::Base64Decode,
            "sha256" => Self::Sha256,
            "hmac_sha256" => Self::HmacSha256,
            _ => return None,
        })
    }

    pub(super) fn apply<'a>(self, input: &Value<'a>, arguments: &mut Arguments<'_, 'a>) -> Filtered<'a> {
        let text = arguments.text_of(input)?;
        // Base64 is the longest that any of them makes: four bytes for three.
        arguments.budget.spend_bytes((text.len() / 3).saturating_mul(4))?;
        Ok(Value::from(match self {
            Self::Base64Encode => STANDARD.encode(text.as_bytes()),
            Self::Base64Decode => decode_base64(&text),
            Self::Sha256 => hexadecimal(&Sha256::digest(text.as_bytes())),
            Self::HmacSha256 => {
                let key = arguments.text(0)?;
                hmac_sha256(&key, &text)
            }
        }))
    }
}

fn hmac_sha256(key: &str, text: &str) -> String {
    // HMAC takes keys of any length, so the error cannot occur.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else {
        return String::new();
    };
    mac.update(text.as_bytes());
    hexadecimal(&mac.finalize().into_bytes())
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            // Writing to a `String` cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Reads as Node's `Buffer` does: both alphabets, other characters skipped, up to the first `=`. Of
/// characters beyond Latin-1 only the low byte counts.
fn decode_base64(text: &str) -> String {
    let mut symbols: Vec<u8> = text
        .encode_utf16()
        .map(|unit| unit.to_le_bytes()[0])
        .take_while(|byte| *byte != b'=')
        .filter_map(|byte| match byte {
            b'-' => Some(b'+'),
            b'_' => Some(b'/'),
            b'+' | b'/' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => Some(byte),
            _ => None,
        })
        .collect();
    // A single symbol at the end is less than a byte.
    if symbols.len() % 4 == 1 {
        symbols.pop();
    }
    let bytes = LENIENT.decode(symbols).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
