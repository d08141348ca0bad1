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

use waystation_kit::date::to_iso_string;
use waystation_kit::multistatus::{Entry, Slot};
use waystation_kit::prelude::*;

use crate::HubSpot;
use crate::actions::{AssociatedRecords, UpsertObject};
use crate::contacts::batch::SHOWN;

use associations::Change;
use lists::{List, Membership};
use record::{PendingRecord, ReadOptions, Target, merge};
use writing::WriteMode;

/// The feature under which lists are kept and associations are removed.
pub const LISTS_AND_DISSOCIATIONS: &str = "actions-hubspot-lists-association-support";

/// What records of one call have in common: their type and ID property, the list, and what is done for all of them.
#[must_use]
pub fn request_key(payload: &UpsertObject) -> RequestKey {
    let details = &payload.object_details;
    let list = Membership::of(payload).map(|membership| (membership.list_name, membership.is_of_audience));
    let creates_list = payload
        .list_details
        .as_ref()
        .and_then(|list| list.should_create_list);
    RequestKey::of(&(
        (
            &details.object_type,
            &details.id_field_name,
            &details.property_group,
        ),
        payload.association_sync_mode.name(),
        (list, creates_list),
    ))
}

/// What is done with the records of a call, besides what each of them says.
struct Plan {
    mode: WriteMode,
    associated_records: AssociatedRecords,
    property_group: Option<String>,
    is_beta: bool,
    creates_list: bool,
}

impl Plan {
    /// Any payload speaks for all, for they share a [request key](request_key).
    fn new(cx: &Context<HubSpot>, payload: &UpsertObject) -> Result<Self> {
        let list = payload.list_details.as_ref();
        Ok(Self {
            mode: WriteMode::of(cx)?,
            associated_records: payload.association_sync_mode,
            property_group: payload.object_details.property_group.clone(),
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
    let ledger = upsert_all(cx, Batch::new(vec![BatchItem::new(payload)])).await?;
    ledger.finish_single().map(drop)
}

/// Writes many records.
///
/// # Errors
/// Whatever all items fail with together.
pub async fn upsert_batch(cx: &Context<HubSpot>, batch: Batch<UpsertObject>) -> Result<BatchOutput> {
    let with_times = batch.into_iter().map(|mut item| {
        give_time(cx, item.index, &mut item.payload, &mut item.given);
        item
    });
    let batch = Batch::new(with_times.collect());
    Ok(upsert_all(cx, batch).await?.finish()?.into())
}

async fn upsert_all(cx: &Context<HubSpot>, batch: Batch<UpsertObject>) -> Result<Ledger> {
    let Some(first) = batch.payloads().next() else {
        return Ok(Ledger::default());
    };
    let plan = Plan::new(cx, first)?;
    let (ledger, entries) = Ledger::open(batch);
    let mut ledger = ledger.showing(SHOWN);
    let mut records = Vec::with_capacity(entries.len());
    let mut common = None;
    for Entry { slot, payload, .. } in entries {
        match PendingRecord::read(slot, payload, plan.read_options(cx)) {
            Ok((target, record)) => {
                common.get_or_insert(target);
                records.push(record);
            }
            Err(error) => ledger.fail([slot], error),
        }
    }
    if let Some(target) = common {
        let slots: Vec<Slot> = records.iter().flat_map(|record| record.slots.clone()).collect();
        if let Err(error) = sync(cx, &plan, &target, merge(records), &mut ledger).await {
            ledger.fail(slots, error);
        }
    }
    Ok(ledger)
}

/// Gives a payload whose time cannot be read another one.
fn give_time(cx: &Context<HubSpot>, index: usize, payload: &mut UpsertObject, given: &mut Arc<Value>) {
    let timestamp = payload.timestamp.as_deref();
    if timestamp.and_then(record::moment).is_some() {
        return;
    }
    let timestamp = usable_timestamp(cx, index);
    if let Value::Object(given) = Arc::make_mut(given) {
        given.insert("timestamp".to_owned(), timestamp.as_str().into());
    }
    payload.timestamp = Some(timestamp);
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
    target: &Target,
    mut records: Vec<PendingRecord>,
    ledger: &mut Ledger,
) -> Result<()> {
    schema::ensure(cx, target, plan.property_group.as_deref(), &records, ledger).await?;
    records.retain(|record| is_well(record, ledger));
    if records.is_empty() {
        return Ok(());
    }
    let list = match records.iter().find_map(|record| record.membership.as_ref()) {
        Some(Membership { list_name, .. }) => {
            Some(List::ensure(cx, &target.object_type, list_name, plan.creates_list).await?)
        }
        None => None,
    };
    let mut written = writing::write(cx, target, plan.mode, &records, ledger).await;
    for change in [Change::Add(plan.associated_records), Change::Remove] {
        associations::change(cx, target, change, &written, ledger).await;
        written.retain(|record| is_well(record, ledger));
    }
    if let Some(list) = list {
        list.update(cx, &written, ledger).await;
        written.retain(|record| is_well(record, ledger));
    }
    writing::succeed(&written, ledger);
    Ok(())
}

fn is_well(record: &PendingRecord, ledger: &Ledger) -> bool {
    !record.slots.iter().any(|slot| ledger.has_failed(*slot))
}
