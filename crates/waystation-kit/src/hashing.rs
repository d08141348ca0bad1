//! Hashing of personal data, as advertising partners ask for it: SHA-256 in hexadecimal, once only.

use sha2::{Digest, Sha256};

/// Hexadecimal digits of a SHA-256 hash.
const HEX_LENGTH: usize = 64;

/// The SHA-256 hash of a text, in lower-case hexadecimal.
///
/// ```
/// # use waystation_kit::hashing::sha256_hex;
/// assert_eq!(&sha256_hex("ana@example.com")[..8], "8e43ca37");
/// ```
#[must_use]
pub fn sha256_hex(text: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut hex = String::with_capacity(HEX_LENGTH);
    for byte in Sha256::digest(text.as_bytes()) {
        hex.push(char::from(DIGITS[usize::from(byte >> 4)]));
        hex.push(char::from(DIGITS[usize::from(byte & 0xf)]));
    }
    hex
}

/// Whether a text has the form of a SHA-256 hash in hexadecimal.
#[must_use]
pub fn is_sha256_hex(text: &str) -> bool {
    text.len() == HEX_LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Hashes a text after bringing it into the partner's form; a text that is a hash already stays as it is, and
/// blank texts become the empty text.
///
/// ```
/// # use waystation_kit::hashing::{hash_once, sha256_hex};
/// let hashed = hash_once(" Ana@Example.com ", |text| text.trim().to_lowercase());
/// assert_eq!(hashed, sha256_hex("ana@example.com"));
/// assert_eq!(hash_once(&hashed, |text| text.to_owned()), hashed);
/// ```
pub fn hash_once(text: &str, clean: impl FnOnce(&str) -> String) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    if is_sha256_hex(text) {
        return text.to_owned();
    }
    sha256_hex(&clean(text))
}
