//! A note about a customer: `POST /customers/:id/notes`, or the mutation `addNote`.
//!
//! The partner documents the address and not the body; the fields are those of its `CreateNoteInput`.

use waystation_kit::prelude::*;

use crate::DigiWedgeCrm;
use crate::client::{post_on, send_for_resource};
use crate::customers::CustomerReference;
use crate::graphql::{Mutation, mutate};
use crate::settings::Interface;

/// A note about a customer.
#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct AddNote {
    /// Whom the note is about.
    #[serde(flatten)]
    pub customer: CustomerReference,
    /// What the note says.
    #[serde(flatten)]
    pub note: Note,
}

/// What a note says.
#[derive(Debug, Serialize, Deserialize, Payload)]
pub struct Note {
    /// The text.
    #[field(label = "Text", type = text, default = path("$.properties.note"))]
    pub content: String,
    /// The kind of note, as your CRM names it.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    #[field(label = "Type", default = path("$.properties.noteType"))]
    pub note_type: Option<String>,
}

impl ActionInfo<DigiWedgeCrm> for AddNote {
    const SLUG: &'static str = "addNote";
    const TITLE: &'static str = "Add Note";
    const DESCRIPTION: &'static str = "Add a note to a customer.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "track" and event = "Note Added""#);
}

impl Action<DigiWedgeCrm> for AddNote {
    async fn perform(cx: &Context<DigiWedgeCrm>, payload: Self) -> Result<Output> {
        let customer_id = payload.customer.find(cx).await?;
        match cx.settings().interface.unwrap_or_default() {
            Interface::Rest => {
                let request = post_on(cx, "/customers", &customer_id, "notes");
                send_for_resource(cx, request.json(&payload.note)).await
            }
            Interface::GraphQl => {
                let input =
                    serde_json::to_value(payload.note).map_err(|error| Error::internal(error.to_string()))?;
                mutate(cx, Mutation::add_note(&customer_id, input)).await
            }
        }
    }
}
