//! How much of a call an answer tells: what callers and partners bring multiplies, and an answer has an end.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use waystation_client::record::{ShownExchange, shown_body, text_size};
use waystation_client::{Exchanges, Redactor};
use waystation_kit::Response;

/// How large reports are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReportLimits {
    /// How many bytes are told of each body, sent or received.
    pub body: usize,
    /// How many bytes the bodies and exchanges of an answer take in all; what comes when they are used up is left out.
    pub report: usize,
}

impl ReportLimits {
    /// Everything is told.
    pub const NONE: Self = Self {
        body: usize::MAX,
        report: usize::MAX,
    };
    /// For callers over the network: 64 KiB of each body, 4 MiB in all.
    pub const SERVICE: Self = Self {
        body: 64 << 10,
        report: 4 << 20,
    };
}

/// What is left of the room of an answer. Its reports share it.
pub(crate) struct Room {
    body: usize,
    left: Mutex<usize>,
}

impl Room {
    pub(crate) fn new(limits: ReportLimits) -> Self {
        Self {
            body: limits.body,
            left: Mutex::new(limits.report),
        }
    }

    /// A value without secrets, as far as there is room for it.
    pub(crate) fn value(&self, value: &Value, redactor: &Redactor) -> Value {
        self.within(|limit| redactor.value_within(value, limit))
    }

    /// The body of an answer without secrets, as far as there is room for it.
    pub(crate) fn body(&self, response: &Response, redactor: &Redactor) -> Value {
        self.within(|limit| shown_body(response, redactor, limit))
    }

    /// The exchanges of a call, and how many there is no room for.
    pub(crate) fn exchanges(
        &self,
        exchanges: &Exchanges,
        redactor: &Redactor,
    ) -> (Vec<ShownExchange>, usize) {
        exchanges.within(redactor, self.body, &mut self.locked())
    }

    fn within(&self, shown: impl FnOnce(usize) -> Value) -> Value {
        let mut left = self.locked();
        let shown = shown(self.body.min(*left));
        *left = left.saturating_sub(text_size(&shown));
        shown
    }

    fn locked(&self) -> MutexGuard<'_, usize> {
        // A number is always whole.
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_there_is_no_room_for_is_cut() {
        let room = Room::new(ReportLimits { body: 40, report: 60 });
        let redactor = Redactor::default();
        let value = json!({"a": "xxxxxxxxxx"});
        assert_eq!(room.value(&value, &redactor), value);
        let long = json!("y".repeat(100_000));
        assert_eq!(
            room.value(&long, &redactor),
            json!(format!("\"{}…", "y".repeat(39)))
        );
        assert_eq!(room.value(&value, &redactor), json!("… (18 more bytes)"));
        assert_eq!(*room.locked(), 0);
    }
}
