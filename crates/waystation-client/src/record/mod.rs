//! What a call sent and what came back.

mod shown;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use waystation_kit::Error;
use waystation_kit::request::{Answer, OutgoingRequest};

use crate::redact::Redactor;

pub use shown::{ShownError, ShownExchange, ShownRequest, ShownResponse, ShownTiming};

/// One request of a destination and its outcome, redirects included. It holds secrets, so it stays inside.
pub(crate) struct Exchange {
    pub(crate) request: OutgoingRequest,
    pub(crate) outcome: Result<Answer, Error>,
    /// Since the beginning of the call.
    pub(crate) started: Duration,
    pub(crate) took: Duration,
}

/// How much is shown of bodies, in bytes; nothing where there is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimits {
    /// Of what was sent.
    pub request: Option<usize>,
    /// Of what came back.
    pub response: Option<usize>,
}

/// The exchanges of one call, in the order in which they were completed. Copies share one list.
#[derive(Clone, Default)]
pub struct Exchanges(Arc<Mutex<Vec<Exchange>>>);

impl std::fmt::Debug for Exchanges {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exchanges").field("len", &self.len()).finish()
    }
}

impl Exchanges {
    pub(crate) fn add(&self, exchange: Exchange) {
        self.lock().push(exchange);
    }

    /// How many exchanges there were so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether there were none so far.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every exchange, broken ones too, with times.
    #[must_use]
    pub fn all(&self, redactor: &Redactor) -> Vec<ShownExchange> {
        self.lock()
            .iter()
            .map(|exchange| exchange.shown(redactor))
            .collect()
    }

    /// Every exchange, with no more of the bodies than is to be kept. What is not shown is not looked at either.
    #[must_use]
    pub fn beginnings(&self, redactor: &Redactor, limits: BodyLimits) -> Vec<ShownExchange> {
        self.lock()
            .iter()
            .map(|exchange| exchange.beginning(redactor, limits))
            .collect()
    }

    /// The exchanges that were answered, in the shape of the reference's development server (runtime
    /// specification, section 19).
    #[must_use]
    pub fn answered(&self, redactor: &Redactor) -> Vec<ShownExchange> {
        self.lock()
            .iter()
            .filter_map(|exchange| exchange.shown_if_answered(redactor))
            .collect()
    }

    /// What each exchange came to, in order: the status, or the code of what broke it, `200` or `ECONNRESET`.
    #[must_use]
    pub fn in_short(&self) -> Vec<String> {
        let in_short = |exchange: &Exchange| match &exchange.outcome {
            Ok(answer) => answer.status.to_string(),
            Err(error) => error
                .code()
                .map_or_else(|| "failed".to_owned(), |code| code.as_str().to_owned()),
        };
        self.lock().iter().map(in_short).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Exchange>> {
        // A list is whole between any two statements, so a panic elsewhere does not spoil it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
