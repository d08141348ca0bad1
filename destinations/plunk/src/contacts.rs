//! [Contacts](https://docs.useplunk.com/api-reference/overview): finding them and deleting them.

use waystation_kit::fields::Format;
use waystation_kit::prelude::*;

use crate::Plunk;
use crate::client::{not_plunk, prepare, read, send, url};
use crate::email_address::EmailAddress;
use crate::refusal;

/// Contacts that Plunk lists at a time, at most.
const PAGE_SIZE: &str = "100";

/// A page of the list of contacts.
#[derive(Debug)]
pub struct Page {
    contacts: Vec<Value>,
    /// What to ask for the next page by, if there is one.
    next: Option<String>,
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
        let query = [("limit", PAGE_SIZE), ("search", email.as_str())];
        let query: Vec<(&str, &str)> = query
            .into_iter()
            .chain(cursor.as_deref().map(|cursor| ("cursor", cursor)))
            .collect();
        let page = page(cx, &query, message_id).await?;
        let has_address = |contact: &&Value| {
            let address = contact.get("email").and_then(Value::as_str);
            address.is_some_and(|address| address.trim().to_lowercase() == email.as_str())
        };
        for contact in page.contacts.iter().filter(has_address) {
            let id = id_of(contact).ok_or_else(|| unlisted("a contact has no ID"))?;
            found.push(id);
        }
        match page.next {
            None => return Ok(found),
            next if next == cursor => return Err(unlisted("the next page is the same again")),
            next => cursor = next,
        }
    }
}

/// Why a list cannot be read to its end. Nothing was changed by asking for it.
fn unlisted(reason: &str) -> Error {
    Error::invalid_response(format!("Plunk's list of contacts cannot be read: {reason}")).of_a_read()
}

/// Asks for a page of contacts. Its entries and its cursor stand side by side, or in an object `data`, as
/// Plunk's own overview has it.
///
/// # Errors
/// Plunk refuses or does not answer, or the answer is not a list.
pub async fn page(cx: &Context<Plunk>, query: &[(&str, &str)], message_id: Option<&str>) -> Result<Page> {
    let request = cx.get(url(cx, "/contacts")).query(query.iter().copied());
    let answer = send(prepare(request, message_id)).await?;
    let body = read(&answer).map_err(Error::of_a_read)?;
    let list = body.get("data").and_then(Value::as_object).unwrap_or(&body);
    let Some(Value::Array(contacts)) = list.get("items").or_else(|| list.get("data")) else {
        return Err(not_plunk(&answer).of_a_read());
    };
    let cursor = ["cursor", "nextCursor"]
        .into_iter()
        .find_map(|key| list.get(key)?.as_str());
    let is_last = list.get("hasMore") == Some(&Value::Bool(false));
    if cursor.is_none() && list.get("hasMore") == Some(&Value::Bool(true)) {
        return Err(unlisted("there is more, and it does not say how to go on"));
    }
    Ok(Page {
        next: cursor.filter(|_| !is_last).map(str::to_owned),
        contacts: contacts.clone(),
    })
}

/// The ID of a contact: a text, or a number.
#[must_use]
pub fn id_of(contact: &Value) -> Option<String> {
    match contact.get("id")? {
        Value::String(id) if !id.is_empty() => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

/// Whether the contact was there to be deleted.
async fn delete(cx: &Context<Plunk>, id: &str, message_id: Option<&str>) -> Result<bool> {
    let request = cx.delete(url(cx, "/contacts")).path_segment(id);
    match prepare(request, message_id).send().await {
        Ok(answer) if answer.text().trim().is_empty() => Ok(true),
        Ok(answer) => read(&answer).map(|_| true),
        Err(error) if error.response().is_some_and(refusal::is_contact_not_found) => Ok(false),
        Err(error) => Err(refusal::explain(error)),
    }
}

fn deleted(ids: &[String]) -> Output {
    json!({"deleted": ids}).into()
}
