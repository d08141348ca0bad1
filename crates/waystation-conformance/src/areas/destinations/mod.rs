//! The area `destinations`: what each destination sends to its partner, and what it hands back.
//!
//! Every destination of this build is held against its cases; cases of others are skipped by name. All
//! cases run in a fresh state, with a single attempt, and with the clock and the environment of the case.

mod bench;
mod calls;
mod compare;

use serde_json::Value;
use waystation_kit::request::{Answer, OutgoingRequest};
use waystation_runtime::{BatchOutcome, Error};

use self::bench::Bench;
use super::stage::Stage;
use crate::{Mismatch, Verdict};

/// What our code did.
struct Recording {
    outcome: Result<Outcome, Error>,
    requests: Vec<OutgoingRequest>,
    /// What the partner answered.
    answers: Vec<Answer>,
    /// What the action stored in the transaction.
    transaction_set: Value,
}

/// What a call returned.
enum Outcome {
    /// An event: its steps.
    Steps(Vec<Value>),
    /// A batch.
    Batch(BatchOutcome),
    /// Anything else.
    Value(Value),
}

/// Judges a case.
pub(super) async fn check(stage: &Stage, content: &Value) -> Verdict {
    let slug = content["destination"].as_str().unwrap_or_default();
    let Some(destination) = stage.destination(slug) else {
        return super::no_destination(slug);
    };
    let bench = match Bench::new(destination, content) {
        Ok(bench) => bench,
        Err(error) => {
            return Verdict::Failed(Mismatch {
                expected: "a usable script".into(),
                actual: error.to_string().into(),
            });
        }
    };
    let Some(outcome) = calls::run(&bench, content).await else {
        return Verdict::Skipped {
            reason: format!("there is no call `{}`", content["call"]),
        };
    };
    compare::recording(content, &bench.into_recording(outcome)).into()
}
