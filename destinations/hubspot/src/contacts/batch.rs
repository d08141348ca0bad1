//! Many contacts at a time: read first, to know which are there; then some are created and the others updated.

use std::collections::HashMap;
use std::sync::Arc;

use waystation_kit::prelude::*;

use super::{CONTACTS, EMAIL, LIFECYCLE_STAGE, properties_of, stage_only};
use crate::HubSpot;
use crate::actions::UpsertContact;
use crate::batch_api::{self, Answer, RECORDS_A_REQUEST, Verb};
use crate::crm::Record;
use crate::flatten::says_something;
use crate::ledger::Ledger;

/// Where HubSpot keeps the addresses that a contact has besides the first, separated by semicolons.
const ADDITIONAL_EMAILS: &str = "hs_additional_emails";

/// A contact that is to be created or updated, and the items that ask for it.
#[derive(Debug)]
struct Wanted {
    /// In lower case, as HubSpot keeps it.
    email: String,
    properties: JsonObject,
    slots: Vec<usize>,
}

/// A contact that is there already.
#[derive(Debug)]
struct Update {
    id: String,
    properties: JsonObject,
    slots: Vec<usize>,
}

/// Creates and updates contacts.
///
/// # Errors
/// Whatever all items fail with together.
pub async fn upsert(cx: &Context<HubSpot>, batch: Batch<UpsertContact>) -> Result<BatchOutput> {
    let mut ledger = Ledger::new(batch.len());
    let (contacts, sent) = by_email(batch);
    let mut waiting = contacts.into_iter();
    loop {
        let part: Vec<Wanted> = waiting.by_ref().take(RECORDS_A_REQUEST).collect();
        if part.is_empty() {
            return ledger.into_batch(sent);
        }
        upsert_part(cx, part, &mut ledger).await;
    }
}

/// The contacts by address, and the payload of each item. The last item about an address says how the contact is to
/// be.
fn by_email(batch: Batch<UpsertContact>) -> (Vec<Wanted>, Vec<Value>) {
    let mut contacts: Vec<Wanted> = Vec::with_capacity(batch.len());
    let mut payloads = Vec::with_capacity(batch.len());
    let mut places: HashMap<String, usize> = HashMap::with_capacity(batch.len());
    for (slot, item) in batch.into_iter().enumerate() {
        payloads.push(Arc::unwrap_or_clone(item.given));
        let mut contact = item.payload;
        contact.email = contact.email.to_lowercase();
        let email = contact.email.clone();
        let properties = properties_of(contact);
        if let Some(known) = places.get(&email).and_then(|&place| contacts.get_mut(place)) {
            known.properties = properties;
            known.slots.push(slot);
            continue;
        }
        places.insert(email.clone(), contacts.len());
        contacts.push(Wanted {
            email,
            properties,
            slots: vec![slot],
        });
    }
    (contacts, payloads)
}

async fn upsert_part(cx: &Context<HubSpot>, part: Vec<Wanted>, ledger: &mut Ledger) {
    let emails = part.iter().map(|contact| contact.email.as_str());
    let properties = [EMAIL, LIFECYCLE_STAGE, ADDITIONAL_EMAILS];
    match batch_api::read(cx, CONTACTS, EMAIL, &properties, emails).await {
        Ok(answer) => {
            let Sorted { unknown, known } = sort(part, &answer, ledger);
            create(cx, &unknown, ledger).await;
            update(cx, &known, ledger).await;
        }
        Err(error) => ledger.fail(part.into_iter().flat_map(|contact| contact.slots), error),
    }
}

/// What is to be created, and what is to be updated.
struct Sorted {
    unknown: Vec<Wanted>,
    known: Vec<Update>,
}

fn sort(part: Vec<Wanted>, answer: &Answer, ledger: &mut Ledger) -> Sorted {
    let ids = ids_by_email(&answer.results);
    let (mut unknown, mut known): (Vec<Wanted>, Vec<Update>) = Default::default();
    for contact in part {
        if let Some(&id) = ids.get(&contact.email) {
            add_update(&mut known, id, contact);
        } else if answer.errors.iter().any(|missing| missing.names(&contact.email)) {
            unknown.push(contact);
        } else {
            let message = "HubSpot does not say whether it has a contact with this e-mail address";
            ledger.fail(contact.slots, Error::invalid_response(message));
        }
    }
    Sorted { unknown, known }
}

/// The contacts by all of their addresses.
fn ids_by_email(contacts: &[Record]) -> HashMap<String, &str> {
    let text = |contact: &Record, property| {
        let text = contact.properties.get(property).and_then(Value::as_str);
        text.unwrap_or_default().to_lowercase()
    };
    let mut ids = HashMap::with_capacity(contacts.len());
    for contact in contacts {
        let further = text(contact, ADDITIONAL_EMAILS);
        for email in further.split(';').map(str::to_owned) {
            ids.entry(email).or_insert(contact.id.as_str());
        }
        ids.insert(text(contact, EMAIL), contact.id.as_str());
    }
    ids
}

/// Adds a contact to those to be updated. HubSpot refuses a batch that names a contact twice, so what is asked for
/// under several of its addresses is put together.
fn add_update(updates: &mut Vec<Update>, id: &str, contact: Wanted) {
    let Wanted {
        mut properties,
        slots,
        ..
    } = contact;
    // The address found the contact; it may be one of several, and does not change.
    properties.shift_remove(EMAIL);
    match updates.iter_mut().find(|update| update.id == id) {
        Some(update) => {
            update.properties.extend(properties);
            update.slots.extend(slots);
        }
        None => updates.push(Update {
            id: id.to_owned(),
            properties,
            slots,
        }),
    }
}

/// What is posted for a contact.
#[derive(Serialize)]
struct Input<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    properties: &'a JsonObject,
}

async fn create(cx: &Context<HubSpot>, contacts: &[Wanted], ledger: &mut Ledger) {
    if contacts.is_empty() {
        return;
    }
    let inputs: Vec<Input<'_>> = contacts
        .iter()
        .map(|contact| Input {
            id: None,
            properties: &contact.properties,
        })
        .collect();
    let answer = batch_api::send(cx, CONTACTS, Verb::Create, &inputs).await;
    let keys = contacts
        .iter()
        .map(|contact| (contact.email.as_str(), contact.slots.as_slice()));
    note_refusals(answer.as_ref(), keys.collect(), ledger);
}

async fn update(cx: &Context<HubSpot>, contacts: &[Update], ledger: &mut Ledger) {
    let Some(answer) = send_updates(cx, contacts, |contact| &contact.properties, ledger).await else {
        return;
    };
    let ignored: Vec<Update> = contacts
        .iter()
        .filter_map(|contact| stage_to_force(contact, &answer, ledger))
        .collect();
    // Emptied first, for HubSpot moves contacts forward only.
    let emptied = stage_only("");
    if send_updates(cx, &ignored, |_| &emptied, ledger).await.is_some() {
        send_updates(cx, &ignored, |contact| &contact.properties, ledger).await;
    }
}

/// The contact with nothing but its stage, if HubSpot kept another one.
fn stage_to_force(contact: &Update, answer: &Answer, ledger: &Ledger) -> Option<Update> {
    let wanted = contact.properties.get(LIFECYCLE_STAGE);
    let updated = answer.results.iter().find(|record| record.id == contact.id)?;
    let is_ignored = says_something(wanted) && updated.properties.get(LIFECYCLE_STAGE) != wanted;
    if !is_ignored || ledger.has_failed(&contact.slots) {
        return None;
    }
    Some(Update {
        id: contact.id.clone(),
        properties: stage_only(wanted.cloned()),
        slots: contact.slots.clone(),
    })
}

/// Sends updates of these contacts; `None` if there are none, or if HubSpot took none.
async fn send_updates<'a>(
    cx: &Context<HubSpot>,
    contacts: &'a [Update],
    properties: impl Fn(&'a Update) -> &'a JsonObject,
    ledger: &mut Ledger,
) -> Option<Answer> {
    if contacts.is_empty() {
        return None;
    }
    let inputs: Vec<Input<'_>> = contacts
        .iter()
        .map(|contact| Input {
            id: Some(&contact.id),
            properties: properties(contact),
        })
        .collect();
    let answer = batch_api::send(cx, CONTACTS, Verb::Update, &inputs).await;
    let keys = contacts
        .iter()
        .map(|contact| (contact.id.as_str(), contact.slots.as_slice()));
    note_refusals(answer.as_ref(), keys.collect(), ledger);
    answer.ok()
}

/// Notes what HubSpot refused of a request, given the ID or address and the items of each contact in it.
fn note_refusals(answer: Result<&Answer, &Error>, contacts: Vec<(&str, &[usize])>, ledger: &mut Ledger) {
    match answer {
        Ok(answer) => {
            let verdicts = answer.verdicts(&contacts, |complaint, (key, _)| complaint.names(key));
            for ((_, slots), verdict) in contacts.iter().zip(verdicts) {
                if let Some(refusal) = verdict {
                    ledger.refuse(slots.iter().copied(), refusal);
                }
            }
        }
        Err(error) => {
            let slots = contacts.into_iter().flat_map(|(_, slots)| slots);
            ledger.fail(slots.copied(), error.clone());
        }
    }
}
