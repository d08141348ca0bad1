//! [Contacts](https://docs.useplunk.com/api-reference/overview): finding them and deleting them.

use waystation_kit::fields::Format;
use waystation_kit::prelude::*;

use crate::Plunk;
use crate::client::{prepare, send, url};
use crate::email_address::EmailAddress;
use crate::refusal;

/// Contacts that Plunk lists at a time, at most.
const PAGE_SIZE: &str = "100";

/// A page of the list of contacts.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    data: Vec<Contact>,
    cursor: Option<String>,
    has_more: bool,
}

#[derive(Debug, Deserialize)]
struct Contact {
    id: String,
    email: String,
}

/// Forgets a person, whose user ID has to be an e-mail address or the ID of a contact: Plunk knows people by
/// nothing else. Later events may bring the person back.
///
/// # Errors
/// The user ID is neither, there is no contact with the ID, or Plunk refuses or does not answer.
pub async fn forget_person(cx: &Context<Plunk>, user: DeleteUser) -> Result<Output> {
    let user_id = user.user_id.unwrap_or_default();
    if let Ok(email) = EmailAddress::try_from(user_id.clone()) {
        return delete_by_email(cx, &email, None).await;
    }
    if !Format::Uuid.matches(&user_id) {
        return Err(Error::payload(
            "Plunk knows people by e-mail address, and the user ID is none; \
             delete the contact with the action Delete Contact, by its address",
        ));
    }
    // An unknown ID may be one of another system, and the person still among the contacts.
    if delete(cx, &user_id, None).await? {
        Ok(deleted(&[user_id]))
    } else {
        let message = "Plunk has no contact with this ID; delete people by e-mail address";
        Err(Error::integration(message, ErrorCode::from_status(404), 404))
    }
}

/// Deletes the contact with this ID, if it is still there.
///
/// # Errors
/// Plunk refuses or does not answer.
pub async fn delete_by_id(cx: &Context<Plunk>, id: String, message_id: Option<&str>) -> Result<Output> {
    let was_there = delete(cx, &id, message_id).await?;
    Ok(deleted(was_there.then_some(id).as_slice()))
}

/// Deletes every contact with this address, however it is spelt: older builds keep one for each spelling.
///
/// # Errors
/// Plunk refuses or does not answer. Trying again goes on where it stopped.
pub async fn delete_by_email(
    cx: &Context<Plunk>,
    email: &EmailAddress,
    message_id: Option<&str>,
) -> Result<Output> {
    let mut gone = Vec::new();
    for id in find(cx, email, message_id).await? {
        if delete(cx, &id, message_id).await? {
            gone.push(id);
        }
    }
    Ok(deleted(&gone))
}

/// The contacts with an address. Plunk searches for parts of addresses, so what it finds is compared.
async fn find(cx: &Context<Plunk>, email: &EmailAddress, message_id: Option<&str>) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let page = page(cx, email, cursor.as_deref(), message_id).await?;
        let matching = page
            .data
            .into_iter()
            .filter(|contact| contact.email.trim().to_lowercase() == email.as_str());
        found.extend(matching.map(|contact| contact.id));
        match page.cursor {
            _ if !page.has_more => return Ok(found),
            Some(next) if cursor.as_ref() != Some(&next) => cursor = Some(next),
            _ => {
                return Err(Error::invalid_response(
                    "Plunk has more contacts, and does not say how to go on",
                ));
            }
        }
    }
}

async fn page(
    cx: &Context<Plunk>,
    email: &EmailAddress,
    cursor: Option<&str>,
    message_id: Option<&str>,
) -> Result<Page> {
    let query = [("limit", PAGE_SIZE), ("search", email.as_str())];
    let query = query.into_iter().chain(cursor.map(|cursor| ("cursor", cursor)));
    let request = cx.get(url(cx, "/contacts")).query(query);
    send(cx, prepare(request, message_id)).await?.json()
}

/// Whether the contact was there to be deleted.
async fn delete(cx: &Context<Plunk>, id: &str, message_id: Option<&str>) -> Result<bool> {
    let request = cx.delete(url(cx, "/contacts")).path_segment(id);
    match prepare(request, message_id).send().await {
        Ok(_) => Ok(true),
        Err(error) if error.response().is_some_and(refusal::is_contact_not_found) => Ok(false),
        Err(error) => Err(refusal::explain(error, cx.now_millis())),
    }
}

fn deleted(ids: &[String]) -> Output {
    json!({"deleted": ids}).into()
}
