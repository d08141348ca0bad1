//! Events whose definitions are kept in HubSpot as they are needed
//! ([definitions](https://developers.hubspot.com/docs/api-reference/events-manage-event-definitions-v3/guide),
//! [completions](https://developers.hubspot.com/docs/api-reference/events-send-event-completions-v3/guide)).

pub mod definition;
pub mod requests;
pub mod values;

use waystation_kit::prelude::*;

use crate::HubSpot;
use crate::actions::{CustomEvent, RecordDetails};
use crate::client::url;
use crate::property_names::internal_name;

use definition::Definition;
use values::Property;

/// The type of records that are people. Only they are known by an e-mail address or a user token.
pub const CONTACT: &str = "contact";

/// The name of an event within its account.
#[must_use]
pub fn event_name(name: &str) -> String {
    internal_name(name, &['-'])
}

/// Sends an event, and defines it before if that is needed and wanted.
///
/// # Errors
/// It cannot be told whose event it is; properties do not fit their definitions; a definition is missing and not to
/// be created; HubSpot refuses or does not answer.
pub async fn send(cx: &Context<HubSpot>, event: CustomEvent) -> Result<Response> {
    let who = identify(event.record_details)?;
    let name = event_name(&event.event_name);
    let properties = values::clean(event.properties.unwrap_or_default())?;
    let fitted = fit(cx, &name, &who.object_type, properties).await?;
    let completion = Completion {
        event_name: &fitted.full_name,
        object_id: who.object_id,
        email: who.email,
        utk: who.utk,
        occurred_at: event.occurred_at,
        properties: fitted.properties,
    };
    took_event(cx.post(url("/events/v3/send")).json(&completion).send().await?)
}

/// HubSpot takes an event by a success without a body, or with JSON; anything else is no word of HubSpot's.
///
/// # Errors
/// Nobody knows whether the event was taken.
pub fn took_event(answer: Response) -> Result<Response> {
    match answer.body().is_empty() || answer.json::<Value>().is_ok() {
        true => Ok(answer),
        false => Err(answer.not_understood("HubSpot's answer to an event is not understood")),
    }
}

/// What is posted.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Completion<'a> {
    event_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    object_id: Option<serde_json::Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    utk: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    occurred_at: Option<Datetime>,
    properties: JsonObject,
}

/// Leaves nothing but what tells the record.
fn identify(details: RecordDetails) -> Result<RecordDetails> {
    let is_contact = details.object_type == CONTACT;
    let given = |text: Option<String>| text.filter(|text| is_contact && !text.is_empty());
    let details = RecordDetails {
        email: given(details.email),
        utk: given(details.utk),
        ..details
    };
    let is_known = details.object_id.is_some() || details.email.is_some() || details.utk.is_some();
    match (is_known, is_contact) {
        (true, _) => Ok(details),
        (false, true) => Err(Error::payload(
            "HubSpot has to know which contact: by object ID, e-mail address or user token",
        )),
        (false, false) => Err(Error::payload("HubSpot has to know which record: by object ID")),
    }
}

/// An event as its definition wants it.
struct Fitted {
    full_name: String,
    properties: JsonObject,
}

impl Fitted {
    fn new(definition: &Definition, properties: &[Property]) -> Result<Self> {
        let fitted = properties
            .iter()
            .map(|property| Ok((property.name.clone(), definition.fit(property)?)));
        Ok(Self {
            full_name: definition.full_name.clone(),
            properties: fitted.collect::<Result<_>>()?,
        })
    }
}

/// Brings the properties into the form of their definitions, which are created where they are missing and the
/// mapping wants that.
async fn fit(
    cx: &Context<HubSpot>,
    name: &str,
    object_type: &str,
    properties: Vec<Property>,
) -> Result<Fitted> {
    // What is remembered may be out of date, so it has no say in refusing anything.
    if let Some(known) = definition::remembered(cx, name).await
        && known.missing(&properties).is_empty()
        && let Ok(fitted) = Fitted::new(&known, &properties)
    {
        return Ok(fitted);
    }
    let definition = match requests::read(cx, name).await? {
        Some(known) => complete(cx, known, &properties).await?,
        None => create(cx, name, object_type, &properties).await?,
    };
    definition::remember(cx, name, &definition).await;
    Fitted::new(&definition, &properties)
}

async fn complete(
    cx: &Context<HubSpot>,
    mut definition: Definition,
    properties: &[Property],
) -> Result<Definition> {
    definition.check(properties)?;
    let missing = definition.missing(properties);
    if missing.is_empty() {
        return Ok(definition);
    }
    if cx.sync_mode() == Some(SyncMode::Add) {
        return Err(Error::integration(
            "The event is defined without these properties, and the mapping does not define any",
            ErrorCode::new("HUBSPOT_SCHEMA_PROPERTIES_MISSING"),
            400,
        ));
    }
    for property in &missing {
        requests::create_property(cx, &definition.full_name, property).await?;
    }
    definition.add(missing);
    Ok(definition)
}

async fn create(
    cx: &Context<HubSpot>,
    name: &str,
    object_type: &str,
    properties: &[Property],
) -> Result<Definition> {
    if cx.sync_mode() == Some(SyncMode::Update) {
        return Err(Error::integration(
            "The event is not defined, and the mapping does not define any",
            ErrorCode::new("HUBSPOT_SCHEMA_MISSING"),
            400,
        ));
    }
    let full_name = requests::create(cx, name, object_type, properties).await?;
    let mut definition = Definition::new(name.to_owned(), full_name);
    definition.add(properties.iter().collect());
    Ok(definition)
}
