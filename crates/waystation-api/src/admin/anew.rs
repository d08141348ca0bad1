//! Events that came to nothing, taken anew: what the ingest rejected is read by today's rules, what was skipped is routed
//! by today's configuration.

use std::sync::Arc;

use serde_json::Value;
use waystation_config::Config;
use waystation_delivery::Routing;
use waystation_delivery::routing::Arrival;
use waystation_http::{ApiError, Code};
use waystation_ingest::{Kept, read_again};
use waystation_queue::{
    DeliveryId, Fate, Millis, NewDelivery, NewEvent, RecordDetail, RecordFilter, RecordQuery, Replacement,
    SkipRule, State,
};

use super::deliveries::find;
use crate::app::{App, store_failed};

/// How many records are looked up at a time.
const PAGE: usize = 500;

/// How many deliveries are replaced in one transaction.
const SLICE: usize = 100;

/// Today's rules.
struct Today {
    config: Arc<Config>,
    routing: Arc<Routing>,
    now: Millis,
}

/// Takes the event of one delivery anew.
///
/// # Errors
/// It would come to nothing again, its message id was taken meanwhile, or the store failed.
pub(super) async fn one(app: &App, record: RecordDetail) -> Result<u64, ApiError> {
    let id = record.summary.id;
    let conflict = |reason: String| ApiError::new(Code::Conflict, format!("Delivery {id} stays: {reason}"));
    let replacement = Today::of(app).replacement(record).map_err(conflict)?;
    match replace(app, vec![replacement]).await? {
        0 => Err(conflict("the event was sent again meanwhile.".to_owned())),
        replaced => Ok(replaced),
    }
}

/// Takes the events of all deliveries anew that are like this, oldest first; how many. Those that would come to nothing
/// again stay.
pub(super) async fn matching(app: &App, filter: RecordFilter) -> Result<u64, ApiError> {
    let mut ids = find_all(app, filter).await?;
    ids.reverse();
    let mut replaced = 0;
    for slice in ids.chunks(SLICE) {
        let today = Today::of(app);
        let mut replacements = Vec::with_capacity(slice.len());
        for id in slice {
            // It may be gone by now.
            let record = find(app, *id).await.ok();
            replacements.extend(record.and_then(|record| today.replacement(record).ok()));
        }
        replaced += replace(app, replacements).await?;
    }
    Ok(replaced)
}

/// The numbers of the deliveries that are like this, newest first.
async fn find_all(app: &App, filter: RecordFilter) -> Result<Vec<DeliveryId>, ApiError> {
    let mut query = RecordQuery {
        filter,
        before: None,
        limit: PAGE,
    };
    let mut ids = Vec::new();
    loop {
        let page = app
            .api()
            .queue
            .records(query.clone())
            .await
            .map_err(store_failed)?;
        ids.extend(page.items.iter().map(|record| record.id));
        if page.next.is_none() {
            return Ok(ids);
        }
        query.before = page.next;
    }
}

async fn replace(app: &App, replacements: Vec<Replacement>) -> Result<u64, ApiError> {
    if replacements.is_empty() {
        return Ok(0);
    }
    app.api().queue.replace(replacements).await.map_err(store_failed)
}

impl Today {
    fn of(app: &App) -> Self {
        Self {
            config: app.config(),
            routing: app.api().deliveries.routing(),
            now: app.api().queue.clock().now(),
        }
    }

    /// The event, to take the place of a delivery.
    ///
    /// # Errors
    /// Why it would come to nothing again, as a sentence.
    fn replacement(&self, record: RecordDetail) -> Result<Replacement, String> {
        let summary = &record.summary;
        let replaced = summary.id;
        let event = match (&summary.state, &summary.connection) {
            (State::Dead { .. }, None) => self.rejected(record)?,
            (State::Skipped { .. }, _) => self.skipped(record)?,
            (state, _) => return Err(format!("it is {}.", state.kind())),
        };
        Ok(Replacement { replaced, event })
    }

    /// An event that the ingest rejected.
    fn rejected(&self, record: RecordDetail) -> Result<NewEvent, String> {
        let RecordDetail { summary, body, .. } = record;
        let kept = Kept {
            body: &body,
            message_id: &summary.message_id,
            received_at: summary.received_at.0,
        };
        let read = read_again(kept, self.config.ingest.max_event).map_err(|rejected| rejected.to_string())?;
        let text = |key: &str| read.event.get(key).and_then(Value::as_str).map(str::to_owned);
        Ok(NewEvent {
            event_type: text("type"),
            event_name: text("event").or_else(|| text("name")),
            deliveries: self.deliveries(&summary.source, &read.event, read.user.as_deref()),
            source: summary.source,
            message_id: read.message_id,
            user: read.user,
            received_at: self.now,
            body: read.body,
        })
    }

    /// An event that was skipped, by its connection or because there was none.
    fn skipped(&self, record: RecordDetail) -> Result<NewEvent, String> {
        let RecordDetail { summary, body, .. } = record;
        let event: Value = serde_json::from_slice(&body).map_err(|error| error.to_string())?;
        let mut deliveries = self.deliveries(&summary.source, &event, summary.user.as_deref());
        if summary.connection.is_some() {
            deliveries.retain(|delivery| delivery.connection == summary.connection);
        }
        if !deliveries.iter().any(waits) {
            let rule = deliveries.iter().find_map(rule);
            let rule = rule.unwrap_or(SkipRule::NoConnection);
            return Err(format!("it would be skipped again, by the rule {rule}."));
        }
        Ok(NewEvent {
            source: summary.source,
            message_id: summary.message_id,
            user: summary.user,
            event_type: summary.event_type,
            event_name: summary.event_name,
            received_at: self.now,
            body,
            deliveries,
        })
    }

    fn deliveries(&self, source: &str, event: &Value, user: Option<&str>) -> Vec<NewDelivery> {
        let arrival = Arrival {
            received_at: self.now,
            user,
        };
        self.routing.deliveries(source, event, arrival)
    }
}

const fn waits(delivery: &NewDelivery) -> bool {
    matches!(delivery.fate, Fate::Waiting { .. })
}

const fn rule(delivery: &NewDelivery) -> Option<SkipRule> {
    match delivery.fate {
        Fate::Skipped { rule } => Some(rule),
        _ => None,
    }
}
