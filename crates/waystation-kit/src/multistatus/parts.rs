//! One batch in several requests: within the partner's limits, joined back in order.

use std::collections::VecDeque;
use std::sync::Arc;

use serde_json::Value;

use super::batch::Batch;
use super::ledger::{Ledger, Shown, Slot};
use super::outcome::ItemError;
use super::response::MultiStatusResponse;
use super::slots::Slots;
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

    /// Writes an item as JSON and holds it against the limits that it has to keep alone.
    ///
    /// # Errors
    /// It is too large: status 413.
    pub fn fit(&self, item: &Value) -> Result<Vec<u8>> {
        let json = serde_json::to_vec(item).map_err(|error| Error::payload(error.to_string()))?;
        let limit = self
            .item_bytes
            .min(self.bytes.saturating_sub(self.envelope_bytes));
        if json.len() > limit {
            let message = format!(
                "The item takes {} bytes, and the partner accepts at most {limit}",
                json.len()
            );
            return Err(Error::integration(message, ErrorCode::from_status(413), 413));
        }
        Ok(json)
    }
}

/// The items of one request.
#[derive(Debug)]
pub struct Part {
    slots: Vec<Slot>,
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

    /// The places of the items in the batch.
    #[must_use]
    pub fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The request's body: the items, already written and measured, between the halves of their envelope,
    /// for example `{"batch":[` and `]}`.
    #[must_use]
    pub fn json_between(&self, before: &str, after: &str) -> Vec<u8> {
        [before.as_bytes(), &self.json, after.as_bytes()].concat()
    }
}

/// A batch on its way in several requests, with its [`Ledger`].
///
/// An item that cannot be written, or that is over the partner's limit, fails alone. When some requests
/// succeed and others have to be tried again, only the items of the latter carry the error, so that the
/// retry wrapper never sends a delivered item twice.
#[derive(Debug)]
pub struct Parts {
    waiting: VecDeque<Part>,
    ledger: Ledger,
}

impl Parts {
    /// Splits a batch; `to_wire` turns a payload into the JSON that is posted for it, or says why it cannot.
    pub fn new<P>(batch: Batch<P>, limits: PartLimits, mut to_wire: impl FnMut(P) -> Result<Value>) -> Self {
        Self::prepared(batch, limits, |payload, _| {
            Ok::<_, Error>(((), to_wire(payload)?))
        })
    }

    /// Splits a batch so that a request never mixes groups; requests go out in the order of the groups.
    pub fn grouped<P, G: Ord>(
        batch: Batch<P>,
        limits: PartLimits,
        group: impl Fn(&P) -> G,
        mut to_wire: impl FnMut(P) -> Result<Value>,
    ) -> Self {
        Self::prepared(batch, limits, |payload, _| {
            let group = group(&payload);
            Ok::<_, Error>((group, to_wire(payload)?))
        })
    }

    /// Splits a batch: `prepare` turns a payload into its group and what is posted for it, and may change the
    /// payload as given, which results show.
    pub fn prepared<P, G: Ord, E: Into<ItemError>>(
        batch: Batch<P>,
        limits: PartLimits,
        mut prepare: impl FnMut(P, &mut Arc<Value>) -> Result<(G, Value), E>,
    ) -> Self {
        let mut ledger = Ledger::default();
        let mut fitting = Vec::with_capacity(batch.len());
        for item in batch {
            let mut given = item.given;
            let prepared = prepare(item.payload, &mut given);
            let slot = ledger.add(given);
            match prepared {
                Ok((group, sent)) => match limits.fit(&sent) {
                    Ok(json) => fitting.push((group, Fitting { slot, sent, json })),
                    Err(error) => ledger.refuse(slot, error),
                },
                Err(error) => ledger.refuse(slot, error),
            }
        }
        fitting.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut waiting = VecDeque::new();
        let mut current = None;
        for (group, item) in fitting {
            let is_same = current.as_ref() == Some(&group);
            pack(&mut waiting, item, is_same, limits);
            current = Some(group);
        }
        Self { waiting, ledger }
    }

    /// Says what results show besides the partner's words.
    #[must_use]
    pub fn showing(self, shown: Shown) -> Self {
        Self {
            ledger: self.ledger.showing(shown),
            ..self
        }
    }

    /// How many requests are left to send.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// The next request to send, if any is left.
    pub fn next_part(&mut self) -> Option<Part> {
        self.waiting.pop_front()
    }

    /// Takes the answer to a part; see [`Ledger::settle`].
    pub fn settle(
        &mut self,
        part: Part,
        result: Result<Response>,
        read: impl FnOnce(&Response, &mut Slots<'_>) -> Result<()>,
    ) {
        for (&slot, sent) in part.slots.iter().zip(part.sent) {
            self.ledger.sent(slot, sent);
        }
        self.ledger.settle(&part.slots, result, read);
    }

    /// Joins the results back in the order of the batch.
    ///
    /// # Errors
    /// See [`Ledger::finish`].
    pub fn finish(self) -> Result<MultiStatusResponse> {
        self.ledger.finish()
    }
}

/// An item on its way into a part.
struct Fitting {
    slot: Slot,
    sent: Value,
    json: Vec<u8>,
}

fn pack(parts: &mut VecDeque<Part>, item: Fitting, is_same_group: bool, limits: PartLimits) {
    match parts.back_mut() {
        Some(part) if is_same_group && has_room(part, &item.json, limits) => {
            part.json.push(b',');
            part.json.extend_from_slice(&item.json);
            part.slots.push(item.slot);
            part.sent.push(item.sent);
        }
        _ => parts.push_back(Part {
            slots: vec![item.slot],
            sent: vec![item.sent],
            json: item.json,
        }),
    }
}

/// Whether a part takes one more item, with the comma before it.
fn has_room(part: &Part, json: &[u8], limits: PartLimits) -> bool {
    let bytes = limits.envelope_bytes + part.json.len() + 1 + json.len();
    part.sent.len() < limits.items && bytes <= limits.bytes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{BatchItem, ItemOutcome};
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
        assert_eq!(part.items(), [json!(1)]);
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
