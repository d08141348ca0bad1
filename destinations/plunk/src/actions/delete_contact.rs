//! A contact to delete: [`DELETE /contacts/:id`](https://docs.useplunk.com/api-reference/overview).

use waystation_kit::prelude::*;

use crate::Plunk;
use crate::contacts;
use crate::email_address::EmailAddress;

/// A contact to delete. A contact that is gone already counts as deleted; later events may bring it back.
#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct DeleteContact {
    /// The address of the contact. Contacts that differ in upper and lower case alone are deleted as well.
    #[field(label = "E-mail address", default = first_of("$.properties.email", "$.context.traits.email"))]
    pub email: Option<EmailAddress>,
    /// The ID that Plunk gave, if you know it; the address is not needed then.
    #[field(label = "Contact ID")]
    pub contact_id: Option<String>,
    /// The ID of the event, which Plunk's logs then show.
    #[field(label = "Message ID", default = path("$.messageId"))]
    pub message_id: Option<String>,
}

impl ActionInfo<Plunk> for DeleteContact {
    const SLUG: &'static str = "deleteContact";
    const TITLE: &'static str = "Delete Contact";
    const DESCRIPTION: &'static str = "Delete a contact and what Plunk knows about it.";
    const IDEMPOTENT: bool = true;
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "User Deleted""#);
}

impl Action<Plunk> for DeleteContact {
    async fn perform(cx: &Context<Plunk>, payload: Self) -> Result<Output> {
        let message_id = payload.message_id.as_deref();
        let contact_id = payload.contact_id.filter(|id| !id.trim().is_empty());
        match (contact_id, payload.email) {
            (Some(id), _) => contacts::delete_by_id(cx, id, message_id).await,
            (None, Some(email)) => contacts::delete_by_email(cx, &email, message_id).await,
            (None, None) => Err(Error::payload(
                "There is neither an e-mail address nor a contact ID",
            )),
        }
    }
}
