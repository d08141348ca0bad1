//! Something that a contact did: [`POST /v1/track`](https://docs.useplunk.com/api-reference/overview).

use waystation_kit::prelude::*;
use waystation_kit::request::Body;

use crate::Plunk;
use crate::client::{self, Submission, Submitted};
use crate::data;
use crate::email_address::EmailAddress;
use crate::idempotency::IdempotencyKey;

/// An event of a contact. Plunk takes the time of arrival for the time of the event: there is no field for it.
#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct TrackEvent {
    /// The name, by which workflows and segments find the event. Plunk keeps some for itself: those that begin
    /// with `email.`, `contact.subscribed`, `contact.unsubscribed`, and `segment.….entry` and `.exit`.
    #[field(label = "Event name", default = path("$.event"), minimum = 1)]
    pub event: String,
    /// The address of the contact, which is created if there is none.
    #[field(label = "E-mail address", default = first_of("$.context.traits.email", "$.properties.email"))]
    pub email: EmailAddress,
    /// Whether the contact receives marketing e-mails. If left out, a new contact does, and a known one stays as
    /// it is.
    #[field(label = "Subscribed")]
    pub subscribed: Option<bool>,
    /// Apply "Subscribed" only if the contact is new. Plunk versions from before mid-2026 do not know this.
    #[field(label = "Keep known subscriptions")]
    pub preserve_existing_subscription: Option<bool>,
    /// What is stored with the contact. An empty value deletes the key if it is null, and is ignored if it is an
    /// empty text.
    #[field(label = "Contact data", object_ui = key_value)]
    pub data: Option<JsonObject>,
    /// What the workflow of this event may use, and the contact does not keep. Keys of the contact data go first;
    /// a language (`locale`) belongs there.
    #[field(label = "Event data", default = path("$.properties"), object_ui = key_value)]
    pub event_data: Option<JsonObject>,
    /// The ID of the event, by which Plunk recognizes one that it already has.
    #[field(label = "Message ID", default = path("$.messageId"))]
    pub message_id: Option<String>,
}

/// The body of the request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Event<'a> {
    event: &'a str,
    email: &'a EmailAddress,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscribed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preserve_existing_subscription: Option<bool>,
    #[serde(skip_serializing_if = "JsonObject::is_empty")]
    data: JsonObject,
}

impl ActionInfo<Plunk> for TrackEvent {
    const SLUG: &'static str = "trackEvent";
    const TITLE: &'static str = "Track Event";
    const DESCRIPTION: &'static str = "Track what a contact did, for workflows and segments.";
    // By the key that travels along.
    const IDEMPOTENT: bool = true;
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event != "User Deleted""#);
}

impl Action<Plunk> for TrackEvent {
    async fn perform(cx: &Context<Plunk>, payload: Self) -> Result<Output> {
        let event = Event {
            event: &payload.event,
            email: &payload.email,
            subscribed: payload.subscribed,
            preserve_existing_subscription: payload.preserve_existing_subscription,
            data: data::combine(payload.data, payload.event_data),
        };
        let message_id = payload.message_id.as_deref();
        let purpose = [payload.event.as_str(), payload.email.as_str()];
        let submission = Submission {
            path: "/v1/track",
            key: cx.settings().public_key.secret(),
            body: Body::json(&event).map_err(|error| Error::internal(error.to_string()))?,
            message_id,
            idempotency_key: IdempotencyKey::new::<Self>(cx, message_id, &purpose),
        };
        Ok(match client::submit(cx, submission).await? {
            Submitted::Now(response) => Output::Response(response),
            Submitted::Earlier => json!({"success": true, "alreadyDelivered": true}).into(),
        })
    }
}
