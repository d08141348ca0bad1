//! Profiles ([reference](https://developers.klaviyo.com/en/reference/profiles_api_overview)).

use waystation_kit::prelude::*;

use crate::client::url;
use crate::identity::Identifiers;
use crate::{Klaviyo, answer, wire};

/// The attributes of a profile: what identifies it, and the rest of what a payload knows. What is left out stays as
/// Klaviyo knows it.
///
/// # Errors
/// They cannot be written: a fault of this destination.
pub fn attributes_of(identifiers: &Identifiers, payload: &impl Serialize) -> Result<JsonObject> {
    let mut attributes = wire::attributes(identifiers)?;
    attributes.extend(wire::attributes(payload)?);
    // Null removes what Klaviyo knows; an empty text says nothing.
    if let Some(Value::Object(location)) = attributes.get_mut("location") {
        location.retain(|_, value| value != "");
    }
    Ok(attributes)
}

/// A profile that Klaviyo keeps.
#[derive(Debug)]
pub struct Stored {
    /// What Klaviyo answered.
    pub response: Response,
    /// The ID of the profile.
    pub id: String,
}

/// Creates a profile ([reference](https://developers.klaviyo.com/en/reference/create_profile)), or updates the
/// one that has the identifiers ([reference](https://developers.klaviyo.com/en/reference/update_profile)).
///
/// # Errors
/// Klaviyo refuses or does not answer.
pub async fn create_or_update(cx: &Context<Klaviyo>, attributes: JsonObject) -> Result<Stored> {
    let answer = create(cx, &attributes).await;
    if let Some(id) = duplicate(&answer) {
        let response = update(cx, &id, &attributes).await?;
        // That there is a profile in the answer is the proof; its ID is known.
        answer::id_of(&response)?;
        return Ok(Stored { response, id });
    }
    let response = answer?;
    let id = answer::id_of(&response)?;
    Ok(Stored { response, id })
}

/// Creates a profile, or leaves the one that has the identifiers as it is; its ID.
///
/// # Errors
/// Klaviyo refuses or does not answer.
pub async fn create_or_find(cx: &Context<Klaviyo>, attributes: JsonObject) -> Result<String> {
    let answer = create(cx, &attributes).await;
    match duplicate(&answer) {
        Some(id) => Ok(id),
        None => answer::id_of(&answer?),
    }
}

async fn create(cx: &Context<Klaviyo>, attributes: &JsonObject) -> Result<Response> {
    let request = cx.post(url("/profiles/")).json(&wire::new("profile", attributes));
    request.send().await
}

async fn update(cx: &Context<Klaviyo>, id: &str, attributes: &JsonObject) -> Result<Response> {
    let profile = json!({"type": "profile", "id": id, "attributes": attributes});
    let request = cx.patch(url("/profiles")).path_segment(id);
    request.json(&json!({"data": profile})).send().await
}

/// The profile that has the identifiers already, where that is why Klaviyo refuses to create another.
fn duplicate(answer: &Result<Response>) -> Option<String> {
    let conflict = answer.as_ref().err()?.response()?;
    let of_error = |error: &Value| {
        let id = error.get("meta")?.get("duplicate_profile_id")?.as_str()?;
        (!id.is_empty()).then(|| id.to_owned())
    };
    let errors = (conflict.status() == 409).then(|| answer::errors(conflict))?;
    errors.iter().find_map(of_error)
}
