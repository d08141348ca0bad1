//! Fields that several actions have.

use waystation_kit::batching::Batching;
use waystation_kit::hashing::hash_once;
use waystation_kit::prelude::*;

/// How events are gathered before they come here; no action reads these fields. An action takes them in with
/// `#[payload(extend = batching)]`.
#[must_use]
pub fn batching() -> Fields {
    Batching::up_to(500).initially(100).fields()
}

/// As [`batching`], but only events for the same list share a batch.
#[must_use]
pub fn batching_by_list() -> Fields {
    Batching::up_to(500).grouped_by(["list_id"]).fields()
}

/// An e-mail address as Example CRM wants to have it hashed. What is a hash already stays as it is.
#[must_use]
pub fn hashed_email(email: &str) -> String {
    hash_once(email, |email| email.trim().to_lowercase())
}
