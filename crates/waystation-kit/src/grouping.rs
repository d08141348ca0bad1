//! A batch in as many calls of the action as it has request keys, so that nothing can mix receivers or
//! credentials in one request.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;

use crate::action::{BatchAction, BatchOutput};
use crate::context::{Call, Context};
use crate::destination::Destination;
use crate::error::{Error, Result};
use crate::multistatus::{Batch, BatchItem, ItemError, ItemOutcome, MultiStatusResponse};
use crate::request::Response;
use crate::request_key::RequestKey;

/// Calls the action once for each request key, in the order of the batch, and joins the results.
pub(crate) async fn perform_batch<D: Destination, A: BatchAction<D>>(
    call: Call,
    items: Vec<BatchItem<A>>,
) -> Result<BatchOutput> {
    if items.is_empty() {
        return Ok(MultiStatusResponse::default().into());
    }
    let cx = Context::<D>::new(call)?;
    let Some(key) = A::REQUEST_KEY else {
        return A::perform_batch(&cx, Batch::new(items)).await;
    };
    let mut groups = Grouped::new(items.iter().map(|item| key(&item.payload)));
    if groups.count() == 1 {
        return A::perform_batch(&cx, Batch::new(items)).await;
    }
    let given: Vec<Arc<Value>> = items.iter().map(|item| Arc::clone(&item.given)).collect();
    for (group, items) in groups.split(items).into_iter().enumerate() {
        let result = A::perform_batch(&cx, Batch::new(items)).await;
        groups.note(group, &given, result);
    }
    groups.join(&given)
}

/// The groups of a batch with what became of their items.
struct Grouped {
    /// The group of each item.
    of_item: Vec<usize>,
    /// The places of each group's items.
    places: Vec<Vec<usize>>,
    outcomes: Vec<Option<ItemOutcome>>,
    /// The groups that failed as a whole.
    failed: Vec<(usize, Error)>,
}

impl Grouped {
    fn new(keys: impl Iterator<Item = RequestKey>) -> Self {
        let mut known = HashMap::new();
        let mut places: Vec<Vec<usize>> = Vec::new();
        let of_item: Vec<usize> = keys
            .enumerate()
            .map(|(place, key)| {
                let group = *known.entry(key).or_insert(places.len());
                match places.get_mut(group) {
                    Some(group) => group.push(place),
                    None => places.push(vec![place]),
                }
                group
            })
            .collect();
        Self {
            outcomes: vec![None; of_item.len()],
            of_item,
            places,
            failed: Vec::new(),
        }
    }

    fn count(&self) -> usize {
        self.places.len()
    }

    fn split<T>(&self, items: Vec<T>) -> Vec<Vec<T>> {
        let mut groups: Vec<Vec<T>> = self
            .places
            .iter()
            .map(|group| Vec::with_capacity(group.len()))
            .collect();
        for (item, &group) in items.into_iter().zip(&self.of_item) {
            groups[group].push(item);
        }
        groups
    }

    fn note(&mut self, group: usize, given: &[Arc<Value>], result: Result<BatchOutput>) {
        match result {
            Ok(output) => {
                let places = &self.places[group];
                let given: Vec<Arc<Value>> = places.iter().map(|&place| Arc::clone(&given[place])).collect();
                for (&place, outcome) in places.iter().zip(output.into_outcomes(&given)) {
                    self.outcomes[place] = Some(outcome);
                }
            }
            Err(error) => self.failed.push((group, error)),
        }
    }

    /// The results in the order of the batch. When all groups failed in ways that another attempt may mend, the
    /// first failure is that of the batch; else each is that of its items.
    fn join(mut self, given: &[Arc<Value>]) -> Result<BatchOutput> {
        let may_pass = |error: &Error| error.is_retryable() || error.status() == Some(401);
        let all_failed = self.failed.len() == self.places.len();
        if all_failed && self.failed.iter().all(|(_, error)| may_pass(error)) {
            return Err(self.failed.swap_remove(0).1);
        }
        for (group, error) in self.failed {
            let answer = error.answer().map(Response::data_or_text);
            let error = ItemError::from_error(&error).of_whole_request();
            for &place in &self.places[group] {
                let error = error.clone();
                let error = match &answer {
                    Some(answer) => error.with_exchange(Value::clone(&given[place]), answer.clone()),
                    None => error,
                };
                self.outcomes[place] = Some(error.into());
            }
        }
        Ok(self.outcomes.into_iter().collect::<MultiStatusResponse>().into())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::multistatus::ItemSuccess;

    fn grouped(keys: &[&str]) -> Grouped {
        Grouped::new(keys.iter().map(RequestKey::of))
    }

    fn given(count: usize) -> Vec<Arc<Value>> {
        (0..count).map(|place| Arc::new(json!(place))).collect()
    }

    fn taken(bodies: &[&str]) -> Result<BatchOutput> {
        let taken = |body: &&str| ItemOutcome::from(ItemSuccess::new(Value::Null, Value::from(*body)));
        Ok(bodies.iter().map(taken).collect::<MultiStatusResponse>().into())
    }

    fn statuses(groups: Grouped) -> Vec<u16> {
        match groups.join(&given(2)) {
            Ok(output) => output
                .into_outcomes(&given(2))
                .iter()
                .map(ItemOutcome::status)
                .collect(),
            Err(error) => vec![error.status().unwrap_or_default()],
        }
    }

    #[test]
    fn payloads_with_different_keys_are_never_in_one_call() {
        let groups = grouped(&["acme", "globex", "acme"]);
        assert_eq!(groups.split(vec![1, 2, 3]), [vec![1, 3], vec![2]]);
        let alone = Grouped::new([RequestKey::alone(), RequestKey::alone()].into_iter());
        assert_eq!(alone.count(), 2);
        let shared = Grouped::new([RequestKey::SHARED, RequestKey::SHARED].into_iter());
        assert_eq!(shared.count(), 1);
    }

    #[test]
    fn results_come_back_in_the_order_of_the_batch() {
        let mut groups = grouped(&["a", "b", "a"]);
        groups.note(0, &given(3), taken(&["first", "third"]));
        groups.note(1, &given(3), taken(&["second"]));
        let bodies: Vec<Value> = groups
            .join(&given(3))
            .unwrap()
            .into_outcomes(&given(3))
            .iter()
            .map(|outcome| outcome.to_node()["body"].clone())
            .collect();
        assert_eq!(bodies, ["first", "second", "third"]);
    }

    #[test]
    fn one_answer_for_all_is_that_of_its_group_alone() {
        let mut groups = grouped(&["a", "b"]);
        groups.note(0, &given(2), Ok(BatchOutput::Delivered));
        groups.note(1, &given(2), Err(Error::retryable("busy").with_status(503)));
        assert_eq!(statuses(groups), [200, 503]);
    }

    #[test]
    fn failures_of_all_groups_reach_the_retry_wrapper_only_if_another_attempt_may_mend_them() {
        let mut groups = grouped(&["a", "b"]);
        groups.note(0, &given(2), Err(Error::retryable("busy").with_status(429)));
        groups.note(1, &given(2), Err(Error::retryable("busy").with_status(503)));
        assert_eq!(groups.join(&given(2)).unwrap_err().status(), Some(429));

        let mut groups = grouped(&["a", "b"]);
        groups.note(0, &given(2), Err(Error::payload("no list")));
        groups.note(1, &given(2), Err(Error::retryable("busy").with_status(503)));
        assert_eq!(statuses(groups), [400, 503]);
    }
}
