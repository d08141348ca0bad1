//! Batches on their way to Klaviyo as jobs, which take many items and are answered as a whole.

use std::sync::Arc;

use waystation_kit::multistatus::{Part, with_final_refusals_as_answers};
use waystation_kit::prelude::*;

use crate::answer;

/// What the results of accepted items show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// What was sent for the item, and the answer.
    Item,
    /// The payload, and the answer.
    Payload,
    /// The payload alone.
    PayloadAlone,
}

/// A batch on its way.
#[derive(Debug)]
pub struct Submission {
    parts: Parts,
    shown: Shown,
    /// What is shown of the answers, by slot of the batch.
    answers: Vec<Option<Value>>,
    /// Where Klaviyo's errors point if they are about items.
    items_at: &'static str,
}

impl Submission {
    /// Splits a batch by the limits of a job. `prepare` turns a payload into what is sent for it, and makes the
    /// payload as given show what is sent; an item that it refuses fails alone.
    pub fn new<P>(
        batch: Batch<P>,
        limits: PartLimits,
        shown: Shown,
        prepare: impl FnMut(P, &mut Arc<Value>) -> Result<Value>,
    ) -> Self {
        let groups = vec![(); batch.len()];
        Self::grouped(batch, &groups, limits, shown, prepare)
    }

    /// As [`new`](Self::new), but a job never mixes groups. There is a group for each item, in order.
    pub fn grouped<P, G: Ord>(
        batch: Batch<P>,
        groups: &[G],
        limits: PartLimits,
        shown: Shown,
        mut prepare: impl FnMut(P, &mut Arc<Value>) -> Result<Value>,
    ) -> Self {
        let items = batch
            .into_iter()
            .enumerate()
            .map(|(slot, item)| item.map(|payload, given| (slot, prepare(payload, given))));
        let batch = Batch::new(items.collect());
        Self {
            answers: vec![None; batch.len()],
            parts: Parts::grouped(
                batch,
                limits,
                |(slot, _)| groups.get(*slot),
                |(_, prepared)| prepared,
            ),
            shown,
            items_at: "",
        }
    }

    /// Says where Klaviyo's errors point if they are about items, for example
    /// `/data/attributes/profiles/data`.
    #[must_use]
    pub fn with_items_at(mut self, pointer: &'static str) -> Self {
        self.items_at = pointer;
        self
    }

    /// The next job to send, if any is left.
    pub fn next_part(&mut self) -> Option<Part> {
        self.parts.next_part()
    }

    /// Takes the answer to a job.
    pub fn settle(&mut self, part: Part, result: Result<Response>) {
        let places = part.slots().to_vec();
        let (items_at, answers) = (self.items_at, &mut self.answers);
        self.parts
            .settle(part, with_final_refusals_as_answers(result), |response, slots| {
                if response.is_success() {
                    let answer = answer::text_of(response).unwrap_or_else(success);
                    places
                        .iter()
                        .for_each(|place| answers[*place] = Some(answer.clone()));
                    return Ok(());
                }
                let verdicts = answer::verdicts(response, items_at, slots.len());
                for (slot, verdict) in verdicts.into_iter().enumerate() {
                    slots.fail(Some(slot), verdict.complaint);
                    answers[places[slot]] = verdict.shown;
                }
                Ok(())
            });
    }

    /// Takes it that nothing had to be sent for these items, as an answer to an earlier request tells.
    pub fn settle_as_done(&mut self, part: Part, answer: Response) {
        for place in part.slots() {
            self.answers[*place] = Some(success());
        }
        self.parts.settle(part, Ok(answer), |_, _| Ok(()));
    }

    /// The results.
    ///
    /// # Errors
    /// When every job failed in a way that has to reach the retry wrapper: the first such error.
    pub fn finish(self) -> Result<BatchOutput> {
        let outcomes = self.parts.finish()?.into_outcomes();
        let mut results = MultiStatusResponse::with_slots(outcomes.len());
        for (slot, (outcome, answer)) in outcomes.into_iter().zip(self.answers).enumerate() {
            results.set(slot, told(outcome, answer, self.shown))?;
        }
        Ok(results.into())
    }
}

/// What stands for an answer where there is nothing in it.
fn success() -> Value {
    "success".into()
}

/// The outcome as it is shown. So far its body is the payload, and what was sent is the item.
fn told(outcome: ItemOutcome, answer: Option<Value>, shown: Shown) -> ItemOutcome {
    match outcome {
        ItemOutcome::Success(mut taken) => {
            let answer = answer.unwrap_or_else(success);
            (taken.sent, taken.body) = match shown {
                Shown::Item => (taken.sent, answer),
                Shown::Payload => (taken.body, answer),
                Shown::PayloadAlone => (taken.body, json!({})),
            };
            taken.into()
        }
        ItemOutcome::Error(mut error) if error.sent.is_some() => {
            error.sent = error.body.take();
            error.body = answer;
            error.into()
        }
        outcome => outcome,
    }
}
