//! When to leave the rest of a batch for later.
//!
//! A tenant has [a hundred writes a minute](https://crm-docs-internal.uat.digiwedge.com/reference/api/errors),
//! and every answer says how many are left (`X-RateLimit-Remaining`) and until when (`X-RateLimit-Reset`). A
//! batch that needs a request for each item stops before it is told to.

use waystation_kit::prelude::*;

use crate::refusal::header_wait;

/// Why the remaining items of a batch are not worth a request now, if they are not: nothing is left of the
/// limit, or the failure would meet every one of them. A fault of the server may be the item's own, and holds
/// nobody else up.
#[must_use]
pub fn reason_to_stop(answer: &Result<Response>) -> Option<Error> {
    match answer {
        Ok(response) if is_used_up(response) => Some(
            Error::retryable("DigiWedge takes no more requests for the moment; this item was not sent")
                .with_status(429)
                .with_code(ErrorCode::new("RATE_LIMITED"))
                .with_retry_after(header_wait(response)),
        ),
        Ok(_) => None,
        Err(error) => matches!(error.status(), None | Some(401 | 402 | 429 | 503)).then(|| error.clone()),
    }
}

fn is_used_up(response: &Response) -> bool {
    let remaining = response.header("x-ratelimit-remaining");
    remaining.is_some_and(|remaining| remaining.trim() == "0")
}
