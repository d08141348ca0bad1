//! Many contacts at a time: read first, to know which are there; then some are created and the others updated.

use std::collections::HashMap;

use waystation_kit::multistatus::{Entry, Shown, ShownBody, ShownSent, Slot};
use waystation_kit::prelude::*;

use super::{CONTACTS, EMAIL, LIFECYCLE_STAGE, properties_of, stage_only};
use crate::HubSpot;
use crate::actions::UpsertContact;
use crate::batch_api::{self, Answer, Complaint, RECORDS_A_REQUEST, Verb, Written};
use crate::client::has_status;
use crate::crm::{Record, comparable, id_text};
use crate::flatten::says_something;

/// Where HubSpot keeps the addresses that a contact has besides the first, separated by semicolons.
const ADDITIONAL_EMAILS: &str = "hs_additional_emails";

/// What results show besides HubSpot's words.
pub const SHOWN: Shown = Shown {
    taken_sent: ShownSent::Given,
    refused_sent: ShownSent::Given,
    refused_body: ShownBody::Answer,
};

/// A contact that is to be created or updated, and the items that ask for it.
#[derive(Debug, Clone)]
struct Contact {
    /// In lower case, as HubSpot keeps it.
    email: String,
    /// HubSpot's own ID, if it has the contact.
    id: Option<String>,
    properties: JsonObject,
    slots: Vec<Slot>,
}

impl Written for Contact {
    fn slots(&self) -> &[Slot] {
        &self.slots
    }

    fn is_named_by(&self, complaint: &Complaint) -> bool {
        complaint.names(self.id.as_ref().unwrap_or(&self.email))
    }

    fn is_shown_by(&self, record: &Record) -> bool {
        match &self.id {
            Some(id) => record.id().as_ref() == Some(id),
            None => record.has_value(EMAIL, &self.email),
        }
    }
}

/// Creates and updates contacts.
///
/// # Errors
/// Whatever all items fail with together.
pub async fn upsert(cx: &Context<HubSpot>, batch: Batch<UpsertContact>) -> Result<BatchOutput> {
    let (ledger, entries) = Ledger::open(batch);
    let mut ledger = ledger.showing(SHOWN);
    for part in by_email(entries)?.chunks(RECORDS_A_REQUEST) {
        upsert_part(cx, part.to_vec(), &mut ledger).await;
    }
    Ok(ledger.finish()?.into())
}

/// The contacts by address. The last item about an address says how the contact is to be.
fn by_email(entries: Vec<Entry<UpsertContact>>) -> Result<Vec<Contact>> {
    let mut contacts: Vec<Contact> = Vec::with_capacity(entries.len());
    let mut places: HashMap<String, usize> = HashMap::with_capacity(entries.len());
    for Entry {
        slot, mut payload, ..
    } in entries
    {
        let email = comparable(EMAIL, &payload.known.email);
        payload.known.email.clone_from(&email);
        let properties = properties_of(payload)?;
        if let Some(known) = places.get(&email).and_then(|&place| contacts.get_mut(place)) {
            known.properties = properties;
            known.slots.push(slot);
            continue;
        }
        places.insert(email.clone(), contacts.len());
        contacts.push(Contact {
            email,
            id: None,
            properties,
            slots: vec![slot],
        });
    }
    Ok(contacts)
}

/// Contacts that came into being between reading and creating are read again, once, and updated then.
async fn upsert_part(cx: &Context<HubSpot>, part: Vec<Contact>, ledger: &mut Ledger) {
    let Some((unknown, known)) = sort(cx, part, ledger).await else {
        return;
    };
    let appeared = create(cx, unknown, ledger, Conflicts::AreLeft).await;
    update(cx, &known, ledger).await;
    if appeared.is_empty() {
        return;
    }
    if let Some((unknown, known)) = sort(cx, appeared, ledger).await {
        create(cx, unknown, ledger, Conflicts::AreFailures).await;
        update(cx, &known, ledger).await;
    }
}

/// What is to be created, and what is to be updated; `None` if HubSpot cannot be asked.
async fn sort(
    cx: &Context<HubSpot>,
    part: Vec<Contact>,
    ledger: &mut Ledger,
) -> Option<(Vec<Contact>, Vec<Contact>)> {
    let emails = part.iter().map(|contact| contact.email.as_str());
    let properties = [EMAIL, LIFECYCLE_STAGE, ADDITIONAL_EMAILS];
    let answer = match batch_api::read(cx, CONTACTS, EMAIL, &properties, emails).await {
        Ok(answer) => answer,
        Err(error) => {
            let slots: Vec<Slot> = part.into_iter().flat_map(|contact| contact.slots).collect();
            slots.iter().for_each(|slot| ledger.sent_as_given(*slot));
            ledger.fail(slots, error);
            return None;
        }
    };
    let ids = ids_by_email(&answer.results);
    let (mut unknown, mut known) = (Vec::new(), Vec::new());
    let mut unmentioned = Vec::new();
    for contact in part {
        if let Some(id) = ids.get(&contact.email) {
            add_update(&mut known, id, contact);
        } else if answer.errors.iter().any(|missing| missing.names(&contact.email)) {
            unknown.push(contact);
        } else {
            unmentioned.extend(contact.slots);
        }
    }
    let silence = "HubSpot does not say whether it has a contact with this e-mail address";
    ledger.fail(unmentioned, answer.silence(silence).of_a_read());
    Some((unknown, known))
}

/// The contacts by all of their addresses.
fn ids_by_email(contacts: &[Record]) -> HashMap<String, String> {
    let text = |contact: &Record, property| {
        let text = contact.property(property).and_then(id_text);
        text.unwrap_or_default().to_lowercase()
    };
    let mut ids = HashMap::with_capacity(contacts.len());
    for contact in contacts {
        let Some(id) = contact.id() else {
            continue;
        };
        let further = text(contact, ADDITIONAL_EMAILS);
        for email in further.split(';').map(str::to_owned) {
            ids.entry(email).or_insert_with(|| id.clone());
        }
        ids.insert(text(contact, EMAIL), id);
    }
    ids
}

/// Adds a contact to those to be updated. HubSpot refuses a batch that names a contact twice, so what is asked for
/// under several of its addresses is put together.
fn add_update(updates: &mut Vec<Contact>, id: &str, mut contact: Contact) {
    // The address found the contact; it may be one of several, and does not change.
    contact.properties.shift_remove(EMAIL);
    match updates.iter_mut().find(|update| update.id.as_deref() == Some(id)) {
        Some(update) => {
            update.properties.extend(contact.properties);
            update.slots.extend(contact.slots);
        }
        None => updates.push(Contact {
            id: Some(id.to_owned()),
            ..contact
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

/// What becomes of contacts that cannot be created because they are there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Conflicts {
    AreFailures,
    AreLeft,
}

/// Creates contacts. Hands back those that are there already, if they are to be left.
async fn create(
    cx: &Context<HubSpot>,
    contacts: Vec<Contact>,
    ledger: &mut Ledger,
    conflicts: Conflicts,
) -> Vec<Contact> {
    if contacts.is_empty() {
        return contacts;
    }
    let is_left = |error: &Error| conflicts == Conflicts::AreLeft && has_status(error, 409);
    let answer = send(cx, Verb::Create, &contacts, |contact| &contact.properties).await;
    let answer = match answer {
        Err(error) if is_left(&error) => return contacts,
        answer => answer,
    };
    let is_conflict = |contact: &Contact| {
        conflicts == Conflicts::AreLeft
            && answer.as_ref().is_ok_and(|answer| {
                let mut complaints = answer.errors.iter().filter(|complaint| complaint.is_conflict());
                complaints.any(|complaint| contact.is_named_by(complaint))
            })
    };
    let (appeared, others): (Vec<Contact>, Vec<Contact>) = contacts.into_iter().partition(is_conflict);
    for (contact, _) in batch_api::settle(&others, answer.as_ref(), ledger) {
        succeed(contact, ledger);
    }
    appeared
}

async fn update(cx: &Context<HubSpot>, contacts: &[Contact], ledger: &mut Ledger) {
    let mut ignored = Vec::new();
    for (contact, record) in write(cx, contacts, |contact| &contact.properties, ledger).await {
        match stage_to_force(contact, record.as_ref()) {
            Some(stage) => ignored.push(stage),
            None => succeed(contact, ledger),
        }
    }
    // Emptied first, for HubSpot moves contacts forward only. Whether that was taken shows in what follows.
    let emptied = stage_only("");
    let reset = match ignored.is_empty() {
        true => return,
        false => send(cx, Verb::Update, &ignored, |_| &emptied).await,
    };
    match reset {
        Ok(answer) if !answer.complains() => {}
        answer => {
            let reset = batch_api::settle(&ignored, answer.as_ref(), ledger);
            ignored = reset.into_iter().map(|(contact, _)| contact.clone()).collect();
        }
    }
    for (contact, _) in write(cx, &ignored, |contact| &contact.properties, ledger).await {
        succeed(contact, ledger);
    }
}

fn succeed(contact: &Contact, ledger: &mut Ledger) {
    for &slot in &contact.slots {
        ledger.succeed(slot, 200, json!({}));
    }
}

/// The contact with nothing but its stage, if HubSpot kept another one.
fn stage_to_force(contact: &Contact, record: Option<&Record>) -> Option<Contact> {
    let wanted = contact.properties.get(LIFECYCLE_STAGE);
    let is_ignored = says_something(wanted) && record?.property(LIFECYCLE_STAGE) != wanted;
    is_ignored.then(|| Contact {
        properties: stage_only(wanted.cloned()),
        ..contact.clone()
    })
}

/// Sends updates of these contacts; hands back those that HubSpot took.
async fn write<'a>(
    cx: &Context<HubSpot>,
    contacts: &'a [Contact],
    properties: impl Fn(&'a Contact) -> &'a JsonObject,
    ledger: &mut Ledger,
) -> Vec<(&'a Contact, Option<Record>)> {
    if contacts.is_empty() {
        return Vec::new();
    }
    let answer = send(cx, Verb::Update, contacts, properties).await;
    batch_api::settle(contacts, answer.as_ref(), ledger)
}

async fn send<'a>(
    cx: &Context<HubSpot>,
    verb: Verb,
    contacts: &'a [Contact],
    properties: impl Fn(&'a Contact) -> &'a JsonObject,
) -> Result<Answer> {
    let input = |contact: &'a Contact| Input {
        id: contact.id.as_deref(),
        properties: properties(contact),
    };
    let inputs: Vec<Input<'_>> = contacts.iter().map(input).collect();
    batch_api::send(cx, CONTACTS, verb, &inputs).await
}
