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
