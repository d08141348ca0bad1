//! Records of any type, with their associations and lists.

use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::prelude::*;

use crate::HubSpot;
use crate::choices::{associations, lists, object_types, properties};
use crate::fields::RecordBatching;
use crate::objects;

/// A record, created or updated.
#[derive(Debug, Deserialize, Payload)]
pub struct UpsertObject {
    /// Which record it is.
    #[field(label = "Record", object_ui = key_value_only)]
    pub object_details: ObjectDetails,
    /// What is known about the record, by the internal names of its properties.
    #[field(label = "Properties", object_ui = key_value, dynamic, additional_properties)]
    pub properties: Option<JsonObject>,
    /// What is known about the record and has to be kept with special care, by the internal names of its sensitive
    /// properties.
    #[field(label = "Sensitive properties", object_ui = key_value, dynamic, additional_properties)]
    pub sensitive_properties: Option<JsonObject>,
    /// Whether records to associate this one with are created if there are none. A record can be created so if it
    /// needs nothing but its identifier.
    #[field(
        label = "Associated records",
        default = AssociatedRecords::Upsert.name(),
        disabled_input_methods = [literal, variable, function, freeform, enrichment]
    )]
    pub association_sync_mode: AssociatedRecords,
    /// The records to associate this one with.
    #[field(label = "Associations to add")]
    pub associations: Option<Vec<Association>>,
    /// The labels to take off the associations with other records. Without the default label two records are not
    /// associated at all. Works for accounts in HubSpot's beta only.
    #[field(label = "Associations to remove (beta)")]
    pub dissociations: Option<Vec<Association>>,
    /// The list that the record enters or leaves. Works for accounts in the beta only.
    #[field(
        label = "List (beta)",
        object_ui = key_value_only,
        default = json!({"connected_to_engage_audience": false, "should_create_list": true})
    )]
    pub list_details: Option<ListDetails>,
    /// How records are gathered.
    #[serde(flatten)]
    pub batching: RecordBatching,
    /// When this became known. If several events are about a record, the latest wins.
    #[field(
        label = "Timestamp",
        default = path("$.timestamp"),
        disabled_input_methods = [literal, variable, function, freeform, enrichment]
    )]
    pub timestamp: Option<String>,
    /// Where an event of an audience says whether the person is in it.
    #[field(
        label = "Traits or properties",
        default = first_of("$.properties", "$.traits"),
        hidden
    )]
    pub traits_or_props: Option<JsonObject>,
    /// The name of the audience that the event comes from.
    #[field(label = "Audience key", default = path("$.context.personas.computation_key"), hidden)]
    pub computation_key: Option<String>,
    /// What kind of computation the event comes from.
    #[field(label = "Audience class", default = path("$.context.personas.computation_class"), hidden)]
    pub computation_class: Option<String>,
}

/// Which record it is.
#[derive(Debug, Deserialize, Payload)]
pub struct ObjectDetails {
    /// The type of the record.
    #[field(
        label = "Object type",
        dynamic,
        disabled_input_methods = [literal, variable, function, freeform, enrichment]
    )]
    pub object_type: String,
    /// The property that tells the record from the others of its type.
    #[field(
        label = "ID property",
        dynamic,
        disabled_input_methods = [literal, variable, function, freeform, enrichment]
    )]
    pub id_field_name: String,
    /// The value of that property.
    #[field(label = "ID")]
    pub id_field_value: String,
    /// The group that properties are created in which HubSpot does not have yet. If it is left out, none are
    /// created.
    #[field(
        label = "Property group",
        dynamic,
        disabled_input_methods = [literal, variable, function, freeform, enrichment]
    )]
    pub property_group: Option<String>,
}

/// What becomes of records to associate with that do not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Choices)]
#[serde(rename_all = "lowercase")]
pub enum AssociatedRecords {
    /// They are created.
    #[choice(label = "Create those that do not exist")]
    Upsert,
    /// They are left alone, and so is the association.
    #[choice(label = "Associate with those that exist")]
    Read,
}

/// Another record, and what it is to this one.
#[derive(Debug, Clone, Deserialize, Payload)]
pub struct Association {
    /// The type of the other record.
    #[field(
        label = "Object type of the other record",
        dynamic,
        disabled_input_methods = [literal, variable, function, freeform, enrichment]
    )]
    pub object_type: String,
    /// What the two records are to each other. HubSpot has to know the label already.
    #[field(
        label = "Association label",
        dynamic,
        disabled_input_methods = [literal, variable, function, freeform, enrichment]
    )]
    pub association_label: String,
    /// The property that tells the other record from those of its type.
    #[field(
        label = "ID property of the other record",
        dynamic,
        disabled_input_methods = [literal, variable, function, freeform, enrichment]
    )]
    pub id_field_name: String,
    /// The value of that property. Without it there is no association.
    #[field(label = "ID of the other record")]
    pub id_field_value: Option<String>,
}

/// The list that the record enters or leaves.
#[derive(Debug, Clone, Default, Deserialize, Payload)]
pub struct ListDetails {
    /// Whether the events come from an audience that the list follows.
    #[field(label = "The list follows an audience", disabled_input_methods = [literal, freeform])]
    pub connected_to_engage_audience: Option<bool>,
    /// The name of the list; that of the audience if the list follows one and this is left out.
    #[field(label = "List name", dynamic)]
    pub list_name: Option<String>,
    /// Whether the record enters the list (true) or leaves it (false). An audience says so itself.
    #[field(label = "Enters the list", disabled_input_methods = [literal, freeform])]
    pub list_action: Option<bool>,
    /// Create the list if there is none of this name.
    #[field(label = "Create the list", disabled_input_methods = [literal, freeform])]
    pub should_create_list: Option<bool>,
}

impl ActionInfo<HubSpot> for UpsertObject {
    const SLUG: &'static str = "upsertObject";
    const TITLE: &'static str = "Custom Object V2";
    const DESCRIPTION: &'static str =
        "Create and update records of any type, and associate them with other records.";
    // Records are told by a property of theirs: writing one again changes nothing.
    const IDEMPOTENT: bool = true;

    fn sync_modes() -> Option<SyncModes> {
        Some(SyncModes {
            default: SyncMode::Update,
            label: "How to sync",
            description: "What becomes of records that HubSpot has already, and of those that it does not have.",
            choices: vec![
                (SyncMode::Upsert, "Create new records and update the others"),
                (SyncMode::Add, "Create new records and leave the others alone"),
                (SyncMode::Update, "Update the records that exist"),
            ],
        })
    }

    fn dynamic_fields() -> DynamicFields<HubSpot> {
        DynamicFields::new()
            .field("object_details.object_type", |cx, _| {
                Box::pin(object_types::of_any_record(cx))
            })
            .field("object_details.id_field_name", |cx, request| {
                Box::pin(properties::identifiers(cx, request))
            })
            .field("object_details.property_group", |cx, request| {
                Box::pin(properties::groups(cx, request))
            })
            .field("properties.__keys__", |cx, request| {
                Box::pin(properties::writable(cx, request))
            })
            .field("sensitive_properties.__keys__", |cx, request| {
                Box::pin(properties::writable_sensitive(cx, request))
            })
            .field("associations.object_type", |cx, _| {
                Box::pin(object_types::of_any_record(cx))
            })
            .field("associations.association_label", |cx, request| {
                Box::pin(associations::to_add(cx, request))
            })
            .field("associations.id_field_name", |cx, request| {
                Box::pin(properties::identifiers_to_add(cx, request))
            })
            .field("dissociations.object_type", |cx, _| {
                Box::pin(object_types::of_any_record(cx))
            })
            .field("dissociations.association_label", |cx, request| {
                Box::pin(associations::to_remove(cx, request))
            })
            .field("dissociations.id_field_name", |cx, request| {
                Box::pin(properties::identifiers_to_remove(cx, request))
            })
            .field("list_details.list_name", |cx, request| {
                Box::pin(lists::of_record(cx, request))
            })
    }
}

impl Action<HubSpot> for UpsertObject {
    async fn perform(cx: &Context<HubSpot>, payload: Self) -> Result<Output> {
        objects::upsert(cx, payload).await?;
        Ok(Output::Nothing)
    }
}

impl BatchAction<HubSpot> for UpsertObject {
    const REQUEST_KEY: Option<fn(&Self) -> RequestKey> = Some(objects::request_key);

    async fn perform_batch(cx: &Context<HubSpot>, batch: Batch<Self>) -> Result<BatchOutput> {
        objects::upsert_batch(cx, batch).await
    }
}
