//! Types of records: HubSpot's own, and those of the account
//! ([reference](https://developers.hubspot.com/docs/api-reference/crm-custom-objects-v3/guide)).

use waystation_kit::dynamic_fields::{DynamicChoice, DynamicFieldAnswer, DynamicFieldRequest};
use waystation_kit::prelude::*;

use super::{answer, list, sorted};
use crate::HubSpot;
use crate::client::url;

/// Types by label and name.
type Types = [(&'static str, &'static str)];

const RECORD_TYPES: &Types = &[("Deals", "deals"), ("Tickets", "tickets")];

const OTHER_RECORD_TYPES: &Types = &[
    ("Deals", "deals"),
    ("Tickets", "tickets"),
    ("Contacts", "contacts"),
    ("Companies", "companies"),
];

const EVENT_TYPES: &Types = &[
    ("Contact", "contact"),
    ("Company", "company"),
    ("Deal", "deal"),
    ("Ticket", "ticket"),
];

const ANY_TYPES: &Types = &[
    ("Contact", "contact"),
    ("Company", "company"),
    ("Deal", "deal"),
    ("Ticket", "ticket"),
    ("Line Item", "line_item"),
    ("Subscription", "subscription"),
    ("Product", "product"),
    ("Appointment", "0-421"),
    ("Order", "order"),
    ("Quote", "quote"),
];

/// A type of the account's own.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CustomType {
    labels: Labels,
    fully_qualified_name: String,
}

#[derive(Deserialize)]
struct Labels {
    plural: String,
}

async fn custom_types(cx: &Context<HubSpot>) -> Result<Vec<CustomType>> {
    list(cx.get(url("/crm/v3/schemas")).query([("archived", "false")])).await
}

/// The account's own types, told apart from those of HubSpot.
async fn marked_custom_types(cx: &Context<HubSpot>) -> Result<Vec<DynamicChoice>> {
    let types = custom_types(cx).await?.into_iter();
    Ok(types
        .map(|custom| {
            DynamicChoice::new(
                format!("{} (Custom)", custom.labels.plural),
                custom.fully_qualified_name,
            )
        })
        .collect())
}

fn standard(types: &Types) -> impl Iterator<Item = DynamicChoice> {
    types
        .iter()
        .map(|(label, name)| DynamicChoice::new(*label, *name))
}

/// Types of a record of "Upsert Custom Object Record".
///
/// # Errors
/// None: what goes wrong is part of the answer.
pub async fn of_record(cx: &Context<HubSpot>, request: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    Ok(answer(besides(cx, &request, "toObjectType", RECORD_TYPES).await))
}

/// Types of the record that it is associated with.
///
/// # Errors
/// None: what goes wrong is part of the answer.
pub async fn of_other_record(
    cx: &Context<HubSpot>,
    request: DynamicFieldRequest,
) -> Result<DynamicFieldAnswer> {
    Ok(answer(
        besides(cx, &request, "objectType", OTHER_RECORD_TYPES).await,
    ))
}

/// The account's types without the one that is chosen in the other field, then HubSpot's.
async fn besides(
    cx: &Context<HubSpot>,
    request: &DynamicFieldRequest,
    other_field: &str,
    types: &Types,
) -> Result<Vec<DynamicChoice>> {
    let taken = request.payload.get(other_field).and_then(Value::as_str);
    let custom = custom_types(cx).await?.into_iter();
    Ok(custom
        .filter(|custom| Some(custom.fully_qualified_name.as_str()) != taken)
        .map(|custom| DynamicChoice::new(custom.labels.plural, custom.fully_qualified_name))
        .chain(standard(types))
        .collect())
}

/// Types of records of "Custom Object V2": the account's own, then HubSpot's.
///
/// # Errors
/// None: what goes wrong is part of the answer.
pub async fn of_any_record(cx: &Context<HubSpot>) -> Result<DynamicFieldAnswer> {
    let custom = marked_custom_types(cx).await.map(sorted);
    Ok(answer(custom.map(|custom| {
        custom.into_iter().chain(standard(ANY_TYPES)).collect()
    })))
}

/// Types of records that events belong to.
///
/// # Errors
/// None: what goes wrong is part of the answer.
pub async fn of_event(cx: &Context<HubSpot>) -> Result<DynamicFieldAnswer> {
    let custom = marked_custom_types(cx).await;
    Ok(answer(custom.map(|custom| {
        sorted(custom.into_iter().chain(standard(EVENT_TYPES)).collect())
    })))
}
