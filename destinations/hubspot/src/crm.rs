//! One record at a time, of any type ([reference](https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide)).

use waystation_kit::prelude::*;
use waystation_kit::wire::readable;

use crate::HubSpot;
use crate::client::url;
use crate::flatten::trimmed;

/// A record, as HubSpot hands it back.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Record {
    /// HubSpot's own ID of the record, a text or a number.
    id: Value,
    /// Those properties that were asked for, or that were just written.
    properties: Value,
}

/// HubSpot keeps addresses in lower case, however they are written.
const EMAIL: &str = "email";

impl Record {
    /// HubSpot's own ID of the record, if it says so.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        id_text(&self.id)
    }

    /// A property, if it says something.
    #[must_use]
    pub fn property(&self, name: &str) -> Option<&Value> {
        self.properties.get(name).filter(|value| !value.is_null())
    }

    /// Whether this is the record that has the value in a property whose values are unique.
    #[must_use]
    pub fn has_value(&self, property: &str, value: &str) -> bool {
        let found = self.property(property).and_then(id_text);
        found.is_some_and(|found| match property {
            EMAIL => found.trim().eq_ignore_ascii_case(value),
            _ => found == value,
        }) || (property == RECORD_ID && self.id().as_deref() == Some(value))
    }
}

/// HubSpot's own ID as a property.
pub const RECORD_ID: &str = "hs_object_id";

/// An ID or another unique value, which may be a number.
#[must_use]
pub fn id_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The value of a property that tells records apart, as HubSpot compares it: without blanks around it, and addresses
/// in lower case.
#[must_use]
pub fn comparable(property: &str, value: &str) -> String {
    match property {
        EMAIL => trimmed(value).to_lowercase(),
        _ => trimmed(value).to_owned(),
    }
}

/// The body that writes properties and nothing else.
#[derive(Debug, Serialize)]
pub struct Properties<'a> {
    /// The properties by their internal names.
    pub properties: &'a JsonObject,
}

/// How a record is told from the others of its type.
#[derive(Debug, Clone, Copy)]
pub enum Key<'a> {
    /// By HubSpot's own ID.
    Id(&'a str),
    /// By a property whose values are unique.
    Property {
        /// The property's internal name.
        name: &'a str,
        /// Its value.
        value: &'a str,
    },
}

/// What a search came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// No record.
    Nothing,
    /// Exactly one, of this ID.
    One(String),
    /// More than one.
    Several,
}

/// What a search is to hand back.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct SearchOptions {
    /// The properties to hand back.
    pub properties: &'static [&'static str],
    /// The properties to sort by.
    pub sorts: &'static [&'static str],
}

/// Searches for records with any of these values.
///
/// # Errors
/// HubSpot refuses, does not answer, or not as it should.
pub async fn search(
    cx: &Context<HubSpot>,
    object_type: &str,
    values: &JsonObject,
    options: SearchOptions,
) -> Result<Found> {
    #[derive(Deserialize)]
    struct Answer {
        total: u64,
        #[serde(default, deserialize_with = "readable")]
        results: Vec<Record>,
    }
    let equals = |(name, value): (&String, &Value)| json!({"filters": [{"propertyName": name, "operator": "EQ", "value": value}]});
    let groups: Vec<Value> = values.iter().map(equals).collect();
    let SearchOptions { properties, sorts } = options;
    let request = cx
        .post(objects_url())
        .path_segment(object_type)
        .path_segment("search");
    let query = json!({"filterGroups": groups, "properties": properties, "sorts": sorts});
    let response = request.json(&query).send().await?;
    let answer: Answer = response.json().map_err(Error::of_a_read)?;
    match answer.total {
        0 => Ok(Found::Nothing),
        1 => {
            let found = answer.results.first().and_then(Record::id);
            let unnamed = || {
                response
                    .not_understood("HubSpot found a record and did not say which")
                    .of_a_read()
            };
            found.map(Found::One).ok_or_else(unnamed)
        }
        _ => Ok(Found::Several),
    }
}

/// The body that writes properties and associations.
#[derive(Debug, Serialize)]
pub struct AssociatedProperties<'a> {
    /// The properties by their internal names.
    pub properties: &'a JsonObject,
    /// The records to associate the new one with.
    pub associations: &'a [Value],
}

/// Creates a record: from its [`Properties`], or from [`AssociatedProperties`].
///
/// # Errors
/// HubSpot refuses or does not answer.
pub async fn create(
    cx: &Context<HubSpot>,
    object_type: &str,
    body: &(impl Serialize + Sync),
) -> Result<Response> {
    let request = cx.post(objects_url()).path_segment(object_type);
    request.json(body).send().await
}

/// Updates a record. Properties that are left out stay as they are.
///
/// # Errors
/// HubSpot knows no such record, refuses or does not answer.
pub async fn update(
    cx: &Context<HubSpot>,
    object_type: &str,
    key: Key<'_>,
    properties: &JsonObject,
) -> Result<Response> {
    let request = cx.patch(objects_url()).path_segment(object_type);
    let request = match key {
        Key::Id(id) => request.path_segment(id),
        Key::Property { name, value } => request.path_segment(value).query([("idProperty", name)]),
    };
    request.json(&Properties { properties }).send().await
}

/// The record of an answer to a write. HubSpot takes a record by a success that shows it; what has another shape, of
/// a proxy for example, is no word of HubSpot's. An answer without an ID is one all the same.
///
/// # Errors
/// The answer shows no record: nobody knows whether it was written.
pub fn written(answer: &Response) -> Result<Record> {
    let record = answer.json::<Value>().ok().filter(Value::is_object);
    record
        .and_then(|record| serde_json::from_value(record).ok())
        .ok_or_else(|| answer.not_understood("HubSpot's answer shows no record"))
}

fn objects_url() -> String {
    url("/crm/v3/objects")
}
