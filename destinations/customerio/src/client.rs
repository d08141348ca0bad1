//! Requests to the [Track API](https://docs.customer.io/integrations/api/track/).

use waystation_kit::prelude::*;

use crate::answer::read_batch_answer;
use crate::operation::Operation;
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
    Ok(request.send().await?.into())
}

/// Posts a body to a path.
///
/// # Errors
/// Customer.io refuses it or does not answer.
pub async fn post(cx: &Context<CustomerIo>, path: &str, body: &(impl Serialize + Sync)) -> Result<Output> {
    Ok(cx.post(url(cx, path)).json(body).send().await?.into())
}

/// Sends one operation.
///
/// # Errors
/// Customer.io refuses it or does not answer.
pub async fn send(cx: &Context<CustomerIo>, operation: Operation) -> Result<Output> {
    post(cx, "/api/v2/entity", &prepare(cx, operation)).await
}

/// Sends an operation for each item of a batch, in as many requests as the limits ask for.
///
/// # Errors
/// Whatever concerns all items and may be mended by trying again.
pub async fn send_batch<P>(
    cx: &Context<CustomerIo>,
    batch: Batch<P>,
    to_operation: impl Fn(P) -> Operation + Send,
) -> Result<BatchOutput> {
    let parts = Parts::new(batch, BATCH_LIMITS, |payload| {
        Ok(prepare(cx, to_operation(payload)).into())
    });
    send_parts(cx, parts).await
}

/// As [`send_batch`], but a request never mixes groups.
///
/// # Errors
/// Whatever concerns all items and may be mended by trying again.
pub async fn send_grouped_batch<P, G: Ord + Send>(
    cx: &Context<CustomerIo>,
    batch: Batch<P>,
    group: impl Fn(&P) -> G + Send,
    to_operation: impl Fn(P) -> Operation + Send,
) -> Result<BatchOutput> {
    let parts = Parts::grouped(batch, BATCH_LIMITS, group, |payload| {
        Ok(prepare(cx, to_operation(payload)).into())
    });
    send_parts(cx, parts).await
}

async fn send_parts(cx: &Context<CustomerIo>, mut parts: Parts) -> Result<BatchOutput> {
    while let Some(part) = parts.next_part() {
        let request = cx
            .post(url(cx, "/api/v2/batch"))
            .json_bytes(part.json_between(BATCH_START, BATCH_END));
        let answer = request.send().await;
        parts.settle(part, answer, |response, slots| {
            read_batch_answer(response.status(), response.text().as_bytes(), slots)
        });
    }
    Ok(parts.finish()?.into())
}

fn prepare(cx: &Context<CustomerIo>, operation: Operation) -> Operation {
    if cx.settings().deduplicate_events == Some(true) {
        operation.deduplicated()
    } else {
        operation
    }
}
