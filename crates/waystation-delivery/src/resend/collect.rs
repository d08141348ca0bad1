//! What a resend is about: found before anything is sent, so that it is about nothing that it makes itself.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use tokio_util::sync::CancellationToken;
use waystation_queue::{
    DeliveryId, Millis, OutcomeKind, Queue, QueueError, RecordQuery, RecordSummary, Stage, State,
};

use super::ResendRequest;
use crate::deletion;

/// The most deliveries that one resend is about.
pub const MOST_FOUND: usize = 1_000_000;

/// How many are read at once.
const PART: usize = 1_000;

/// The deliveries that a resend is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The deliveries, newest first; of an event that another connection gets, only one.
    pub deliveries: Vec<DeliveryId>,
    /// When the oldest of the events arrived.
    pub oldest: Option<Millis>,
    /// Whether there are more than [`MOST_FOUND`].
    pub is_cut_off: bool,
}

/// Finds them; what was found so far, if it is stopped.
pub(super) async fn collect(
    queue: &dyn Queue,
    request: &ResendRequest,
    stop: &CancellationToken,
) -> Result<Found, QueueError> {
    let mut found = Found::default();
    let mut seen = Seen::default();
    let mut query = RecordQuery {
        filter: request.filter.clone(),
        before: None,
        limit: PART,
    };
    while !stop.is_cancelled() {
        let page = queue.records(query.clone()).await?;
        for record in page.items {
            if !is_meant(request, &record) || (request.to.is_some() && !seen.is_new(&record)) {
                continue;
            }
            if found.deliveries.len() >= MOST_FOUND {
                found.is_cut_off = true;
                return Ok(found);
            }
            found.deliveries.push(record.id);
            found.oldest = found.oldest.map_or(Some(record.received_at), |oldest| {
                Some(oldest.min(record.received_at))
            });
        }
        query.before = page.next;
        if query.before.is_none() {
            break;
        }
    }
    Ok(found)
}

/// Which events were found already, by two hashes of their source and message id: a million of them are 16 MB.
#[derive(Default)]
struct Seen {
    hashers: [RandomState; 2],
    events: HashSet<[u64; 2]>,
}

impl Seen {
    /// Whether the event of this delivery was not found before; it is from now on.
    fn is_new(&mut self, record: &RecordSummary) -> bool {
        let event = (&record.source, &record.message_id);
        let hashes = self.hashers.each_ref().map(|hasher| hasher.hash_one(event));
        self.events.insert(hashes)
    }
}

fn is_meant(request: &ResendRequest, record: &RecordSummary) -> bool {
    let is = |wanted: &Option<String>, is: &Option<String>| wanted.is_none() || wanted == is;
    record.action.as_deref() != Some(deletion::ACTION)
        && is(&request.event_type, &record.event_type)
        && is(&request.event_name, &record.event_name)
        && match &record.state {
            // No event that could be sent to anybody.
            State::Dead { failure, .. } if failure.stage == Stage::Ingest => false,
            // To its own connection it is on its way already, or has a replay of its own.
            state => match state.kind() {
                OutcomeKind::Delivered | OutcomeKind::Skipped => true,
                OutcomeKind::Waiting | OutcomeKind::Dead => request.to.is_some(),
            },
        }
}
