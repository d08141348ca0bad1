//! Sends events again, at a pace.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::{Instant, sleep, sleep_until};
use waystation_json::read::from_slice;
use waystation_queue::{
    DeliveryId, Fate, Millis, NewDelivery, NewEvent, Queue, QueueError, RecordDetail, RecordFilter,
    RecordQuery, RecordSummary, Remedy,
};

use super::collect::{MOST_FOUND, collect};
use super::job::{End, Job, ResendState};
use crate::routing::Arrival;
use crate::supervisor::Deliveries;

/// How often something is sent, unless the pace is slower.
const TICK: Duration = Duration::from_millis(100);

/// The pause after a failure of the store.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Does a resend; how it ends.
pub(super) async fn run(job: &Job, deliveries: &Deliveries, queue: &dyn Queue) -> End {
    let found = match collect(queue, &job.request, &job.stop).await {
        Ok(found) if found.is_cut_off => {
            return End::Failed(format!(
                "it would be about more than {MOST_FOUND} deliveries: narrow it, for instance by time"
            ));
        }
        Ok(found) => found,
        Err(error) => return End::Failed(error.to_string()),
    };
    job.note(|progress| {
        progress.total = found.deliveries.len() as u64;
        progress.oldest = found.oldest;
        progress.state = ResendState::Sending;
    });
    // The oldest first, as they came.
    let mut left = found.deliveries.into_iter().rev().peekable();
    let mut pace = Pace::new(job.request.per_second.get());
    while left.peek().is_some() {
        tokio::select! {
            biased;
            () = job.stop.cancelled() => return End::Stopped,
            () = pace.next() => {}
        }
        let part: Vec<DeliveryId> = left.by_ref().take(pace.at_once).collect();
        if let Err(error) = send(job, deliveries, queue, &part).await {
            return match (error, job.stop.is_cancelled()) {
                (QueueError::Closed, _) | (_, true) => End::Stopped,
                (error, false) => End::Failed(error.to_string()),
            };
        }
    }
    match job.stop.is_cancelled() {
        true => End::Stopped,
        false => End::Done,
    }
}

/// When the next part is sent, and how large it is.
struct Pace {
    at_once: usize,
    every: Duration,
    next: Instant,
}

impl Pace {
    fn new(per_second: u32) -> Self {
        let at_once = (f64::from(per_second) * TICK.as_secs_f64()).ceil().max(1.0);
        Self {
            at_once: at_once as usize,
            every: Duration::from_secs_f64(at_once / f64::from(per_second)),
            next: Instant::now(),
        }
    }

    async fn next(&mut self) {
        sleep_until(self.next).await;
        // Time that was lost is not made up for.
        self.next = Instant::now() + self.every;
    }
}

/// Appends the events of some deliveries once more.
async fn send(
    job: &Job,
    deliveries: &Deliveries,
    queue: &dyn Queue,
    part: &[DeliveryId],
) -> Result<(), QueueError> {
    let mut events = Vec::new();
    for id in part {
        if let Some(event) = again(job, deliveries, queue, *id).await? {
            events.push(event);
        }
    }
    let sent = events
        .iter()
        .map(|event| event.deliveries.len() as u64)
        .sum::<u64>();
    let passed_over = (part.len() - events.len()) as u64;
    if !events.is_empty() {
        append(job, queue, events).await?;
    }
    job.note(|progress| {
        progress.looked_at += part.len() as u64;
        progress.sent += sent;
        progress.passed_over += passed_over;
    });
    Ok(())
}

/// However long it takes the store to have room, unless the resend is stopped.
async fn append(job: &Job, queue: &dyn Queue, events: Vec<NewEvent>) -> Result<(), QueueError> {
    loop {
        let Err(error) = queue.append_again(events.clone()).await else {
            return Ok(());
        };
        let wait = match (&error, error.remedy()) {
            (QueueError::Full { retry_after }, _) => *retry_after,
            (_, Remedy::Wait) => STORE_PAUSE,
            _ => return Err(error),
        };
        tokio::select! {
            () = job.stop.cancelled() => return Err(error),
            () = sleep(wait) => {}
        }
    }
}

/// The event of a delivery with what it means now; none if that is nothing.
async fn again(
    job: &Job,
    deliveries: &Deliveries,
    queue: &dyn Queue,
    id: DeliveryId,
) -> Result<Option<NewEvent>, QueueError> {
    // It may have been removed for its age since it was counted.
    let Some(RecordDetail { summary, body, .. }) = queue.record(id).await? else {
        return Ok(None);
    };
    let Ok(event) = from_slice(&body) else {
        return Ok(None);
    };
    let now = queue.clock().now();
    let meant = meant(job, deliveries, &summary, &event, now);
    if meant.is_empty() {
        return Ok(None);
    }
    if let Some(to) = &job.request.to
        && has_had(queue, &summary, to).await?
    {
        return Ok(None);
    }
    Ok(Some(NewEvent {
        source: summary.source,
        message_id: summary.message_id,
        user: summary.user,
        event_type: summary.event_type,
        event_name: summary.event_name,
        received_at: now,
        body,
        deliveries: meant,
    }))
}

/// What the event means now, for the connection that it is sent to.
fn meant(
    job: &Job,
    deliveries: &Deliveries,
    record: &RecordSummary,
    event: &Value,
    now: Millis,
) -> Vec<NewDelivery> {
    let Some(connection) = job.request.to.as_ref().or(record.connection.as_ref()) else {
        return Vec::new();
    };
    let arrival = Arrival {
        received_at: now,
        user: record.user.as_deref(),
    };
    let mut meant = deliveries
        .routing()
        .deliveries_to(&record.source, connection, event, arrival);
    meant.retain(|delivery| matches!(delivery.fate, Fate::Waiting { .. }));
    // To its own connection, a delivery goes by the subscription that it had.
    if job.request.to.is_none() && record.subscription.is_some() {
        meant.retain(|delivery| delivery.subscription == record.subscription);
    }
    meant
}

/// Whether a connection has had an event already, or is about to: a resend that is begun again does not repeat what the one
/// before has sent.
async fn has_had(queue: &dyn Queue, record: &RecordSummary, to: &Arc<str>) -> Result<bool, QueueError> {
    let query = RecordQuery {
        filter: RecordFilter {
            source: Some(Arc::clone(&record.source)),
            connection: Some(Arc::clone(to)),
            message_id: Some(record.message_id.clone()),
            ..RecordFilter::default()
        },
        before: None,
        limit: 50,
    };
    let page = queue.records(query).await?;
    // What was skipped has not got there.
    let has_had = |record: &RecordSummary| !matches!(record.state, waystation_queue::State::Skipped { .. });
    Ok(page.items.iter().any(has_had))
}
