//! Takes a batch apart that the partner refused as a whole, so that one bad item does not spoil the others.
//!
//! The refused items go out again in halves, the halves of refused halves after them, until every item is
//! delivered or was refused alone. Larger parts come first: they tell the most per request.

use std::collections::VecDeque;

use waystation_kit::any::{AnyAction, RawItem};
use waystation_kit::multistatus::Blame;
use waystation_kit::{Error, ItemError, ItemOutcome};

use super::RetrySettings;
use super::progress::Progress;
use super::verdict::Why;
use crate::layers::{Delivered, Delivery};

/// The parts of a batch that are still to be sent.
#[derive(Debug, Clone)]
pub(super) struct Split {
    waiting: VecDeque<Vec<Suspect>>,
    requests_left: u32,
    /// Whether only a batch that is too large is taken apart.
    too_large_only: bool,
    /// Whether anything has been taken apart.
    has_begun: bool,
}

/// An item that was refused along with others.
#[derive(Debug, Clone)]
struct Suspect {
    item: RawItem,
    /// Its place in the batch as it came in.
    place: usize,
    /// What it was refused with; its result if it cannot be asked about again.
    refusal: ItemError,
}

impl Split {
    /// How batches of this action are taken apart; `None` if they are not.
    pub(super) fn of(retries: &RetrySettings, action: &AnyAction) -> Option<Self> {
        let allowed = retries.split.filter(|_| action.splits);
        let too_large = || retries.split_too_large.then(|| retries.split.unwrap_or_default());
        Some(Self {
            waiting: VecDeque::new(),
            requests_left: allowed.or_else(too_large)?.requests.get(),
            too_large_only: allowed.is_none(),
            has_begun: false,
        })
    }

    /// Puts aside, in halves, the items of an attempt that were refused along with others. What is known of
    /// them is forgotten. Gives back why they were refused; `None` if there are no such items.
    pub(super) fn take_apart(
        &mut self,
        items: &[RawItem],
        result: &Result<Delivered, Error>,
        progress: &Progress,
    ) -> Option<Why> {
        let mut suspects = self.suspects(items, result, &progress.open());
        let why = Why::Status(suspects.first()?.refusal.status);
        let may_lie_in_items = suspects
            .iter()
            .all(|suspect| self.names_content(suspect.refusal.status));
        if suspects.len() < 2 || !may_lie_in_items {
            // Nothing more can be found out. A batch that was never taken apart is not touched: its failure is one
            // of the whole.
            if self.has_begun {
                settle(suspects, progress);
            }
            return None;
        }
        self.has_begun = true;
        suspects.iter().for_each(|suspect| progress.forget(suspect.place));
        let second = suspects.split_off(suspects.len().div_ceil(2));
        self.waiting.extend([suspects, second]);
        Some(why)
    }

    /// The items of an attempt that were refused for good along with others; `places` tells where they are in the
    /// batch as it came in.
    fn suspects(
        &self,
        items: &[RawItem],
        result: &Result<Delivered, Error>,
        places: &[usize],
    ) -> Vec<Suspect> {
        let refusals: Vec<Option<ItemError>> = match result {
            Err(error) if !error.is_retryable() => {
                vec![Some(ItemError::from_error(error).of_whole_request()); items.len()]
            }
            Ok(Delivered::Batch(outcomes)) => outcomes
                .iter()
                .map(|outcome| self.refused_along(outcome))
                .collect(),
            _ => return Vec::new(),
        };
        items
            .iter()
            .zip(places)
            .zip(refusals)
            .filter_map(|((item, place), refusal)| {
                Some(Suspect {
                    item: item.clone(),
                    place: *place,
                    refusal: refusal?,
                })
            })
            .collect()
    }

    fn refused_along(&self, outcome: &ItemOutcome) -> Option<ItemError> {
        match outcome {
            ItemOutcome::Error(error)
                if error.blame == Blame::Request && self.names_content(error.status) =>
            {
                Some(error.clone())
            }
            _ => None,
        }
    }

    /// Whether a refusal with this status may lie in single items, or in their number: it is too large (413), or the
    /// content is wrong (400, 422). Wrong credentials or a wrong address concern all of them alike.
    fn names_content(&self, status: u16) -> bool {
        status == 413 || (!self.too_large_only && matches!(status, 400 | 422))
    }

    /// The next part to send, if there is one and a request is left for it. The items of parts that nobody can
    /// ask about any more keep what they were refused with.
    pub(super) fn next_half(&mut self, progress: &Progress) -> Option<Delivery> {
        if self.requests_left == 0 {
            let waiting = std::mem::take(&mut self.waiting);
            settle(waiting.into_iter().flatten(), progress);
        }
        let half = self.waiting.pop_front()?;
        self.requests_left -= 1;
        progress.open_only(half.iter().map(|suspect| suspect.place).collect());
        Some(Delivery::Batch(
            half.into_iter().map(|suspect| suspect.item).collect(),
        ))
    }

    /// The items that are left come back later, for the reason given.
    pub(super) fn postpone(&mut self, reason: &ItemError, progress: &Progress) {
        let reason = ItemError {
            sent: None,
            body: None,
            ..reason.clone()
        };
        for suspect in self.waiting.drain(..).flatten() {
            progress.note_at(suspect.place, reason.clone().into());
        }
    }
}

fn settle(suspects: impl IntoIterator<Item = Suspect>, progress: &Progress) {
    for suspect in suspects {
        progress.note_at(suspect.place, suspect.refusal.into());
    }
}
