//! Failing on demand.

use waystation_kit::prelude::*;

use super::declared::payload;
use super::variants::{Probe, Variant};

payload!(Fail, "fail");

impl<V: Variant> ActionInfo<Probe<V>> for Fail {
    const SLUG: &'static str = "fail";
    const TITLE: &'static str = "Fail";
    const DESCRIPTION: &'static str = "Throws on demand";
}

impl<V: Variant> Action<Probe<V>> for Fail {
    async fn perform(_: &Context<Probe<V>>, payload: Self) -> Result<Output> {
        demanded(&payload.0)?;
        Ok(json!({"ok": true}).into())
    }
}

impl<V: Variant> BatchAction<Probe<V>> for Fail {
    async fn perform_batch(_: &Context<Probe<V>>, batch: Batch<Self>) -> Result<BatchOutput> {
        batch.payloads().try_for_each(|payload| demanded(&payload.0))?;
        Ok(BatchOutput::Delivered)
    }
}

/// The failure that a payload describes, if it describes one.
pub(super) fn demanded(description: &Value) -> Result<()> {
    let text = |key: &str| description.get(key).and_then(Value::as_str);
    let status = description
        .get("status")
        .and_then(Value::as_u64)
        .and_then(|status| status.try_into().ok());
    let code = text("code").map(ErrorCode::from_partner);
    let message = text("message").unwrap_or("boom").to_owned();
    Err(match text("kind").unwrap_or_default() {
        "none" => return Ok(()),
        "integration" => Error::Integration {
            message,
            code: code.unwrap_or(ErrorCode::new("PROBE_CODE")),
            status,
            after: None,
        },
        "retryable" => Error::retryable(message).with_status(status.unwrap_or(500)),
        "invalid_authentication" => Error::InvalidAuthentication {
            message,
            code: code.unwrap_or(ErrorCode::INVALID_AUTHENTICATION),
            cause: None,
        },
        "payload_validation" => Error::PayloadValidation(message),
        "audience_membership" => Error::AudienceMembership(message),
        "api" => Error::api(message, status.unwrap_or(400)),
        "self_timeout" => Error::SelfTimeout(message),
        _ => Error::Internal(message),
    })
}
