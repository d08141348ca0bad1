//! Something that a contact, or another record, did. The event is defined in HubSpot as it is needed.

use serde_json::Number;
use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::prelude::*;

use crate::HubSpot;
use crate::choices::{events, object_types};
use crate::custom_event;

/// An event.
#[derive(Debug, Deserialize, Payload)]
pub struct CustomEvent {
    /// What happened.
    #[field(label = "Event name", dynamic)]
    pub event_name: String,
    /// Whose event it is.
    #[field(label = "Record", object_ui = key_value_only)]
    pub record_details: RecordDetails,
    /// What else is known about the event.
    #[field(label = "Properties", object_ui = key_value, dynamic, additional_properties)]
    pub properties: Option<JsonObject>,
    /// When it happened.
    #[field(label = "Event timestamp", default = path("$.timestamp"))]
    pub occurred_at: Option<Datetime>,
}

/// Whose event it is.
#[derive(Debug, Deserialize, Payload)]
pub struct RecordDetails {
    /// The type of the record.
    #[field(
        label = "Object type",
        dynamic,
        disabled_input_methods = [literal, variable, function, freeform, enrichment]
    )]
    pub object_type: String,
    /// HubSpot's ID of the record. Records other than contacts need it.
    #[field(label = "Object ID", type = number)]
    pub object_id: Option<Number>,
    /// The address of the contact.
    #[field(
        label = "E-mail address",
        default = first_of("$.properties.email", "$.context.traits.email"),
        format = email,
        depends_on = is_contact()
    )]
    pub email: Option<String>,
    /// The token by which HubSpot's cookie knows the contact.
    #[field(label = "User token", depends_on = is_contact())]
    pub utk: Option<String>,
}

fn is_contact() -> Conditions {
    Conditions::all([Condition::is("object_type", custom_event::CONTACT)])
}

impl ActionInfo<HubSpot> for CustomEvent {
    const SLUG: &'static str = "customEvent";
    const TITLE: &'static str = "Custom Event V2";
    const DESCRIPTION: &'static str =
        "Tell HubSpot what a contact or another record did, and define the event where that is needed.";

    fn sync_modes() -> Option<SyncModes> {
        Some(SyncModes {
            default: SyncMode::Update,
            label: "How to sync",
            description: "What becomes of events and properties that are not defined in HubSpot yet.",
            choices: vec![
                (
                    SyncMode::Upsert,
                    "Define new events, and new properties of events",
                ),
                (SyncMode::Add, "Define new events, and leave the others alone"),
                (
                    SyncMode::Update,
                    "Define new properties of events that are defined",
                ),
            ],
        })
    }

    fn dynamic_fields() -> DynamicFields<HubSpot> {
        DynamicFields::new()
            .field("event_name", |cx, _| Box::pin(events::custom(cx)))
            .field("record_details.object_type", |cx, _| {
                Box::pin(object_types::of_event(cx))
            })
            .field("properties.__keys__", |cx, request| {
                Box::pin(events::properties(cx, request))
            })
    }
}

impl Action<HubSpot> for CustomEvent {
    async fn perform(cx: &Context<HubSpot>, payload: Self) -> Result<Output> {
        Ok(custom_event::send(cx, payload).await?.into())
    }
}
