//! What the outcome of a delivery means for the queue.

use std::time::Duration;

use bytes::Bytes;
use waystation_config::{CredentialsPause, DeliveryPolicy};
use waystation_kit::error::NotSent;
use waystation_kit::multistatus::Blame;
use waystation_kit::retry::wanted_wait;
use waystation_kit::{ErrorCode, ItemError, ItemOutcome, Response};
use waystation_queue::{Failure, Leased, Millis, Report, Settled, Settlement, Stage};
use waystation_runtime::error::Error;
use waystation_runtime::outcome::EventOutcome;

use crate::detail::{Place, Recorded, Trail};
use crate::schedule::{Round, attempts_made, next_due};
use crate::watch::Outcome;

/// When a round was.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// When it began.
    pub started_at: Millis,
    /// When it ended.
    pub finished_at: Millis,
}

/// A failure, and whether it is worth another round.
#[derive(Debug, Clone)]
pub struct Failed {
    /// What went wrong.
    pub failure: Failure,
    /// Whether to try again.
    pub retry: Retry,
    /// Whether nobody knows what became of it at the partner.
    pub is_unknown: bool,
    /// What the next round wants to be told.
    pub resume: Option<Bytes>,
}

/// How often the outcome of a delivery was unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownOutcomes {
    /// In all rounds so far.
    pub so_far: u32,
    /// How often it is tried again for that.
    pub tries: u32,
}

impl UnknownOutcomes {
    /// Nothing was sent that the partner could take twice.
    #[must_use]
    pub const fn unbounded(leased: &Leased) -> Self {
        Self {
            so_far: leased.unknown_outcomes,
            tries: u32::MAX,
        }
    }

    const fn are_too_many(self) -> bool {
        self.so_far > self.tries
    }
}

/// Whether to try again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It cannot help.
    Never,
    /// Later, and not before the wait that the partner asks for.
    After(Option<Duration>),
}

impl Retry {
    /// The same, but later instead of never.
    fn or_later(self) -> Self {
        match self {
            Self::Never => Self::After(None),
            after @ Self::After(_) => after,
        }
    }
}

/// Settles a delivery that went alone.
#[must_use]
pub fn of_event(
    leased: Leased,
    result: &Result<EventOutcome, Error>,
    notes: Option<Bytes>,
    unknown: UnknownOutcomes,
    trail: &Trail,
    span: Span,
    policy: &DeliveryPolicy,
) -> Settlement {
    let detail = trail.of_single(result.is_err());
    match result {
        Ok(outcome) => Settlement {
            lease: leased.lease,
            outcome: Settled::Delivered {
                warning: outcome.warning().map(|warning| trail.redacted(warning)),
                notes,
                report: report(status_of(outcome), trail, span, detail),
            },
        },
        Err(error) => failed(
            leased,
            Failed::of_error(error, trail),
            unknown,
            trail,
            span,
            detail,
            policy,
        ),
    }
}

/// Settles one item of a batch.
#[must_use]
pub fn of_item(
    leased: Leased,
    outcome: &ItemOutcome,
    place: Place,
    unknown: UnknownOutcomes,
    trail: &Trail,
    span: Span,
    policy: &DeliveryPolicy,
) -> Settlement {
    let detail = trail.of_item(place, outcome);
    match outcome {
        ItemOutcome::Success(success) => Settlement {
            lease: leased.lease,
            outcome: Settled::Delivered {
                warning: outcome.warning().map(|warning| trail.redacted(warning)),
                notes: None,
                report: report(Some(success.status), trail, span, detail),
            },
        },
        ItemOutcome::Error(error) => failed(
            leased,
            Failed::of_item(outcome, error, trail),
            unknown,
            trail,
            span,
            detail,
            policy,
        ),
    }
}

/// Settles a delivery that failed: it comes back until its time is over, then it is a dead letter. One that the
/// guards have always held back comes back nevertheless: nobody knows yet what the partner would say. The dispatcher
/// ends it if the partner is left alone for too long. One that may be at the partner already comes back only so often.
#[must_use]
pub fn failed(
    leased: Leased,
    failed: Failed,
    unknown: UnknownOutcomes,
    trail: &Trail,
    span: Span,
    detail: Recorded,
    policy: &DeliveryPolicy,
) -> Settlement {
    let Failed {
        mut failure,
        retry,
        is_unknown,
        resume,
    } = failed;
    failure.held_back = match trail.held_back() {
        Some(reason) => Some(reason.to_string()),
        None if trail.was_held_back() && retry != Retry::Never => Some(failure.message.clone()),
        None => None,
    };
    let report = report(failure.status, trail, span, detail);
    let round = match trail.was_held_back() {
        true => Round::HeldBack,
        false => {
            let before = attempts_made(policy, &leased, span.started_at);
            Round::Tried(before.saturating_add(trail.attempts()))
        }
    };
    let is_untried = leased.attempts == 0 && round == Round::HeldBack;
    let horizon = if is_untried { Millis::MAX } else { leased.horizon };
    let (retry, horizon) = match paused(policy, &failure) {
        // The horizon does not end while the connection is paused.
        Some(pause) => match trail.until_probe() {
            Some(probe) => (Retry::After(Some(probe)), horizon.plus(pause.longest_wait)),
            None => (retry.or_later(), horizon),
        },
        None => (by_status(policy, &failure, retry), horizon),
    };
    let due = match retry {
        Retry::Never => None,
        Retry::After(_) if is_unknown && unknown.are_too_many() => None,
        Retry::After(wanted) => next_due(policy, round, wanted, span.finished_at, horizon),
    };
    // Nobody asked for the breaker's wait: it makes no delivery late beyond its horizon.
    let is_early = failure.error_type.as_deref() == Some(NotSent::BreakerRefusing.code())
        && leased.horizon > span.finished_at;
    let due = due.map(|due| if is_early { due.min(leased.horizon) } else { due });
    let outcome = match due {
        Some(due) => Settled::Again {
            due,
            resume,
            unknown_outcomes: unknown.so_far,
            failure,
            report,
        },
        None => {
            if is_unknown {
                failure.stage = Stage::UnknownOutcome;
            }
            Settled::Dead { failure, report }
        }
    };
    Settlement {
        lease: leased.lease,
        outcome,
    }
}

/// The pause that a failure leads to because the partner refuses the credentials.
fn paused<'policy>(policy: &'policy DeliveryPolicy, failure: &Failure) -> Option<&'policy CredentialsPause> {
    let is_held_back = failure.error_type.as_deref() == Some(NotSent::CredentialsRefused.code());
    let concerns_credentials = failure.stage == Stage::Authentication || is_held_back;
    policy
        .credentials_refused
        .as_ref()
        .filter(|_| concerns_credentials)
}

/// Whether to try again, where the operator decides that by the partner's status.
fn by_status(policy: &DeliveryPolicy, failure: &Failure, retry: Retry) -> Retry {
    let is_ours = failure.error_type.as_deref().is_some_and(NotSent::is_code);
    let Some(status) = failure
        .status
        .filter(|_| failure.stage == Stage::Delivery && !is_ours)
    else {
        return retry;
    };
    if policy.never_retry.contains(&status) {
        return Retry::Never;
    }
    match policy.retry_on.contains(&status) {
        true => retry.or_later(),
        false => retry,
    }
}

/// Settles a delivery that could not even be tried.
#[must_use]
pub fn untried(leased: Leased, stage: Stage, message: impl Into<String>, at: Millis) -> Settlement {
    Settlement {
        lease: leased.lease,
        outcome: Settled::Dead {
            failure: Failure {
                stage,
                status: None,
                error_type: None,
                message: message.into(),
                held_back: None,
            },
            report: Report::unsent(at),
        },
    }
}

/// What metrics count for a settlement; nothing for a lease that goes back.
#[must_use]
pub fn outcome(settled: &Settled) -> Option<Outcome> {
    match settled {
        Settled::Delivered { warning: None, .. } => Some(Outcome::Delivered),
        Settled::Delivered { .. } => Some(Outcome::Warned),
        Settled::Skipped { rule, .. } => Some(Outcome::Skipped(*rule)),
        Settled::Dead { failure, .. } => Some(Outcome::Dead(failure.stage)),
        Settled::Again { .. } => Some(Outcome::Again),
        Settled::Returned => None,
    }
}

fn report(status: Option<u16>, trail: &Trail, span: Span, detail: Recorded) -> Report {
    Report {
        status,
        attempts: trail.attempts(),
        started_at: span.started_at,
        finished_at: span.finished_at,
        detail: detail.own,
        call: detail.call,
    }
}

fn status_of(outcome: &EventOutcome) -> Option<u16> {
    match outcome {
        EventOutcome::Performed { output, .. } => Some(output.response().map_or(200, Response::status)),
        EventOutcome::Skipped(_) => None,
    }
}

impl Failed {
    /// What an error means that a call ended with.
    #[must_use]
    pub fn of_error(error: &Error, trail: &Trail) -> Self {
        let action = error.action();
        let status = error.status().or_else(|| network_status(error));
        let code = action.and_then(waystation_kit::Error::code);
        Self {
            failure: Failure {
                stage: stage(error),
                status,
                error_type: error_type(code.as_ref(), status),
                message: trail.redacted(&message(error)),
                held_back: None,
            },
            retry: match error.is_retryable() {
                true => Retry::After(action.and_then(wanted_wait)),
                false => Retry::Never,
            },
            is_unknown: action.is_some_and(waystation_kit::Error::outcome_is_unknown),
            resume: None,
        }
    }

    fn of_item(outcome: &ItemOutcome, error: &ItemError, trail: &Trail) -> Self {
        let stage = match error.status {
            401 => Stage::Authentication,
            400 if error.code == ErrorCode::PAYLOAD_VALIDATION_FAILED && error.sent.is_none() => {
                Stage::Validation
            }
            _ => Stage::Delivery,
        };
        // The status of an item is never absent; nobody has answered a fault of ours with one.
        let is_ours = error.blame == Blame::Ourselves;
        let status = (!is_ours).then_some(error.status);
        let is_miscounted = error.code == ErrorCode::MISCOUNTED_RESULTS;
        let code = status
            .is_some()
            .then_some(&error.code)
            .or(is_miscounted.then_some(&error.code));
        Self {
            failure: Failure {
                stage,
                status,
                error_type: error_type(code, status),
                message: trail.redacted(&error.message),
                held_back: None,
            },
            retry: match outcome.is_retryable() {
                true => Retry::After(error.retry_after),
                false => Retry::Never,
            },
            is_unknown: error.outcome_is_unknown(),
            resume: None,
        }
    }
}

/// The class of an error, the same for a delivery alone and in a batch: the partner's code, or that of the status where
/// there is none, or where it only repeats the status.
fn error_type(code: Option<&ErrorCode>, status: Option<u16>) -> Option<String> {
    let words = code.filter(|code| code.as_str().parse::<u16>().is_err()).cloned();
    let code = words.or_else(|| status.map(ErrorCode::from_status));
    code.map(|code| code.as_str().to_owned())
}

fn stage(error: &Error) -> Stage {
    use waystation_kit::Error as ActionError;
    match error {
        Error::Schema { .. } => Stage::Validation,
        Error::InvalidMapping(_) | Error::Mapping(_) => Stage::Mapping,
        Error::Credentials(_) | Error::Action(ActionError::InvalidAuthentication { .. }) => {
            Stage::Authentication
        }
        Error::Action(ActionError::PayloadValidation(_)) => Stage::Validation,
        Error::Action(error) if error.status() == Some(401) => Stage::Authentication,
        Error::Action(_) => Stage::Delivery,
    }
}

/// The partner's words where it answered, for they say more than its status.
fn message(error: &Error) -> String {
    let response = error.action().and_then(waystation_kit::Error::response);
    response.map_or_else(|| error.to_string(), waystation_kit::multistatus::partner_message)
}

/// What stands for a partner that did not answer.
fn network_status(error: &Error) -> Option<u16> {
    match error.action()? {
        waystation_kit::Error::Timeout { .. } => Some(504),
        waystation_kit::Error::Network { .. } => Some(503),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
