//! The book of a batch: what became of each item, over as many requests as it takes.

use std::sync::Arc;

use serde_json::Value;

use super::batch::{Batch, BatchItem};
use super::outcome::{Blame, Certainty, ItemError, ItemOutcome, ItemSuccess};
use super::response::MultiStatusResponse;
use super::slots::Slots;
use crate::error::{Error, Result};
use crate::request::Response;
use crate::retry::is_retryable_status;

/// An item's place in a [`Ledger`]. Only the ledger hands them out, so there is none that it does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub(super) usize);

impl Slot {
    /// The item's place in the batch, from 0.
    #[must_use]
    pub const fn place(self) -> usize {
        self.0
    }
}

/// An item of a batch on its way, with its place in the ledger.
#[derive(Debug)]
pub struct Entry<P> {
    /// Its place.
    pub slot: Slot,
    /// The typed payload.
    pub payload: P,
    /// Whether the person enters (true) or leaves (false) the audience; `None` when it cannot be told.
    pub audience_membership: Option<bool>,
}

/// What results show besides the partner's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shown {
    /// What is shown as sent of an item that was taken.
    pub taken_sent: ShownSent,
    /// What is shown as sent of an item that was refused.
    pub refused_sent: ShownSent,
    /// What is shown as the answer to a refused item of which the partner said nothing in particular.
    pub refused_body: ShownBody,
}

/// What results show as sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ShownSent {
    /// What was sent.
    #[default]
    Sent,
    /// The payload that the action was given.
    Given,
}

/// What a refused item shows as the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ShownBody {
    /// The payload that the action was given.
    #[default]
    Given,
    /// The answer to its request.
    Answer,
    /// Nothing.
    Nothing,
}

/// What became of each item of a batch. Its rules are those of all batches:
///
/// * an item of which nothing is noted has **failed**: success is noted, item by item or, where the answer proves
///   it, for [all others](Slots::succeed_others) of a request;
/// * a refusal outweighs a success, and several refusals of an item are joined;
/// * what failed together, and all there is, is the failure of the batch and reaches the retry wrapper.
///
/// ```
/// use serde_json::json;
/// use waystation_kit::multistatus::{Batch, BatchItem, ItemError, Ledger};
///
/// let batch = Batch::new(vec![BatchItem::new("ana@example.com"), BatchItem::new("nobody")]);
/// let (mut ledger, entries) = Ledger::open(batch);
/// for entry in entries {
///     match entry.payload.contains('@') {
///         true => ledger.succeed(entry.slot, 200, json!({"added": entry.payload})),
///         false => ledger.refuse(entry.slot, ItemError::payload("not an e-mail address")),
///     }
/// }
/// let outcomes = ledger.finish()?.into_outcomes();
/// assert_eq!((outcomes[0].status(), outcomes[1].status()), (200, 400));
/// # Ok::<_, waystation_kit::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Ledger {
    records: Vec<Record>,
    shown: Shown,
    /// What some items failed by first, whichever they are.
    first_failure: Option<Arc<Error>>,
}

/// One item's line.
#[derive(Debug)]
struct Record {
    given: Arc<Value>,
    sent: Option<Value>,
    warning: Option<String>,
    noted: Noted,
}

/// What is known of an item.
#[derive(Debug)]
enum Noted {
    Nothing,
    Taken {
        status: u16,
        body: Option<Value>,
    },
    Refused(Box<ItemError>),
    /// Shared by all items that failed together.
    Failed(Arc<Error>),
}

impl Ledger {
    /// Opens the book for a batch, and gives each item its place.
    #[must_use]
    pub fn open<P>(batch: Batch<P>) -> (Self, Vec<Entry<P>>) {
        let mut ledger = Self::default();
        let entries = batch
            .into_iter()
            .map(|item| {
                let BatchItem {
                    payload,
                    given,
                    audience_membership,
                    ..
                } = item;
                Entry {
                    slot: ledger.add(given),
                    payload,
                    audience_membership,
                }
            })
            .collect();
        (ledger, entries)
    }

    /// Says what results show besides the partner's words.
    #[must_use]
    pub fn showing(mut self, shown: Shown) -> Self {
        self.shown = shown;
        self
    }

    pub(super) fn add(&mut self, given: Arc<Value>) -> Slot {
        self.records.push(Record {
            given,
            sent: None,
            warning: None,
            noted: Noted::Nothing,
        });
        Slot(self.records.len() - 1)
    }

    /// Notes what was sent for an item: its result shows it.
    pub fn sent(&mut self, slot: Slot, sent: Value) {
        if let Some(record) = self.records.get_mut(slot.0) {
            record.sent = Some(sent);
        }
    }

    /// Notes that an item was sent, and that its result shows the payload that the action was given.
    pub fn sent_as_given(&mut self, slot: Slot) {
        if let Some(record) = self.records.get_mut(slot.0) {
            record.sent = Some(Value::clone(&record.given));
        }
    }

    /// Notes that the partner took an item, and what it said of it; nothing in particular if `body` is `None`.
    pub fn succeed(&mut self, slot: Slot, status: u16, body: impl Into<Option<Value>>) {
        let body = body.into();
        if let Some(record) = self.records.get_mut(slot.0)
            && matches!(record.noted, Noted::Nothing | Noted::Taken { .. })
        {
            record.noted = Noted::Taken { status, body };
        }
    }

    /// Notes a complaint about an item that the partner takes all the same.
    pub fn warn(&mut self, slot: Slot, words: impl Into<String>) {
        if let Some(record) = self.records.get_mut(slot.0) {
            let words = words.into();
            record.warning = Some(match record.warning.take() {
                Some(earlier) => format!("{earlier}; {words}"),
                None => words,
            });
        }
    }

    /// Notes that an item is refused, by the partner or before it is sent. Complaints about an item are joined; the
    /// first decides on status and code.
    pub fn refuse(&mut self, slot: Slot, complaint: impl Into<ItemError>) {
        let Some(record) = self.records.get_mut(slot.0) else {
            return;
        };
        let complaint = complaint.into();
        match &mut record.noted {
            Noted::Refused(earlier) => earlier.join(&complaint),
            Noted::Failed(_) => {}
            noted => *noted = Noted::Refused(Box::new(complaint)),
        }
    }

    /// Notes that these items failed together. What was noted of an item before stays.
    pub fn fail(&mut self, slots: impl IntoIterator<Item = Slot>, error: Error) {
        let error = Arc::new(error);
        for slot in slots {
            if let Some(record) = self.records.get_mut(slot.0)
                && matches!(record.noted, Noted::Nothing)
            {
                record.noted = Noted::Failed(Arc::clone(&error));
                self.first_failure.get_or_insert_with(|| Arc::clone(&error));
            }
        }
    }

    /// Whether nothing is noted of an item yet.
    #[must_use]
    pub fn is_open(&self, slot: Slot) -> bool {
        self.records
            .get(slot.0)
            .is_some_and(|record| matches!(record.noted, Noted::Nothing))
    }

    /// Whether an item was refused, or failed.
    #[must_use]
    pub fn has_failed(&self, slot: Slot) -> bool {
        self.records
            .get(slot.0)
            .is_some_and(|record| matches!(record.noted, Noted::Refused(_) | Noted::Failed(_)))
    }

    /// All places, in order.
    pub fn slots(&self) -> impl Iterator<Item = Slot> + use<> {
        (0..self.records.len()).map(Slot)
    }

    /// Takes the answer to one request that carried these items, in its order. On a success answer `read` notes
    /// what it says of them. A failure that no retry can mend refuses every item, with the partner's status and
    /// words; any other failure is what they fail by.
    pub fn settle(
        &mut self,
        slots: &[Slot],
        result: Result<Response>,
        read: impl FnOnce(&Response, &mut Slots<'_>) -> Result<()>,
    ) {
        match result {
            Ok(response) => {
                let mut told = Slots::new(self, slots);
                let read = read(&response, &mut told);
                told.close(&response, read);
            }
            Err(error) => self.settle_failure(slots, error),
        }
    }

    fn settle_failure(&mut self, slots: &[Slot], error: Error) {
        if concerns_the_attempt(&error) {
            return self.fail(slots.iter().copied(), error);
        }
        let mut refusal = ItemError::from_error(&error).of_whole_request();
        if self.shown.refused_body == ShownBody::Answer {
            refusal.body = error.answer().map(Response::data_or_text);
        }
        for &slot in slots {
            if self.is_open(slot) {
                self.refuse(slot, refusal.clone());
            }
        }
    }

    /// A result for each item, in the order of the batch.
    ///
    /// # Errors
    /// When all items failed together, or all by failures that have to reach the retry wrapper: the first of them.
    pub fn finish(self) -> Result<MultiStatusResponse> {
        if let Some(error) = self.failure_of_all() {
            return Err(error.clone());
        }
        let shown = self.shown;
        Ok(self
            .records
            .into_iter()
            .map(|record| record.into_outcome(shown))
            .collect())
    }

    /// The end of a ledger of a single item that was delivered alone.
    ///
    /// # Errors
    /// Why it was not delivered.
    pub fn finish_single(self) -> Result<ItemSuccess> {
        match self.finish()?.into_outcomes().pop() {
            Some(ItemOutcome::Success(success)) => Ok(success),
            Some(ItemOutcome::Error(error)) => Err(error.into()),
            None => Err(ItemError::missing().into()),
        }
    }

    /// What failed all items that were sent. Only a failure that another attempt may mend also speaks for items that
    /// were refused before anything was sent: they will be refused again.
    fn failure_of_all(&self) -> Option<&Error> {
        let first = self.first_failure.as_ref()?;
        let (mut is_shared, mut may_pass) = (true, true);
        for record in &self.records {
            match &record.noted {
                Noted::Failed(error) => {
                    is_shared &= Arc::ptr_eq(error, first);
                    may_pass &= concerns_the_attempt(error);
                }
                Noted::Refused(_) if record.sent.is_none() => is_shared = false,
                _ => return None,
            }
        }
        (is_shared || may_pass).then_some(&**first)
    }
}

/// Whether a failure has to reach the retry wrapper: 408, 423, 429, every 5xx, and whatever is not an answer of
/// somebody (time-outs, broken connections, surprises). Any other is final for the items that it concerns.
fn concerns_the_attempt(error: &Error) -> bool {
    error.is_retryable() || error.status().is_none_or(|status| status >= 500)
}

impl Record {
    fn into_outcome(self, shown: Shown) -> ItemOutcome {
        let Self {
            given,
            sent,
            warning,
            noted,
        } = self;
        let was_sent = sent.is_some();
        let shown_as = match noted {
            Noted::Taken { .. } => shown.taken_sent,
            _ => shown.refused_sent,
        };
        let shown_sent = match shown_as {
            ShownSent::Sent => sent,
            ShownSent::Given => was_sent.then(|| Value::clone(&given)),
        };
        match noted {
            Noted::Taken { status, body } => ItemSuccess {
                status,
                sent: shown_sent.unwrap_or_default(),
                body: body.unwrap_or_else(|| Arc::unwrap_or_clone(given)),
                warning,
            }
            .into(),
            Noted::Refused(mut refusal) => {
                refusal.sent = refusal.sent.take().or(shown_sent);
                if was_sent && refusal.body.is_none() && shown.refused_body == ShownBody::Given {
                    refusal.body = Some(Arc::unwrap_or_clone(given));
                }
                (*refusal).into()
            }
            Noted::Failed(error) => {
                let mut failure = ItemError::from_error(&error);
                if let Some(answer) = error.answer().filter(|_| shown.refused_body == ShownBody::Answer) {
                    failure.blame = Blame::Request;
                    failure.body = Some(answer.data_or_text());
                    failure.sent = shown_sent;
                }
                failure.into()
            }
            Noted::Nothing => {
                let mut missing = ItemError::missing();
                if was_sent {
                    missing.certainty = Certainty::Unknown;
                }
                missing.into()
            }
        }
    }
}

/// Lets refusals of a request that no retry can mend be read like answers, for they may name the items to blame.
///
/// # Errors
/// Every other failure stays one.
pub fn with_final_refusals_as_answers(result: Result<Response>) -> Result<Response> {
    match result {
        Err(Error::Http(response)) if response.status() < 500 && !is_retryable_status(response.status()) => {
            Ok(*response)
        }
        result => result,
    }
}
