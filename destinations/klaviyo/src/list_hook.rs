//! Choosing the list that people are put on, or creating it, when a mapping is saved.

use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::hooks::{Hook, HookAnswer, HookRequest, HookType};
use waystation_kit::prelude::*;

use crate::Klaviyo;
use crate::lists;

/// The list, chosen or created when the mapping is saved.
#[derive(Debug, Deserialize, Payload)]
pub struct ListInputs {
    /// A list that exists already. If one is chosen, none is created.
    #[field(label = "Existing list", dynamic)]
    pub list_identifier: Option<String>,
    /// What to call a new list.
    #[field(label = "Name of the new list")]
    pub list_name: Option<String>,
}

/// What is saved with the mapping.
#[derive(Debug, Deserialize, Payload)]
pub struct ListOutputs {
    /// The list that people are put on.
    #[field(label = "List ID")]
    pub id: Option<String>,
    /// Its name.
    #[field(label = "List name")]
    pub name: Option<String>,
}

/// The hook.
#[must_use]
pub fn hook() -> Hook<Klaviyo> {
    Hook {
        hook_type: HookType::RetlOnMappingSave,
        label: "Choose or create a list",
        description: "The list that people are put on.",
        input_fields: ListInputs::fields(),
        dynamic_inputs: DynamicFields::new().field("list_identifier", |cx, request| {
            Box::pin(lists::choices(cx, request))
        }),
        output_types: ListOutputs::fields(),
        handler: |cx, request| Box::pin(choose_list(cx, request)),
    }
}

/// The list that was chosen when the mapping was saved.
#[must_use]
pub fn chosen_list(cx: &Context<Klaviyo>) -> Option<&str> {
    let saved = cx.hook_outputs(HookType::RetlOnMappingSave)?;
    let id = saved.get("outputs")?.get("id")?.as_str()?;
    (!id.is_empty()).then_some(id)
}

async fn choose_list(cx: &Context<Klaviyo>, request: HookRequest) -> Result<HookAnswer> {
    let inputs = ListInputs::deserialize(request.inputs)
        .map_err(|error| Error::payload(format!("The inputs cannot be used: {error}")))?;
    let existing = inputs.list_identifier.filter(|id| !id.is_empty());
    let (list, message) = match existing {
        Some(id) => {
            let list = lists::get(cx, &id).await?;
            let message = format!("Using existing list '{}' (id: {})", list.name(), list.id);
            (list, message)
        }
        None => {
            let list = lists::create(cx, inputs.list_name).await?;
            let message = format!("List '{}' (id: {}) created successfully!", list.name(), list.id);
            (list, message)
        }
    };
    let saved = json!({"id": list.id, "name": list.name()});
    Ok(HookAnswer::saved(message, saved))
}
