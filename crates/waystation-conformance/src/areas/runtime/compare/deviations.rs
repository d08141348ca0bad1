//! The deviations that a case's tags accept.

use serde_json::Value;

/// Which of the weaknesses that a case records need not be ours.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::areas::runtime) struct Deviations {
    /// `waste`: the last token request may be missing.
    pub(in crate::areas::runtime) waste: bool,
    /// `duplicate`: what had succeeded need not be sent again.
    pub(in crate::areas::runtime) duplicate: bool,
    /// `lost-result`: known results may be returned instead of a failure of the whole.
    pub(in crate::areas::runtime) lost_result: bool,
    /// `lost-error`: errors may be told that the reference keeps to itself.
    pub(in crate::areas::runtime) lost_error: bool,
    /// `message-prefix`: of wording, only what stands before the colon counts.
    pub(in crate::areas::runtime) message_prefix: bool,
    /// `leak`: what is shown beyond an exchange itself may be missing or redacted.
    pub(in crate::areas::runtime) leak: bool,
    /// `state`: only a call's own exchanges are shown.
    pub(in crate::areas::runtime) state: bool,
    /// `unordered`: requests were sent at the same time.
    pub(in crate::areas::runtime) unordered: bool,
}

impl Deviations {
    pub(in crate::areas::runtime) fn of(content: &Value) -> Self {
        let has = |name: &str| super::list(&content["tags"]).iter().any(|tag| tag == name);
        Self {
            waste: has("waste"),
            duplicate: has("duplicate"),
            lost_result: has("lost-result"),
            lost_error: has("lost-error"),
            message_prefix: has("message-prefix"),
            leak: has("leak"),
            state: has("state"),
            unordered: has("unordered"),
        }
    }
}
