//! The outcome of a batch.

use serde_json::Value;
use waystation_kit::{ItemError, ItemOutcome};
use waystation_runtime::outcome::{BatchOutcome, Report, nodes};
use waystation_runtime::retry::Attempt;

use super::{assert_attempts, skipped};

/// The outcome of a batch.
#[derive(Debug)]
#[must_use]
pub struct BatchRunOutcome {
    report: Report<BatchOutcome>,
}

impl BatchRunOutcome {
    pub(crate) fn of(report: Report<BatchOutcome>) -> Self {
        Self { report }
    }

    /// A result for each item, in order.
    ///
    /// # Panics
    /// The batch came to no results: the mapping failed, or no event matched.
    #[track_caller]
    #[must_use]
    pub fn items(&self) -> &[ItemOutcome] {
        match &self.report.result {
            Ok(BatchOutcome::Items(items) | BatchOutcome::Failed { items, .. }) => items,
            Ok(BatchOutcome::Skipped(skip)) => panic!("{}", skipped(skip, &self.report.subscribe)),
            Err(error) => panic!("the batch came to no results: {error}"),
        }
    }

    /// The results as the platform is told them: `{status, sent, body, errortype, ...}`.
    #[track_caller]
    #[must_use]
    pub fn nodes(&self) -> Vec<Value> {
        nodes(self.items())
    }

    /// The attempts, if it came to any.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        &self.report.attempts
    }

    /// That every item was delivered.
    ///
    /// # Panics
    /// One was not.
    #[track_caller]
    pub fn assert_delivered(&self) -> &Self {
        for index in 0..self.items().len() {
            self.assert_item(index).delivered();
        }
        self
    }

    /// One item, by its place in the batch.
    ///
    /// # Panics
    /// The batch has no such item.
    #[track_caller]
    pub fn assert_item(&self, index: usize) -> ItemAssertion<'_> {
        let items = self.items();
        let item = items
            .get(index)
            .unwrap_or_else(|| panic!("the batch has {} items, so there is no item {index}", items.len()));
        ItemAssertion { index, item }
    }

    /// That there were so many attempts.
    ///
    /// # Panics
    /// There were more or fewer.
    #[track_caller]
    pub fn assert_attempts(&self, count: usize) -> &Self {
        assert_attempts(self.attempts(), count);
        self
    }

    /// How many items each attempt carried.
    #[must_use]
    pub fn items_by_attempt(&self) -> Vec<usize> {
        self.attempts().iter().map(|attempt| attempt.items).collect()
    }
}

/// Assertions about one item.
#[derive(Debug, Clone, Copy)]
#[must_use = "an item is not asserted by looking at it: say delivered() or failed_with()"]
pub struct ItemAssertion<'o> {
    index: usize,
    item: &'o ItemOutcome,
}

impl<'o> ItemAssertion<'o> {
    /// The partner took it.
    ///
    /// # Panics
    /// It did not.
    #[track_caller]
    pub fn delivered(self) {
        if let ItemOutcome::Error(_) = self.item {
            panic!(
                "item {} should have been delivered, and it is {}",
                self.index,
                told(self.item)
            );
        }
    }

    /// It failed, with this status and error type; the error.
    ///
    /// # Panics
    /// It did not, or otherwise.
    #[track_caller]
    #[allow(
        clippy::must_use_candidate,
        reason = "mostly asked for nothing but the assertion"
    )]
    pub fn failed_with(self, status: u16, code: &str) -> &'o ItemError {
        match self.item {
            ItemOutcome::Error(error) if error.status == status && error.code.as_str() == code => error,
            other => panic!(
                "item {} should have failed with status {status} and {code}, and it is {}",
                self.index,
                told(other)
            ),
        }
    }
}

/// The item as the platform is told it, and for whom that is new: how to mend it.
fn told(item: &ItemOutcome) -> String {
    let node = item.to_node();
    match item {
        ItemOutcome::Error(error) if error.is_missing() => format!(
            "{node}: the action notes nothing about it, and an item of which nothing is noted has failed. If the \
             partner took it, say so: `slots.succeed(place, ...)`, or `slots.succeed_others()` for all that the answer \
             does not name"
        ),
        _ => node.to_string(),
    }
}
