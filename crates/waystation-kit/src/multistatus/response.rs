//! The container of per-item results.

use super::outcome::{ItemError, ItemOutcome};

/// A result for each slot of a batch. A slot that stays empty is reported as an error that names the
/// item, never as success.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MultiStatusResponse {
    slots: Vec<Option<ItemOutcome>>,
}

/// The action reported a result for an item that its batch does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("slot {slot} does not exist in a batch of {len} items")]
pub struct SlotOutOfRange {
    /// The slot that was named.
    pub slot: usize,
    /// How many there are.
    pub len: usize,
}

impl MultiStatusResponse {
    /// Empty slots, one for each item of a batch; [`Batch::results`](super::Batch::results) counts for you.
    #[must_use]
    pub fn with_slots(len: usize) -> Self {
        Self {
            slots: vec![None; len],
        }
    }

    pub(super) fn from_outcomes(outcomes: Vec<ItemOutcome>) -> Self {
        Self {
            slots: outcomes.into_iter().map(Some).collect(),
        }
    }

    /// Sets the result of a slot; a later result replaces an earlier one.
    ///
    /// # Errors
    /// The batch has no such slot.
    pub fn set(&mut self, slot: usize, outcome: impl Into<ItemOutcome>) -> Result<(), SlotOutOfRange> {
        let len = self.slots.len();
        let place = self.slots.get_mut(slot).ok_or(SlotOutOfRange { slot, len })?;
        *place = Some(outcome.into());
        Ok(())
    }

    /// Takes the result of a slot back.
    pub fn unset(&mut self, slot: usize) {
        if let Some(place) = self.slots.get_mut(slot) {
            *place = None;
        }
    }

    /// The result of a slot, if one was set.
    #[must_use]
    pub fn get(&self, slot: usize) -> Option<&ItemOutcome> {
        self.slots.get(slot)?.as_ref()
    }

    /// The number of slots, set or not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are no slots.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The slots in order, set or not.
    pub fn iter(&self) -> impl Iterator<Item = Option<&ItemOutcome>> {
        self.slots.iter().map(Option::as_ref)
    }

    /// A result for each slot; those that were left empty become errors.
    #[must_use]
    pub fn into_outcomes(self) -> Vec<ItemOutcome> {
        self.slots
            .into_iter()
            .map(|slot| slot.unwrap_or_else(|| ItemError::missing().into()))
            .collect()
    }
}

impl FromIterator<Option<ItemOutcome>> for MultiStatusResponse {
    fn from_iter<I: IntoIterator<Item = Option<ItemOutcome>>>(slots: I) -> Self {
        Self {
            slots: slots.into_iter().collect(),
        }
    }
}

impl FromIterator<ItemOutcome> for MultiStatusResponse {
    fn from_iter<I: IntoIterator<Item = ItemOutcome>>(outcomes: I) -> Self {
        outcomes.into_iter().map(Some).collect()
    }
}

impl From<SlotOutOfRange> for crate::error::Error {
    fn from(error: SlotOutOfRange) -> Self {
        Self::invalid_response(error.to_string())
    }
}
