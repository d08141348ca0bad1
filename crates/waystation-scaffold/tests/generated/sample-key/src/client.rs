//! Requests to Sample Key, and reading what it says.

use waystation_kit::prelude::*;

use crate::SampleKey;

/// The address of a path.
#[must_use]
pub fn url(path: &str) -> String {
    format!("https://api.sample-key.example{path}")
}

/// What Sample Key says to a batch: `{"rejected": [{"index": 1, "reason": "no such person"}]}`.
#[derive(Debug, Deserialize)]
struct BatchAnswer {
    #[serde(default)]
    rejected: Vec<Rejected>,
}

#[derive(Debug, Deserialize)]
struct Rejected {
    index: usize,
    reason: String,
}

/// Puts each complaint to its item. An item of which nothing is noted has failed, so success is said as well: the
/// partner names what it rejects, and takes everything else.
///
/// # Errors
/// The answer is not understood: nobody knows then what the partner took.
pub fn read_complaints(response: &Response, slots: &mut Slots<'_>) -> Result<()> {
    let answer: BatchAnswer = response.json()?;
    for rejected in answer.rejected {
        slots.refuse(Some(rejected.index), ItemError::payload(rejected.reason));
    }
    slots.succeed_others();
    Ok(())
}

/// Asks whether the credentials are valid.
///
/// # Errors
/// Sample Key refuses them or does not answer.
pub async fn test_authentication(cx: &Context<SampleKey>) -> Result<()> {
    cx.get(url("/account")).send().await.map(drop)
}
