//! Events and their properties
//! ([reference](https://developers.hubspot.com/docs/api-reference/events-manage-event-definitions-v3/guide)).

use waystation_kit::dynamic_fields::{DynamicChoice, DynamicFieldAnswer, DynamicFieldRequest};
use waystation_kit::prelude::*;
use waystation_kit::wire::readable;

use super::{answer, chosen, list, sorted};
use crate::HubSpot;
use crate::client::url;
use crate::custom_event::event_name;

/// The properties that every event has
/// ([reference](https://developers.hubspot.com/docs/api-reference/events-manage-event-definitions-v3/guide#define-new-properties)).
const DEFAULT_PROPERTIES: [(&str, &str); 32] = [
    ("Asset description - string", "hs_asset_description"),
    ("Asset type - string", "hs_asset_type"),
    ("Browser - string", "hs_browser"),
    ("Campaign ID - string", "hs_campaign_id"),
    ("City - string", "hs_city"),
    ("Country - string", "hs_country"),
    ("Device name - string", "hs_device_name"),
    ("Device type - string", "hs_device_type"),
    ("Element class - string", "hs_element_class"),
    ("Element ID - string", "hs_element_id"),
    ("Element text - string", "hs_element_text"),
    ("Language - enumeration", "hs_language"),
    ("Link href - string", "hs_link_href"),
    ("Operating system - string", "hs_operating_system"),
    ("Operating version - string", "hs_operating_version"),
    ("Page content type - enumeration", "hs_page_content_type"),
    ("Page ID - string", "hs_page_id"),
    ("Page title - string", "hs_page_title"),
    ("Page URL - string", "hs_page_url"),
    ("Parent module ID - string", "hs_parent_module_id"),
    ("Referrer - string", "hs_referrer"),
    ("Region - string", "hs_region"),
    ("Screen height - number", "hs_screen_height"),
    ("Screen width - number", "hs_screen_width"),
    ("Touchpoint source - string", "hs_touchpoint_source"),
    ("Tracking name - string", "hs_tracking_name"),
    ("User agent - string", "hs_user_agent"),
    ("UTM Campaign - string", "hs_utm_campaign"),
    ("UTM Content - string", "hs_utm_content"),
    ("UTM Medium - string", "hs_utm_medium"),
    ("UTM Source - string", "hs_utm_source"),
    ("UTM Term - string", "hs_utm_term"),
];

/// An event that is defined.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(default)]
    name: String,
    fully_qualified_name: String,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    labels: Labels,
    #[serde(default, deserialize_with = "readable")]
    properties: Vec<Property>,
}

#[derive(Default, Deserialize)]
struct Labels {
    singular: Option<String>,
    plural: Option<String>,
}

#[derive(Deserialize)]
struct Property {
    name: String,
    label: String,
    #[serde(rename = "type")]
    property_type: String,
    #[serde(default)]
    archived: bool,
}

/// Events of "Send Custom Behavioral Event".
///
/// # Errors
/// None: what goes wrong is part of the answer.
pub async fn behavioral(cx: &Context<HubSpot>) -> Result<DynamicFieldAnswer> {
    let events: Result<Vec<Event>> = list(cx.get(url("/events/v3/event-definitions"))).await;
    Ok(answer(events.map(|events| {
        let events = events.into_iter();
        events
            .map(|event| DynamicChoice::new(event.name, event.fully_qualified_name))
            .collect()
    })))
}

async fn definitions(cx: &Context<HubSpot>, with_properties: bool) -> Result<Vec<Event>> {
    let request = cx.get(url("/events/v3/event-definitions/"));
    list(request.query([("includeProperties", with_properties.to_string())])).await
}

/// Events of "Custom Event V2".
///
/// # Errors
/// None: what goes wrong is part of the answer.
pub async fn custom(cx: &Context<HubSpot>) -> Result<DynamicFieldAnswer> {
    let events = definitions(cx, false).await;
    Ok(answer(events.map(|events| {
        let events = events.into_iter().filter(|event| !event.archived);
        sorted(events.filter_map(labelled).collect())
    })))
}

/// An event under its label; `None` without one.
fn labelled(event: Event) -> Option<DynamicChoice> {
    let Labels { singular, plural } = event.labels;
    let label = [singular, plural]
        .into_iter()
        .flatten()
        .find(|label| !label.is_empty())?;
    Some(DynamicChoice::new(label, event.fully_qualified_name))
}

/// Properties of the chosen event; those that every event has if it is not defined yet.
///
/// # Errors
/// No event is chosen yet. What HubSpot refuses is part of the answer.
pub async fn properties(cx: &Context<HubSpot>, request: DynamicFieldRequest) -> Result<DynamicFieldAnswer> {
    let name = event_name(chosen(&request, "/event_name", "an event")?);
    let events = definitions(cx, true).await;
    Ok(answer(events.map(|events| {
        let is_chosen =
            |event: &Event| !event.archived && (event.fully_qualified_name == name || event.name == name);
        let event = events.into_iter().find(is_chosen);
        let choices: Vec<DynamicChoice> = event.map(property_choices).unwrap_or_default();
        match choices.is_empty() {
            true => default_properties(),
            false => sorted(choices),
        }
    })))
}

fn property_choices(event: Event) -> Vec<DynamicChoice> {
    let properties = event.properties.into_iter().filter(|property| !property.archived);
    properties
        .map(|property| {
            let label = format!("{} - {}", property.label, property.property_type);
            DynamicChoice::new(label, property.name)
        })
        .collect()
}

fn default_properties() -> Vec<DynamicChoice> {
    let properties = DEFAULT_PROPERTIES.into_iter();
    properties
        .map(|(label, name)| DynamicChoice::new(label, name))
        .collect()
}
