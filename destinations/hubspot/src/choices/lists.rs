//! Lists of a type of records ([reference](https://developers.hubspot.com/docs/api-reference/crm-lists-v3/guide)).

use waystation_kit::dynamic_fields::{DynamicChoice, DynamicFieldAnswer, DynamicFieldRequest};
use waystation_kit::prelude::*;
use waystation_kit::wire::readable;

use super::{answer, chosen_type};
use crate::HubSpot;
use crate::client::url;

/// Lists whose members are named one by one.
const MANUAL: &str = "MANUAL";

/// A page of lists.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(deserialize_with = "readable")]
    lists: Vec<List>,
    #[serde(default)]
    has_more: bool,
    offset: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    name: String,
    object_type_id: String,
    processing_type: String,
}

/// Lists that the record may enter and leave.
///
/// # Errors
/// No type is chosen yet. What HubSpot refuses is part of the answer.
pub async fn of_record(cx: &Context<HubSpot>, request: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    Ok(answer(lists_of(cx, chosen_type(&request)?).await))
}

async fn lists_of(cx: &Context<HubSpot>, object_type: &str) -> Result<Vec<DynamicChoice>> {
    let type_id = type_id(cx, object_type).await?;
    let mut choices = Vec::new();
    let mut offset = None;
    loop {
        let page = page(cx, offset).await?;
        let of_type = page
            .lists
            .into_iter()
            .filter(|list| list.processing_type == MANUAL && list.object_type_id == type_id);
        choices.extend(of_type.map(|list| DynamicChoice::new(list.name.clone(), list.name)));
        // A page that leads back is the last one.
        if !page.has_more || page.offset <= offset {
            return Ok(choices);
        }
        offset = page.offset;
    }
}

/// The number of a type, under which lists know it.
async fn type_id(cx: &Context<HubSpot>, object_type: &str) -> Result<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Schema {
        object_type_id: String,
    }
    let request = cx.get(url("/crm/v3/schemas")).path_segment(object_type);
    let schema: Schema = request.send().await?.json()?;
    Ok(schema.object_type_id)
}

async fn page(cx: &Context<HubSpot>, offset: Option<u64>) -> Result<Page> {
    let mut query = json!({"processingTypes": [MANUAL]});
    if let Some(offset) = offset {
        query["offset"] = offset.into();
    }
    cx.post(url("/crm/v3/lists/search"))
        .json(&query)
        .send()
        .await?
        .json()
}
