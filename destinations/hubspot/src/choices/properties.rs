//! Properties of a type of records
//! ([reference](https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide)).

use waystation_kit::dynamic_fields::{DynamicChoice, DynamicFieldAnswer, DynamicFieldRequest};
use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;

use super::{answer, chosen_other_type, chosen_type, list, sorted};
use crate::HubSpot;
use crate::client::url;

/// HubSpot fills it by itself; nobody can choose its values.
const CREATION_KEY: &str = "hs_unique_creation_key";

/// A property.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Property {
    name: String,
    label: String,
    #[serde(rename = "type", default)]
    property_type: String,
    #[serde(default)]
    has_unique_value: bool,
    modification_metadata: Option<ModificationMetadata>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ModificationMetadata {
    read_only_value: bool,
}

/// A group of properties.
#[derive(Deserialize)]
struct Group {
    name: String,
    label: String,
    #[serde(default)]
    archived: bool,
}

fn properties_of(cx: &Context<HubSpot>, object_type: &str) -> RequestBuilder {
    cx.get(url("/crm/v3/properties")).path_segment(object_type)
}

/// Properties that tell the record from the others of its type.
///
/// # Errors
/// No type is chosen yet. What HubSpot refuses is part of the answer.
pub async fn identifiers(cx: &Context<HubSpot>, request: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    Ok(answer(identifiers_of(cx, chosen_type(&request)?).await))
}

/// Properties that tell the record of an association from the others of its type.
///
/// # Errors
/// No type is chosen yet. What HubSpot refuses is part of the answer.
pub async fn identifiers_to_add(
    cx: &Context<HubSpot>,
    request: DynamicFieldRequest,
) -> Result<DynamicFieldAnswer> {
    let object_type = chosen_other_type(&request, "associations")?;
    Ok(answer(identifiers_of(cx, object_type).await))
}

/// As [`identifiers_to_add`], for associations that are removed.
///
/// # Errors
/// No type is chosen yet. What HubSpot refuses is part of the answer.
pub async fn identifiers_to_remove(
    cx: &Context<HubSpot>,
    request: DynamicFieldRequest,
) -> Result<DynamicFieldAnswer> {
    let object_type = chosen_other_type(&request, "dissociations")?;
    Ok(answer(identifiers_of(cx, object_type).await))
}

async fn identifiers_of(cx: &Context<HubSpot>, object_type: &str) -> Result<Vec<DynamicChoice>> {
    let properties: Vec<Property> = list(properties_of(cx, object_type)).await?;
    let unique = properties
        .into_iter()
        .filter(|property| property.has_unique_value && property.name != CREATION_KEY)
        .map(|property| DynamicChoice::new(property.label, property.name));
    let mut choices = vec![DynamicChoice::new(
        "Hubspot Record ID (updates only)",
        "hs_object_id",
    )];
    if matches!(object_type, "contact" | "contacts") {
        choices.push(DynamicChoice::new("email", "email"));
    }
    choices.extend(sorted(unique.collect()));
    Ok(choices)
}

/// Properties that may be written.
///
/// # Errors
/// No type is chosen yet. What HubSpot refuses is part of the answer.
pub async fn writable(cx: &Context<HubSpot>, request: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    let properties = properties_of(cx, chosen_type(&request)?);
    Ok(answer(writable_among(properties).await))
}

/// Sensitive properties that may be written.
///
/// # Errors
/// No type is chosen yet. What HubSpot refuses is part of the answer.
pub async fn writable_sensitive(
    cx: &Context<HubSpot>,
    request: DynamicFieldRequest,
) -> Result<DynamicFieldAnswer> {
    let properties = properties_of(cx, chosen_type(&request)?);
    let properties = properties.query([("dataSensitivity", "sensitive")]);
    Ok(answer(writable_among(properties).await))
}

async fn writable_among(properties: RequestBuilder) -> Result<Vec<DynamicChoice>> {
    let properties: Vec<Property> = list(properties).await?;
    let mut choices = Vec::with_capacity(properties.len());
    for property in properties {
        if property.has_unique_value {
            continue;
        }
        // Without a word on it, HubSpot refuses nothing beforehand.
        let metadata = property.modification_metadata.as_ref();
        if !metadata.is_some_and(|metadata| metadata.read_only_value) {
            let label = format!("{} - {}", property.label, property.property_type);
            choices.push(DynamicChoice::new(label, property.name));
        }
    }
    Ok(sorted(choices))
}

/// Groups that properties may be created in.
///
/// # Errors
/// No type is chosen yet. What HubSpot refuses is part of the answer.
pub async fn groups(cx: &Context<HubSpot>, request: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    let groups = properties_of(cx, chosen_type(&request)?).path_segment("groups");
    let groups: Result<Vec<Group>> = list(groups).await;
    Ok(answer(groups.map(|groups| {
        let groups = groups.into_iter().filter(|group| !group.archived);
        sorted(
            groups
                .map(|group| DynamicChoice::new(group.label, group.name))
                .collect(),
        )
    })))
}
