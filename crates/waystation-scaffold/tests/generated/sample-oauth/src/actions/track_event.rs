//! Track Event.

use waystation_kit::batching::Batching;
use waystation_kit::prelude::*;

use crate::SampleOauth;
use crate::client::url;

/// The payload of "Track Event".
#[derive(Debug, Serialize, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
#[payload(extend = batching)]
pub struct TrackEvent {
    /// Who did it.
    #[field(label = "User ID", default = path("$.userId"))]
    pub user_id: String,
    /// What was done.
    #[field(label = "Event name", default = path("$.event"))]
    pub event: String,
    /// What else is known about it.
    #[field(label = "Properties", default = path("$.properties"))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<JsonObject>,
}

/// How events are gathered.
fn batching() -> Fields {
    Batching::up_to(100).fields()
}

impl ActionInfo<SampleOauth> for TrackEvent {
    const SLUG: &'static str = "trackEvent";
    const TITLE: &'static str = "Track Event";
    const DESCRIPTION: &'static str = "Track Event in Sample Oauth.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track""#);
}

impl Action<SampleOauth> for TrackEvent {
    async fn perform(cx: &Context<SampleOauth>, payload: Self) -> Result<Output> {
        Ok(cx.post(url("/track-event")).json(&payload).send().await?.into())
    }
}

impl BatchAction<SampleOauth> for TrackEvent {
    async fn perform_batch(cx: &Context<SampleOauth>, batch: Batch<Self>) -> Result<BatchOutput> {
        let sent: Vec<Value> = batch.payloads().map(|payload| json!(payload)).collect();
        let answer = cx.post(url("/track-event/batch")).json(&sent).send().await;
        Ok(batch.settle(sent, answer, crate::client::read_complaints)?.into())
    }
}
