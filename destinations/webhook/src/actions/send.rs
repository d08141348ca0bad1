//! Events as JSON to an address.

use waystation_kit::RequestKey;
use waystation_kit::prelude::*;

use crate::body::Body;
use crate::{Webhook, client};

/// A request with an event in it.
#[derive(Debug, Deserialize, Payload)]
pub struct SendRequest {
    /// The address to send to.
    #[field(label = "URL", format = uri)]
    pub url: String,
    /// The method of the request.
    #[field(default = Method::Post.name())]
    pub method: Method,
    /// The most events in a batch. Batches may well be smaller. Whoever gathers the events reads it; the action does
    /// not.
    #[field(label = "Batch size", default = 0)]
    pub batch_size: Option<f64>,
    /// Headers to send along, in ASCII.
    #[field(object_ui = key_value_only)]
    pub headers: Option<JsonObject>,
    /// What to send, as JSON.
    #[field(default = directive::path("$."))]
    pub data: Option<JsonObject>,
    /// Further fields that all events of a batch have in common. Address, method and headers always are the same.
    /// Whoever gathers the events reads it; the action does not.
    #[field(label = "Batch keys", hidden, default = ["url", "method", "headers"])]
    pub batch_keys: Option<Vec<String>>,
}

/// A method whose requests have a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Choices)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Hand over something new.
    #[choice(label = "POST")]
    Post,
    /// Put something in the place of what is there.
    #[choice(label = "PUT")]
    Put,
    /// Change what is there.
    #[choice(label = "PATCH")]
    Patch,
}

impl ActionInfo<Webhook> for SendRequest {
    const SLUG: &'static str = "send";
    const TITLE: &'static str = "Send";
    const DESCRIPTION: &'static str = "Send an event, or a batch of them, to an address.";
}

impl Action<Webhook> for SendRequest {
    async fn perform(cx: &Context<Webhook>, payload: Self) -> Result<Output> {
        let body = payload.data.as_ref().map(Body::object).transpose()?;
        Ok(client::send(cx, &payload, body).await?.into())
    }
}

impl BatchAction<Webhook> for SendRequest {
    /// A request has one receiver, and the headers may hold its credentials.
    const REQUEST_KEY: Option<fn(&Self) -> RequestKey> =
        Some(|send| RequestKey::of(&(&send.url, send.method, &send.headers)));

    async fn perform_batch(cx: &Context<Webhook>, batch: Batch<Self>) -> Result<BatchOutput> {
        let Some(first) = batch.payloads().next() else {
            return Ok(BatchOutput::MultiStatus(MultiStatusResponse::default()));
        };
        let body = Body::list(batch.payloads().map(|payload| payload.data.as_ref()))?;
        Ok(client::send(cx, first, Some(body)).await?.into())
    }
}
