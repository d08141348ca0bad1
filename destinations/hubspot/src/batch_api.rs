//! Many records at a time
//! ([reference](https://developers.hubspot.com/docs/api-reference/crm-objects-v3/batch/post-crm-v3-objects-objectType-batch-update)).
//!
//! HubSpot answers 200 or 201 when it took all of a batch, and 207 when it did not: then the answer lists
//! what was wrong, with the IDs or values that it is about.

mod answer;

use waystation_kit::multistatus::Slot;
use waystation_kit::prelude::*;

use crate::HubSpot;
use crate::client::url;
use crate::crm::Record;

pub use answer::{Answer, Complaint, Refusal, Verdict};

/// The most records a request
/// ([limits](https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide)).
pub const RECORDS_A_REQUEST: usize = 100;

/// What is to be done with the records of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Hand them back.
    Read,
    /// Create them.
    Create,
    /// Change them.
    Update,
    /// Create or change them.
    Upsert,
}

impl Verb {
    const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Create => "create",
            Self::Update => "update",
            Self::Upsert => "upsert",
        }
    }
}

/// An input of a write, with the items that ask for it.
pub trait Written {
    /// The items.
    fn slots(&self) -> &[Slot];
    /// Whether a complaint is about it.
    fn is_named_by(&self, complaint: &Complaint) -> bool;
    /// Whether this is its record.
    fn is_shown_by(&self, record: &Record) -> bool;
}

/// Notes which of the inputs of a write HubSpot did not take. Hands back the others, each with the record as HubSpot
/// shows it.
pub fn settle<'a, T: Written>(
    inputs: &'a [T],
    answer: Result<&Answer, &Error>,
    ledger: &mut Ledger,
) -> Vec<(&'a T, Option<Record>)> {
    let slots = || inputs.iter().flat_map(|input| input.slots().iter().copied());
    slots().for_each(|slot| ledger.sent_as_given(slot));
    match answer {
        Ok(answer) => taken(inputs, answer, ledger),
        Err(error) => {
            ledger.fail(slots(), error.clone());
            Vec::new()
        }
    }
}

fn taken<'a, T: Written>(
    inputs: &'a [T],
    answer: &Answer,
    ledger: &mut Ledger,
) -> Vec<(&'a T, Option<Record>)> {
    let verdicts = answer.verdicts(
        inputs,
        |complaint, input| input.is_named_by(complaint),
        |record, input| input.is_shown_by(record),
    );
    let (mut taken, mut unmentioned) = (Vec::with_capacity(inputs.len()), Vec::new());
    for (input, verdict) in inputs.iter().zip(verdicts) {
        match verdict {
            Verdict::Taken(record) => taken.push((input, record.cloned())),
            Verdict::Refused(refusal) => refuse(ledger, input.slots(), refusal),
            Verdict::Unmentioned => unmentioned.extend_from_slice(input.slots()),
        }
    }
    ledger.fail(
        unmentioned,
        answer.silence("HubSpot does not say that it wrote the record"),
    );
    taken
}

/// Notes that HubSpot refuses these items.
pub fn refuse(ledger: &mut Ledger, slots: &[Slot], refusal: Refusal<'_>) {
    let item = refusal.to_item();
    for &slot in slots.iter() {
        if !ledger.has_failed(slot) {
            ledger.refuse(slot, item.clone());
        }
    }
}

/// Sends a batch of records of one type.
///
/// # Errors
/// HubSpot refuses the batch as a whole, does not answer, or not as it should.
pub async fn send(
    cx: &Context<HubSpot>,
    object_type: &str,
    verb: Verb,
    inputs: &[impl Serialize + Sync],
) -> Result<Answer> {
    post(cx, object_type, verb, &Body { inputs }).await
}

async fn post(
    cx: &Context<HubSpot>,
    object_type: &str,
    verb: Verb,
    body: &(impl Serialize + Sync),
) -> Result<Answer> {
    let request = cx.post(url("/crm/v3/objects")).path_segment(object_type);
    let request = request.path_segment("batch").path_segment(verb.name());
    Answer::read(request.json(body).send().await?)
}

/// The body of every batch.
#[derive(Debug, Serialize)]
pub struct Body<'a, T> {
    /// What is to be done, one by one.
    pub inputs: &'a [T],
}

/// Looks records up by a property whose values are unique. Values that HubSpot does not know are left out of the
/// results.
///
/// # Errors
/// HubSpot refuses, does not answer, or complains about anything but records that it does not know.
pub async fn read(
    cx: &Context<HubSpot>,
    object_type: &str,
    id_property: &str,
    properties: &[&str],
    values: impl Iterator<Item = &str>,
) -> Result<Answer> {
    let inputs: Vec<Value> = values.map(|value| json!({"id": value})).collect();
    let query = json!({"properties": properties, "idProperty": id_property, "inputs": inputs});
    let answer = post(cx, object_type, Verb::Read, &query).await;
    let answer = answer.map_err(Error::of_a_read)?;
    match answer.errors.iter().find(|complaint| !complaint.is_not_found()) {
        Some(complaint) => Err(complaint.to_error()),
        None => Ok(answer),
    }
}
