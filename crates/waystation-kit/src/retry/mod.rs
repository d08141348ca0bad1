//! Which failures are worth another attempt, and when: the one place that says so.

mod hint;

pub use hint::{wait_in_headers, wanted_wait};

/// Whether the same request may succeed later: 408, 423, 429 and every 5xx except 501
/// (`docs/life-of-an-event.md`).
#[must_use]
pub const fn is_retryable_status(status: u16) -> bool {
    matches!(status, 408 | 423 | 429) || (status >= 500 && status != 501)
}

#[cfg(test)]
mod tests {
    use super::is_retryable_status;

    #[test]
    fn only_transient_statuses_are_retryable() {
        for status in [408, 423, 429, 500, 502, 503, 504, 529, 599] {
            assert!(is_retryable_status(status), "{status} should be retryable");
        }
        for status in [200, 301, 400, 401, 404, 409, 425, 501] {
            assert!(!is_retryable_status(status), "{status} should be final");
        }
    }
}
