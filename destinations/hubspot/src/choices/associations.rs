//! What records of two types may be to each other
//! ([reference](https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide)).

use waystation_kit::dynamic_fields::{DynamicChoice, DynamicFieldAnswer, DynamicFieldRequest};
use waystation_kit::prelude::*;

use super::{answer, chosen, chosen_other_type, chosen_type, list, sorted};
use crate::HubSpot;
use crate::client::url;

/// A label.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Label {
    category: String,
    type_id: u64,
    label: Option<String>,
}

impl Label {
    fn value(&self) -> String {
        format!("{}:{}", self.category, self.type_id)
    }

    fn name(&self) -> Option<&str> {
        self.label.as_deref().filter(|label| !label.is_empty())
    }
}

async fn labels(cx: &Context<HubSpot>, from: &str, to: &str) -> Result<Vec<Label>> {
    let request = cx.get(url("/crm/v4/associations")).path_segment(from);
    list(request.path_segment(to).path_segment("labels")).await
}

/// What the record of "Upsert Custom Object Record" may be to the other one.
///
/// # Errors
/// None: what goes wrong is part of the answer.
pub async fn of_record(cx: &Context<HubSpot>, request: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    Ok(answer(between_chosen(cx, &request).await))
}

async fn between_chosen(cx: &Context<HubSpot>, request: &DynamicFieldRequest) -> Result<Vec<DynamicChoice>> {
    let from = chosen(request, "/objectType", "the type of the record")?;
    let to = chosen(request, "/toObjectType", "the type of the other record")?;
    let labels = labels(cx, from, to).await?.into_iter();
    let unnamed = |label: &Label| format!("Unlabeled Association (Type {})", label.type_id);
    Ok(labels
        .map(|label| {
            let name = label.name().map_or_else(|| unnamed(&label), str::to_owned);
            DynamicChoice::new(name, label.value())
        })
        .collect())
}

/// What the record may be to one that it is associated with.
///
/// # Errors
/// The types of the two records are not chosen yet. What HubSpot refuses is part of the answer.
pub async fn to_add(cx: &Context<HubSpot>, request: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    in_list(cx, &request, "associations").await
}

/// What the record may be to one that it is taken apart from.
///
/// # Errors
/// The types of the two records are not chosen yet. What HubSpot refuses is part of the answer.
pub async fn to_remove(cx: &Context<HubSpot>, request: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    in_list(cx, &request, "dissociations").await
}

async fn in_list(
    cx: &Context<HubSpot>,
    request: &DynamicFieldRequest,
    list: &str,
) -> Result<DynamicFieldAnswer> {
    let (from, to) = (chosen_type(request)?, chosen_other_type(request, list)?);
    let labels = labels(cx, from, to).await;
    Ok(answer(labels.map(|labels| {
        let labels = labels.into_iter().map(|label| {
            let name = match label.name() {
                Some(name) => format!("{from} to {to} {name}"),
                None => format!("{from} to {to} (Default label: typeId {})", label.type_id),
            };
            DynamicChoice::new(name, label.value())
        });
        sorted(labels.collect())
    })))
}
