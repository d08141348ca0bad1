//! Messages that an event triggers: what campaigns and Canvases share.

use waystation_kit::dynamic_fields::DynamicChoice;
use waystation_kit::prelude::*;

use crate::Braze;
use crate::answer;
use crate::client;

/// The most pages of a list that are asked for, 100 entries each: an editor shows no more.
const MAX_PAGES: usize = 100;

/// In which order one of several people with the same email address is chosen.
#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize, Payload)]
pub struct Prioritization {
    /// Who is meant in the first place.
    #[field(label = "First priority")]
    pub first_priority: Option<Priority>,
    /// Who is meant if that still leaves several.
    #[field(label = "Second priority")]
    pub second_priority: Option<Priority>,
}

/// A way of choosing among people.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, Choices)]
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

impl Prioritization {
    fn in_order(&self) -> Vec<Priority> {
        self.first_priority
            .into_iter()
            .chain(self.second_priority)
            .collect()
    }
}

/// A message to trigger, as it is sent.
#[skip_serializing_none]
#[derive(Debug, Serialize)]
pub struct Trigger<Message, Person> {
    /// What the message is, and what it is made personal with.
    #[serde(flatten)]
    pub message: Message,
    /// Whether everybody gets it.
    pub broadcast: Option<bool>,
    /// Who gets it.
    pub recipients: Option<Vec<Recipient<Person>>>,
    /// Whom to choose where an email address fits several people; among recipients each has its own.
    pub prioritization: Option<Prioritization>,
    /// Only those whom this describes get it.
    pub audience: Option<JsonObject>,
}

/// Somebody who gets a message.
#[skip_serializing_none]
#[derive(Debug, Serialize)]
pub struct Recipient<Person> {
    #[serde(flatten)]
    person: Person,
    prioritization: Option<Vec<Priority>>,
}

/// The people who get a message, as they are sent.
pub(crate) fn recipients<Person>(people: Option<Vec<Person>>) -> Option<Vec<Recipient<Person>>> {
    let recipient = |person| Recipient {
        person,
        prioritization: None,
    };
    Some(people?.into_iter().map(recipient).collect())
}

impl<Message: Serialize + Sync, Person: Serialize + Sync> Trigger<Message, Person> {
    /// Triggers the message.
    ///
    /// # Errors
    /// Nobody gets it, or it is to go to everybody and to somebody; or Braze refuses, in its own words where it
    /// says any, or does not answer.
    pub async fn send(mut self, cx: &Context<Braze>, path: &str) -> Result<Output> {
        self.check()?;
        self.prioritize();
        let request = client::post(cx, path, &self);
        let answer = request.send().await;
        let response = answer.map_err(client::in_words_of_braze)?;
        answer::assert_taken(&response)?;
        Ok(response.into())
    }

    fn check(&self) -> Result<()> {
        match (self.broadcast == Some(true), self.has_recipients()) {
            (true, true) => Err(Error::payload(
                "A message goes either to everybody or to some recipients",
            )),
            (false, false) => Err(Error::payload(
                "The message goes to nobody: add recipients, or broadcast it",
            )),
            _ => Ok(()),
        }
    }

    fn has_recipients(&self) -> bool {
        self.recipients.as_ref().is_some_and(|people| !people.is_empty())
    }

    /// Gives each recipient the prioritization, where there are recipients.
    fn prioritize(&mut self) {
        if !self.has_recipients() {
            return;
        }
        let order = self.prioritization.take().map(|order| order.in_order());
        let order = order.filter(|order| !order.is_empty());
        for recipient in self.recipients.iter_mut().flatten() {
            recipient.prioritization.clone_from(&order);
        }
    }
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
