//! Addresses, and reading the partner's errors.
//!
//! There is no loop around `send` here, nor anywhere else: what may be mended by trying again is returned as it
//! is, and the runtime tries again.

use waystation_kit::prelude::*;

use crate::ExampleCrm;
use crate::settings::Region;

/// The feature under which a workspace uses the next version of the API.
pub const NEXT_VERSION: &str = "example-next-version";

/// The address of a path, in the region of the account.
#[must_use]
pub fn url(cx: &Context<ExampleCrm>, path: &str) -> String {
    let settings = cx.settings();
    let region = match settings.region.unwrap_or_default() {
        Region::Us => "us",
        Region::Eu => "eu",
    };
    let version = if cx.has_feature(NEXT_VERSION) { "v2" } else { "v1" };
    format!(
        "https://{}.{region}.example.invalid/{version}{path}",
        settings.workspace
    )
}

/// What the partner says to a batch that it took, though perhaps not all of it.
#[derive(Debug, Deserialize)]
struct BatchAnswer {
    #[serde(default)]
    errors: Vec<ItemProblem>,
}

/// A complaint about one item.
#[derive(Debug, Deserialize)]
struct ItemProblem {
    /// The item's place in the request.
    index: Option<usize>,
    /// The partner's name for what is wrong.
    code: String,
    message: String,
}

/// What an answer to a single request returns, if it says that the request was taken. A success status alone proves
/// nothing: the answer has to be one of the partner's, and to list no problem.
///
/// # Errors
/// The request failed; or the answer lists a problem, which fails as it would in a batch; or it is not understood.
pub fn taken(answer: Result<Response>) -> Result<Output> {
    let response = answer?;
    let said: BatchAnswer = response.json()?;
    match said.errors.into_iter().next() {
        Some(problem) => {
            let (status, code) = meaning(&problem.code);
            Err(Error::integration(problem.message, code, status))
        }
        None => Ok(response.into()),
    }
}

/// Puts the partner's complaints to the items that they are about. A complaint
/// that names no item is not lost: then nobody knows about the items that are not named.
///
/// # Errors
/// The answer cannot be read.
pub fn read_complaints(response: &Response, slots: &mut Slots<'_>) -> Result<()> {
    let answer: BatchAnswer = response.json()?;
    for problem in answer.errors {
        let (status, code) = meaning(&problem.code);
        slots.refuse(
            problem.index,
            ItemError::new(status, problem.message).with_code(code),
        );
    }
    // Items of which nothing is noted have failed: this partner names those, and takes all others.
    slots.succeed_others();
    Ok(())
}

/// The status decides whether an item is tried again, so it is chosen by what the code means: 429 is.
fn meaning(code: &str) -> (u16, ErrorCode) {
    match code {
        "slow_down" => (429, ErrorCode::from_status(429)),
        "invalid" => (400, ErrorCode::PAYLOAD_VALIDATION_FAILED),
        "unknown_contact" => (404, ErrorCode::from_status(404)),
        _ => (400, ErrorCode::INTEGRATION_ERROR),
    }
}
