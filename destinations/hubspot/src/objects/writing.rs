//! Writing records: which of them are created, and which updated.

use serde::ser::{SerializeMap, Serializer};
use waystation_kit::prelude::*;

use super::record::{PendingRecord, Target};
use crate::HubSpot;
use crate::batch_api::{self, Answer, RECORDS_A_REQUEST, Verb};
use crate::ledger::Ledger;

/// HubSpot's own ID as a property. Records are read by it, but updates must not name it.
const RECORD_ID: &str = "hs_object_id";

/// What becomes of records that HubSpot has, and of those that it does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteMode {
    /// New ones are created, the others updated.
    Upsert,
    /// New ones are created, the others left alone.
    Add,
    /// New ones are left alone, the others updated.
    Update,
}

impl WriteMode {
    /// What the mapping asks for.
    ///
    /// # Errors
    /// It does not say, or asks for something else.
    pub fn of(cx: &Context<HubSpot>) -> Result<Self> {
        match cx.sync_mode() {
            Some(SyncMode::Upsert) => Ok(Self::Upsert),
            Some(SyncMode::Add) => Ok(Self::Add),
            Some(SyncMode::Update) => Ok(Self::Update),
            _ => Err(Error::payload(
                "The mapping does not say how to sync: it has to be \"upsert\", \"add\" or \"update\"",
            )),
        }
    }
}

/// Writes records; hands back those that were written, each with HubSpot's ID. Records that the mode leaves alone
/// are as good as delivered, and take no part in what follows.
pub async fn write(
    cx: &Context<HubSpot>,
    target: &Target,
    mode: WriteMode,
    records: Vec<PendingRecord>,
    ledger: &mut Ledger,
) -> Vec<PendingRecord> {
    let mut written = Vec::with_capacity(records.len());
    let mut waiting = records.into_iter();
    loop {
        let part: Vec<PendingRecord> = waiting.by_ref().take(RECORDS_A_REQUEST).collect();
        if part.is_empty() {
            return written;
        }
        let slots: Vec<usize> = part
            .iter()
            .flat_map(|record| record.slots.iter().copied())
            .collect();
        match write_part(cx, target, mode, part, ledger).await {
            Ok(records) => written.extend(records),
            Err(error) => ledger.fail(slots, error),
        }
    }
}

async fn write_part(
    cx: &Context<HubSpot>,
    target: &Target,
    mode: WriteMode,
    mut part: Vec<PendingRecord>,
    ledger: &mut Ledger,
) -> Result<Vec<PendingRecord>> {
    let verb = match mode {
        WriteMode::Upsert => Verb::Upsert,
        WriteMode::Add => {
            let known = read(cx, target, &part).await?;
            note_ids(target, &mut part, &known);
            part.retain(|record| record.record_id.is_none());
            Verb::Create
        }
        WriteMode::Update => {
            let known = read(cx, target, &part).await?;
            note_ids(target, &mut part, &known);
            part.retain(|record| record.record_id.is_some());
            if part.is_empty() {
                return Ok(part);
            }
            Verb::Update
        }
    };
    let answer = send(cx, target, verb, &part).await?;
    note_refusals(&answer, &part, ledger);
    note_ids(target, &mut part, &answer);
    part.retain(|record| is_ready(record, ledger));
    Ok(part)
}

async fn read(cx: &Context<HubSpot>, target: &Target, part: &[PendingRecord]) -> Result<Answer> {
    let id_property = target.id_property.as_str();
    let ids = part.iter().map(|record| record.id.as_str());
    batch_api::read(cx, &target.object_type, id_property, &[id_property], ids).await
}

async fn send(cx: &Context<HubSpot>, target: &Target, verb: Verb, part: &[PendingRecord]) -> Result<Answer> {
    let id_property = target.id_property.as_str();
    let inputs: Vec<Input<'_>> = part
        .iter()
        .map(|record| Input {
            // Without a property an update takes the ID for HubSpot's own.
            id_property: (verb != Verb::Update || id_property != RECORD_ID).then_some(id_property),
            id: (verb != Verb::Create).then_some(record.id.as_str()),
            properties: Properties {
                record,
                id_property: (verb != Verb::Update).then_some(id_property),
            },
        })
        .collect();
    batch_api::send(cx, &target.object_type, verb, &inputs).await
}

/// What is posted for a record.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Input<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id_property: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    properties: Properties<'a>,
}

/// The properties of a record: of a name that is there twice, the sensitive one counts, and the ID before all.
struct Properties<'a> {
    record: &'a PendingRecord,
    /// The property that holds the ID, if the ID is to be written.
    id_property: Option<&'a str>,
}

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let PendingRecord {
            properties,
            sensitive,
            id,
            ..
        } = self.record;
        let is_id = |name: &str| self.id_property == Some(name);
        let mut map = serializer.serialize_map(None)?;
        for (name, value) in properties {
            if !is_id(name) && !sensitive.contains_key(name) {
                map.serialize_entry(name, value)?;
            }
        }
        for (name, value) in sensitive {
            if !is_id(name) {
                map.serialize_entry(name, value)?;
            }
        }
        if let Some(id_property) = self.id_property {
            map.serialize_entry(id_property, id)?;
        }
        map.end()
    }
}

/// Notes HubSpot's IDs of the records that are in its answer.
fn note_ids(target: &Target, records: &mut [PendingRecord], answer: &Answer) {
    for record in records {
        let mut found = answer.results.iter();
        if let Some(found) = found.find(|found| found.has_value(&target.id_property, &record.id)) {
            record.record_id = Some(found.id.clone());
        }
    }
}

fn note_refusals(answer: &Answer, records: &[PendingRecord], ledger: &mut Ledger) {
    let verdicts = answer.verdicts(records, |complaint, record| {
        let record_id = record.record_id.as_deref();
        complaint.names(&record.id) || record_id.is_some_and(|id| complaint.names(id))
    });
    for (record, verdict) in records.iter().zip(verdicts) {
        if let Some(refusal) = verdict {
            ledger.refuse(record.slots.iter().copied(), refusal);
        }
    }
}

/// Whether a record was written and HubSpot's ID of it is known. Nobody needs the ID of a record that was all that
/// there was to do.
fn is_ready(record: &PendingRecord, ledger: &mut Ledger) -> bool {
    if ledger.has_failed(&record.slots) {
        return false;
    }
    if record.record_id.is_none() && record.has_follow_ups() {
        let message =
            "HubSpot wrote the record and did not say which it is, so nothing can be associated with it";
        ledger.fail(record.slots.iter().copied(), Error::invalid_response(message));
    }
    record.record_id.is_some()
}
