//! The outcome of a run, with assertions that say what broke.

mod batch;
mod single;

pub use batch::{BatchRunOutcome, ItemAssertion};
pub use single::RunOutcome;

use waystation_runtime::outcome::Skip;
use waystation_runtime::retry::Attempt;

/// Why nothing was done, and for whom that is new: how to mend it.
fn skipped(skip: &Skip, subscribe: &str) -> String {
    match skip {
        Skip::NotSubscribed => format!(
            "the event does not match the subscription `{subscribe}`; `.subscribe(...)` sets another one"
        ),
        other => format!("nothing was done: {other}"),
    }
}

#[track_caller]
fn assert_attempts(attempts: &[Attempt], count: usize) {
    assert!(
        attempts.len() == count,
        "there should have been {count} attempts, and there were {}: {attempts:#?}",
        attempts.len()
    );
}
