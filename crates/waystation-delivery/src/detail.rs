//! What the delivery record tells of a round: attempts, exchanges, the place in a batch; without secrets, and
//! bounded.
//!
//! What the deliveries of one call have in common is built once and shared; what is not kept is not built.

use std::time::Duration;

use std::sync::OnceLock;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use waystation_client::record::{BodyLimits, ShownExchange};
use waystation_client::{Exchanges, Redactor};
use waystation_config::{KeptBodies, Record};
use waystation_kit::ItemOutcome;
use waystation_kit::error::NotSent;
use waystation_runtime::retry::{Attempt, ShownAttempt, Why};

/// What is recorded of one round of one delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// What the deliveries of its call have in common, as JSON.
    pub call: Option<Bytes>,
    /// What it has of its own, as JSON.
    pub own: Option<Bytes>,
}

/// What the deliveries of a call have in common.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SharedDetail<'a> {
    attempts: &'a [ShownAttempt],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    exchanges: Vec<ShownExchange>,
}

/// What a delivery in a batch has of its own.
#[derive(Serialize)]
struct OwnDetail {
    batch: Place,
    /// What was sent for this item.
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<Value>,
}

/// Where an item stood in its batch.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Place {
    /// How many items the batch had.
    pub size: usize,
    /// The place of this one; 0 is the first.
    pub index: usize,
}

/// What happened on the way to the partner, shared by the items of a batch.
#[derive(Debug)]
pub struct Trail {
    attempts: Vec<ShownAttempt>,
    sent: usize,
    was_held_back: bool,
    held_back: Option<NotSent>,
    paused_for: Option<Duration>,
    exchanges: Exchanges,
    limit: usize,
    kept: KeptBodies,
    redactor: Redactor,
    shared: [OnceLock<Option<Bytes>>; 3],
}

/// Which bodies of a call are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bodies {
    /// None.
    None,
    /// The answers: what was sent is kept with each item.
    Answers,
    /// All.
    All,
}

impl Trail {
    /// The trail of a call, without secrets.
    #[must_use]
    pub fn new(attempts: &[Attempt], exchanges: &Exchanges, redactor: Redactor, record: &Record) -> Self {
        let sent = attempts.iter().filter(|attempt| attempt.was_sent()).count();
        Self {
            attempts: attempts.iter().map(ShownAttempt::new).collect(),
            sent,
            was_held_back: sent == 0 && !attempts.is_empty(),
            held_back: attempts.last().and_then(held_back),
            paused_for: None,
            exchanges: exchanges.clone(),
            limit: record.body_limit,
            kept: record.bodies,
            redactor,
            shared: Default::default(),
        }
    }

    /// How many attempts reached the action.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        u32::try_from(self.sent).unwrap_or(u32::MAX)
    }

    /// The same for a connection that is paused until its credentials are probed again, that much later.
    #[must_use]
    pub fn paused_for(mut self, until_probe: Option<Duration>) -> Self {
        self.paused_for = until_probe;
        self
    }

    /// How long it is until the credentials of the connection are probed; `None` unless it is paused.
    #[must_use]
    pub fn until_probe(&self) -> Option<Duration> {
        self.paused_for
    }

    /// Whether the guards held back every attempt there was, so that the partner knows of none.
    #[must_use]
    pub fn was_held_back(&self) -> bool {
        self.was_held_back
    }

    /// What held back the last attempt, if anything did; those before it may have been sent.
    #[must_use]
    pub fn held_back(&self) -> Option<NotSent> {
        self.held_back
    }

    /// A text without secrets.
    #[must_use]
    pub fn redacted(&self, text: &str) -> String {
        self.redactor.text(text).into_owned()
    }

    /// The round of a delivery that went alone, or of each of several that failed as one.
    #[must_use]
    pub fn of_single(&self, failed: bool) -> Recorded {
        let bodies = match self.keeps_bodies(failed) {
            true => Bodies::All,
            false => Bodies::None,
        };
        Recorded {
            call: self.shared(bodies),
            own: None,
        }
    }

    /// The round of one item of a batch: what was sent for it is its own, the answers are those of the batch.
    #[must_use]
    pub fn of_item(&self, place: Place, outcome: &ItemOutcome) -> Recorded {
        let failed = matches!(outcome, ItemOutcome::Error(_));
        if place.size == 1 {
            return Recorded {
                own: write(&OwnDetail {
                    batch: place,
                    sent: None,
                }),
                ..self.of_single(failed)
            };
        }
        let keeps_bodies = self.keeps_bodies(failed);
        let sent = match outcome {
            ItemOutcome::Success(success) => Some(&success.sent),
            ItemOutcome::Error(error) => error.sent.as_ref(),
        }
        .filter(|_| keeps_bodies)
        .map(|sent| self.bounded(sent));
        Recorded {
            call: self.shared(match keeps_bodies {
                true => Bodies::Answers,
                false => Bodies::None,
            }),
            own: write(&OwnDetail { batch: place, sent }),
        }
    }

    /// A value without secrets, or the beginning of its text.
    fn bounded(&self, value: &Value) -> Value {
        self.redactor.value_within(value, self.limit)
    }

    const fn keeps_bodies(&self, failed: bool) -> bool {
        match self.kept {
            KeptBodies::All => true,
            KeptBodies::Failures => failed,
            KeptBodies::None => false,
        }
    }

    /// What the deliveries of the call have in common, built when the first of them asks.
    fn shared(&self, bodies: Bodies) -> Option<Bytes> {
        let shared = self.shared[bodies as usize].get_or_init(|| {
            write(&SharedDetail {
                attempts: &self.attempts,
                exchanges: self.exchanges_with(bodies),
            })
        });
        shared.clone()
    }

    fn exchanges_with(&self, bodies: Bodies) -> Vec<ShownExchange> {
        let limits = BodyLimits {
            request: (bodies == Bodies::All).then_some(self.limit),
            response: (bodies != Bodies::None).then_some(self.limit),
        };
        let mut exchanges = self.exchanges.beginnings(&self.redactor, limits);
        for exchange in &mut exchanges {
            if bodies == Bodies::Answers {
                "(see sent)".clone_into(&mut exchange.request.body);
            }
        }
        exchanges
    }
}

fn held_back(attempt: &Attempt) -> Option<NotSent> {
    match attempt.verdict.why() {
        Some(Why::NotSent(reason)) => Some(reason),
        _ => None,
    }
}

fn write(detail: &impl Serialize) -> Option<Bytes> {
    match serde_json::to_vec(detail) {
        Ok(detail) => Some(detail.into()),
        Err(error) => {
            tracing::error!(%error, "a round could not be written as JSON");
            None
        }
    }
}

#[cfg(test)]
mod tests;
