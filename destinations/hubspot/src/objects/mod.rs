//! Records of any type with what belongs to them: properties that are created where they are missing, associations
//! with other records, memberships in lists.
//!
//! A batch goes through these steps; a record that fails in one is left out of those that follow, so that trying
//! again does all of it:
//!
//! 1. [`record`]: payloads become records; several about one record become one.
//! 2. [`schema`]: properties are held against those that HubSpot has.
//! 3. [`lists`]: the list is found or created.
//! 4. [`writing`]: the records are written.
//! 5. [`associations`]: other records are found or created, and associated or taken apart.
//! 6. [`lists`]: records enter and leave the list.

pub mod associations;
pub mod lists;
pub mod property_type;
pub mod record;
pub mod schema;
pub mod writing;

use std::sync::Arc;

use waystation_kit::json::date::to_iso_string;
use waystation_kit::prelude::*;

use crate::HubSpot;
use crate::actions::{AssociatedRecords, UpsertObject};
use crate::ledger::Ledger;

use associations::Change;
use lists::List;
use record::{PendingRecord, ReadOptions, Target, merge};
use writing::WriteMode;

/// The feature under which lists are kept and associations are removed.
pub const LISTS_AND_DISSOCIATIONS: &str = "actions-hubspot-lists-association-support";

/// What is done with the records of a call, besides what each of them says.
struct Plan {
    mode: WriteMode,
    associated_records: AssociatedRecords,
    property_group: Option<String>,
    is_beta: bool,
    creates_list: bool,
}

impl Plan {
    /// The first payload speaks for all.
    fn new(cx: &Context<HubSpot>, first: &UpsertObject) -> Result<Self> {
        let list = first.list_details.as_ref();
        Ok(Self {
            mode: WriteMode::of(cx)?,
            associated_records: first.association_sync_mode,
            property_group: first.object_details.property_group.clone(),
            is_beta: cx.has_feature(LISTS_AND_DISSOCIATIONS),
            creates_list: list.and_then(|list| list.should_create_list) == Some(true),
        })
    }

    fn read_options(&self, cx: &Context<HubSpot>) -> ReadOptions {
        ReadOptions {
            now_millis: cx.now_millis(),
            is_beta: self.is_beta,
        }
    }
}

/// Writes one record.
///
/// # Errors
/// The record cannot be written; HubSpot refuses or does not answer.
pub async fn upsert(cx: &Context<HubSpot>, payload: UpsertObject) -> Result<()> {
    let plan = Plan::new(cx, &payload)?;
    let mut ledger = Ledger::new(1);
    let record = PendingRecord::read(0, payload, plan.read_options(cx))?;
    sync(cx, &plan, vec![record], &mut ledger).await?;
    ledger.into_single()
}

/// Writes many records.
///
/// # Errors
/// Whatever all items fail with together; they belong to several lists.
pub async fn upsert_batch(cx: &Context<HubSpot>, batch: Batch<UpsertObject>) -> Result<BatchOutput> {
    let Some(first) = batch.payloads().next() else {
        return Ok(MultiStatusResponse::default().into());
    };
    let plan = Plan::new(cx, first)?;
    let mut ledger = Ledger::new(batch.len());
    let mut sent = Vec::with_capacity(batch.len());
    let mut records = Vec::with_capacity(batch.len());
    for (slot, item) in batch.into_iter().enumerate() {
        let mut payload = item.payload;
        let mut given = Arc::unwrap_or_clone(item.given);
        let timestamp = payload.timestamp.as_deref();
        if timestamp.and_then(record::moment).is_none() {
            let timestamp = usable_timestamp(cx, item.index);
            if let Value::Object(given) = &mut given {
                given.insert("timestamp".to_owned(), timestamp.as_str().into());
            }
            payload.timestamp = Some(timestamp);
        }
        sent.push(given);
        match PendingRecord::read(slot, payload, plan.read_options(cx)) {
            Ok(record) => records.push(record),
            Err(error) => ledger.fail([slot], error),
        }
    }
    sync(cx, &plan, records, &mut ledger).await?;
    ledger.into_batch(sent)
}

/// The time of the event where the payload has none that can be read; the present as a last resort.
fn usable_timestamp(cx: &Context<HubSpot>, index: usize) -> String {
    let event = cx.about().events.as_slice().get(index);
    event
        .and_then(|event| event.get("timestamp")?.as_str())
        .filter(|text| record::moment(text).is_some())
        .map_or_else(|| to_iso_string(cx.now_millis()), str::to_owned)
}

async fn sync(
    cx: &Context<HubSpot>,
    plan: &Plan,
    records: Vec<(Target, PendingRecord)>,
    ledger: &mut Ledger,
) -> Result<()> {
    let list_name = lists::common_name(records.iter().map(|(_, record)| record))?;
    for (target, records) in by_target(records) {
        let slots: Vec<usize> = records
            .iter()
            .flat_map(|record| record.slots.iter().copied())
            .collect();
        let written = sync_target(cx, plan, &target, records, list_name.as_deref(), ledger).await;
        if let Err(error) = written {
            ledger.fail(slots, error);
        }
    }
    Ok(())
}

/// The records of each type. Mappings name one type, as a rule.
fn by_target(records: Vec<(Target, PendingRecord)>) -> Vec<(Target, Vec<PendingRecord>)> {
    let mut groups: Vec<(Target, Vec<PendingRecord>)> = Vec::with_capacity(1);
    for (target, record) in records {
        match groups.iter_mut().find(|(known, _)| *known == target) {
            Some((_, group)) => group.push(record),
            None => groups.push((target, vec![record])),
        }
    }
    groups
}

async fn sync_target(
    cx: &Context<HubSpot>,
    plan: &Plan,
    target: &Target,
    records: Vec<PendingRecord>,
    list_name: Option<&str>,
    ledger: &mut Ledger,
) -> Result<()> {
    let mut records = merge(records);
    schema::ensure(cx, target, plan.property_group.as_deref(), &records, ledger).await?;
    records.retain(|record| !ledger.has_failed(&record.slots));
    if records.is_empty() {
        return Ok(());
    }
    let list = match list_name {
        Some(name) => Some(List::ensure(cx, &target.object_type, name, plan.creates_list).await?),
        None => None,
    };
    let mut written = writing::write(cx, target, plan.mode, records, ledger).await;
    for change in [Change::Add(plan.associated_records), Change::Remove] {
        associations::change(cx, target, change, &written, ledger).await;
        written.retain(|record| !ledger.has_failed(&record.slots));
    }
    if let Some(list) = list {
        list.update(cx, &written, ledger).await;
    }
    Ok(())
}
