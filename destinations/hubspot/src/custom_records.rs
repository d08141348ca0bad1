//! Deals, tickets and records of types of your own: found by a search, updated or created, and associated with
//! another record.

use waystation_kit::prelude::*;
use waystation_kit::request::RequestBuilder;
use waystation_kit::text::filled;

use crate::HubSpot;
use crate::actions::UpsertCustomObjectRecord;
use crate::association_label::AssociationLabel;
use crate::client::{has_status, url};
use crate::crm::{self, AssociatedProperties, Found, Key, SearchOptions};
use crate::flatten::flatten;

/// What an update without a record to update reports. Callers compare with it.
const NOTHING_TO_UPDATE: &str = "There was no record found to update. If you want to create a new custom object \
                                 record in such cases, enable the Create Custom Object Record if Not Found flag";

/// Another record, and what it is to the one that is written.
struct OtherRecord<'a> {
    object_type: &'a str,
    id: String,
    label: AssociationLabel,
}

impl OtherRecord<'_> {
    fn types(&self) -> Value {
        json!([{"associationCategory": self.label.category, "associationTypeId": self.label.type_id}])
    }
}

/// Creates or updates the record, and associates it.
///
/// # Errors
/// A search finds several records; the label is no label; HubSpot refuses or does not answer.
pub async fn upsert(cx: &Context<HubSpot>, mut payload: UpsertCustomObjectRecord) -> Result<Output> {
    let properties = flatten(std::mem::take(&mut payload.properties));
    let record = find_record(cx, &payload).await?;
    let (other, is_ambiguous) = match find_other(cx, &payload).await? {
        Found::One(id) => (other_record(&payload, id)?, false),
        Found::Nothing => (None, false),
        Found::Several => (None, true),
    };
    let answer = match record {
        Found::Several => return Err(several_records()),
        Found::One(id) => update(cx, &payload.object_type, &id, &properties, other).await?,
        Found::Nothing if payload.create_new_custom_record == Some(false) => {
            return Ok(Value::from(NOTHING_TO_UPDATE).into());
        }
        Found::Nothing => create(cx, &payload.object_type, &properties, other).await?,
    };
    if is_ambiguous {
        return Err(Error::integration(
            "The record was written, but not associated: several records fit the search fields of the other record",
            ErrorCode::new("Associate Search Criteria Not Unique"),
            400,
        ));
    }
    crm::written(&answer)?;
    Ok(answer.into())
}

fn several_records() -> Error {
    Error::integration(
        "The search fields fit more than one record, so none was updated",
        ErrorCode::new("Search Criteria Not Unique"),
        400,
    )
}

async fn find_record(cx: &Context<HubSpot>, payload: &UpsertCustomObjectRecord) -> Result<Found> {
    let Some(values) = given(payload.custom_object_search_fields.as_ref()) else {
        return Ok(Found::Nothing);
    };
    let found = crm::search(cx, &payload.object_type, values, SearchOptions::default()).await;
    found.map_err(|error| explained(error, "Custom Search Failed", "The search fields"))
}

/// Looks for the other record, if values, type and label say which one.
async fn find_other(cx: &Context<HubSpot>, payload: &UpsertCustomObjectRecord) -> Result<Found> {
    let values = given(payload.search_fields_to_associate_custom_objects.as_ref());
    let (Some(values), Some(object_type), Some(_)) = (
        values,
        filled(&payload.to_object_type),
        filled(&payload.association_label),
    ) else {
        return Ok(Found::Nothing);
    };
    let found = crm::search(cx, object_type, values, SearchOptions::default()).await;
    let fields = "The search fields of the other record";
    found.map_err(|error| explained(error, "Custom Search To Associate Failed", fields))
}

fn given(values: Option<&JsonObject>) -> Option<&JsonObject> {
    values.filter(|values| !values.is_empty())
}

/// HubSpot answers a search by a property that it does not have with a bare 400.
fn explained(error: Error, code: &'static str, fields: &str) -> Error {
    if !has_status(&error, 400) {
        return error;
    }
    let message = format!("HubSpot refuses the search: {fields} may name a property that it does not have");
    Error::integration(message, ErrorCode::new(code), 400)
}

fn other_record(payload: &UpsertCustomObjectRecord, id: String) -> Result<Option<OtherRecord<'_>>> {
    let (Some(object_type), Some(label)) = (
        filled(&payload.to_object_type),
        filled(&payload.association_label),
    ) else {
        return Ok(None);
    };
    Ok(Some(OtherRecord {
        object_type,
        id,
        label: AssociationLabel::parse(label)?,
    }))
}

async fn create(
    cx: &Context<HubSpot>,
    object_type: &str,
    properties: &JsonObject,
    other: Option<OtherRecord<'_>>,
) -> Result<Response> {
    let associations: Vec<Value> = other
        .iter()
        .map(|other| json!({"to": {"id": other.id}, "types": other.types()}))
        .collect();
    let body = AssociatedProperties {
        properties,
        associations: &associations,
    };
    crm::create(cx, object_type, &body).await
}

async fn update(
    cx: &Context<HubSpot>,
    object_type: &str,
    id: &str,
    properties: &JsonObject,
    other: Option<OtherRecord<'_>>,
) -> Result<Response> {
    let answer = crm::update(cx, object_type, Key::Id(id), properties).await?;
    if let Some(other) = other {
        let path = [object_type, id, "associations", other.object_type, &other.id];
        let request = cx.put(url("/crm/v4/objects"));
        let request = path.into_iter().fold(request, RequestBuilder::path_segment);
        request.json(&other.types()).send().await?;
    }
    Ok(answer)
}
