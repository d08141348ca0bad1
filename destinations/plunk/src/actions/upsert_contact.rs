//! A contact to create or update: [`POST /contacts`](https://docs.useplunk.com/api-reference/overview).

use waystation_kit::prelude::*;

use crate::Plunk;
use crate::client::{prepare, read, send, url};
use crate::contacts::id_of;
use crate::data;
use crate::email_address::EmailAddress;

/// What is known about a contact. Sending it again changes nothing, so it carries no idempotency key.
#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct UpsertContact {
    /// The address, by which Plunk knows the contact.
    #[field(label = "E-mail address", default = first_of("$.traits.email", "$.context.traits.email"))]
    pub email: EmailAddress,
    /// Whether the contact receives marketing e-mails. If left out, a new contact does, and a known one stays as
    /// it is.
    #[field(label = "Subscribed")]
    pub subscribed: Option<bool>,
    /// What is stored with the contact. An empty value deletes the key if it is null, and is ignored if it is an
    /// empty text. Dates count as dates if they are in ISO 8601.
    #[field(label = "Contact data", default = path("$.traits"), object_ui = key_value)]
    pub data: Option<JsonObject>,
    /// What is sent along and not stored. Keys of the contact data go first.
    #[field(label = "Temporary data", object_ui = key_value)]
    pub temporary_data: Option<JsonObject>,
    /// The ID of the event, which Plunk's logs then show.
    #[field(label = "Message ID", default = path("$.messageId"))]
    pub message_id: Option<String>,
}

/// The body of the request.
#[derive(Serialize)]
struct Contact {
    email: EmailAddress,
    #[serde(skip_serializing_if = "Option::is_none")]
    subscribed: Option<bool>,
    #[serde(skip_serializing_if = "JsonObject::is_empty")]
    data: JsonObject,
}

impl ActionInfo<Plunk> for UpsertContact {
    const SLUG: &'static str = "upsertContact";
    const TITLE: &'static str = "Create or Update Contact";
    const DESCRIPTION: &'static str = "Create a contact, or update its data and its subscription.";
    const IDEMPOTENT: bool = true;
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "identify""#);
}

impl Action<Plunk> for UpsertContact {
    async fn perform(cx: &Context<Plunk>, payload: Self) -> Result<Output> {
        let contact = Contact {
            email: payload.email,
            subscribed: payload.subscribed,
            data: data::combine(payload.data, payload.temporary_data),
        };
        let request = cx.post(url(cx, "/contacts")).json(&contact);
        let answer = send(prepare(request, payload.message_id.as_deref())).await?;
        let body = Value::Object(read(&answer)?);
        // Contacts come without the envelope that says "success"; Plunk's own overview shows them with it.
        if [Some(&body), body.get("data")]
            .into_iter()
            .flatten()
            .any(|stored| id_of(stored).is_some())
        {
            Ok(answer.into())
        } else {
            Err(answer.not_understood("Plunk's answer is not a contact"))
        }
    }
}
