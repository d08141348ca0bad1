//! Short keys for long texts.

use sha2::{Digest, Sha256};

/// Eight bytes of a text's SHA-256, for indexes. Equal keys do not prove equal texts.
pub(super) fn key(text: &str) -> i64 {
    let digest = Sha256::digest(text.as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&digest[..8]);
    i64::from_be_bytes(bytes)
}

/// Sixteen bytes for a message of a source: enough to take equal keys for equal messages.
pub(super) fn message(source: &str, message_id: &str) -> [u8; 16] {
    let mut hasher = Sha256::new();
    // The length keeps ("ab", "c") apart from ("a", "bc").
    hasher.update((source.len() as u64).to_be_bytes());
    hasher.update(source);
    hasher.update(message_id);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hasher.finalize()[..16]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_do_not_change_between_versions() {
        // The first bytes of sha256("a"), which any other program computes too.
        assert_eq!(key("a") as u64, 0xca97_8112_ca1b_bdca);
    }

    #[test]
    fn the_border_between_source_and_message_matters() {
        assert_ne!(message("ab", "c"), message("a", "bc"));
    }
}
