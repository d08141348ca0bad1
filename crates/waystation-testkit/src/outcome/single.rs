//! The outcome of one event.

use serde_json::Value;
use waystation_runtime::outcome::{EventOutcome, Report};
use waystation_runtime::retry::Attempt;
use waystation_runtime::{Error, Skip};

use super::{assert_attempts, skipped};

/// The outcome of one event.
#[derive(Debug)]
#[must_use]
pub struct RunOutcome {
    report: Report<EventOutcome>,
}

impl RunOutcome {
    pub(crate) fn of(report: Report<EventOutcome>) -> Self {
        Self { report }
    }

    /// The failure, if it is one.
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        self.report.result.as_ref().err()
    }

    /// The attempts, if it came to any.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        &self.report.attempts
    }

    /// What the partner complained about although it took the event.
    #[must_use]
    pub fn warning(&self) -> Option<&str> {
        match &self.report.result {
            Ok(EventOutcome::Performed { output, .. }) => output.warning(),
            _ => None,
        }
    }

    /// That the action was performed; what it returned, null if nothing.
    ///
    /// # Panics
    /// It failed, or the event did not match.
    #[track_caller]
    pub fn assert_delivered(&self) -> Value {
        match &self.report.result {
            Ok(EventOutcome::Performed { output, .. }) => output.clone().into_data().unwrap_or_default(),
            Ok(EventOutcome::Skipped(skip)) => panic!("{}", skipped(skip, &self.report.subscribe)),
            Err(error) => panic!(
                "{} should have succeeded, and failed: {}",
                self.report.action,
                told(error)
            ),
        }
    }

    /// That it failed, with this status and this code where there is one; the failure.
    ///
    /// # Panics
    /// It did not, or otherwise.
    #[track_caller]
    pub fn assert_failed_with(&self, status: u16, code: &str) -> &Error {
        let error = self.assert_failed();
        let (actual_status, actual_code) = (error.status(), code_of(error));
        assert!(
            actual_status == Some(status) && actual_code.as_deref().unwrap_or_default() == code,
            "{} should have failed with status {status} and code {code:?}, and it is: {}",
            self.report.action,
            told(error)
        );
        error
    }

    /// That it failed; the failure.
    ///
    /// # Panics
    /// It did not.
    #[track_caller]
    pub fn assert_failed(&self) -> &Error {
        match &self.report.result {
            Err(error) => error,
            Ok(EventOutcome::Skipped(skip)) => panic!("{}", skipped(skip, &self.report.subscribe)),
            Ok(EventOutcome::Performed { .. }) => {
                panic!("{} should have failed, and succeeded", self.report.action)
            }
        }
    }

    /// That the event did not match the subscription.
    ///
    /// # Panics
    /// It did.
    #[track_caller]
    pub fn assert_not_subscribed(&self) {
        assert!(
            matches!(
                &self.report.result,
                Ok(EventOutcome::Skipped(Skip::NotSubscribed))
            ),
            "the event should not match `{}`, and came to {:?}",
            self.report.subscribe,
            self.report.result
        );
    }

    /// That there were so many attempts.
    ///
    /// # Panics
    /// There were more or fewer.
    #[track_caller]
    pub fn assert_attempts(&self, count: usize) -> &Self {
        assert_attempts(self.attempts(), count);
        self
    }
}

/// The stable code of a failure; a payload that does not fit has that of the platform.
fn code_of(error: &Error) -> Option<String> {
    match error {
        Error::Schema { .. } => Some("PAYLOAD_VALIDATION_FAILED".to_owned()),
        other => other.action()?.code().map(|code| code.to_string()),
    }
}

/// A failure with all that helps to find its cause.
fn told(error: &Error) -> String {
    let mut told = format!("status {:?}, code {:?}: {error}", error.status(), code_of(error));
    if let Some(response) = error.action().and_then(waystation_kit::Error::response) {
        told.push_str(&format!("\nthe partner's answer: {}", response.text()));
    }
    told
}
