//! What must be equal within one request to a partner: a fact of the action, not of a mapping.

use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;
use sha2::{Digest, Sha256};

/// What payloads must have in common to travel in one request; those with equal keys may share one.
///
/// The key does not show what it was made of, which may include credentials.
///
/// ```
/// # use waystation_kit::RequestKey;
/// let key = |list: &str| RequestKey::of(&list);
/// assert_eq!(key("customers"), key("customers"));
/// assert_ne!(key("customers"), key("leads"));
/// assert_ne!(RequestKey::alone(), RequestKey::alone());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestKey(Parts);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Parts {
    Shared,
    Hash([u8; 32]),
    Alone(u64),
}

impl RequestKey {
    /// Payloads that may travel with any other of this key.
    pub const SHARED: Self = Self(Parts::Shared);

    /// The key of everything that has to be equal. What cannot be written as JSON travels alone.
    #[must_use]
    pub fn of(equal: &(impl Serialize + ?Sized)) -> Self {
        serde_json::to_vec(equal).map_or_else(
            |_| Self::alone(),
            |json| Self(Parts::Hash(Sha256::digest(json).into())),
        )
    }

    /// The key of a payload that travels alone: equal to no other.
    #[must_use]
    pub fn alone() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(Parts::Alone(NEXT.fetch_add(1, Ordering::Relaxed)))
    }
}
