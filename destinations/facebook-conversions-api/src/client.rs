//! Requests to the [Graph API](https://developers.facebook.com/docs/marketing-api/conversions-api/using-the-api).

use waystation_kit::prelude::*;

use crate::FacebookConversionsApi;
use crate::answer;
use crate::body::Body;
use crate::event::{Conversion, Kind};

/// The [version](https://developers.facebook.com/docs/graph-api/changelog/versions) that is spoken.
const GRAPH_API: &str = "https://graph.facebook.com/v24.0";

/// Where the operator keeps the access token of a
/// [system user](https://developers.facebook.com/docs/business-management-apis/system-users) who may send to all
/// the pixels.
pub const ACCESS_TOKEN: &str = "ACTIONS_FB_CAPI_SYSTEM_USER_TOKEN";

/// Sends an event.
///
/// # Errors
/// Meta would refuse the event, refuses it or does not answer, the answer is not Meta's, or there is no access token.
pub async fn send<K: Kind>(cx: &Context<FacebookConversionsApi>, event: &Conversion<K>) -> Result<Output> {
    event.check()?;
    let request = cx
        .post(GRAPH_API)
        .path_segment(&cx.settings().pixel_id)
        .path_segment("events")
        .bearer(&access_token(cx)?)
        .json(&Body::new(cx.settings(), event)?);
    answer::received(request.send().await.map_err(answer::failure)?)
}

fn access_token(cx: &Context<FacebookConversionsApi>) -> Result<Secret> {
    match cx.environment(ACCESS_TOKEN) {
        Some(token) if !token.is_empty() => Ok(token),
        _ => Err(Error::invalid_authentication(format!(
            "There is no access token: set {ACCESS_TOKEN} to that of a system user"
        ))),
    }
}
