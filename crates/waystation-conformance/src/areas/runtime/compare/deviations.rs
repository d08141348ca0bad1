//! The deviations that a case's tags accept.

use serde_json::Value;

/// Which of the weaknesses that a case records need not be ours.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Deviations {
    /// `waste`: the last token request may be missing.
    pub(super) waste: bool,
    /// `duplicate`: what had succeeded need not be sent again.
    pub(super) duplicate: bool,
    /// `lost-result`: known results may be returned instead of a failure of the whole.
    pub(super) lost_result: bool,
    /// `lost-error`: errors may be told that the reference keeps to itself.
    pub(super) lost_error: bool,
    /// `message-prefix`: of wording, only what stands before the colon counts.
    pub(super) message_prefix: bool,
    /// `unordered`: requests were sent at the same time.
    pub(super) unordered: bool,
}

impl Deviations {
    pub(super) fn of(content: &Value) -> Self {
        let has = |name: &str| super::list(&content["tags"]).iter().any(|tag| tag == name);
        Self {
            waste: has("waste"),
            duplicate: has("duplicate"),
            lost_result: has("lost-result"),
            lost_error: has("lost-error"),
            message_prefix: has("message-prefix"),
            unordered: has("unordered"),
        }
    }
}
