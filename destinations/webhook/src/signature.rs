//! The signature by which a receiver knows that a request is genuine.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use waystation_kit::prelude::*;

/// The HMAC-SHA1 of some bytes, in lower-case hexadecimal.
///
/// SHA-1 because existing receivers expect it; as the hash of an HMAC it is not known to be broken.
///
/// # Errors
/// None in practice: HMAC takes keys of every length.
pub fn sign(secret: &Secret, bytes: &[u8]) -> Result<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.expose().as_bytes())
        .map_err(|error| Error::internal(format!("the shared secret cannot be used as a key: {error}")))?;
    mac.update(bytes);
    let digest = mac.finalize().into_bytes();
    let mut hexadecimal = String::with_capacity(2 * digest.len());
    for byte in digest {
        // Writing to a text cannot fail.
        let _ = write!(hexadecimal, "{byte:02x}");
    }
    Ok(hexadecimal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_those_of_other_implementations() {
        for (secret, bytes, digest) in [
            // RFC 2202, test case 2.
            (
                "Jefe",
                "what do ya want for nothing?",
                "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
            ),
            // A key that is longer than a block of the hash.
            (&"a".repeat(80), "x", "39fd2ecd5d6cc8b38467589cf3d3abb82ecff7c6"),
        ] {
            assert_eq!(sign(&secret.into(), bytes.as_bytes()).unwrap(), digest);
        }
    }
}
