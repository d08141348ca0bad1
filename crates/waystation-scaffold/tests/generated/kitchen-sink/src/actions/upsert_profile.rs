//! Upsert Profile.

use waystation_kit::batching::Batching;
use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::fields::Operator;
use waystation_kit::hooks::{Hook, HookAnswer, HookRequest, HookType, Hooks};
use waystation_kit::prelude::*;

use crate::KitchenSink;
use crate::fields::Address;
use crate::pick;

/// The payload of "Upsert Profile".
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct UpsertProfile {
    /// Type.
    #[field(label = "Type", default = "person")]
    pub r#type: Type,
    /// User ID.
    #[field(label = "User ID", default = path("$.userId"))]
    #[serde(rename = "userId")]
    pub user_id: String,
    /// Email.
    #[field(
        label = "Email",
        required,
        default = first_of("$.traits.email", "$.context.traits.email"),
        format = email,
        allow_null,
        category = hashed_pii,
    )]
    pub email: Option<String>,
    /// Phone.
    #[field(
        label = "Phone",
        required = Required::When(Conditions::all([Condition::is_not("type", "company")])),
    )]
    pub phone: Option<String>,
    /// List ID.
    #[field(
        label = "List ID",
        dynamic,
        depends_on = Conditions::any([Condition::SyncMode { operator: Operator::Is, value: Some(json!("upsert")) }]),
    )]
    pub list_id: Option<String>,
    /// Traits.
    #[field(label = "Traits", default = path("$.traits"), additional_properties, dynamic)]
    pub traits: Option<JsonObject>,
    /// Consents.
    #[field(label = "Consents")]
    pub consents: Option<Vec<Consent>>,
    /// Address.
    #[field(
        label = "Address",
        default = json!({
            "country_code": {"@path": "$.traits.address.country"},
            "lines": [{"@path": "$.traits.address.street"}],
        }),
        allow_null,
        additional_properties,
    )]
    pub address: Option<Address>,
    /// Free.
    #[field(label = "Free", properties = Fields::new(), additional_properties)]
    pub free: Option<JsonObject>,
    /// Note.
    #[field(label = "Note", type = text, read_only)]
    pub note: Option<String>,
    /// Pin.
    #[field(label = "Pin")]
    pub pin: Option<Secret>,
}

/// How events are gathered.
fn batching() -> Fields {
    Batching::up_to(500).initially(100).fields()
}

/// Type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Choices)]
#[serde(rename_all = "camelCase")]
pub enum Type {
    /// `person`.
    Person,
    /// `company`.
    Company,
}

/// Consents.
#[derive(Debug, Deserialize, Payload)]
pub struct Consent {
    /// Topic.
    #[field(label = "Topic", dynamic)]
    pub topic: String,
    /// Given.
    #[field(label = "Given", default = false)]
    pub given: Option<bool>,
    /// At.
    #[field(label = "At", format = date_time)]
    pub at: Option<Datetime>,
}

impl ActionInfo<KitchenSink> for UpsertProfile {
    const SLUG: &'static str = "upsertProfile";
    const TITLE: &'static str = "Upsert Profile";
    const DESCRIPTION: &'static str = "Upsert Profile in Kitchen Sink.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "identify""#);

    fn sync_modes() -> Option<SyncModes> {
        Some(SyncModes {
            default: SyncMode::Upsert,
            label: "How rows are synced",
            description: "What is to happen to a row of the warehouse.",
            choices: vec![(SyncMode::Upsert, "Upsert"), (SyncMode::Delete, "Delete")],
        })
    }

    fn dynamic_fields() -> DynamicFields<KitchenSink> {
        DynamicFields::new()
            .field("list_id", |cx, request| Box::pin(pick::list_id(cx, request)))
            .field("traits.__keys__", |cx, request| {
                Box::pin(pick::traits_keys(cx, request))
            })
            .field("consents.topic", |cx, request| {
                Box::pin(pick::consents_topic(cx, request))
            })
    }

    fn hooks() -> Hooks<KitchenSink> {
        Hooks::new().hook(Hook {
            hook_type: HookType::RetlOnMappingSave,
            label: "When a mapping of a warehouse is saved",
            description: "When a mapping of a warehouse is saved.",
            input_fields: UpsertProfileRetlHookInputs::fields(),
            dynamic_inputs: DynamicFields::new()
                .field("folder", |cx, request| Box::pin(pick::folder(cx, request))),
            output_types: UpsertProfileRetlHookOutputs::fields(),
            handler: |cx, request| Box::pin(retl_on_mapping_save(cx, request)),
        })
    }
}

impl Action<KitchenSink> for UpsertProfile {
    async fn perform(_: &Context<KitchenSink>, _: Self) -> Result<Output> {
        Err(Error::not_implemented("upsertProfile is not written yet"))
    }
}

impl BatchAction<KitchenSink> for UpsertProfile {
    async fn perform_batch(_: &Context<KitchenSink>, _: Batch<Self>) -> Result<BatchOutput> {
        Err(Error::not_implemented("upsertProfile is not written yet"))
    }
}

/// What a person is asked for when a mapping is saved.
#[derive(Debug, Deserialize, Settings)]
pub struct UpsertProfileRetlHookInputs {
    /// Create.
    #[field(label = "Create", default = true)]
    pub create: Option<bool>,
    /// Folder.
    #[field(label = "Folder", dynamic, depends_on = Conditions::all([Condition::is("create", true)]))]
    pub folder: Option<String>,
}

/// What is kept with the mapping.
#[derive(Debug, Deserialize, Settings)]
pub struct UpsertProfileRetlHookOutputs {
    /// ID.
    #[field(label = "ID")]
    pub id: String,
}

/// When a mapping of a warehouse is saved.
async fn retl_on_mapping_save(_: &Context<KitchenSink>, _: HookRequest) -> Result<HookAnswer> {
    Err(Error::not_implemented(
        "the hook retlOnMappingSave of upsertProfile is not written yet",
    ))
}
