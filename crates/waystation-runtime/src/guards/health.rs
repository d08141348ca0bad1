//! What the result of an attempt says about the partner.

use waystation_kit::request::Answer;
use waystation_kit::retry::is_retryable_status;
use waystation_kit::{Error, ItemOutcome};

use crate::layers::Delivered;

/// What the result of an attempt says about the partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    /// It took what was sent, or part of it.
    Taking,
    /// It answered, and refused for reasons that lie in what was sent: any 4xx but 429.
    Answering,
    /// It wants less traffic: 429.
    Limiting,
    /// It fails: 5xx, time-outs, broken connections.
    Failing,
    /// Nothing: the caller gave up, or the fault is ours.
    Unknown,
}

impl Health {
    pub(crate) fn of(result: &Result<Delivered, Error>) -> Self {
        match result {
            Ok(Delivered::Batch(items)) => Self::of_items(items),
            Ok(Delivered::Single(_) | Delivered::Submitted(_) | Delivered::Polled(_)) => Self::Taking,
            Err(error) => Self::of_error(error),
        }
    }

    /// What a single request says, whatever the action makes of its answer.
    pub(crate) fn of_request(result: &Result<Answer, Error>) -> Self {
        match result {
            Ok(answer) if answer.status < 400 => Self::Taking,
            Ok(answer) => Self::of_status(answer.status),
            Err(error) => Self::of_error(error),
        }
    }

    /// Whether the partner had better be sent less.
    pub(crate) fn is_pressed(self) -> bool {
        matches!(self, Self::Limiting | Self::Failing)
    }

    /// A batch says that a partner fails only if every item has to be tried again.
    fn of_items(items: &[ItemOutcome]) -> Self {
        let is_taken = |item: &ItemOutcome| matches!(item, ItemOutcome::Success(_));
        if are_held_back(items) {
            return Self::Unknown;
        }
        if items.iter().any(is_taken) {
            Self::Taking
        } else if !items.iter().all(ItemOutcome::is_retryable) {
            Self::Answering
        } else {
            let statuses = || items.iter().map(ItemOutcome::status);
            statuses()
                .find(|status| *status >= 500)
                .or_else(|| statuses().max())
                .map_or(Self::Answering, Self::of_status)
        }
    }

    fn of_error(error: &Error) -> Self {
        match error {
            Error::Timeout { .. } | Error::SelfTimeout(_) => Self::Failing,
            Error::Network { failure, .. } if failure.is_transient() => Self::Failing,
            Error::Network { .. }
            | Error::Deadline
            | Error::Aborted
            | Error::NotSent { .. }
            | Error::Internal(_) => Self::Unknown,
            // It took the request.
            Error::Miscounted(_) => Self::Answering,
            Error::UnknownOutcome { .. }
            | Error::Integration { .. }
            | Error::PayloadValidation(_)
            | Error::AudienceMembership(_)
            | Error::Api { .. }
            | Error::Retryable { .. }
            | Error::InvalidAuthentication { .. }
            | Error::Http(_) => error.status().map_or(Self::Unknown, Self::of_status),
        }
    }

    fn of_status(status: u16) -> Self {
        match status {
            429 => Self::Limiting,
            500.. if is_retryable_status(status) => Self::Failing,
            _ => Self::Answering,
        }
    }
}

/// Whether the guards held back everything, so that the partner knows of nothing.
pub(crate) fn is_held_back(result: &Result<Delivered, Error>) -> bool {
    match result {
        Ok(Delivered::Batch(items)) => are_held_back(items),
        Ok(_) => false,
        Err(error) => matches!(error, Error::NotSent { .. }),
    }
}

fn are_held_back(items: &[ItemOutcome]) -> bool {
    !items.is_empty() && items.iter().all(ItemOutcome::is_held_back)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use waystation_kit::{ErrorCode, ItemError, ItemSuccess, NetworkFailure};

    use super::*;

    fn of(error: Error) -> Health {
        Health::of(&Err(error))
    }

    fn status(status: u16) -> Error {
        Error::integration("refused", ErrorCode::from_status(status), status)
    }

    fn items(statuses: &[u16]) -> Health {
        let items = statuses.iter().map(|status| match status {
            200 => ItemSuccess::new("".into(), "".into()).into(),
            status => ItemError::new(*status, "refused").into(),
        });
        Health::of(&Ok(Delivered::Batch(items.collect())))
    }

    #[test]
    fn statuses_tell_a_failing_partner_from_a_refusing_one() {
        for (code, health) in [
            (400, Health::Answering),
            (401, Health::Answering),
            (404, Health::Answering),
            (408, Health::Answering),
            (423, Health::Answering),
            (429, Health::Limiting),
            (500, Health::Failing),
            (501, Health::Answering),
            (503, Health::Failing),
        ] {
            assert_eq!(of(status(code)), health, "{code}");
        }
    }

    #[test]
    fn failures_without_an_answer() {
        let limit = Duration::from_secs(1);
        let network = |failure| Error::Network {
            message: "broken".into(),
            failure,
        };
        assert_eq!(of(Error::Timeout { limit }), Health::Failing);
        assert_eq!(of(network(NetworkFailure::ConnectionReset)), Health::Failing);
        assert_eq!(of(network(NetworkFailure::AddressRefused)), Health::Unknown);
        assert_eq!(of(Error::Deadline), Health::Unknown);
        assert_eq!(of(Error::internal("a fault of ours")), Health::Unknown);
    }

    #[test]
    fn a_batch_fails_only_if_no_item_fared_better() {
        for (statuses, health) in [
            (&[200, 503, 503][..], Health::Taking),
            (&[400, 503], Health::Answering),
            (&[503, 429], Health::Failing),
            (&[429, 503], Health::Failing),
            (&[429, 429], Health::Limiting),
            (&[408, 429], Health::Limiting),
            (&[400, 422], Health::Answering),
            (&[], Health::Answering),
        ] {
            assert_eq!(items(statuses), health, "{statuses:?}");
        }
    }
}
