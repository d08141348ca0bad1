//! A batch in several requests.

use waystation_kit::prelude::*;

use crate::ExampleCrm;
use crate::client::{read_complaints, taken, url};
use crate::fields::batching;

const BATCH_START: &str = r#"{"events":["#;
const BATCH_END: &str = "]}";

/// What the partner takes in one request. [`Parts`] keeps to it: a batch becomes as many requests as it takes,
/// an event over the limit fails alone, and the results come back in the order of the batch.
const LIMITS: PartLimits = PartLimits {
    items: 100,
    bytes: 256 * 1024,
    item_bytes: 16 * 1024,
    envelope_bytes: BATCH_START.len() + BATCH_END.len(),
};

/// Something that a contact did.
#[derive(Debug, Serialize, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct TrackEvent {
    /// Who did it.
    #[field(label = "Contact ID", default = path("$.userId"))]
    pub contact: String,
    /// What was done.
    #[field(label = "Event name", default = path("$.event"), minimum = 1, maximum = 200)]
    pub name: String,
    /// When it was done.
    #[field(label = "Time", default = path("$.timestamp"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<Datetime>,
    /// What it is worth.
    #[field(label = "Value", default = first_of("$.properties.revenue", "$.properties.total"), minimum = 0)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// The event's ID, by which the partner recognizes what it already has.
    #[field(label = "Event ID", default = path("$.messageId"), hidden)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

impl ActionInfo<ExampleCrm> for TrackEvent {
    const SLUG: &'static str = "trackEvent";
    const TITLE: &'static str = "Track Event";
    const DESCRIPTION: &'static str = "Track what contacts do.";
    const SUBSCRIBE: Option<&'static str> = Some("type = \"track\"");
    // The partner recognizes an event by its ID.
    const IDEMPOTENT: bool = true;
}

impl Action<ExampleCrm> for TrackEvent {
    async fn perform(cx: &Context<ExampleCrm>, payload: Self) -> Result<Output> {
        taken(cx.post(url(cx, "/events")).json(&payload).send().await)
    }
}

impl BatchAction<ExampleCrm> for TrackEvent {
    async fn perform_batch(cx: &Context<ExampleCrm>, batch: Batch<Self>) -> Result<BatchOutput> {
        let mut parts = Parts::new(batch, LIMITS, |event| {
            serde_json::to_value(event).map_err(|error| Error::payload(error.to_string()))
        });
        while let Some(part) = parts.next_part() {
            let body = part.json_between(BATCH_START, BATCH_END);
            let answer = cx.post(url(cx, "/events/batch")).json_bytes(body).send().await;
            parts.settle(part, answer, read_complaints);
        }
        Ok(parts.finish()?.into())
    }
}
