//! Batches of which some items are refused before anything is sent.

use std::sync::Arc;

use waystation_kit::prelude::*;

/// A batch sorted into what can be sent and what cannot.
#[derive(Debug)]
pub struct Sorted {
    sendable: Vec<BatchItem<Value>>,
    /// The places of the sendable items in the whole batch.
    places: Vec<usize>,
    /// The results of the whole batch, so far those of the items that cannot be sent.
    results: MultiStatusResponse,
}

impl Sorted {
    /// Sorts a batch: `to_wire` turns a payload, of which it also sees the given form, into what is sent, or
    /// into the result of an item that cannot be sent.
    ///
    /// # Errors
    /// None in practice: every item has a slot.
    pub fn new<P>(
        batch: Batch<P>,
        mut to_wire: impl FnMut(P, &Value) -> Result<Value, Box<ItemError>>,
    ) -> Result<Self> {
        let mut results = batch.results();
        let mut sendable = Vec::with_capacity(batch.len());
        let mut places = Vec::with_capacity(batch.len());
        for (slot, item) in batch.into_iter().enumerate() {
            match item.map(|payload, given| to_wire(payload, given)).transpose() {
                Ok(item) => {
                    places.push(slot);
                    sendable.push(item);
                }
                Err(error) => results.set(slot, *error)?,
            }
        }
        Ok(Self {
            sendable,
            places,
            results,
        })
    }

    /// Takes out what is to be sent, and what it was given as. The positions in both are the *slots* of
    /// [`Sorted::finish`].
    pub fn take_sendable(&mut self) -> (Batch<Value>, Vec<Arc<Value>>) {
        let sendable = std::mem::take(&mut self.sendable);
        let given = sendable.iter().map(|item| Arc::clone(&item.given)).collect();
        (Batch::new(sendable), given)
    }

    /// Joins the results of what was sent with those of what was not. `tell` has the last word on what the
    /// result of a slot shows.
    ///
    /// # Errors
    /// There are more results than items were sendable.
    pub fn finish(
        mut self,
        sent: MultiStatusResponse,
        mut tell: impl FnMut(usize, ItemOutcome) -> ItemOutcome,
    ) -> Result<BatchOutput> {
        for ((slot, outcome), place) in sent.into_outcomes().into_iter().enumerate().zip(self.places) {
            self.results.set(place, tell(slot, outcome))?;
        }
        Ok(self.results.into())
    }
}
