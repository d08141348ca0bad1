//! The ID by which Mixpanel recognizes an event that is sent again
//! ([reference](https://developer.mixpanel.com/reference/import-events#event-properties)): at most 36 letters, digits
//! and dashes.

use std::fmt;

use waystation_kit::hashing::sha256_hex;
use waystation_kit::prelude::*;

/// The most bytes that Mixpanel takes.
const LONGEST: usize = 36;

/// Digits of a hash. They leave room for the place of a product.
const HASH_LENGTH: usize = 32;

/// An insert ID. It is written in a form that Mixpanel takes, always the same one for the same ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsertId(String);

impl InsertId {
    /// The ID that the event came with.
    #[must_use]
    pub const fn given(id: String) -> Self {
        Self(id)
    }

    /// An ID that is the same for the same content.
    #[must_use]
    pub fn computed(name: &str, properties: &JsonObject) -> Self {
        Self(hash(&json!([name, properties]).to_string()))
    }

    /// The ID of a product of the event.
    #[must_use]
    pub fn of_product(&self, place: usize) -> Self {
        Self(format!("{place}{}", self.0))
    }
}

impl fmt::Display for InsertId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if self.0.len() <= LONGEST && self.0.bytes().all(is_known) {
            f.write_str(&self.0)
        } else {
            f.write_str(&hash(&self.0))
        }
    }
}

fn hash(text: &str) -> String {
    let mut hash = sha256_hex(text);
    hash.truncate(HASH_LENGTH);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(id: &str) -> String {
        InsertId::given(id.to_owned()).to_string()
    }

    #[test]
    fn ids_that_fit_stay() {
        for id in ["m-1", "29fc2962-6d9c-455d-95ad-95b84f09b9e4", &"x".repeat(36)] {
            assert_eq!(written(id), id);
        }
    }

    #[test]
    fn ids_that_do_not_fit_become_others_that_do_and_stay_the_same() {
        let ids = [
            "ajs-next-1725000000000-29fc2962-6d9c-455d-95ad-95b84f09b9e4",
            "msg-84649f71-6507-4ba1-9b23-6bec2458cf5d",
            "msg-84649f71-6507-4ba1-9b23-6bec2458cf5e",
            "with_underscore",
            "ünicode",
            &"x".repeat(37),
        ];
        let mut all: Vec<String> = ids.iter().map(|id| written(id)).collect();
        for (id, written_once) in ids.iter().zip(&all) {
            assert!(written_once.len() <= 36, "{id} {written_once}");
            assert!(
                written_once
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'),
                "{id}"
            );
            assert_eq!(*written_once, written(id));
        }
        all.sort();
        all.dedup();
        assert_eq!(all.len(), ids.len(), "different IDs stay different");
    }

    #[test]
    fn every_product_has_one_of_its_own() {
        let order = InsertId::given("29fc2962-6d9c-455d-95ad-95b84f09b9e4".to_owned());
        let ids: Vec<String> = (0..300)
            .map(|place| order.of_product(place).to_string())
            .collect();
        assert!(ids.iter().all(|id| id.len() <= 36 && *id != order.to_string()));
        assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), 300);
        assert_eq!(InsertId::given("m".to_owned()).of_product(1).to_string(), "1m");
    }
}
