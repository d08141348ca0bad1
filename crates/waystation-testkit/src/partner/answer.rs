//! One answer of a partner.

use std::time::Duration;

use serde_json::{Value, json};
use wiremock::ResponseTemplate;

/// An answer of a partner.
#[derive(Debug, Clone)]
#[must_use]
pub struct Answer(ResponseTemplate);

impl Answer {
    /// A status and JSON.
    pub fn json(status: u16, body: Value) -> Self {
        Self(ResponseTemplate::new(status).set_body_json(body))
    }

    /// A status and text.
    pub fn text(status: u16, body: &str) -> Self {
        Self(ResponseTemplate::new(status).set_body_string(body))
    }

    /// A status without a body.
    pub fn empty(status: u16) -> Self {
        Self(ResponseTemplate::new(status))
    }

    /// With a header.
    pub fn header(self, name: &str, value: &str) -> Self {
        Self(self.0.insert_header(name, value))
    }

    /// Only after this time.
    pub fn after(self, delay: Duration) -> Self {
        Self(self.0.set_delay(delay))
    }

    pub(super) fn unexpected() -> Self {
        Self::json(404, json!({"message": "the test has no answer for this request"}))
    }

    pub(super) fn into_template(self) -> ResponseTemplate {
        self.0
    }
}
