//! One batch in several requests: within the partner's limits, joined back in order.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;

use super::batch::{Batch, BatchItem};
use super::outcome::{ItemError, ItemOutcome};
use super::response::MultiStatusResponse;
use super::settle::{Slots, settle};
use crate::error::{Error, Result};
use crate::error_code::ErrorCode;
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
    given: Vec<Arc<Value>>,
    sent: Vec<Value>,
    /// The items as JSON with commas between them: what is measured against the limits is what is sent.
    json: Vec<u8>,
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

    /// The request's body: the items, already written and measured, between the halves of their envelope,
    /// for example `{"batch":[` and `]}`.
    #[must_use]
    pub fn json_between(&self, before: &str, after: &str) -> Vec<u8> {
        [before.as_bytes(), &self.json, after.as_bytes()].concat()
    }
}

/// A batch on its way in several requests.
///
/// An item that cannot be written, or that is over the partner's limit, fails alone. When some requests
/// succeed and others have to be tried again, only the items of the latter carry the error, so that the
/// retry wrapper never sends a delivered item twice.
#[derive(Debug)]
pub struct Parts {
    waiting: VecDeque<Part>,
    results: Vec<Option<ItemOutcome>>,
    sent_parts: usize,
    rethrown: Vec<(Vec<usize>, Error)>,
}

impl Parts {
    /// Splits a batch; `to_wire` turns a payload into the JSON that is posted for it.
    pub fn new<P>(batch: Batch<P>, limits: PartLimits, to_wire: impl Fn(P) -> Result<Value>) -> Self {
        Self::grouped(batch, limits, |_| (), to_wire)
    }

    /// Splits a batch so that a request never mixes groups; requests go out in the order of the groups.
    pub fn grouped<P, G: Ord>(
        batch: Batch<P>,
        limits: PartLimits,
        group: impl Fn(&P) -> G,
        to_wire: impl Fn(P) -> Result<Value>,
    ) -> Self {
        let mut results = vec![None; batch.len()];
        let mut fitting = Vec::with_capacity(batch.len());
        for (slot, item) in batch.into_iter().enumerate() {
            let BatchItem { payload, given, .. } = item;
            let group = group(&payload);
            match to_wire(payload).and_then(|sent| fit(sent, limits)) {
                Ok((sent, json)) => fitting.push(Fitting {
                    group,
                    slot,
                    given,
                    sent,
                    json,
                }),
                Err(error) => results[slot] = Some(ItemError::from_error(&error).into()),
            }
        }
        fitting.sort_by(|a, b| a.group.cmp(&b.group));
        Self {
            waiting: pack(fitting, limits),
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
        let Part {
            slots, given, sent, ..
        } = part;
        let given = given.into_iter().map(Arc::unwrap_or_clone).collect();
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

/// An item on its way into a part.
struct Fitting<G> {
    group: G,
    slot: usize,
    given: Arc<Value>,
    sent: Value,
    json: Vec<u8>,
}

/// Writes an item as JSON and holds it against the limits that it has to keep alone.
fn fit(sent: Value, limits: PartLimits) -> Result<(Value, Vec<u8>)> {
    let json = serde_json::to_vec(&sent).map_err(|error| Error::payload(error.to_string()))?;
    let limit = limits
        .item_bytes
        .min(limits.bytes.saturating_sub(limits.envelope_bytes));
    if json.len() > limit {
        let message = format!(
            "The item takes {} bytes, and the partner accepts at most {limit}",
            json.len()
        );
        return Err(Error::integration(message, ErrorCode::from_status(413), 413));
    }
    Ok((sent, json))
}

fn pack<G: PartialEq>(items: Vec<Fitting<G>>, limits: PartLimits) -> VecDeque<Part> {
    let mut parts: VecDeque<Part> = VecDeque::new();
    let mut current_group = None;
    for item in items {
        match parts.back_mut() {
            Some(part)
                if current_group.as_ref() == Some(&item.group) && has_room(part, &item.json, limits) =>
            {
                part.json.push(b',');
                part.json.extend_from_slice(&item.json);
                part.slots.push(item.slot);
                part.given.push(item.given);
                part.sent.push(item.sent);
            }
            _ => {
                current_group = Some(item.group);
                parts.push_back(Part {
                    slots: vec![item.slot],
                    given: vec![item.given],
                    sent: vec![item.sent],
                    json: item.json,
                });
            }
        }
    }
    parts
}

/// Whether a part takes one more item, with the comma before it.
fn has_room(part: &Part, json: &[u8], limits: PartLimits) -> bool {
    let bytes = limits.envelope_bytes + part.json.len() + 1 + json.len();
    part.sent.len() < limits.items && bytes <= limits.bytes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LIMITS: PartLimits = PartLimits {
        items: 3,
        bytes: 20,
        item_bytes: 8,
        envelope_bytes: 2,
    };

    fn batch(payloads: Vec<Value>) -> Batch<Value> {
        let items = payloads
            .into_iter()
            .enumerate()
            .map(|(index, payload)| BatchItem {
                given: Arc::new(payload.clone()),
                payload,
                index,
                audience_membership: None,
            });
        Batch::new(items.collect())
    }

    fn bodies(mut parts: Parts) -> Vec<String> {
        std::iter::from_fn(|| parts.next_part())
            .map(|part| String::from_utf8(part.json_between("[", "]")).unwrap())
            .collect()
    }

    #[test]
    fn requests_keep_both_limits() {
        let items = json!(["1234", "1234", "12", 1, 2, 3, 4]);
        let parts = Parts::new(batch(items.as_array().unwrap().clone()), LIMITS, Ok);
        assert_eq!(
            bodies(parts),
            [r#"["1234","1234","12"]"#, "[1,2,3]", "[4]"],
            "a request takes 3 items and 20 bytes with its brackets"
        );
    }

    #[test]
    fn groups_are_not_mixed_and_go_out_in_order() {
        let items = vec![json!("b"), json!(1), json!("a"), json!(2)];
        let parts = Parts::grouped(batch(items), LIMITS, Value::is_string, Ok);
        assert_eq!(bodies(parts), ["[1,2]", r#"["b","a"]"#]);
    }

    #[test]
    fn an_item_over_the_limit_fails_alone() {
        let mut parts = Parts::new(batch(vec![json!("123456789"), json!(1)]), LIMITS, Ok);
        let part = parts.next_part().unwrap();
        assert_eq!(part.slots(), [1]);
        assert!(parts.next_part().is_none());
        parts.settle(part, Err(Error::payload("refused")), |_, _| Ok(()));
        let outcomes = parts.finish().unwrap().into_outcomes();
        assert_eq!(outcomes[0].status(), 413);
        assert_eq!(outcomes[1].status(), 400);
    }

    #[test]
    fn only_the_items_of_a_failing_request_are_tried_again() {
        let mut parts = Parts::grouped(batch(vec![json!("a"), json!(1)]), LIMITS, Value::is_string, Ok);
        let numbers = parts.next_part().unwrap();
        parts.settle(numbers, Err(Error::payload("refused")), |_, _| Ok(()));
        let texts = parts.next_part().unwrap();
        parts.settle(texts, Err(Error::retryable("later")), |_, _| Ok(()));
        let outcomes = parts.finish().unwrap().into_outcomes();
        assert_eq!(
            outcomes.iter().map(ItemOutcome::is_retryable).collect::<Vec<_>>(),
            [true, false]
        );
    }
}
