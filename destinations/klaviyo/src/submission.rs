//! Batches on their way to Klaviyo as jobs, which take many items and are answered as a whole.

use std::sync::Arc;

use waystation_kit::multistatus::{self, Part, ShownBody, ShownSent, with_final_refusals_as_answers};
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
        let mut groups = groups.iter();
        let parts = Parts::prepared(batch, limits, |payload, given| {
            let group = groups.next();
            Ok::<_, Error>((group, prepare(payload, given)?))
        });
        Self {
            parts: parts.showing(shown.in_results()),
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
        let (items_at, shown) = (self.items_at, self.shown);
        self.parts
            .settle(part, with_final_refusals_as_answers(result), |response, slots| {
                if response.is_success() {
                    let answer = answer::text_of(response).unwrap_or_else(success);
                    slots.succeed_others_with(200, shown.answer(answer));
                    return Ok(());
                }
                let verdicts = answer::verdicts(response, items_at, slots.len());
                for (slot, verdict) in verdicts.into_iter().enumerate() {
                    slots.refuse(Some(slot), verdict);
                }
                Ok(())
            });
    }

    /// Takes it that nothing had to be sent for these items, as an answer to an earlier request tells.
    pub fn settle_as_done(&mut self, part: Part, answer: Response) {
        let shown = self.shown;
        self.parts.settle(part, Ok(answer), |_, slots| {
            slots.succeed_others_with(200, shown.answer(success()));
            Ok(())
        });
    }

    /// The results.
    ///
    /// # Errors
    /// When every job failed in a way that has to reach the retry wrapper: the first such error.
    pub fn finish(self) -> Result<BatchOutput> {
        Ok(self.parts.finish()?.into())
    }
}

impl Shown {
    /// What results show besides Klaviyo's words. Refused items show the payload.
    fn in_results(self) -> multistatus::Shown {
        multistatus::Shown {
            taken_sent: match self {
                Self::Item => ShownSent::Sent,
                Self::Payload | Self::PayloadAlone => ShownSent::Given,
            },
            refused_sent: ShownSent::Given,
            refused_body: ShownBody::Nothing,
        }
    }

    fn answer(self, answer: Value) -> Value {
        match self {
            Self::Item | Self::Payload => answer,
            Self::PayloadAlone => json!({}),
        }
    }
}

/// What stands for an answer where there is nothing in it.
fn success() -> Value {
    "success".into()
}
