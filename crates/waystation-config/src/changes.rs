//! What a new configuration changes, so that what stays the same goes on undisturbed.

use std::fmt;

/// Equal for equal parts of a configuration, the values of secrets included. It shows nothing of them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 32]);

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint")
    }
}
