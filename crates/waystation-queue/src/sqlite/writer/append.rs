//! Storing events.

use std::borrow::Cow;
use std::sync::Arc;

use rusqlite::{OptionalExtension, params};

use super::super::digest;
use super::super::share;
use super::super::tally::Entry;
use super::super::window::{Notice, Place};
use super::remove::{self, Finished};
use super::request::Done;
use super::room::{self, Purpose};
use super::work::{Fault, Work};
use crate::error::QueueError;
use crate::event::{Appended, AppendedEvent, DeliveryId, Fate, NewDelivery, NewEvent, Replacement};
use crate::outcome::{Failure, OutcomeKind, SkipRule};
use waystation_clock::Millis;

/// What a row and its index entries take beside texts, in bytes, roughly.
const ROW: usize = 160;

/// What an event takes in the file, in bytes, roughly.
pub(super) fn size(event: &NewEvent) -> usize {
    ROW + event.body.len() + event.message_id.len() + event.deliveries.len() * ROW
}

/// Stores events with their deliveries.
pub(super) fn append(work: &mut Work<'_>, events: &[NewEvent], are_new: bool) -> Result<Done, Fault> {
    if let Some(refusal) = refusal(work, events.iter())? {
        return Ok(Done::Refused(refusal));
    }
    let events = events
        .iter()
        .map(|event| store(work, event, are_new))
        .collect::<Result<_, Fault>>()?;
    Ok(Done::Appended(Appended { events }))
}

/// Stores events in the place of deliveries.
pub(super) fn replace(work: &mut Work<'_>, replacements: &[Replacement]) -> Result<Done, Fault> {
    if let Some(refusal) = refusal(work, replacements.iter().map(|new| &new.event))? {
        return Ok(Done::Refused(refusal));
    }
    let mut replaced = 0;
    for Replacement { replaced: old, event } in replacements {
        let Some(row) = remove::find(work, old.to_row())?.filter(may_be_replaced) else {
            continue;
        };
        let source = work.number(&event.source)?;
        let message_key = digest::key(&event.message_id);
        if is_duplicate(work, event, source, message_key, Some(row.event))? {
            continue;
        }
        insert(work, event, source, message_key, true)?;
        work.changes.add(row.connection, Entry::Replayed, None, 1);
        remove::remove(work, &row)?;
        replaced += 1;
    }
    remove::remove_bereft_events(work)?;
    Ok(Done::Replaced(replaced))
}

/// Whether nothing of a delivery is lost with it: it was never to be made.
fn may_be_replaced(row: &Finished) -> bool {
    match row.kind {
        OutcomeKind::Skipped => true,
        OutcomeKind::Dead => row.connection.is_none(),
        OutcomeKind::Waiting | OutcomeKind::Delivered => false,
    }
}

/// Why these events are not taken, if they are not.
fn refusal<'e>(
    work: &mut Work<'_>,
    events: impl Iterator<Item = &'e NewEvent> + Clone,
) -> Result<Option<QueueError>, Fault> {
    if let Some(reason) = events.clone().find_map(fault_of) {
        return Ok(Some(QueueError::Invalid { reason }));
    }
    if let Some(refusal) = refusal_for_connections(work, events.clone())? {
        return Ok(Some(refusal));
    }
    let bytes: usize = events.map(size).sum();
    let has_room = room::make_room(work, bytes as u64, Purpose::Events)?;
    Ok((!has_room).then(|| work.no_room()))
}

/// Why these events are not taken although there is room for them, if a connection may have no more waiting.
fn refusal_for_connections<'e>(
    work: &mut Work<'_>,
    events: impl Iterator<Item = &'e NewEvent>,
) -> Result<Option<QueueError>, Fault> {
    let limits = Arc::clone(&work.limits);
    if limits.is_empty() {
        return Ok(None);
    }
    let mut known: Vec<&Arc<str>> = Vec::new();
    let deliveries = events.flat_map(|event| &event.deliveries);
    for name in deliveries
        .filter(|delivery| waits(delivery))
        .filter_map(|delivery| delivery.connection.as_ref())
    {
        if known.iter().any(|other| Arc::ptr_eq(other, name)) {
            continue;
        }
        known.push(name);
        let (Some(limit), Some(id)) = (limits.get(name), work.names().id(name)) else {
            continue;
        };
        if work.holding(id)?.refuses(limit) {
            return Ok(Some(share::refusal(name, work.settings.full_retry_after)));
        }
    }
    Ok(None)
}

fn fault_of(event: &NewEvent) -> Option<String> {
    if event.deliveries.is_empty() {
        return Some(format!("event {} has no deliveries", event.message_id));
    }
    let homeless = |delivery: &NewDelivery| delivery.connection.is_none() && waits(delivery);
    if event.deliveries.iter().any(homeless) {
        return Some(format!(
            "event {} has a delivery that is to wait without a connection",
            event.message_id
        ));
    }
    None
}

fn store(work: &mut Work<'_>, event: &NewEvent, is_new: bool) -> Result<AppendedEvent, Fault> {
    let source = work.number(&event.source)?;
    let message_key = digest::key(&event.message_id);
    if is_new && is_duplicate(work, event, source, message_key, None)? {
        let rule = Some(SkipRule::Duplicate);
        work.changes.add(None, Entry::Accepted, None, 1);
        work.changes.add(None, Entry::In(OutcomeKind::Skipped), rule, 1);
        work.changes.lose_row(None, Entry::In(OutcomeKind::Skipped), rule);
        return Ok(AppendedEvent::Duplicate);
    }
    let first = insert(work, event, source, message_key, is_new)?;
    Ok(AppendedEvent::Stored { first })
}

/// Stores an event that is no duplicate; its first delivery. One that is new owns its message id.
fn insert(
    work: &mut Work<'_>,
    event: &NewEvent,
    source: i64,
    message_key: i64,
    is_new: bool,
) -> Result<DeliveryId, Fault> {
    let id = work.memory.next_id;
    work.memory.next_id += event.deliveries.len() as i64;
    work.connection
        .prepare_cached(
            "INSERT INTO events (id, deliveries, source, message_id, message_key, user, user_key, type, name, \
             received_at, body, owns_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            id,
            event.deliveries.len() as i64,
            source,
            event.message_id,
            message_key,
            event.user,
            event.user.as_deref().map(digest::key),
            event.event_type,
            event.event_name,
            event.received_at.0,
            &event.body[..],
            is_new && event.deliveries.iter().any(waits),
        ])?;
    for (delivery, row) in event.deliveries.iter().zip(id..) {
        store_delivery(work, event, delivery, id, row)?;
    }
    Ok(DeliveryId::from_row(id))
}

const fn waits(delivery: &NewDelivery) -> bool {
    matches!(delivery.fate, Fate::Waiting { .. })
}

/// Whether the same source sent the same message id within the window, for an event that was to be delivered, other than
/// `but`: found by the events that are still here, or by what is remembered of those that are gone.
fn is_duplicate(
    work: &Work<'_>,
    event: &NewEvent,
    source: i64,
    message_key: i64,
    but: Option<i64>,
) -> Result<bool, Fault> {
    let window = work.settings.duplicate_window;
    if window.is_zero() {
        return Ok(false);
    }
    let forgotten = event.received_at.minus(window).0;
    let mut statement = work.connection.prepare_cached(
        "SELECT 1 FROM events INDEXED BY events_by_message \
         WHERE message_key = ?1 AND received_at > ?2 AND source = ?3 AND message_id = ?4 AND owns_id \
         AND id IS NOT ?5",
    )?;
    if statement.exists(params![message_key, forgotten, source, event.message_id, but])? {
        return Ok(true);
    }
    if !work.memory.remembers_gone {
        return Ok(false);
    }
    let key = digest::message(&event.source, &event.message_id);
    let mut statement = work
        .connection
        .prepare_cached("SELECT at FROM seen WHERE key = ?1")?;
    let at: Option<i64> = statement.query_row([key], |row| row.get(0)).optional()?;
    Ok(at.is_some_and(|at| at > forgotten))
}

/// How a delivery's row begins.
struct Beginning<'a> {
    kind: OutcomeKind,
    due: Option<Millis>,
    horizon: Option<Millis>,
    rule: Option<SkipRule>,
    failure: Option<&'a Failure>,
}

impl<'a> From<&'a Fate> for Beginning<'a> {
    fn from(fate: &'a Fate) -> Self {
        let blank = Self {
            kind: OutcomeKind::Waiting,
            due: None,
            horizon: None,
            rule: None,
            failure: None,
        };
        match fate {
            Fate::Waiting { due, horizon } => Self {
                due: Some(*due),
                horizon: Some(*horizon),
                ..blank
            },
            Fate::Skipped { rule } => Self {
                kind: OutcomeKind::Skipped,
                rule: Some(*rule),
                ..blank
            },
            Fate::Dead(failure) => Self {
                kind: OutcomeKind::Dead,
                failure: Some(failure),
                ..blank
            },
        }
    }
}

/// How the life of a delivery begins, if no more waits for its connection than may.
fn fate<'d>(
    work: &mut Work<'_>,
    delivery: &'d NewDelivery,
    connection: Option<i64>,
) -> Result<Cow<'d, Fate>, Fault> {
    let limit = delivery.connection.as_ref().filter(|_| waits(delivery));
    let limit = limit.and_then(|name| Some((name, *work.limits.get(name)?)));
    if let (Some((name, limit)), Some(connection)) = (limit, connection)
        && work.holding(connection)?.is_full(&limit)
    {
        *work.overflowed.entry(Arc::clone(name)).or_default() += 1;
        return Ok(Cow::Owned(Fate::Dead(share::failure(&limit))));
    }
    Ok(Cow::Borrowed(&delivery.fate))
}

fn store_delivery(
    work: &mut Work<'_>,
    event: &NewEvent,
    delivery: &NewDelivery,
    event_id: i64,
    id: i64,
) -> Result<(), Fault> {
    let connection = work.optional_number(delivery.connection.as_ref())?;
    let subscription = work.optional_number(delivery.subscription.as_ref())?;
    let action = work.optional_number(delivery.action.as_ref())?;
    let fate = fate(work, delivery, connection)?;
    let beginning = Beginning::from(&*fate);
    let is_finished = beginning.kind != OutcomeKind::Waiting;
    work.connection
        .prepare_cached(
            "INSERT INTO deliveries (id, event, connection, subscription, action, order_key, state, received_at, \
             due, horizon, finished_at, rule, stage, status, error_type, message, held_back) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        )?
        .execute(params![
            id,
            event_id,
            connection,
            subscription,
            action,
            delivery.order.as_deref().map(digest::key),
            beginning.kind.code(),
            event.received_at.0,
            beginning.due.map(|due| due.0),
            beginning.horizon.map(|horizon| horizon.0),
            is_finished.then_some(event.received_at.0),
            beginning.rule.map(SkipRule::code),
            beginning.failure.map(|failure| failure.stage.code()),
            beginning.failure.and_then(|failure| failure.status),
            beginning.failure.and_then(|failure| failure.error_type.as_deref()),
            beginning.failure.map(|failure| failure.message.as_str()),
            beginning.failure.and_then(|failure| failure.held_back.as_deref()),
        ])?;
    work.changes.add(connection, Entry::Accepted, None, 1);
    work.changes
        .add(connection, Entry::In(beginning.kind), beginning.rule, 1);
    work.changes
        .add_bytes(connection, beginning.kind, event.body.len() as u64, 1);
    if let (Some(name), Some(due)) = (&delivery.connection, beginning.due) {
        let id = DeliveryId::from_row(id);
        work.notify(name, Notice::Waits(Place { due, id }));
    }
    Ok(())
}
