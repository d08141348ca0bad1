//! What became of an event or a list of them.

use std::mem;

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use waystation_client::Redactor;
use waystation_kit::ItemOutcome;
use waystation_runtime::{BatchOutcome, Error, EventOutcome, Skip};

use crate::failure::Failure;
use crate::room::Room;

/// What became of the event or the list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct Outcome {
    status: Status,
    /// What the action returned for an event.
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
    /// What the partner complained about although it took the event.
    #[serde(skip_serializing_if = "Option::is_none")]
    warning: Option<String>,
    /// Why nothing was to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// How many items of a list were delivered.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered: Option<usize>,
    /// Of those, how many the partner complained about although it took them.
    #[serde(skip_serializing_if = "Option::is_none")]
    warned: Option<usize>,
    /// In a dry run, in place of those that were delivered: how many would have been sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    shown: Option<usize>,
    /// How many were not.
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<usize>,
    /// Of those, how many the partner's answer does not tell whether it took them.
    #[serde(skip_serializing_if = "Option::is_none")]
    unknown: Option<usize>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
    /// The results of single items, which a report shows beside the outcome.
    #[serde(skip)]
    pub(crate) items: Option<Value>,
}

/// What became of it in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OutcomeStatus)]
enum Status {
    /// All of it is at the partner.
    Delivered,
    /// Some items of a list are.
    Partial,
    /// None of it is.
    #[default]
    Failed,
    /// Nothing was to be done.
    Skipped,
    /// What would be sent is shown; the partner knows nothing of it. Items of a list may have failed before that.
    DryRun,
}

impl Outcome {
    /// What became of an event.
    #[must_use]
    pub(crate) fn of_event(outcome: Result<EventOutcome, Error>, redactor: &Redactor, room: &Room) -> Self {
        match outcome {
            Ok(EventOutcome::Performed { output, .. }) => Self {
                status: Status::Delivered,
                warning: output
                    .warning()
                    .map(|warning| redactor.text(warning).into_owned()),
                data: output.into_data().map(|data| room.value(&data, redactor)),
                ..Self::default()
            },
            Ok(EventOutcome::Skipped(skip)) => Self::skipped(&skip),
            Err(error) => Self::failed(Failure::new(&error, redactor, room)),
        }
    }

    /// What became of a list of events.
    #[must_use]
    pub(crate) fn of_batch(outcome: Result<BatchOutcome, Error>, redactor: &Redactor, room: &Room) -> Self {
        match outcome {
            Ok(BatchOutcome::Items(items)) => Self::of_items(items, redactor, room),
            Ok(BatchOutcome::Failed { error, items }) => Self {
                error: Some(Failure::new(&Error::Action(error), redactor, room)),
                ..Self::of_items(items, redactor, room)
            },
            Ok(BatchOutcome::Skipped(skip)) => Self::skipped(&skip),
            Err(error) => Self::failed(Failure::new(&error, redactor, room)),
        }
    }

    /// Nothing was delivered.
    #[must_use]
    pub fn failed(error: Failure) -> Self {
        Self {
            status: Status::Failed,
            error: Some(error),
            ..Self::default()
        }
    }

    fn skipped(skip: &Skip) -> Self {
        Self {
            status: Status::Skipped,
            reason: Some(skip.to_string()),
            ..Self::default()
        }
    }

    fn of_items(items: Vec<ItemOutcome>, redactor: &Redactor, room: &Room) -> Self {
        let is_failed = |item: &&ItemOutcome| matches!(item, ItemOutcome::Error(_));
        let failed = items.iter().filter(is_failed).count();
        let delivered = items.len() - failed;
        let warned = items.iter().filter(|item| item.warning().is_some()).count();
        let unknown = items.iter().filter(|item| item.outcome_is_unknown()).count();
        Self {
            status: match (delivered, failed) {
                (0, 0) => Status::Skipped,
                (_, 0) => Status::Delivered,
                (0, _) => Status::Failed,
                (_, _) => Status::Partial,
            },
            reason: items.is_empty().then(|| "the list is empty".to_owned()),
            delivered: Some(delivered),
            warned: Some(warned).filter(|warned| *warned > 0),
            failed: Some(failed),
            unknown: Some(unknown).filter(|unknown| *unknown > 0),
            items: Some(items.into_iter().map(|item| node(item, redactor, room)).collect()),
            ..Self::default()
        }
    }

    /// The same of a dry run, in which nothing was delivered.
    #[must_use]
    pub(crate) fn of_dry_run(self) -> Self {
        if !matches!(self.status, Status::Delivered | Status::Partial) {
            return self;
        }
        let is_item = |node: &&mut Value| node.get("errortype").is_none();
        let mut items = self.items;
        let nodes = items.as_mut().and_then(Value::as_array_mut);
        for node in nodes.into_iter().flatten().filter(is_item) {
            node["dryRun"] = true.into();
        }
        Self {
            status: Status::DryRun,
            reason: Some("nothing was sent: this is a dry run".to_owned()),
            shown: self.delivered,
            delivered: None,
            items,
            ..self
        }
    }

    /// The status of an answer that tells of this outcome alone. A list that came as far as its items has 200 or
    /// 207, whatever they came to.
    #[must_use]
    pub fn http_status(&self) -> StatusCode {
        match (self.status, self.delivered.or(self.shown), &self.error) {
            (Status::Delivered | Status::Skipped, _, _) => StatusCode::OK,
            (Status::DryRun, _, None) if self.failed.is_none_or(|failed| failed == 0) => StatusCode::OK,
            (_, Some(_), _) => StatusCode::MULTI_STATUS,
            (_, None, Some(error)) => error.http_status(),
            (_, None, None) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What a log says of it, if anything failed.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        match (&self.error, self.failed) {
            (Some(error), _) => Some(error.message().to_owned()),
            (None, Some(failed @ 1..)) => Some(format!("{failed} items were not delivered")),
            (None, _) => None,
        }
    }
}

/// An item as the platform tells it, with what the platform has no word for. What was sent for it and what came back are
/// not copied, for each of a thousand items may have the whole answer.
pub(crate) fn node(mut item: ItemOutcome, redactor: &Redactor, room: &Room) -> Value {
    let (sent, body, reporter) = match &mut item {
        ItemOutcome::Success(success) => (
            Some(mem::take(&mut success.sent)),
            Some(mem::take(&mut success.body)),
            None,
        ),
        ItemOutcome::Error(error) => {
            let reporter = error.reporter();
            (error.sent.take(), error.body.take(), Some(reporter))
        }
    };
    let mut node = redactor.value(&item.to_node());
    if let Some(reporter) = reporter {
        node["errorreporter"] = reporter.into();
    }
    for (name, value) in [("sent", sent), ("body", body)] {
        if let Some(value) = value {
            node[name] = room.value(&value, redactor);
        }
    }
    if let Some(warning) = item.warning() {
        node["warning"] = redactor.text(warning).into();
    }
    if item.outcome_is_unknown() {
        node["unknownOutcome"] = true.into();
    }
    node
}
