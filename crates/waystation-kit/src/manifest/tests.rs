use serde_json::json;
use waystation_fields::{Choice, FieldDefinition, FieldType, Format, Required};

use super::*;
use crate::audience::Audiences;
use crate::auth::Scheme;
use crate::definition::Definition;
use crate::destination::Destination;
use crate::dynamic_fields::{DynamicFieldAnswer, DynamicFields};
use crate::error::Result;
use crate::hooks::{Hook, HookAnswer, HookType, Hooks};
use crate::payload::{NoSettings, Payload};
use crate::preset::MappingChanges;
use crate::sync_mode::SyncMode;
use crate::{Action, ActionInfo, Context, Output};

struct Shop;

impl Destination for Shop {
    const SLUG: &'static str = "shop";
    const NAME: &'static str = "Shop";
    type Settings = NoSettings;

    fn definition() -> Definition<Self> {
        Definition::new(Scheme::Custom)
            .registered_as("actions-shop")
            .test_authentication(|_| Box::pin(async { Ok(()) }))
            .audiences(Audiences {
                mode: AudienceMode::Synced {
                    full_audience_sync: true,
                },
                fields: Fields::new(),
                create: None,
                get: None,
            })
            .preset_on::<Order>(
                "Orders",
                PresetTrigger::Automatic {
                    subscribe: "type = \"track\"",
                },
                MappingChanges::none(),
            )
            .preset_on::<Order>(
                "Rows",
                PresetTrigger::SpecificEvent {
                    event_slug: "row_added",
                },
                MappingChanges::none().set("total", json!(1)),
            )
            .action::<Order>()
    }
}

#[derive(serde::Deserialize)]
struct Order {}

impl Payload for Order {
    fn fields() -> Fields {
        let column = FieldDefinition {
            dynamic: true,
            ..FieldDefinition::new("Column", FieldType::String)
        };
        Fields::new()
            .with(
                "total",
                FieldDefinition {
                    description: "What was paid.".into(),
                    required: Required::Always,
                    default: Some(json!({"@path": "$.properties.total"})),
                    ..FieldDefinition::new("Total", FieldType::Number)
                },
            )
            .with(
                "currency",
                FieldDefinition {
                    hidden: true,
                    choices: vec![Choice::from("EUR"), Choice::new("US dollar", "USD")],
                    ..FieldDefinition::new("Currency", FieldType::String)
                },
            )
            .with(
                "rows",
                FieldDefinition {
                    multiple: true,
                    properties: Some(Fields::new().with("column", column)),
                    ..FieldDefinition::new("Rows", FieldType::Object)
                },
            )
    }
}

impl ActionInfo<Shop> for Order {
    const SLUG: &'static str = "order";
    const TITLE: &'static str = "Order";
    const DESCRIPTION: &'static str = "Tells of an order.";
    const SUBSCRIBE: Option<&'static str> = Some("event = \"Order Completed\"");
    const HIDDEN: bool = true;

    fn sync_modes() -> Option<SyncModes> {
        Some(SyncModes {
            default: SyncMode::Upsert,
            label: "Rows",
            description: "What to do with rows.",
            choices: vec![(SyncMode::Upsert, "Add or update")],
        })
    }

    fn dynamic_fields() -> DynamicFields<Shop> {
        DynamicFields::new()
            .field("currency", |_, _| {
                Box::pin(async { Ok(DynamicFieldAnswer::default()) })
            })
            .field("rows.column", |_, _| {
                Box::pin(async { Ok(DynamicFieldAnswer::default()) })
            })
    }

    fn hooks() -> Hooks<Shop> {
        let mail = FieldDefinition {
            format: Some(Format::Email),
            dynamic: true,
            minimum: Some(3.0),
            ..FieldDefinition::new("Mail", FieldType::String)
        };
        Hooks::new().hook(Hook {
            hook_type: HookType::OnMappingSave,
            label: "Open",
            description: "Opens a shop.",
            input_fields: Fields::new().with("mail", mail),
            dynamic_inputs: DynamicFields::new().field("mail", |_, _| {
                Box::pin(async { Ok(DynamicFieldAnswer::default()) })
            }),
            output_types: Fields::new(),
            handler: |_, _| Box::pin(async { Ok(HookAnswer::default()) }),
        })
    }
}

impl Action<Shop> for Order {
    async fn perform(_: &Context<Shop>, _: Self) -> Result<Output> {
        Ok(Output::Nothing)
    }
}

fn currency_and_rows() -> (Value, Value) {
    let shown = manifest(&Shop::definition().build());
    let fields = &shown["actions"]["order"]["fields"];
    (fields["currency"].clone(), fields["rows"].clone())
}

#[test]
fn a_destination_is_named_by_its_listing_and_its_folder() {
    let shown = manifest(&Shop::definition().build());
    assert_eq!(shown["slug"], "actions-shop");
    assert_eq!(shown["directoryName"], "shop");
    assert_eq!(shown["authentication"], json!({"scheme": "custom", "fields": {}}));
    assert_eq!(
        shown["audienceConfig"],
        json!({"mode": {"type": "synced", "full_audience_sync": true}})
    );
    for absent in ["description", "audienceFields", "asyncActions"] {
        assert_eq!(shown.get(absent), None, "{absent}");
    }
}

#[test]
fn presets_say_what_starts_them() {
    let shown = manifest(&Shop::definition().build());
    assert_eq!(
        shown["presets"],
        json!([
            {
                "name": "Orders", "subscribe": "type = \"track\"", "partnerAction": "order",
                "mapping": {"total": {"@path": "$.properties.total"}}, "type": "automatic",
            },
            {
                "name": "Rows", "partnerAction": "order", "mapping": {"total": 1},
                "type": "specificEvent", "eventSlug": "row_added",
            },
        ])
    );
}

#[test]
fn an_action_shows_all_but_its_functions() {
    let mut shown = manifest(&Shop::definition().build())["actions"]["order"].clone();
    shown["fields"].take();
    assert_eq!(
        shown,
        json!({
            "title": "Order", "description": "Tells of an order.", "hidden": true,
            "defaultSubscription": "event = \"Order Completed\"",
            "syncMode": {
                "default": "upsert", "label": "Rows", "description": "What to do with rows.",
                "choices": [{"label": "Add or update", "value": "upsert"}],
            },
            "fields": null,
            "dynamicFields": {"rows": {}},
            "hooks": {"onMappingSave": {
                "label": "Open", "description": "Opens a shop.",
                "inputFields": {"mail": {"label": "Mail", "type": "string", "format": "email", "minimum": 3}},
            }},
        })
    );
}

#[test]
fn choices_that_are_their_own_label_are_plain() {
    let (currency, rows) = currency_and_rows();
    assert_eq!(
        currency["choices"],
        json!(["EUR", {"label": "US dollar", "value": "USD"}])
    );
    assert_eq!(
        rows["properties"],
        json!({"column": {"label": "Column", "type": "string", "dynamic": true}})
    );
}

#[test]
fn the_structure_tells_what_functions_there_are() {
    let shown = structure(&Shop::definition().build());
    assert_eq!(
        shown["authentication"],
        json!({"scheme": "custom", "settings": [], "testsAuthentication": true, "refreshesToken": false})
    );
    let action = &shown["actions"][0];
    assert_eq!(action["batch"], false);
    assert_eq!(action["dynamicFields"], json!(["currency", "rows.column"]));
    assert_eq!(
        action["fields"],
        json!([
            {"key": "total", "type": "number", "required": true, "default": {"@path": "$.properties.total"}},
            {"key": "currency", "type": "string", "choices": ["EUR", "USD"], "hidden": true},
            {"key": "rows", "type": "object", "multiple": true, "properties": [
                {"key": "column", "type": "string", "dynamic": true},
            ]},
        ])
    );
}
