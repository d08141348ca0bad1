//! Choosing the catalog that items go to, or creating it, when a mapping is saved.

use waystation_kit::dynamic_fields::DynamicFields;
use waystation_kit::hooks::{Hook, HookAnswer, HookRequest, HookType};
use waystation_kit::prelude::*;

use crate::Braze;
use crate::answer;
use crate::catalogs::{self, ID};
use crate::client;

/// The hook.
#[must_use]
pub fn hook() -> Hook<Braze> {
    Hook {
        hook_type: HookType::OnMappingSave,
        label: "Choose or create a catalog",
        description: "The catalog that items go to.",
        input_fields: CatalogInputs::fields(),
        dynamic_inputs: DynamicFields::new().field("selected_catalog_name", |cx, _| {
            Box::pin(catalogs::catalog_choices(cx))
        }),
        output_types: CatalogOutputs::fields(),
        handler: |cx, request| Box::pin(choose_catalog(cx, request)),
    }
}

/// The catalog that items go to, chosen or created when the mapping is saved.
#[derive(Debug, Deserialize, Payload)]
pub struct CatalogInputs {
    /// Whether there is such a catalog already.
    #[field(label = "Operation", disabled_input_methods = [literal, variable, function, freeform, enrichment])]
    pub operation: Operation,
    /// The catalog.
    #[field(
        label = "Catalog",
        dynamic,
        disabled_input_methods = [literal, variable, function, freeform, enrichment],
        required = Required::When(is_operation(Operation::Select)),
        depends_on = is_operation(Operation::Select)
    )]
    pub selected_catalog_name: Option<String>,
    /// What to call the new catalog: letters, digits, hyphens and underscores, at most 250. No other catalog
    /// may be called so.
    #[field(
        label = "Name of the new catalog",
        required = Required::When(is_operation(Operation::Create)),
        depends_on = is_operation(Operation::Create)
    )]
    pub created_catalog_name: Option<String>,
    /// What the new catalog is for, in at most 250 characters.
    #[field(label = "Description", depends_on = is_operation(Operation::Create))]
    pub description: Option<String>,
    /// What the items of the new catalog consist of, besides their ID. At most 500 fields.
    #[field(
        label = "Catalog fields",
        additional_properties,
        object_ui = list,
        required = Required::When(is_operation(Operation::Create)),
        depends_on = is_operation(Operation::Create)
    )]
    pub columns: Option<Vec<Column>>,
}

/// Where the catalog comes from.
#[derive(Debug, Clone, Copy, Deserialize, Choices)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// It is created.
    #[choice(label = "Create a catalog")]
    Create,
    /// It is there already.
    #[choice(label = "Select a catalog that exists")]
    Select,
}

fn is_operation(operation: Operation) -> Conditions {
    Conditions::all([Condition::is("operation", operation.name())])
}

/// What is saved with the mapping.
#[derive(Debug, Deserialize, Payload)]
pub struct CatalogOutputs {
    /// The catalog that items go to.
    #[field(label = "Catalog")]
    pub catalog_name: String,
}

/// A field of a catalog to create.
#[derive(Debug, Clone, Deserialize, Payload)]
pub struct Column {
    /// Its name: letters, digits, hyphens and underscores, at most 250.
    #[field(label = "Field name")]
    pub name: String,
    /// What its values are.
    #[serde(rename = "type")]
    #[field(label = "Field type")]
    pub column_type: ColumnType,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, Deserialize, Choices)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// Texts.
    String,
    /// Numbers.
    Number,
    /// Moments.
    Time,
    /// True or false.
    Boolean,
    /// Objects.
    Object,
    /// Lists.
    Array,
}

/// Creates a catalog, whose first field is the ID.
///
/// # Errors
/// None: what goes wrong is part of the answer.
async fn create(
    cx: &Context<Braze>,
    name: String,
    description: Option<String>,
    columns: Vec<Column>,
) -> Result<HookAnswer> {
    let id = json!({"name": ID, "type": ColumnType::String.name()});
    let others = columns.into_iter().filter(|column| column.name != ID);
    let others = others.map(|column| json!({"name": column.name, "type": column.column_type.name()}));
    let fields: Vec<Value> = std::iter::once(id).chain(others).collect();
    let description = description.unwrap_or_default();
    let catalog = json!({"name": name, "description": description, "fields": fields});
    let request = client::post(cx, "/catalogs", &json!({"catalogs": [catalog]}));
    let answer = request.send().await;
    Ok(
        match answer.and_then(|response| answer::assert_taken(&response)) {
            Ok(()) => HookAnswer::saved("Catalog created successfully", json!({"catalog_name": name})),
            Err(error) => HookAnswer::failed(
                "ERROR",
                catalogs::refusal(&error).unwrap_or_else(|| error.to_string()),
            ),
        },
    )
}

async fn choose_catalog(cx: &Context<Braze>, request: HookRequest) -> Result<HookAnswer> {
    let inputs = CatalogInputs::deserialize(request.inputs)
        .map_err(|error| Error::payload(format!("The inputs cannot be used: {error}")))?;
    match inputs.operation {
        Operation::Select => {
            let name = inputs.selected_catalog_name.unwrap_or_default();
            Ok(HookAnswer::saved(
                "Catalog selected successfully",
                json!({"catalog_name": name}),
            ))
        }
        Operation::Create => {
            let name = inputs.created_catalog_name.unwrap_or_default();
            create(cx, name, inputs.description, inputs.columns.unwrap_or_default()).await
        }
    }
}
