//! Requests to the [Graph API](https://developers.facebook.com/docs/marketing-api/conversions-api/using-the-api), and
//! what its refusals mean.

use waystation_kit::prelude::*;

use crate::FacebookConversionsApi;
use crate::event::{Body, ConversionEvent};

/// The [version](https://developers.facebook.com/docs/graph-api/changelog/versions) that is spoken.
const GRAPH_API: &str = "https://graph.facebook.com/v24.0";

/// Where the operator keeps the access token of a
/// [system user](https://developers.facebook.com/docs/business-management-apis/system-users) who may send to all
/// the pixels.
pub const ACCESS_TOKEN: &str = "ACTIONS_FB_CAPI_SYSTEM_USER_TOKEN";

/// Sends an event.
///
/// # Errors
/// Meta would refuse the event, refuses it or does not answer, or there is no access token.
pub async fn send<E: ConversionEvent>(cx: &Context<FacebookConversionsApi>, event: &E) -> Result<Output> {
    event.check()?;
    let request = cx
        .post(GRAPH_API)
        .path_segment(&cx.settings().pixel_id)
        .path_segment("events")
        .bearer(&access_token(cx)?)
        .json(&Body::new(cx.settings(), event));
    let answer = request.send().await.map_err(retryable_if_it_passes)?;
    Ok(answer.into())
}

fn access_token(cx: &Context<FacebookConversionsApi>) -> Result<Secret> {
    match cx.environment(ACCESS_TOKEN) {
        Some(token) if !token.is_empty() => Ok(token.into()),
        _ => Err(Error::invalid_authentication(format!(
            "There is no access token: set {ACCESS_TOKEN} to that of a system user"
        ))),
    }
}

/// What the Graph API says about a failure
/// ([reference](https://developers.facebook.com/docs/graph-api/guides/error-handling)).
#[derive(Debug, Deserialize)]
struct Refusal {
    error: GraphError,
}

#[derive(Debug, Deserialize)]
struct GraphError {
    #[serde(default)]
    message: String,
    code: u32,
    #[serde(default)]
    is_transient: bool,
}

impl GraphError {
    /// A status that says the failure passes; `None` for the others.
    fn passing_status(&self) -> Option<u16> {
        match self.code {
            // Limits of the app, the user, the page, and of the use of an API by a business.
            4 | 17 | 32 | 341 | 613 | 80_000..=80_014 => Some(429),
            // The service is down for a moment.
            1 | 2 => Some(503),
            _ => self.is_transient.then_some(503),
        }
    }
}

/// The Graph API answers 400 and 403 to whoever has reached a limit, and to some of its own failures. Only the
/// code tells that these pass.
fn retryable_if_it_passes(failure: Error) -> Error {
    if failure.is_retryable() {
        return failure;
    }
    let refusal = failure
        .response_data()
        .and_then(|data| Refusal::deserialize(data).ok());
    let Some(Refusal { error }) = refusal else {
        return failure;
    };
    match error.passing_status() {
        Some(status) => Error::retryable(error.message).with_status(status),
        None => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passing_status(error: &Value) -> Option<u16> {
        let refusal: Refusal = serde_json::from_value(json!({"error": error})).unwrap();
        refusal.error.passing_status()
    }

    #[test]
    fn limits_and_outages_pass() {
        for code in [4, 17, 32, 341, 613, 80_000, 80_004, 80_014] {
            assert_eq!(passing_status(&json!({"code": code})), Some(429), "{code}");
        }
        for code in [1, 2] {
            assert_eq!(passing_status(&json!({"code": code})), Some(503), "{code}");
        }
        assert_eq!(
            passing_status(&json!({"code": 99, "is_transient": true})),
            Some(503)
        );
    }

    #[test]
    fn other_refusals_stay() {
        for code in [3, 10, 100, 190, 200, 294, 368, 79_999, 80_015] {
            assert_eq!(
                passing_status(&json!({"code": code, "is_transient": false, "fbtrace_id": "A"})),
                None,
                "{code}"
            );
        }
    }
}
