//! One record at a time, of any type ([reference](https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide)).

use waystation_kit::prelude::*;

use crate::HubSpot;
use crate::client::url;

/// A record, as HubSpot hands it back.
#[derive(Debug, Clone, Deserialize)]
pub struct Record {
    /// HubSpot's own ID of the record.
    pub id: String,
    /// Those properties that were asked for, or that were just written.
    #[serde(default)]
    pub properties: JsonObject,
}

/// HubSpot keeps addresses in lower case, however they are written.
const EMAIL: &str = "email";

impl Record {
    /// Whether this is the record that has the value in a property whose values are unique.
    #[must_use]
    pub fn has_value(&self, property: &str, value: &str) -> bool {
        let found = self.properties.get(property).and_then(Value::as_str);
        found.is_some_and(|found| match property {
            EMAIL => found.eq_ignore_ascii_case(value),
            _ => found == value,
        })
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
        #[serde(default)]
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
    let answer: Answer = request.json(&query).send().await?.json()?;
    match answer.total {
        0 => Ok(Found::Nothing),
        1 => match answer.results.into_iter().next() {
            Some(record) => Ok(Found::One(record.id)),
            None => Err(Error::invalid_response(
                "HubSpot found a record and did not say which",
            )),
        },
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

/// The ID of a record that was just written.
///
/// # Errors
/// The answer names none.
pub fn id_of(answer: &Response) -> Result<String> {
    Ok(answer.json::<Record>()?.id)
}

fn objects_url() -> String {
    url("/crm/v3/objects")
}
