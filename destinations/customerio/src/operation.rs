//! Operations of the Track API's second version: what `/api/v2/entity` takes, and `/api/v2/batch` many of.

use waystation_kit::prelude::*;

use crate::dates::{self, Dates};
use crate::event_id;
use crate::identifiers::{Identifier, Person};

/// What is to happen, in the partner's words: the value of the key `action`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Choices)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "the partner's reference explains its words")]
pub enum Verb {
    Identify,
    IdentifyAnonymous,
    Delete,
    Event,
    Page,
    Screen,
    AddDevice,
    DeleteDevice,
    DeleteRelationships,
    Merge,
    Suppress,
    Unsuppress,
    ViewedContent,
    ClickedContent,
}

/// An operation being put together. What is absent or empty is left out.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Operation {
    body: JsonObject,
    #[serde(skip)]
    dates: Dates,
}

impl Operation {
    /// Something that happens to a person. `dates` says what becomes of dates among its values.
    #[must_use]
    pub fn on_person(verb: Verb, dates: impl Into<Dates>) -> Self {
        Self::new("person", verb, dates.into())
    }

    /// Something that happens to an object.
    #[must_use]
    pub fn on_object(verb: Verb, dates: impl Into<Dates>) -> Self {
        Self::new("object", verb, dates.into())
    }

    fn new(entity: &'static str, verb: Verb, dates: Dates) -> Self {
        let mut body = JsonObject::with_capacity(8);
        body.insert("type".to_owned(), entity.into());
        body.insert("action".to_owned(), verb.name().into());
        Self { body, dates }
    }

    /// The name of an event, the address of a page, the name of a screen.
    #[must_use]
    pub fn name(self, name: String) -> Self {
        self.with_dates("name", name)
    }

    /// The ID of an event. Customer.io deduplicates by it if it is a ULID.
    #[must_use]
    pub fn event_id(self, id: Option<String>) -> Self {
        match non_empty(id) {
            Some(id) => self.with_dates("id", id),
            None => self,
        }
    }

    /// When it happened; see [`dates::timestamp`].
    #[must_use]
    pub fn timestamp(self, timestamp: Option<String>) -> Self {
        match non_empty(timestamp) {
            Some(timestamp) => self.with("timestamp", dates::timestamp(timestamp)),
            None => self,
        }
    }

    /// When an object came to be.
    #[must_use]
    pub fn created_at(self, created_at: Option<String>) -> Self {
        match non_empty(created_at) {
            Some(created_at) => self.with_dates("created_at", created_at),
            None => self,
        }
    }

    /// What is said about the person, event or object. Comes before [`Operation::about_person`] and
    /// [`Operation::also_known_as`], which add to it.
    #[must_use]
    pub fn attributes(self, attributes: Option<JsonObject>) -> Self {
        match attributes {
            Some(attributes) => self.with_dates("attributes", attributes),
            None => self,
        }
    }

    /// The device of a person.
    #[must_use]
    pub fn device(self, device: JsonObject) -> Self {
        self.with_dates("device", device)
    }

    /// The other end of a relationship, and what is said about the relationship. Dates stay as given.
    #[must_use]
    pub fn related_to(self, other: Option<Identifier>, attributes: Option<JsonObject>) -> Self {
        let mut relationship = JsonObject::new();
        if let Some(other) = other {
            relationship.insert("identifiers".to_owned(), other.into());
        }
        if let Some(attributes) = attributes {
            relationship.insert("relationship_attributes".to_owned(), attributes.into());
        }
        self.with("cio_relationships", json!([relationship]))
    }

    /// The person that stays after a merge, and the one that is merged into it and deleted.
    #[must_use]
    pub fn merge(mut self, primary: Option<Identifier>, secondary: Option<Identifier>) -> Self {
        for (key, person) in [("primary", primary), ("secondary", secondary)] {
            if let Some(person) = person {
                self = self.with(key, person);
            }
        }
        self
    }

    /// Whom it is about. An anonymous ID beside a better identifier goes along as an attribute, so that
    /// what the person did before is found.
    #[must_use]
    pub fn about_person(self, person: Person) -> Self {
        match person.identify() {
            (Some(identifier @ Identifier::AnonymousId(_)), _) => self
                .with("identifiers", identifier)
                .edit_attributes(|attributes| {
                    attributes.shift_remove("anonymous_id");
                }),
            (Some(identifier), anonymous_id) => {
                self.with("identifiers", identifier).also_known_as(anonymous_id)
            }
            (None, _) => self,
        }
    }

    /// Which object it is about.
    #[must_use]
    pub fn about_object(self, object: Option<Identifier>) -> Self {
        match object {
            Some(object) => self.with("identifiers", object),
            None => self,
        }
    }

    /// The ID that somebody had before being known, as an attribute.
    #[must_use]
    pub fn also_known_as(self, anonymous_id: Option<String>) -> Self {
        match non_empty(anonymous_id) {
            Some(id) => self.edit_attributes(|attributes| {
                attributes.insert("anonymous_id".to_owned(), id.into());
            }),
            None => self,
        }
    }

    /// Replaces the ID of an event by one that Customer.io deduplicates by: computed, and so the same
    /// whenever the same event is sent again.
    #[must_use]
    pub fn deduplicated(mut self) -> Self {
        if let Some(id) = event_id::stable_ulid(&self.body) {
            self.body.insert("id".to_owned(), id.into());
        }
        self
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.body.insert(key.to_owned(), value.into());
        self
    }

    fn with_dates(self, key: &str, value: impl Into<Value>) -> Self {
        let mut value = value.into();
        self.dates.apply_to(&mut value);
        self.with(key, value)
    }

    /// Changes the attributes; there are some from now on.
    fn edit_attributes(mut self, edit: impl FnOnce(&mut JsonObject)) -> Self {
        let attributes = self.body.entry("attributes");
        if let Value::Object(attributes) = attributes.or_insert_with(|| JsonObject::new().into()) {
            edit(attributes);
        }
        self
    }
}

impl From<Operation> for Value {
    fn from(operation: Operation) -> Self {
        Self::Object(operation.body)
    }
}

fn non_empty(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attributes(value: Value) -> Option<JsonObject> {
        match value {
            Value::Object(attributes) => Some(attributes),
            _ => None,
        }
    }

    #[test]
    fn an_anonymous_id_is_an_attribute_unless_it_identifies() {
        let event = |id: &str| {
            let person = Person {
                id: Some(id.to_owned()),
                email: None,
                anonymous_id: Some("anon".to_owned()),
            };
            let event = Operation::on_person(Verb::Event, Dates::AsGiven)
                .attributes(attributes(json!({"plan": "pro", "anonymous_id": "older"})))
                .about_person(person);
            Value::from(event)
        };
        let known = event("u-1");
        assert_eq!(known["identifiers"], json!({"id": "u-1"}));
        assert_eq!(
            known["attributes"],
            json!({"plan": "pro", "anonymous_id": "anon"})
        );
        let unknown = event("");
        assert_eq!(unknown["identifiers"], json!({"anonymous_id": "anon"}));
        assert_eq!(unknown["attributes"], json!({"plan": "pro"}));
    }

    #[test]
    fn dates_are_converted_wherever_they_are_but_in_identifiers_and_relationships() {
        let date = || "2024-03-08".to_owned();
        let given = || attributes(json!({"at": "2024-03-08"}));
        let operation = Operation::on_person(Verb::Event, Dates::AsTimestamps)
            .name(date())
            .event_id(Some(date()))
            .created_at(Some(date()))
            .attributes(given())
            .device(given().unwrap())
            .timestamp(Some(date()))
            .related_to(Identifier::object(date(), None), given())
            .about_person(Person::with_id(date()));
        assert_eq!(
            Value::from(operation),
            json!({
                "type": "person",
                "action": "event",
                "name": 1_709_856_000,
                "id": 1_709_856_000,
                "created_at": 1_709_856_000,
                "attributes": {"at": 1_709_856_000},
                "device": {"at": 1_709_856_000},
                "timestamp": 1_709_856_000,
                "cio_relationships": [{
                    "identifiers": {"object_type_id": "1", "object_id": "2024-03-08"},
                    "relationship_attributes": {"at": "2024-03-08"},
                }],
                "identifiers": {"id": "2024-03-08"},
            })
        );
    }

    #[test]
    fn the_empty_text_is_left_out() {
        let empty = || Some(String::new());
        let operation = Operation::on_object(Verb::Delete, Dates::AsGiven)
            .event_id(empty())
            .timestamp(empty())
            .created_at(empty())
            .about_object(Identifier::object(String::new(), empty()))
            .also_known_as(empty());
        assert_eq!(
            Value::from(operation),
            json!({"type": "object", "action": "delete"})
        );
    }
}
