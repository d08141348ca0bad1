//! Profiles ([reference](https://developers.klaviyo.com/en/reference/profiles_api_overview)).

use waystation_kit::prelude::*;
use waystation_kit::wire::WireObject;

use crate::Klaviyo;
use crate::client::{encoded, url};
use crate::identity::Identifiers;
use crate::wire::{Document, document, resource};

/// What is known about a person besides the identifiers. What is left out stays as Klaviyo knows it.
#[derive(Debug, Clone, Default)]
pub struct Details {
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// Whom the person works for.
    pub organization: Option<String>,
    /// The job title.
    pub title: Option<String>,
    /// The address of a picture.
    pub image: Option<String>,
    /// Where the person lives.
    pub location: Option<JsonObject>,
    /// Anything else.
    pub properties: Option<JsonObject>,
}

/// The attributes of a profile.
#[must_use]
pub fn attributes(identifiers: Identifiers, details: Details) -> JsonObject {
    WireObject::new()
        .with_some("email", identifiers.email)
        .with_some("external_id", identifiers.external_id)
        .with_some("phone_number", identifiers.phone_number)
        .with_some("first_name", details.first_name)
        .with_some("last_name", details.last_name)
        .with_some("organization", details.organization)
        .with_some("title", details.title)
        .with_some("image", details.image)
        .with_some("location", details.location)
        .with_some("properties", details.properties)
        .into()
}

/// A profile that Klaviyo keeps.
#[derive(Debug)]
pub struct Stored {
    /// What Klaviyo answered.
    pub response: Response,
    id: Option<String>,
}

impl Stored {
    /// The ID of the profile.
    ///
    /// # Errors
    /// The answer does not tell it.
    pub fn id(&self) -> Result<String> {
        match &self.id {
            Some(id) => Ok(id.clone()),
            None => created_id(&self.response),
        }
    }
}

/// An answer about one profile.
#[derive(Deserialize)]
struct OneProfile {
    data: Profile,
}

/// A profile, as far as it matters here.
#[derive(Debug, Deserialize)]
pub struct Profile {
    /// Its ID.
    pub id: String,
}

fn created_id(response: &Response) -> Result<String> {
    Ok(response.json::<OneProfile>()?.data.id)
}

/// Creates a profile ([reference](https://developers.klaviyo.com/en/reference/create_profile)), or updates the
/// one that has the identifiers ([reference](https://developers.klaviyo.com/en/reference/update_profile)).
///
/// # Errors
/// Klaviyo refuses or does not answer.
pub async fn create_or_update(cx: &Context<Klaviyo>, attributes: JsonObject) -> Result<Stored> {
    let profile = resource("profile", attributes);
    match create(cx, &profile).await {
        Ok(response) => Ok(Stored { response, id: None }),
        Err(error) => {
            let id = duplicate(&error).ok_or(error)?;
            let response = update(cx, &id, profile).await?;
            Ok(Stored {
                response,
                id: Some(id),
            })
        }
    }
}

/// Creates a profile, or leaves the one that has the identifiers as it is; its ID.
///
/// # Errors
/// Klaviyo refuses or does not answer.
pub async fn create_or_find(cx: &Context<Klaviyo>, attributes: JsonObject) -> Result<String> {
    match create(cx, &resource("profile", attributes)).await {
        Ok(response) => created_id(&response),
        Err(error) => duplicate(&error).ok_or(error),
    }
}

async fn create(cx: &Context<Klaviyo>, profile: &Value) -> Result<Response> {
    let request = cx.post(url("/profiles/")).json(&Document { data: profile });
    request.send().await
}

async fn update(cx: &Context<Klaviyo>, id: &str, mut profile: Value) -> Result<Response> {
    if let Value::Object(profile) = &mut profile {
        profile.insert("id".to_owned(), id.into());
    }
    let request = cx.patch(url(&format!("/profiles/{}", encoded(id))));
    request.json(&document(profile)).send().await
}

/// The profile that has the identifiers already, where that is why Klaviyo refuses to create another.
fn duplicate(error: &Error) -> Option<String> {
    let conflict = error.response().filter(|response| response.status() == 409)?;
    let first = conflict.data()?.get("errors")?.get(0)?;
    let id = first.get("meta")?.get("duplicate_profile_id")?.as_str()?;
    (!id.is_empty()).then(|| id.to_owned())
}
