//! The results of a batch.

use super::outcome::{ItemError, ItemOutcome};

/// A result for each item of a batch, in its order; [`Ledger`](super::Ledger) puts them together. An item without
/// one is reported as an error, never as success.
///
/// ```
/// # use serde_json::json;
/// # use waystation_kit::{ItemError, ItemOutcome, ItemSuccess, MultiStatusResponse};
/// let results: MultiStatusResponse = [
///     ItemOutcome::from(ItemSuccess::new(json!({"id": 1}), json!({}))),
///     ItemError::payload("no e-mail address").into(),
/// ]
/// .into_iter()
/// .collect();
/// assert_eq!(results.len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MultiStatusResponse {
    outcomes: Vec<Option<ItemOutcome>>,
}

impl MultiStatusResponse {
    /// The number of items, with or without a result.
    #[must_use]
    pub fn len(&self) -> usize {
        self.outcomes.len()
    }

    /// Whether there are no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.outcomes.is_empty()
    }

    /// The results in order; `None` for items without one.
    pub fn iter(&self) -> impl Iterator<Item = Option<&ItemOutcome>> {
        self.outcomes.iter().map(Option::as_ref)
    }

    /// A result for each item; the missing ones become errors.
    #[must_use]
    pub fn into_outcomes(self) -> Vec<ItemOutcome> {
        self.outcomes
            .into_iter()
            .map(|outcome| outcome.unwrap_or_else(|| ItemError::missing().into()))
            .collect()
    }
}

impl FromIterator<Option<ItemOutcome>> for MultiStatusResponse {
    fn from_iter<I: IntoIterator<Item = Option<ItemOutcome>>>(outcomes: I) -> Self {
        Self {
            outcomes: outcomes.into_iter().collect(),
        }
    }
}

impl FromIterator<ItemOutcome> for MultiStatusResponse {
    fn from_iter<I: IntoIterator<Item = ItemOutcome>>(outcomes: I) -> Self {
        outcomes.into_iter().map(Some).collect()
    }
}
