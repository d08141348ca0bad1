//! Deliveries: in lists, and in full.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use waystation_client::Redactor;
use waystation_queue::{Failure, Page, RecordDetail, RecordSummary, Round, State};

use super::names;
use crate::time::Time;

/// A part of a list of deliveries, newest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeliveryPage)]
pub(crate) struct ShownPage {
    items: Vec<ShownDelivery>,
    /// What to send as `cursor` for the next part; null at the end. A part may be short, even empty, and still have a
    /// next one.
    next: Option<u64>,
}

/// One event on its way to one subscription of one connection.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Delivery)]
pub(crate) struct ShownDelivery {
    /// Grows in the order of acceptance.
    id: u64,
    /// The source that the event came from.
    source: String,
    /// The sender's id of the event.
    message_id: String,
    /// Whom the event is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    /// `track`, `identify` and so on.
    #[serde(skip_serializing_if = "Option::is_none")]
    event_type: Option<String>,
    /// The name of a tracked event or a page.
    #[serde(skip_serializing_if = "Option::is_none")]
    event_name: Option<String>,
    received_at: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    /// Where it is in its life.
    #[schema(schema_with = names::outcomes)]
    outcome: &'static str,
    /// The rule by which it was skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = names::rules)]
    rule: Option<&'static str>,
    /// What the partner complained about although it took the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
    /// Why it is dead, or why the last round of what waits failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<ShownFailure>,
    /// When it is tried next, if it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Time>,
    /// Until when it is tried, if it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    horizon: Option<Time>,
    /// When it was delivered, was skipped or died.
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<Time>,
    /// The status of the last round.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// How many attempts were made, in all rounds.
    attempts: u32,
    /// How many rounds were made.
    rounds: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_attempt_at: Option<Time>,
}

/// Why a delivery failed.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DeliveryFailure)]
struct ShownFailure {
    /// At which step.
    #[schema(schema_with = names::stages)]
    stage: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// The class of the error.
    #[serde(skip_serializing_if = "Option::is_none")]
    error_type: Option<String>,
    message: String,
    /// Why the partner is not asked, if it is not; the rest is what it said last.
    #[serde(skip_serializing_if = "Option::is_none")]
    held_back: Option<String>,
}

/// A delivery with everything that is known of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DeliveryDetail)]
pub(crate) struct ShownDetail {
    #[serde(flatten)]
    delivery: ShownDelivery,
    /// The event as it was accepted.
    event: Value,
    /// Its rounds, oldest first. Between them, it waited in the queue.
    history: Vec<ShownRound>,
}

/// Everything between taking a delivery out of the queue and knowing what became of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Round)]
struct ShownRound {
    /// 1 is the first.
    number: u32,
    started_at: Time,
    finished_at: Time,
    /// The status of the outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// How many attempts were made in it.
    attempts: u32,
    /// How it failed, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<ShownFailure>,
    /// `attempts`, `exchanges` with the partner, the place in its `batch`, and what was `sent` for it; as far as they
    /// were recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    detail: Option<Value>,
}

impl ShownDelivery {
    /// The source that the event came from.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }
}

impl From<Page<RecordSummary>> for ShownPage {
    fn from(page: Page<RecordSummary>) -> Self {
        Self {
            items: page.items.into_iter().map(ShownDelivery::from).collect(),
            next: page.next.map(|id| id.0),
        }
    }
}

impl From<RecordSummary> for ShownDelivery {
    fn from(record: RecordSummary) -> Self {
        let outcome = record.state.kind().name();
        let mut shown = Self {
            id: record.id.0,
            source: record.source.to_string(),
            message_id: record.message_id,
            user: record.user,
            event_type: record.event_type,
            event_name: record.event_name,
            received_at: record.received_at.into(),
            connection: record.connection.map(|name| name.to_string()),
            subscription: record.subscription.map(|name| name.to_string()),
            action: record.action.map(|action| action.to_string()),
            outcome,
            rule: None,
            warning: None,
            failure: None,
            due: None,
            horizon: None,
            finished_at: None,
            status: record.status,
            attempts: record.attempts,
            rounds: record.rounds,
            first_attempt_at: record.first_attempt_at.map(Time::from),
        };
        match record.state {
            State::Waiting {
                due,
                horizon,
                failure,
            } => {
                shown.due = Some(due.into());
                shown.horizon = Some(horizon.into());
                shown.failure = failure.map(ShownFailure::from);
            }
            State::Delivered { at, warning } => {
                shown.finished_at = Some(at.into());
                shown.warning = warning;
            }
            State::Skipped { at, rule } => {
                shown.finished_at = Some(at.into());
                shown.rule = Some(rule.name());
            }
            State::Dead { at, failure } => {
                shown.finished_at = Some(at.into());
                shown.failure = Some(failure.into());
            }
        }
        shown
    }
}

impl From<Failure> for ShownFailure {
    fn from(failure: Failure) -> Self {
        Self {
            stage: failure.stage.name(),
            status: failure.status,
            error_type: failure.error_type,
            message: failure.message,
            held_back: failure.held_back,
        }
    }
}

impl ShownDetail {
    pub(crate) fn new(record: RecordDetail, redactor: &Redactor) -> Self {
        Self {
            event: redactor.value(&readable(&record.body)),
            history: record.history.into_iter().map(ShownRound::from).collect(),
            delivery: record.summary.into(),
        }
    }
}

impl From<Round> for ShownRound {
    fn from(round: Round) -> Self {
        let report = round.report;
        Self {
            number: round.number,
            started_at: report.started_at.into(),
            finished_at: report.finished_at.into(),
            status: report.status,
            attempts: report.attempts,
            failure: round.failure.map(ShownFailure::from),
            detail: detail(report.call.as_deref(), report.detail.as_deref()),
        }
    }
}

/// What the deliveries of a call have in common, and what this one has of its own, as one object.
fn detail(call: Option<&[u8]>, own: Option<&[u8]>) -> Option<Value> {
    let own = own.map(readable);
    let Some(call) = call else { return own };
    Some(match (readable(call), own) {
        (Value::Object(mut call), Some(Value::Object(own))) => {
            call.extend(own);
            Value::Object(call)
        }
        (call, None) => call,
        (_, Some(own)) => own,
    })
}

/// What is stored, as JSON; as text if somebody else has written into the store.
fn readable(stored: &[u8]) -> Value {
    waystation_json::read::from_slice(stored).unwrap_or_else(|_| String::from_utf8_lossy(stored).into())
}
