//! Messages that an event triggers: what campaigns and Canvases share.

use waystation_kit::dynamic_fields::DynamicChoice;
use waystation_kit::prelude::*;
use waystation_kit::wire::WireObject;

use crate::Braze;
use crate::client;

/// The most pages of a list that are asked for, 100 entries each: an editor shows no more.
const MAX_PAGES: usize = 100;

/// In which order one of several people with the same email address is chosen.
#[derive(Debug, Clone, Deserialize, Payload)]
pub struct Prioritization {
    /// Who is meant in the first place.
    #[field(label = "First priority")]
    pub first_priority: Option<Priority>,
    /// Who is meant if that still leaves several.
    #[field(label = "Second priority")]
    pub second_priority: Option<Priority>,
}

/// A way of choosing among people.
#[derive(Debug, Clone, Copy, Deserialize, Choices)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// People with an ID.
    Identified,
    /// People without an ID.
    Unidentified,
    /// Whoever was updated last.
    MostRecentlyUpdated,
    /// Whoever was not updated for longest.
    LeastRecentlyUpdated,
}

impl From<Priority> for Value {
    fn from(priority: Priority) -> Self {
        priority.name().into()
    }
}

impl Prioritization {
    fn in_order(&self) -> Vec<Priority> {
        self.first_priority
            .into_iter()
            .chain(self.second_priority)
            .collect()
    }
}

impl From<Prioritization> for Value {
    fn from(prioritization: Prioritization) -> Self {
        WireObject::with_capacity(2)
            .with_some("first_priority", prioritization.first_priority)
            .with_some("second_priority", prioritization.second_priority)
            .into()
    }
}

/// Who gets a message.
#[derive(Debug, Default)]
pub struct Recipients {
    /// Whether everybody does.
    pub broadcast: Option<bool>,
    /// These people, as they are sent.
    pub people: Option<Vec<WireObject>>,
    /// Whom to choose where an email address fits several people.
    pub prioritization: Option<Prioritization>,
}

impl Recipients {
    /// Adds who gets the message to a request.
    ///
    /// # Errors
    /// Nobody gets it, or it is to go to everybody and to somebody.
    pub fn add_to(self, request: WireObject) -> Result<WireObject> {
        let has_people = self.people.as_ref().is_some_and(|people| !people.is_empty());
        match (self.broadcast == Some(true), has_people) {
            (true, true) => {
                return Err(Error::payload(
                    "A message goes either to everybody or to some recipients",
                ));
            }
            (false, false) => {
                return Err(Error::payload(
                    "The message goes to nobody: add recipients, or broadcast it",
                ));
            }
            _ => {}
        }
        let request = request.with_some("broadcast", self.broadcast);
        if !has_people {
            return Ok(request
                .with_some("recipients", self.people)
                .with_some("prioritization", self.prioritization));
        }
        let order = self.prioritization.as_ref().map(Prioritization::in_order);
        let order = order.filter(|order| !order.is_empty());
        let people = self.people.unwrap_or_default().into_iter();
        let people: Vec<WireObject> = people
            .map(|person| person.with_some("prioritization", order.clone()))
            .collect();
        Ok(request.with("recipients", people))
    }
}

/// Triggers a message.
///
/// # Errors
/// Braze refuses, in its own words where it says any, or does not answer.
pub async fn trigger(cx: &Context<Braze>, path: &str, request: WireObject) -> Result<Output> {
    let request = client::post(cx, path, &Value::from(request));
    Ok(request.send().await.map_err(client::in_words_of_braze)?.into())
}

/// Asks for a list, page by page until one is empty, as choices of an editor.
///
/// # Errors
/// Braze refuses or does not answer.
pub async fn list(cx: &Context<Braze>, path: &str, key: &str) -> Result<Vec<DynamicChoice>> {
    let mut choices = Vec::new();
    for page in 0..MAX_PAGES {
        let request = cx.get(client::url(cx, path)).query([("page", page.to_string())]);
        let response = request.send().await?;
        let entries = response.data().and_then(|data| data.get(key)?.as_array());
        let Some(entries) = entries.filter(|entries| !entries.is_empty()) else {
            break;
        };
        choices.extend(entries.iter().filter_map(choice));
    }
    Ok(choices)
}

fn choice(entry: &Value) -> Option<DynamicChoice> {
    let name = entry.get("name").and_then(Value::as_str).unwrap_or_default();
    Some(DynamicChoice::new(name, entry.get("id")?.clone()))
}
