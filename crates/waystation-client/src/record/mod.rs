//! What a call sent and what came back.

mod shown;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use waystation_kit::Error;
use waystation_kit::request::{Answer, OutgoingRequest};

use crate::redact::Redactor;

pub use shown::{ShownError, ShownExchange, ShownRequest, ShownResponse, ShownTiming, shown_body, text_size};

/// How much longer than what is to be shown of it a body has to be kept: a secret is only recognised if it is whole.
pub const MARGIN: usize = 32 << 10;

/// One request of a destination and its outcome, redirects included. It holds secrets, so it stays inside.
pub(crate) struct Exchange {
    /// With the beginning of its body.
    pub(crate) request: OutgoingRequest,
    /// With the beginning of the answer's body.
    pub(crate) outcome: Result<Answer, Error>,
    /// How many bytes the whole bodies had.
    pub(crate) sizes: Sizes,
    /// Since the beginning of the call.
    pub(crate) started: Duration,
    pub(crate) took: Duration,
}

/// How many bytes bodies had, of which only the beginning is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sizes {
    pub(crate) request: usize,
    pub(crate) response: usize,
}

impl Exchange {
    /// An exchange with no more than this of its bodies; its times are to be added.
    pub(crate) fn new(
        mut request: OutgoingRequest,
        mut outcome: Result<Answer, Error>,
        kept: Option<usize>,
    ) -> Self {
        let kept = kept.unwrap_or(usize::MAX);
        let sizes = Sizes {
            request: request.body.as_mut().map_or(0, |body| cut(body, kept)),
            response: outcome.as_mut().map_or(0, |answer| cut(&mut answer.body, kept)),
        };
        Self {
            request,
            outcome,
            sizes,
            started: Duration::ZERO,
            took: Duration::ZERO,
        }
    }
}

/// Leaves the beginning of a body, without holding on to the rest; how long it was.
fn cut(body: &mut Bytes, kept: usize) -> usize {
    let size = body.len();
    if size > kept {
        *body = Bytes::copy_from_slice(&body[..kept]);
    }
    size
}

/// How much is shown of bodies, in bytes; `None` for nothing at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimits {
    /// Of what was sent.
    pub request: Option<usize>,
    /// Of what came back.
    pub response: Option<usize>,
}

impl BodyLimits {
    /// All that was kept is shown.
    pub const NONE: Self = Self {
        request: Some(usize::MAX),
        response: Some(usize::MAX),
    };
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
            .map(|exchange| exchange.beginning(redactor, BodyLimits::NONE))
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

    /// Every exchange for a report of bounded size: of no body more than `body`, and nothing of those that come when
    /// `left`, which each one lessens, is used up; and how many these are.
    #[must_use]
    pub fn within(&self, redactor: &Redactor, body: usize, left: &mut usize) -> (Vec<ShownExchange>, usize) {
        let exchanges = self.lock();
        let mut shown = Vec::new();
        for exchange in exchanges.iter() {
            if *left == 0 {
                break;
            }
            let body = body.min(*left);
            let limits = BodyLimits {
                request: Some(body),
                response: Some(body),
            };
            let exchange = exchange.beginning(redactor, limits);
            *left = left.saturating_sub(exchange.size());
            shown.push(exchange);
        }
        let omitted = exchanges.len() - shown.len();
        (shown, omitted)
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
