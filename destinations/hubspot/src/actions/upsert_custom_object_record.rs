//! A deal, a ticket or a record of a type of your own, one at a time.

use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::prelude::*;

use crate::HubSpot;
use crate::choices;
use crate::custom_records;

/// A record, created or updated, and associated with another one.
#[derive(Debug, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct UpsertCustomObjectRecord {
    /// Create the record if there is none yet, as happens if this is left out. Otherwise records are only updated.
    #[field(label = "Create records", default = true)]
    pub create_new_custom_record: Option<bool>,
    /// Finds the record to update: any of these values is enough. If several records have them, none is written.
    /// Without values a record is created each time.
    #[field(label = "Search fields", object_ui = key_value_only)]
    pub custom_object_search_fields: Option<JsonObject>,
    /// The type of the record: deals, tickets, or a type of your own by its fully qualified name
    /// ([custom objects](https://developers.hubspot.com/docs/api-reference/crm-custom-objects-v3/guide)).
    #[field(
        label = "Object type",
        dynamic,
        disabled_input_methods = [literal, variable, function, freeform, enrichment]
    )]
    pub object_type: String,
    /// What is known about the record, by the internal names of its properties. A new record needs all properties
    /// that its type requires.
    #[field(label = "Properties", object_ui = key_value_only)]
    pub properties: JsonObject,
    /// Finds the record to associate this one with: any of these values is enough. If there is no such record,
    /// nothing is associated; if there are several, this is an error.
    #[field(label = "Search fields of the other record", object_ui = key_value_only)]
    pub search_fields_to_associate_custom_objects: Option<JsonObject>,
    /// The type of the other record.
    #[field(
        label = "Object type of the other record",
        dynamic,
        disabled_input_methods = [literal, variable, function, freeform, enrichment]
    )]
    pub to_object_type: Option<String>,
    /// What the two records are to each other.
    #[field(label = "Association label", dynamic)]
    pub association_label: Option<String>,
}

impl ActionInfo<HubSpot> for UpsertCustomObjectRecord {
    const SLUG: &'static str = "upsertCustomObjectRecord";
    const TITLE: &'static str = "Upsert Custom Object Record";
    const DESCRIPTION: &'static str = "Create or update a deal, a ticket or a record of a type of your own.";

    fn dynamic_fields() -> DynamicFields<HubSpot> {
        DynamicFields::new()
            .field("objectType", |cx, request| {
                Box::pin(choices::object_types::of_record(cx, request))
            })
            .field("toObjectType", |cx, request| {
                Box::pin(choices::object_types::of_other_record(cx, request))
            })
            .field("associationLabel", |cx, request| {
                Box::pin(choices::associations::of_record(cx, request))
            })
    }
}

impl Action<HubSpot> for UpsertCustomObjectRecord {
    async fn perform(cx: &Context<HubSpot>, payload: Self) -> Result<Output> {
        custom_records::upsert(cx, payload).await
    }
}
