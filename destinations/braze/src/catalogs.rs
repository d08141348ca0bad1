//! Catalogs and their items ([reference](https://www.braze.com/docs/api/endpoints/catalogs/)).

use waystation_kit::dynamic_fields::{DynamicChoice, DynamicFieldAnswer};
use waystation_kit::hooks::HookType;
use waystation_kit::prelude::*;

use crate::Braze;
use crate::client;

/// The key of an item that every catalog has.
pub const ID: &str = "id";

/// Whether a text can be the name of a catalog or the ID of an item: letters, digits, hyphens and
/// underscores, at most 250.
#[must_use]
pub fn is_identifier(text: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=250).contains(&text.len()) && text.bytes().all(is_allowed)
}

/// The address of the items of the catalog that was chosen when the mapping was saved.
///
/// # Errors
/// No catalog was chosen, or one by an impossible name.
pub fn items_url(cx: &Context<Braze>) -> Result<String> {
    let name = cx
        .hook_outputs(HookType::OnMappingSave)
        .and_then(chosen_catalog)
        .filter(|name| is_identifier(name))
        .ok_or_else(|| Error::payload("No catalog has been chosen: choose or create one in the mapping"))?;
    Ok(client::url(cx, &format!("/catalogs/{name}/items/")))
}

/// The name among what the hook saved.
fn chosen_catalog(saved: &Value) -> Option<&str> {
    saved.get("outputs")?.get("catalog_name")?.as_str()
}

/// The catalogs of the workspace with their names. An entry without one is left out.
async fn catalogs(cx: &Context<Braze>) -> Result<Vec<(String, Value)>> {
    let response = cx.get(client::url(cx, "/catalogs")).send().await?;
    let catalogs = response.data().and_then(|data| data.get("catalogs")?.as_array());
    let named = |catalog: &Value| Some((name_of(catalog)?, catalog.clone()));
    Ok(catalogs.into_iter().flatten().filter_map(named).collect())
}

fn name_of(entry: &Value) -> Option<String> {
    entry.get("name")?.as_str().map(str::to_owned)
}

fn no_catalogs() -> DynamicFieldAnswer {
    DynamicFieldAnswer::failed("404", "There are no catalogs yet: create one first")
}

/// The catalogs of the workspace, to choose from.
///
/// # Errors
/// None: what goes wrong is part of the answer.
pub async fn catalog_choices(cx: &Context<Braze>) -> Result<DynamicFieldAnswer> {
    Ok(match catalogs(cx).await {
        Ok(catalogs) if catalogs.is_empty() => no_catalogs(),
        Ok(catalogs) => DynamicFieldAnswer::of(catalogs.into_iter().map(catalog_choice).collect()),
        Err(error) => DynamicFieldAnswer::failed("500", format!("The catalogs cannot be listed: {error}")),
    })
}

fn catalog_choice((name, catalog): (String, Value)) -> DynamicChoice {
    let description = catalog.get("description").and_then(Value::as_str);
    DynamicChoice {
        description: description.map(str::to_owned),
        field_type: Some("string".to_owned()),
        ..DynamicChoice::new(name.clone(), name)
    }
}

/// The keys that an item of the chosen catalog may have. The payload tells what the hook saved.
///
/// # Errors
/// None: what goes wrong is part of the answer.
pub async fn item_keys(cx: &Context<Braze>, payload: &Value) -> Result<DynamicFieldAnswer> {
    let chosen = payload
        .get(HookType::OnMappingSave.name())
        .and_then(chosen_catalog)
        .unwrap_or_default();
    Ok(match catalogs(cx).await {
        Ok(catalogs) if catalogs.is_empty() => no_catalogs(),
        Ok(catalogs) => keys_of(&catalogs, chosen),
        Err(error) => DynamicFieldAnswer::failed("500", error.to_string()),
    })
}

fn keys_of(catalogs: &[(String, Value)], chosen: &str) -> DynamicFieldAnswer {
    let catalog = catalogs.iter().find(|(name, _)| name == chosen);
    let fields = catalog.and_then(|(_, catalog)| catalog.get("fields")?.as_array());
    let Some(fields) = fields else {
        let message = format!("There is no catalog \"{chosen}\", or it has no fields");
        return DynamicFieldAnswer::failed("404", message);
    };
    let names = fields.iter().filter_map(name_of).filter(|name| name != ID);
    DynamicFieldAnswer::of(names.map(|name| DynamicChoice::new(name.clone(), name)).collect())
}

/// What Braze's list of errors says first.
#[must_use]
pub fn refusal(error: &Error) -> Option<String> {
    let message = first_error(error)?.get("message")?.as_str()?;
    Some(message.to_owned())
}

/// The first entry of Braze's list of errors.
#[must_use]
pub fn first_error(error: &Error) -> Option<&Value> {
    error.response_data()?.get("errors")?.get(0)
}
