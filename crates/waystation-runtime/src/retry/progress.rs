//! What is known of each item of a batch while its delivery goes on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use waystation_kit::{Error, ItemError, ItemOutcome};

use crate::layers::{Delivered, Delivery};

/// What is known of each item of a batch, across attempts: so that no delivered item is sent twice, and none
/// is forgotten when the caller's deadline ends the call between two attempts.
///
/// Copies share what they know. A single payload has no items, and nothing is known of it.
#[derive(Debug, Clone)]
pub struct Progress(Arc<Mutex<Items>>);

#[derive(Debug)]
struct Items {
    /// By place in the batch as it came in.
    outcomes: Vec<Option<ItemOutcome>>,
    /// The places of the items of the current attempt.
    open: Vec<usize>,
    /// What the partner or the network said to the last attempt that was sent, if it failed as a whole.
    said: Option<Error>,
}

impl Progress {
    /// Nothing is known yet.
    #[must_use]
    pub fn of(delivery: &Delivery) -> Self {
        let len = match delivery {
            Delivery::Batch(items) => items.len(),
            Delivery::Single { .. } | Delivery::Submit(_) | Delivery::Poll(_) => 0,
        };
        Self(Arc::new(Mutex::new(Items {
            outcomes: vec![None; len],
            open: (0..len).collect(),
            said: None,
        })))
    }

    /// An attempt that was sent is to be followed by another one: what it failed with as a whole, if it did.
    pub(super) fn said(&self, error: Option<&Error>) {
        self.locked().said = error.cloned();
    }

    /// Notes results of the current attempt, by place in that attempt; a missing one leaves what was known, and so does
    /// one that was held back: it says nothing that is worth more than the partner's words.
    pub fn note<'a>(&self, outcomes: impl IntoIterator<Item = Option<&'a ItemOutcome>>) {
        let Items {
            outcomes: known,
            open,
            said: _,
        } = &mut *self.locked();
        for (place, outcome) in open.iter().zip(outcomes) {
            if let (Some(known), Some(outcome)) = (known.get_mut(*place), outcome)
                && (known.is_none() || !outcome.is_held_back())
            {
                *known = Some(outcome.clone());
            }
        }
    }

    /// Notes a result by place in the batch as it came in.
    pub(super) fn note_at(&self, place: usize, outcome: ItemOutcome) {
        if let Some(known) = self.locked().outcomes.get_mut(place) {
            *known = Some(outcome);
        }
    }

    /// What was known of an item no longer holds; by place in the batch as it came in.
    pub(super) fn forget(&self, place: usize) {
        if let Some(known) = self.locked().outcomes.get_mut(place) {
            *known = None;
        }
    }

    /// The items of the current attempt, by place in the batch as it came in.
    pub(super) fn open(&self) -> Vec<usize> {
        self.locked().open.clone()
    }

    /// The next attempt carries these items, by place in the batch as it came in.
    pub(super) fn open_only(&self, places: Vec<usize>) {
        self.locked().open = places;
    }

    /// The next attempt carries only these items, by place in the current one.
    pub fn keep_open(&self, indices: &[usize]) {
        let mut items = self.locked();
        items.open = indices
            .iter()
            .filter_map(|index| items.open.get(*index).copied())
            .collect();
    }

    /// Replaces the result of the last attempt by what is known of the whole batch. A failure concerns the
    /// items that were still to be delivered; it stays a failure of the whole as long as no item has a result
    /// of its own. Where the last attempt was held back, what was said to the one before it stands.
    ///
    /// # Errors
    /// The failure, if nothing else is known.
    pub fn join(&self, result: Result<Delivered, Error>) -> Result<Delivered, Error> {
        let (known, said) = {
            let mut items = self.locked();
            (std::mem::take(&mut items.outcomes), items.said.take())
        };
        let is_held_back = matches!(result, Err(Error::NotSent { .. }));
        let stands = is_held_back && said.is_none();
        let result = match said {
            Some(said) if is_held_back => Err(said),
            _ => result,
        };
        if !known.iter().any(Option::is_some) {
            return result;
        }
        let rest = match &result {
            Ok(_) => ItemError::missing(),
            Err(error) => ItemError::from_error(error),
        };
        let is_settled = |outcome: &ItemOutcome| stands || result.is_ok() || !outcome.is_retryable();
        let joined = known
            .into_iter()
            .map(|outcome| outcome.filter(is_settled).unwrap_or_else(|| rest.clone().into()));
        Ok(Delivered::Batch(joined.collect()))
    }

    fn locked(&self) -> MutexGuard<'_, Items> {
        // Outcomes are noted one by one; a panic elsewhere cannot leave one half written.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
