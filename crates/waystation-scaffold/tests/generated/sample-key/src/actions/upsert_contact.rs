//! Upsert Contact.

use waystation_kit::prelude::*;

use crate::SampleKey;
use crate::client::url;
use crate::fields::batching;

/// The payload of "Upsert Contact".
#[derive(Debug, Serialize, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
#[payload(extend = batching)]
pub struct UpsertContact {
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

impl ActionInfo<SampleKey> for UpsertContact {
    const SLUG: &'static str = "upsertContact";
    const TITLE: &'static str = "Upsert Contact";
    const DESCRIPTION: &'static str = "Upsert Contact in Sample Key.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track""#);
}

impl Action<SampleKey> for UpsertContact {
    async fn perform(cx: &Context<SampleKey>, payload: Self) -> Result<Output> {
        Ok(cx
            .post(url("/upsert-contact"))
            .json(&payload)
            .send()
            .await?
            .into())
    }
}

impl BatchAction<SampleKey> for UpsertContact {
    async fn perform_batch(cx: &Context<SampleKey>, batch: Batch<Self>) -> Result<BatchOutput> {
        let sent: Vec<Value> = batch.payloads().map(|payload| json!(payload)).collect();
        let answer = cx.post(url("/upsert-contact/batch")).json(&sent).send().await;
        Ok(batch.settle(sent, answer, crate::client::read_complaints)?.into())
    }
}
