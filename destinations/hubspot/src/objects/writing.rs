//! Writing records: which of them are created, and which updated.

use serde::ser::{SerializeMap, Serializer};
use waystation_kit::multistatus::Slot;
use waystation_kit::prelude::*;

use super::record::{PendingRecord, Target};
use crate::HubSpot;
use crate::batch_api::{self, Answer, Complaint, RECORDS_A_REQUEST, Verb, Written};
use crate::client::has_status;
use crate::crm::{RECORD_ID, Record};

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

/// Writes records; hands back those that were written and have something left to do, each with HubSpot's ID. Records
/// that the mode leaves alone are as good as delivered, and take no part in what follows.
pub async fn write(
    cx: &Context<HubSpot>,
    target: &Target,
    mode: WriteMode,
    records: &[PendingRecord],
    ledger: &mut Ledger,
) -> Vec<PendingRecord> {
    let mut written = Vec::with_capacity(records.len());
    for part in records.chunks(RECORDS_A_REQUEST) {
        let slots = part.iter().flat_map(|record| record.slots.iter().copied());
        slots.clone().for_each(|slot| ledger.sent_as_given(slot));
        match write_part(cx, target, mode, part.to_vec(), ledger).await {
            Ok(records) => written.extend(records),
            Err(error) => ledger.fail(slots, error),
        }
    }
    written
}

async fn write_part(
    cx: &Context<HubSpot>,
    target: &Target,
    mode: WriteMode,
    part: Vec<PendingRecord>,
    ledger: &mut Ledger,
) -> Result<Vec<PendingRecord>> {
    let (verb, wanted) = match mode {
        WriteMode::Upsert => (Verb::Upsert, part),
        WriteMode::Add => (Verb::Create, sort(cx, target, part).await?.leaving_known(ledger)),
        WriteMode::Update => (
            Verb::Update,
            sort(cx, target, part).await?.leaving_unknown(ledger),
        ),
    };
    if wanted.is_empty() {
        return Ok(wanted);
    }
    match send(cx, target, verb, &wanted).await {
        // Others were faster with some of them: what is there now is left alone.
        Err(error) if verb == Verb::Create && has_status(&error, 409) => {
            let wanted = sort(cx, target, wanted).await?.leaving_known(ledger);
            match wanted.is_empty() {
                true => Ok(wanted),
                false => Ok(settle(
                    target,
                    &wanted,
                    &send(cx, target, verb, &wanted).await?,
                    ledger,
                )),
            }
        }
        answer => Ok(settle(target, &wanted, &answer?, ledger)),
    }
}

/// Records, sorted by whether HubSpot has them.
struct Sorted {
    known: Vec<PendingRecord>,
    unknown: Vec<PendingRecord>,
}

impl Sorted {
    fn leaving_known(self, ledger: &mut Ledger) -> Vec<PendingRecord> {
        succeed(&self.known, ledger);
        self.unknown
    }

    fn leaving_unknown(self, ledger: &mut Ledger) -> Vec<PendingRecord> {
        succeed(&self.unknown, ledger);
        self.known
    }
}

async fn sort(cx: &Context<HubSpot>, target: &Target, mut part: Vec<PendingRecord>) -> Result<Sorted> {
    let answer = read(cx, target, &part).await?;
    for record in &mut part {
        let found = answer.results.iter().find(|found| record.is_at(target, found));
        record.record_id = found.and_then(Record::id);
    }
    let (known, unknown) = part.into_iter().partition(|record| record.record_id.is_some());
    Ok(Sorted { known, unknown })
}

/// Notes that nothing is left to do for these records.
pub fn succeed(records: &[PendingRecord], ledger: &mut Ledger) {
    for &slot in records.iter().flat_map(|record| &record.slots) {
        ledger.succeed(slot, 200, json!({}));
    }
}

/// A record in a request, with what tells it in the answer.
struct Sent<'a> {
    record: &'a PendingRecord,
    target: &'a Target,
}

impl Written for Sent<'_> {
    fn slots(&self) -> &[Slot] {
        &self.record.slots
    }

    fn is_named_by(&self, complaint: &Complaint) -> bool {
        let record_id = self.record.record_id.as_deref();
        complaint.names(&self.record.id) || record_id.is_some_and(|id| complaint.names(id))
    }

    fn is_shown_by(&self, shown: &Record) -> bool {
        let record_id = self.record.record_id.as_ref();
        self.record.is_at(self.target, shown) || record_id.is_some_and(|id| shown.id().as_ref() == Some(id))
    }
}

impl PendingRecord {
    fn is_at(&self, target: &Target, found: &Record) -> bool {
        found.has_value(&target.id_property, &self.id)
    }
}

/// Notes what became of the records of a request. Hands back those that were written and have something left to do,
/// for which HubSpot's ID is needed; nobody needs the ID of the others.
fn settle(
    target: &Target,
    records: &[PendingRecord],
    answer: &Answer,
    ledger: &mut Ledger,
) -> Vec<PendingRecord> {
    let sent: Vec<Sent<'_>> = records.iter().map(|record| Sent { record, target }).collect();
    let mut written = Vec::with_capacity(records.len());
    for (Sent { record, .. }, shown) in batch_api::settle(&sent, Ok(answer), ledger) {
        let shown_id = shown.as_ref().and_then(Record::id);
        let mut record = PendingRecord::clone(record);
        record.record_id = shown_id.or(record.record_id);
        if !record.has_follow_ups() {
            succeed(std::slice::from_ref(&record), ledger);
        } else if record.record_id.is_some() {
            written.push(record);
        } else {
            let words =
                "HubSpot wrote the record and did not say which it is, so nothing can be associated with it";
            ledger.fail(record.slots, answer.silence(words));
        }
    }
    written
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
