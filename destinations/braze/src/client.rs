//! Requests to the [REST API](https://www.braze.com/docs/api/home).

use waystation_kit::multistatus::partner_message;
use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;
use waystation_kit::retry::wanted_wait;

use crate::Braze;
use crate::answer;

/// The address of a path at the cluster of the workspace.
pub fn url(cx: &Context<Braze>, path: &str) -> String {
    format!("{}{path}", cx.settings().endpoint.trim_end_matches('/'))
}

/// A request with a JSON body, on its way to a path.
pub fn post(cx: &Context<Braze>, path: &str, body: &(impl Serialize + Sync)) -> RequestBuilder {
    cx.post(url(cx, path)).json(body)
}

/// Deletes a person ([reference](https://www.braze.com/docs/api/endpoints/user_data/post_user_delete/)).
///
/// # Errors
/// There is no user ID, or Braze refuses or does not answer.
pub async fn delete_user(cx: &Context<Braze>, user: DeleteUser) -> Result<Output> {
    let user_id = user
        .user_id
        .filter(|id| !id.is_empty())
        .ok_or_else(|| Error::payload("Braze deletes people by external ID, and there is no user ID"))?;
    let request = post(cx, "/users/delete", &json!({"external_ids": [user_id]}));
    let response = request.send().await?;
    answer::assert_taken(&response)?;
    Ok(response.into())
}

/// Makes Braze's own words the message of a refusal, where it says any. The wait that it asks for stays.
#[must_use]
pub fn in_words_of_braze(error: Error) -> Error {
    let Error::Http(response) = &error else {
        return error;
    };
    let says_something = response
        .data()
        .and_then(|data| data.get("message")?.as_str())
        .is_some_and(|message| !message.is_empty());
    if !says_something {
        return error;
    }
    Error::api(partner_message(response), response.status())
        .with_retry_after(wanted_wait(&error))
        .with_request_id(response.request_id())
}
