//! From one answer of the partner to a result for each item.

use serde_json::Value;

use super::outcome::{Blame, ItemError, ItemOutcome, ItemSuccess, final_for_every_item};
use crate::error::{Error, Result};
use crate::error_code::ErrorCode;
use crate::request::Response;
use crate::retry::is_retryable_status;

/// A partner's complaint about one item.
#[derive(Debug, Clone, PartialEq)]
pub struct PartnerItemError {
    /// The status that fits, 400 unless the partner says more.
    pub status: u16,
    /// The error type; the first complaint about an item decides.
    pub code: ErrorCode,
    /// The partner's words; several complaints about an item are joined by `; `.
    pub message: String,
}

impl PartnerItemError {
    /// A complaint with status 400.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            status: 400,
            code,
            message: message.into(),
        }
    }
}

/// Collects what a partner says about the items of a batch.
#[derive(Debug)]
pub struct Slots {
    complaints: Vec<Option<Complaint>>,
    successes: Vec<Option<(u16, Value)>>,
    unplaced: Vec<String>,
}

/// A complaint, and whether it is about the item that it was noted for.
#[derive(Debug, Clone)]
struct Complaint {
    error: PartnerItemError,
    blame: Blame,
}

impl Slots {
    /// For so many items, none of them complained about.
    #[must_use]
    pub fn new(len: usize) -> Self {
        Self {
            complaints: vec![None; len],
            successes: vec![None; len],
            unplaced: Vec::new(),
        }
    }

    /// The number of items that were sent.
    #[must_use]
    pub fn len(&self) -> usize {
        self.complaints.len()
    }

    /// Whether nothing was sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.complaints.is_empty()
    }

    /// Notes a complaint about the item at `slot`. An index that is missing, or that was never sent, fails
    /// the batch with the partner's words: a complaint is never dropped.
    pub fn fail(&mut self, slot: Option<usize>, complaint: PartnerItemError) {
        let Some(place) = slot.and_then(|slot| self.complaints.get_mut(slot)) else {
            let index = slot.map_or_else(|| "no usable index".to_owned(), |slot| format!("index {slot}"));
            self.unplaced.push(format!("{} ({index})", complaint.message));
            return;
        };
        match place {
            Some(earlier) => {
                earlier.error.message.push_str("; ");
                earlier.error.message.push_str(&complaint.message);
            }
            None => {
                *place = Some(Complaint {
                    error: complaint,
                    blame: Blame::Item,
                });
            }
        }
    }

    /// Notes that the partner refused the whole request, for every item that nothing has been noted of. They may
    /// fare better without the items that are to blame.
    pub fn refuse_others(&mut self, complaint: &PartnerItemError) {
        let places = self.complaints.iter_mut().zip(&self.successes);
        for (place, _) in places.filter(|(complaint, success)| complaint.is_none() && success.is_none()) {
            *place = Some(Complaint {
                error: complaint.clone(),
                blame: Blame::Request,
            });
        }
    }

    /// Notes what the partner says about an item that it took. A complaint about the same item wins.
    ///
    /// # Errors
    /// A 502 for a slot that was never sent.
    pub fn succeed(&mut self, slot: usize, status: u16, body: Value) -> Result<()> {
        let len = self.len();
        let place = self.successes.get_mut(slot).ok_or_else(|| {
            Error::invalid_response(format!("the partner answered for item {slot} of {len}"))
        })?;
        *place = Some((status, body));
        Ok(())
    }

    fn finish(self, given: Vec<Value>, sent: Vec<Value>) -> Result<Vec<ItemOutcome>> {
        if !self.unplaced.is_empty() {
            return Err(Error::invalid_response(format!(
                "the partner complained about items that cannot be told: {}",
                self.unplaced.join("; ")
            )));
        }
        let items = given
            .into_iter()
            .zip(sent)
            .zip(self.complaints)
            .zip(self.successes);
        Ok(items
            .map(|(((given, sent), complaint), success)| outcome(given, sent, complaint, success))
            .collect())
    }
}

fn outcome(
    given: Value,
    sent: Value,
    complaint: Option<Complaint>,
    success: Option<(u16, Value)>,
) -> ItemOutcome {
    match (complaint, success) {
        (Some(Complaint { error, blame }), _) => ItemError {
            blame,
            ..ItemError::new(error.status, error.message)
                .with_code(error.code)
                .with_exchange(sent, given)
        }
        .into(),
        (None, Some((status, body))) => ItemSuccess::new(sent, body).with_status(status).into(),
        (None, None) => ItemSuccess::new(sent, given).into(),
    }
}

/// See [`Batch::settle`](super::Batch::settle).
pub(super) fn settle(
    given: Vec<Value>,
    sent: Vec<Value>,
    result: Result<Response>,
    read: impl FnOnce(&Response, &mut Slots) -> Result<()>,
) -> Result<Vec<ItemOutcome>> {
    if given.len() != sent.len() {
        // Nobody can tell any more which answer belongs to which item.
        let (given, sent) = (given.len(), sent.len());
        return Err(Error::internal(format!(
            "the action sent {sent} items of a batch of {given}"
        )));
    }
    match result {
        Ok(response) => {
            let mut slots = Slots::new(sent.len());
            read(&response, &mut slots)?;
            slots.finish(given, sent)
        }
        Err(error) => {
            let error = final_for_every_item(error)?;
            let items = given.into_iter().zip(sent);
            Ok(items
                .map(|(given, sent)| error.clone().with_exchange(sent, given).into())
                .collect())
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
