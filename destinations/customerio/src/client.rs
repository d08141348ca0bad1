//! Requests to the [Track API](https://docs.customer.io/integrations/api/track/).

use waystation_kit::prelude::*;

use crate::answer::{assert_taken, in_words_of_customer_io, read_batch_answer};
use crate::operation::{Operating, Operation};
use crate::{CustomerIo, Region};

const BATCH_START: &str = r#"{"batch":["#;
const BATCH_END: &str = "]}";

/// A request takes less than 500 kB, and no item over 32 KiB.
const BATCH_LIMITS: PartLimits = PartLimits {
    items: usize::MAX,
    bytes: 499_999,
    item_bytes: 32 * 1024,
    envelope_bytes: BATCH_START.len() + BATCH_END.len(),
};

impl Region {
    /// Where the Track API listens. The US host redirects accounts of the EU; the EU host refuses the others.
    const fn host(self) -> &'static str {
        match self {
            Self::Us => "https://track.customer.io",
            Self::Eu => "https://track-eu.customer.io",
        }
    }
}

/// The address of a path in the region of the account.
fn url(cx: &Context<CustomerIo>, path: &str) -> String {
    let region = cx.settings().account_region.unwrap_or_default();
    format!("{}{path}", region.host())
}

/// Asks whether the site ID and the key belong together. The US host answers for both regions.
///
/// # Errors
/// Customer.io refuses the credentials or does not answer.
pub async fn test_authentication(cx: &Context<CustomerIo>) -> Result<()> {
    let url = format!("{}/auth", Region::Us.host());
    cx.get(url).send().await.map(drop)
}

/// Forgets a person. Events may bring the person back, unlike after
/// [`SuppressPerson`](crate::actions::SuppressPerson).
///
/// # Errors
/// There is no user ID, or Customer.io refuses or does not answer.
pub async fn forget_person(cx: &Context<CustomerIo>, user: DeleteUser) -> Result<Output> {
    let user_id = user
        .user_id
        .ok_or_else(|| Error::payload("Customer.io deletes people by user ID, and there is none"))?;
    let request = cx.delete(url(cx, "/api/v1/customers")).path_segment(&user_id);
    taken(request.send().await)
}

/// Posts a body to a path.
///
/// # Errors
/// Customer.io refuses it, answers what is not understood, or does not answer.
pub async fn post(cx: &Context<CustomerIo>, path: &str, body: &(impl Serialize + Sync)) -> Result<Output> {
    taken(cx.post(url(cx, path)).json(body).send().await)
}

/// What an answer to a single operation returns, if it says that the operation was taken.
fn taken(answer: Result<Response>) -> Result<Output> {
    let response = answer.map_err(in_words_of_customer_io)?;
    assert_taken(&response)?;
    Ok(response.into())
}

/// Sends one operation.
///
/// # Errors
/// It is too large; or Customer.io refuses it, answers what is not understood, or does not answer.
pub(crate) async fn send(cx: &Context<CustomerIo>, operation: Operation) -> Result<Output> {
    let body = BATCH_LIMITS.fit(&prepare(cx, operation))?;
    taken(cx.post(url(cx, "/api/v2/entity")).json_bytes(body).send().await)
}

/// Sends an operation for each item of a batch, in as many requests as the limits ask for.
///
/// # Errors
/// Whatever concerns all items and may be mended by trying again.
pub(crate) async fn send_batch<P: Operating>(
    cx: &Context<CustomerIo>,
    batch: Batch<P>,
) -> Result<BatchOutput> {
    let batch = batch.report_as(P::tidy);
    let mut parts = Parts::grouped(batch, BATCH_LIMITS, P::verb, |payload| {
        Ok(prepare(cx, payload.operation()?))
    });
    while let Some(part) = parts.next_part() {
        let request = cx
            .post(url(cx, "/api/v2/batch"))
            .json_bytes(part.json_between(BATCH_START, BATCH_END));
        let answer = request.send().await.map_err(in_words_of_customer_io);
        parts.settle(part, answer, read_batch_answer);
    }
    Ok(parts.finish()?.into())
}

fn prepare(cx: &Context<CustomerIo>, operation: Operation) -> Value {
    operation.into_wire(cx.settings().deduplicate_events == Some(true))
}
