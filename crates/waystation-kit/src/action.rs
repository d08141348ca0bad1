//! What an action is: a payload with something to do with it.

use std::future::Future;

use serde_json::Value;

use crate::context::Context;
use crate::destination::Destination;
use crate::dynamic_fields::DynamicFields;
use crate::error::Result;
use crate::hooks::Hooks;
use crate::jobs::{JobPoll, JobStatus, SubmittedJob};
use crate::multistatus::{Batch, MultiStatusResponse};
use crate::payload::Payload;
use crate::request::Response;
use crate::sync_mode::SyncModes;

/// What people see of an action, and when it runs by default.
pub trait ActionInfo<D: Destination>: Payload {
    /// The name in addresses and subscriptions, for example `trackEvent`.
    const SLUG: &'static str;
    /// The name that people read.
    const TITLE: &'static str;
    /// What it does, in a sentence.
    const DESCRIPTION: &'static str;
    /// The subscription it starts with, in FQL.
    const SUBSCRIBE: Option<&'static str> = None;
    /// Whether it is kept out of listings; it still runs.
    const HIDDEN: bool = false;

    /// The ways a warehouse row may be synced, if the action tells them apart.
    #[must_use]
    fn sync_modes() -> Option<SyncModes> {
        None
    }

    /// The fields whose choices are asked of the partner.
    #[must_use]
    fn dynamic_fields() -> DynamicFields<D> {
        DynamicFields::new()
    }

    /// What happens when a mapping is saved.
    #[must_use]
    fn hooks() -> Hooks<D> {
        Hooks::new()
    }
}

/// An action for one event at a time.
pub trait Action<D: Destination>: ActionInfo<D> {
    /// Delivers one payload. What it returns is reported as `data`.
    ///
    /// Errors that can be retried are returned as they are; the retry wrapper deals with them.
    fn perform(cx: &Context<D>, payload: Self) -> impl Future<Output = Result<Output>> + Send;
}

/// An action that also takes many events at once.
pub trait BatchAction<D: Destination>: Action<D> {
    /// Delivers a batch, with a result for each item.
    ///
    /// An error fails the batch as a whole and reaches the retry wrapper.
    fn perform_batch(cx: &Context<D>, batch: Batch<Self>)
    -> impl Future<Output = Result<BatchOutput>> + Send;
}

/// An action that hands a batch in as a job and asks later what became of it.
pub trait AsynchronousAction<D: Destination>: ActionInfo<D> {
    /// Hands the batch in.
    fn perform_batch(
        cx: &Context<D>,
        batch: Batch<Self>,
    ) -> impl Future<Output = Result<SubmittedJob>> + Send;

    /// Asks what became of a job.
    fn perform_poll(cx: &Context<D>, poll: JobPoll) -> impl Future<Output = Result<JobStatus>> + Send;
}

/// What a single delivery returns.
#[derive(Debug, Clone)]
pub enum Output {
    /// The partner's answer: its parsed body, else its text, becomes the data.
    Response(Box<Response>),
    /// Any other value.
    Value(Value),
    /// Nothing.
    Nothing,
}

impl Output {
    /// The `data` of the result; `None` when there is none.
    #[must_use]
    pub fn into_data(self) -> Option<Value> {
        match self {
            Self::Response(response) => Some(response.data_or_text()),
            Self::Value(value) => Some(value),
            Self::Nothing => None,
        }
    }
}

impl From<Response> for Output {
    fn from(response: Response) -> Self {
        Self::Response(Box::new(response))
    }
}

impl From<Value> for Output {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

/// What a batch delivery returns (`../spec/runtime.md` section 7).
#[derive(Debug, Clone)]
pub enum BatchOutput {
    /// A result for each item.
    MultiStatus(MultiStatusResponse),
    /// One answer of the partner for all items, whatever its status.
    Response(Box<Response>),
    /// Anything else: every item counts as delivered.
    Delivered,
}

impl From<MultiStatusResponse> for BatchOutput {
    fn from(results: MultiStatusResponse) -> Self {
        Self::MultiStatus(results)
    }
}

impl From<Response> for BatchOutput {
    fn from(response: Response) -> Self {
        Self::Response(Box::new(response))
    }
}
