//! What an action is: a payload with something to do with it.

use std::future::Future;
use std::sync::Arc;

use serde_json::Value;
use waystation_json::JsonObject;

use crate::context::Context;
use crate::destination::Destination;
use crate::dynamic_fields::DynamicFields;
use crate::error::Result;
use crate::hooks::Hooks;
use crate::jobs::{JobPoll, JobStatus, SubmittedJob};
use crate::multistatus::{Batch, ItemError, ItemOutcome, ItemSuccess, MultiStatusResponse, partner_message};
use crate::payload::Payload;
use crate::request::Response;
use crate::request_key::RequestKey;
use crate::sync_mode::SyncModes;

/// What people see of an action, and when it runs by default.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no action: nothing says what it is called",
    label = "no `ActionInfo`",
    note = "write\n\nimpl ActionInfo<YourDestination> for {Self} {{\n    const SLUG: &'static str = \"...\";\n    const TITLE: &'static str = \"...\";\n    const DESCRIPTION: &'static str = \"...\";\n}}\n"
)]
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
    /// Whether the partner recognises a request that is sent again: an idempotency key travels along, or the
    /// request only says what is to be. Then a delivery whose outcome is unknown is tried again as often as any
    /// that failed; else only once, for fear of delivering twice.
    const IDEMPOTENT: bool = false;

    /// The actions that this one builds on, by slug: it reads what they noted in the
    /// [transaction](crate::services::Transaction) of the event. Where an event starts several actions of a
    /// connection, those run first; and only then there is a transaction.
    const AFTER: &'static [&'static str] = &[];

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
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no action: nothing says what it does",
    label = "no `Action`",
    note = "write\n\nimpl Action<YourDestination> for {Self} {{\n    async fn perform(cx: &Context<YourDestination>, payload: Self) -> Result<Output> {{\n        Ok(cx.post(\"https://...\").json(&payload).send().await?.into())\n    }}\n}}\n"
)]
pub trait Action<D: Destination>: ActionInfo<D> {
    /// Delivers one payload. What it returns is reported as `data`.
    ///
    /// Errors that can be retried are returned as they are; the retry wrapper deals with them.
    fn perform(cx: &Context<D>, payload: Self) -> impl Future<Output = Result<Output>> + Send;
}

/// An action that also takes many events at once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` takes no batches",
    label = "no `BatchAction`",
    note = "add it with `.action::<{Self}>()`, or write\n\nimpl BatchAction<YourDestination> for {Self} {{\n    async fn perform_batch(cx: &Context<YourDestination>, batch: Batch<Self>) -> Result<BatchOutput> {{\n        let sent: Vec<Value> = batch.payloads().map(|payload| json!(payload)).collect();\n        let answer = cx.post(\"https://...\").json(&sent).send().await;\n        Ok(batch.settle(sent, answer, read_complaints)?.into())\n    }}\n}}\n"
)]
pub trait BatchAction<D: Destination>: Action<D> {
    /// What payloads must have in common to travel in one request, for example the receiver; `None` if any may.
    ///
    /// [`BatchAction::perform_batch`] never sees payloads with different keys, whatever a mapping says about
    /// batch keys.
    ///
    /// ```ignore
    /// const REQUEST_KEY: Option<fn(&Self) -> RequestKey> = Some(|send| RequestKey::of(&(&send.url, &send.headers)));
    /// ```
    const REQUEST_KEY: Option<fn(&Self) -> RequestKey> = None;

    /// The most bytes that the partner takes in a request, for an action that sends a batch in one request whatever its
    /// size: fewer events are gathered then. An action that divides its requests ([`Parts`](crate::multistatus::Parts))
    /// knows better, and needs none.
    const MOST_BYTES: usize = usize::MAX;

    /// Whether a batch that the partner refused as a whole (400, 422) may be sent again in halves, to find the item
    /// that is to blame. Not if such a refusal does not mean that none of it was done. A batch that is too large (413)
    /// is always halved.
    const SPLITS: bool = true;

    /// Delivers a batch, with a result for each item.
    ///
    /// An error fails the batch as a whole and reaches the retry wrapper.
    fn perform_batch(cx: &Context<D>, batch: Batch<Self>)
    -> impl Future<Output = Result<BatchOutput>> + Send;
}

/// An action that hands a batch in as a job and asks later what became of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` hands nothing in as a job",
    label = "no `AsynchronousAction`",
    note = "write `impl AsynchronousAction<YourDestination> for {Self}` with `perform_batch`, which hands a batch in, and `perform_poll`, which asks what became of it"
)]
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
    /// The partner took it and complained: what it would return without the complaint, and the complaint.
    Warned(Box<Output>, String),
}

impl Output {
    /// The `data` of the result; `None` when there is none.
    #[must_use]
    pub fn into_data(self) -> Option<Value> {
        match self {
            Self::Response(response) => Some(response.data_or_text()),
            Self::Value(value) => Some(value),
            Self::Nothing => None,
            Self::Warned(output, _) => output.into_data(),
        }
    }

    /// Says that the partner took it and complained, in its words.
    ///
    /// ```
    /// # use waystation_kit::Output;
    /// let output = Output::Nothing.with_warning("the field `colour` is not known");
    /// assert_eq!(output.warning(), Some("the field `colour` is not known"));
    /// ```
    #[must_use]
    pub fn with_warning(self, warning: impl Into<String>) -> Self {
        match self {
            Self::Warned(output, earlier) => Self::Warned(output, format!("{earlier}; {}", warning.into())),
            output => Self::Warned(Box::new(output), warning.into()),
        }
    }

    /// What the partner complained about although it took the payload.
    #[must_use]
    pub fn warning(&self) -> Option<&str> {
        match self {
            Self::Warned(_, warning) => Some(warning),
            _ => None,
        }
    }

    /// The partner's answer, if that is what is returned.
    #[must_use]
    pub fn response(&self) -> Option<&Response> {
        match self {
            Self::Response(response) => Some(response),
            Self::Warned(output, _) => output.response(),
            Self::Value(_) | Self::Nothing => None,
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

/// What a batch delivery returns (recorded in `tests/conformance/runtime`).
#[derive(Debug, Clone)]
pub enum BatchOutput {
    /// A result for each item.
    MultiStatus(MultiStatusResponse),
    /// One answer of the partner for all items, whatever its status.
    Response(Box<Response>),
    /// Anything else: every item counts as delivered.
    Delivered,
}

impl BatchOutput {
    /// A result for each item; `given` holds their payloads in order.
    ///
    /// Holes and missing results become errors, and surplus ones are ignored. An answer for all items at once is
    /// what every item gets: a failing status that the action tolerated is a failure all the same.
    #[must_use]
    pub fn into_outcomes(self, given: &[Arc<Value>]) -> Vec<ItemOutcome> {
        match self {
            Self::MultiStatus(results) => {
                let mut outcomes = results.into_outcomes();
                outcomes.resize_with(given.len(), || ItemError::missing().into());
                outcomes
            }
            Self::Response(response) => {
                let of_item = |given: &Arc<Value>| of_shared_answer(Value::clone(given), &response);
                given.iter().map(of_item).collect()
            }
            Self::Delivered => {
                let taken = |given: &Arc<Value>| {
                    ItemSuccess::new(Value::clone(given), Value::Object(JsonObject::new())).into()
                };
                given.iter().map(taken).collect()
            }
        }
    }
}

fn of_shared_answer(sent: Value, response: &Response) -> ItemOutcome {
    let (status, body) = (response.status(), response.data_or_text());
    if status < 400 {
        return ItemSuccess::new(sent, body).with_status(status).into();
    }
    ItemError::new(status, partner_message(response))
        .with_exchange(sent, body)
        .of_whole_request()
        .into()
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
