//! Sending again without doing again.
//!
//! Plunk remembers an [`Idempotency-Key`](https://docs.useplunk.com/guides/idempotency) for a day. The first
//! request claims it; a later one with the same key is answered 409, with what became of the first. A refusal
//! (4xx) sets the key free. Builds from before mid-2026 ignore the header.

use waystation_kit::hashing::sha256_hex;
use waystation_kit::prelude::*;

use crate::Plunk;

/// The header of the key.
pub const HEADER: &str = "Idempotency-Key";

/// A key: the same for the same event and purpose, however often it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key for what an action does because of an event; none for events without an ID.
    ///
    /// One event may start several subscriptions, and Plunk keeps keys for the whole project. So the
    /// subscription is in the key, and `purpose`, which tells apart what is done because of the event.
    #[must_use]
    pub fn new<A: ActionInfo<Plunk>>(
        cx: &Context<Plunk>,
        message_id: Option<&str>,
        purpose: &[&str],
    ) -> Option<Self> {
        let message_id = message_id.filter(|id| !id.is_empty())?;
        let subscription = cx.about().subscription.action_config_id.as_deref();
        let mut parts = vec![message_id, A::SLUG, subscription.unwrap_or_default()];
        parts.extend_from_slice(purpose);
        Some(Self::of_parts(&parts))
    }

    /// The key for sending again what may or may not have got through.
    #[must_use]
    pub fn for_resending(&self) -> Self {
        Self::of_parts(&[&self.0, "resent"])
    }

    /// The key as a text of 64 hexadecimal digits; Plunk takes 1 to 255 printable ASCII characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As a JSON list, ("ab", "c") and ("a", "bc") stay apart.
    fn of_parts(parts: &[&str]) -> Self {
        Self(sha256_hex(&json!(parts).to_string()))
    }
}

/// What a 409 says about the request that claimed the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FirstRequest {
    /// It succeeded: there is nothing left to do.
    Succeeded,
    /// It is still under way.
    StillRunning,
    /// It failed half-way, or nothing is said. Nobody can tell what was done.
    Unknown,
}

impl FirstRequest {
    /// Reads an answer; `None` if it is not about a key.
    #[must_use]
    pub fn of_answer(response: &Response) -> Option<Self> {
        if response.status() != 409 {
            return None;
        }
        let body: Value = response.json().ok()?;
        let error = body.get("error")?;
        if error.get("code")? != "IDEMPOTENCY_KEY_REUSED" {
            return None;
        }
        let status = error.get("details").and_then(|it| it.get("originalStatusCode"));
        Some(match status {
            Some(Value::Null) => Self::StillRunning,
            Some(status) if matches!(status.as_u64(), Some(200..=299)) => Self::Succeeded,
            _ => Self::Unknown,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(parts: &[&str]) -> String {
        IdempotencyKey::of_parts(parts).0
    }

    #[test]
    fn keys_stay_the_same() {
        assert_eq!(
            key(&["msg-1", "trackEvent"]),
            "795daa4227f4da69175cf7af8cd460401c6007ce1b09fa79add93cb5bc657765",
            "the computation must never change"
        );
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(key(&["ab", "c"]), key(&["a", "bc"]));
        assert_ne!(key(&["a", ""]), key(&["a"]));
    }

    #[test]
    fn a_key_for_resending_is_another() {
        let first = IdempotencyKey::of_parts(&["msg-1"]);
        assert_ne!(first, first.for_resending());
        assert_eq!(first.for_resending(), first.for_resending());
    }
}
