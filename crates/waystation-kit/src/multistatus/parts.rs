//! One batch in several requests: within the partner's limits, joined back in order.

use std::collections::VecDeque;
use std::io;

use serde_json::Value;

use super::batch::{Batch, BatchItem};
use super::outcome::{ItemError, ItemOutcome};
use super::response::MultiStatusResponse;
use super::settle::{Slots, settle};
use crate::error::{Error, Result};
use crate::request::Response;

/// What a partner takes in one request.
#[derive(Debug, Clone, Copy)]
pub struct PartLimits {
    /// Items a request.
    pub items: usize,
    /// Bytes a request, its envelope included.
    pub bytes: usize,
    /// Bytes an item, as serialised JSON.
    pub item_bytes: usize,
    /// Bytes of the request that are not items, for example `{"batch":[]}`.
    pub envelope_bytes: usize,
}

impl PartLimits {
    /// A limit on the number of items alone.
    #[must_use]
    pub const fn items(items: usize) -> Self {
        Self {
            items,
            bytes: usize::MAX,
            item_bytes: usize::MAX,
            envelope_bytes: 0,
        }
    }
}

/// The items of one request.
#[derive(Debug)]
pub struct Part {
    slots: Vec<usize>,
    sent: Vec<Value>,
}

impl Part {
    /// What to post, in order.
    #[must_use]
    pub fn items(&self) -> &[Value] {
        &self.sent
    }

    /// The slots of the batch that the items come from.
    #[must_use]
    pub fn slots(&self) -> &[usize] {
        &self.slots
    }
}

/// A batch on its way in several requests.
///
/// An item that cannot be written, or that is over the partner's limit, fails alone. When some requests
/// succeed and others have to be tried again, only the items of the latter carry the error, so that the
/// retry wrapper never sends a delivered item twice.
#[derive(Debug)]
pub struct Parts<'batch, P> {
    batch: &'batch Batch<P>,
    waiting: VecDeque<Part>,
    results: Vec<Option<ItemOutcome>>,
    sent_parts: usize,
    rethrown: Vec<(Vec<usize>, Error)>,
}

impl<'batch, P> Parts<'batch, P> {
    /// Splits a batch; `to_wire` gives the JSON that is posted for an item.
    pub fn new(
        batch: &'batch Batch<P>,
        limits: PartLimits,
        to_wire: impl Fn(&BatchItem<P>) -> Result<Value>,
    ) -> Self {
        Self::grouped(batch, limits, |_| (), to_wire)
    }

    /// Splits a batch so that a request never mixes groups; requests go out in the order of the groups.
    pub fn grouped<G: Ord>(
        batch: &'batch Batch<P>,
        limits: PartLimits,
        group: impl Fn(&BatchItem<P>) -> G,
        to_wire: impl Fn(&BatchItem<P>) -> Result<Value>,
    ) -> Self {
        let mut results = vec![None; batch.len()];
        let mut fitting = Vec::with_capacity(batch.len());
        for (slot, item) in batch.iter().enumerate() {
            match fit(item, limits, &to_wire) {
                Ok((sent, bytes)) => fitting.push((group(item), slot, sent, bytes)),
                Err(error) => results[slot] = Some(error.into()),
            }
        }
        fitting.sort_by(|(a, ..), (b, ..)| a.cmp(b));
        let waiting = pack(fitting, limits);
        Self {
            batch,
            waiting,
            results,
            sent_parts: 0,
            rethrown: Vec::new(),
        }
    }

    /// The next request to send, if any is left.
    pub fn next_part(&mut self) -> Option<Part> {
        self.waiting.pop_front()
    }

    /// Takes the answer to a part; see [`Batch::settle`].
    pub fn settle(
        &mut self,
        part: Part,
        result: Result<Response>,
        read: impl FnOnce(&Response, &mut Slots) -> Result<()>,
    ) {
        self.sent_parts += 1;
        let Part { slots, sent } = part;
        let given = slots
            .iter()
            .map(|slot| Value::clone(&self.batch.items()[*slot].given))
            .collect();
        match settle(given, sent, result, read) {
            Ok(outcomes) => {
                for (slot, outcome) in slots.into_iter().zip(outcomes) {
                    self.results[slot] = Some(outcome);
                }
            }
            Err(error) => self.rethrown.push((slots, error)),
        }
    }

    /// Joins the results back in the order of the batch.
    ///
    /// # Errors
    /// When every request failed in a way that has to reach the retry wrapper: the first such error.
    pub fn finish(mut self) -> Result<MultiStatusResponse> {
        if self.sent_parts == self.rethrown.len() && !self.rethrown.is_empty() {
            return Err(self.rethrown.swap_remove(0).1);
        }
        for (slots, error) in self.rethrown {
            let error = ItemError::from_error(&error);
            for slot in slots {
                self.results[slot] = Some(error.clone().into());
            }
        }
        let outcomes = self
            .results
            .into_iter()
            .map(|slot| slot.unwrap_or_else(|| ItemError::missing().into()));
        Ok(MultiStatusResponse::from_outcomes(outcomes.collect()))
    }
}

fn fit<P>(
    item: &BatchItem<P>,
    limits: PartLimits,
    to_wire: &impl Fn(&BatchItem<P>) -> Result<Value>,
) -> Result<(Value, usize), ItemError> {
    let sent = to_wire(item).map_err(|error| ItemError::from_error(&error))?;
    let bytes = serialised_length(&sent).map_err(|error| ItemError::payload(error.to_string()))?;
    let limit = limits
        .item_bytes
        .min(limits.bytes.saturating_sub(limits.envelope_bytes));
    if bytes > limit {
        let message = format!("The item takes {bytes} bytes, and the partner accepts at most {limit}");
        return Err(ItemError::new(413, message));
    }
    Ok((sent, bytes))
}

fn pack<G: PartialEq>(items: Vec<(G, usize, Value, usize)>, limits: PartLimits) -> VecDeque<Part> {
    let mut parts: VecDeque<Part> = VecDeque::new();
    let mut current: Option<(G, usize)> = None;
    for (group, slot, sent, bytes) in items {
        match (&mut current, parts.back_mut()) {
            (Some((current_group, total)), Some(part))
                if *current_group == group
                    && part.sent.len() < limits.items
                    && total.saturating_add(bytes + 1) <= limits.bytes =>
            {
                *total += bytes + 1;
                part.slots.push(slot);
                part.sent.push(sent);
            }
            _ => {
                current = Some((group, limits.envelope_bytes + bytes));
                parts.push_back(Part {
                    slots: vec![slot],
                    sent: vec![sent],
                });
            }
        }
    }
    parts
}

/// Counts the bytes of a value's JSON without keeping them.
fn serialised_length(value: &Value) -> serde_json::Result<usize> {
    struct Counter(usize);
    impl io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(0);
    serde_json::to_writer(&mut counter, value)?;
    Ok(counter.0)
}
