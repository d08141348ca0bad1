//! The items of a batch, each with its payload twice: typed, and as given.

use std::sync::Arc;

use serde_json::Value;
use waystation_json::JsonObject;

use super::ledger::{Ledger, Slot};
use super::response::MultiStatusResponse;
use super::slots::Slots;
use crate::error::{Error, Result};
use crate::request::Response;

/// The items that one call of `perform_batch` gets. Their positions in this list are called *slots*.
#[derive(Debug, Clone)]
pub struct Batch<P> {
    items: Vec<BatchItem<P>>,
}

/// One item of a batch.
#[derive(Debug, Clone)]
pub struct BatchItem<P> {
    /// The typed payload.
    pub payload: P,
    /// The payload as it was given to the action: what `body` reports where a partner answers for all items
    /// at once.
    pub given: Arc<Value>,
    /// The item's place in the caller's batch, which may have lost items before the action was called.
    pub index: usize,
    /// Whether the person enters (true) or leaves (false) the audience; `None` when it cannot be told.
    pub audience_membership: Option<bool>,
}

impl<P> BatchItem<P> {
    /// An item that stands alone, without its given form.
    #[must_use]
    pub fn new(payload: P) -> Self {
        Self {
            payload,
            given: Arc::new(Value::Null),
            index: 0,
            audience_membership: None,
        }
    }

    /// The same item with another payload. `to` may change what `body` reports, too.
    pub fn map<Q>(mut self, to: impl FnOnce(P, &mut Arc<Value>) -> Q) -> BatchItem<Q> {
        BatchItem {
            payload: to(self.payload, &mut self.given),
            given: self.given,
            index: self.index,
            audience_membership: self.audience_membership,
        }
    }
}

impl<P, E> BatchItem<std::result::Result<P, E>> {
    /// The item, or what is wrong with its payload.
    ///
    /// # Errors
    /// The error that stands in the payload's place.
    pub fn transpose(self) -> std::result::Result<BatchItem<P>, E> {
        Ok(BatchItem {
            payload: self.payload?,
            given: self.given,
            index: self.index,
            audience_membership: self.audience_membership,
        })
    }
}

impl<P> Batch<P> {
    /// A batch of these items.
    #[must_use]
    pub fn new(items: Vec<BatchItem<P>>) -> Self {
        Self { items }
    }

    /// The items in order.
    #[must_use]
    pub fn items(&self) -> &[BatchItem<P>] {
        &self.items
    }

    /// The items in order.
    pub fn iter(&self) -> std::slice::Iter<'_, BatchItem<P>> {
        self.items.iter()
    }

    /// The typed payloads in order.
    pub fn payloads(&self) -> impl Iterator<Item = &P> {
        self.items.iter().map(|item| &item.payload)
    }

    /// The number of items.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Changes what `body` reports: for actions that tidy a payload up before they send it.
    #[must_use]
    pub fn report_as(mut self, tidy: impl Fn(&mut JsonObject)) -> Self {
        for item in &mut self.items {
            if let Value::Object(given) = Arc::make_mut(&mut item.given) {
                tidy(given);
            }
        }
        self
    }

    /// Turns one answer of the partner for all items into a result for each; see [`Ledger::settle`].
    ///
    /// `sent` holds what was posted for each item, in order.
    ///
    /// # Errors
    /// Whatever has to reach the retry wrapper.
    pub fn settle(
        &self,
        sent: Vec<Value>,
        result: Result<Response>,
        read: impl FnOnce(&Response, &mut Slots<'_>) -> Result<()>,
    ) -> Result<MultiStatusResponse> {
        let (mut ledger, slots) = match self.with_sent(sent) {
            Ok(opened) => opened,
            // What failed took nothing, so it is told and tried again as if nobody had lost count.
            Err(_) if result.is_err() => return result.and(Ok(MultiStatusResponse::default())),
            Err(miscounted) => return Err(miscounted),
        };
        ledger.settle(&slots, result, read);
        ledger.finish()
    }

    fn with_sent(&self, sent: Vec<Value>) -> Result<(Ledger, Vec<Slot>)> {
        if sent.len() != self.len() {
            // Nobody can tell any more which answer belongs to which item.
            let (given, sent) = (self.len(), sent.len());
            return Err(Error::Miscounted(format!(
                "the action sent {sent} items of a batch of {given}"
            )));
        }
        let mut ledger = Ledger::default();
        let slots = self.items.iter().zip(sent).map(|(item, sent)| {
            let slot = ledger.add(Arc::clone(&item.given));
            ledger.sent(slot, sent);
            slot
        });
        let slots = slots.collect();
        Ok((ledger, slots))
    }
}

impl<P> IntoIterator for Batch<P> {
    type Item = BatchItem<P>;
    type IntoIter = std::vec::IntoIter<BatchItem<P>>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'batch, P> IntoIterator for &'batch Batch<P> {
    type Item = &'batch BatchItem<P>;
    type IntoIter = std::slice::Iter<'batch, BatchItem<P>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item() -> BatchItem<u8> {
        BatchItem {
            payload: 7,
            given: Arc::new(json!({"n": 7})),
            index: 3,
            audience_membership: Some(true),
        }
    }

    #[test]
    fn another_payload_leaves_the_rest_as_it_is() {
        let item = item().map(|payload, given| {
            *given = Arc::new(json!("told"));
            format!("<{payload}>")
        });
        assert_eq!(item.payload, "<7>");
        assert_eq!(*item.given, json!("told"));
        assert_eq!((item.index, item.audience_membership), (3, Some(true)));
    }

    #[test]
    fn a_payload_that_failed_is_an_item_that_failed() {
        let fine = item().map(|payload, _| Ok::<_, String>(payload + 1));
        assert_eq!(
            fine.transpose().map(|item| (item.payload, item.index)),
            Ok((8, 3))
        );
        let failed = item().map(|payload, _| Err::<(), _>(format!("{payload} fails")));
        assert_eq!(
            failed.transpose().map(|item| item.index),
            Err("7 fails".to_owned())
        );
    }
}
