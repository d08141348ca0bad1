//! Operations of the Track API's second version: what `/api/v2/entity` takes, and `/api/v2/batch` many of.

use waystation_kit::prelude::*;
use waystation_kit::wire::is_absent;

use crate::CustomerIo;
use crate::dates::Dates;
use crate::event_id;
use crate::identifiers::{Identifier, Person};

/// What is to happen, in the partner's words: the value of the key `action`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize, Choices)]
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

/// A payload that becomes an operation.
pub(crate) trait Operating: ActionInfo<CustomerIo> {
    /// The operation.
    ///
    /// # Errors
    /// Customer.io would refuse it, or take it for something else.
    fn operation(self) -> Result<Operation>;

    /// Operations with different verbs do not share a request, so that what goes wrong with one kind does not touch
    /// the other. All have the same verb unless the action says otherwise.
    fn verb(&self) -> Option<Verb> {
        None
    }

    /// Makes the results of a batch show what is sent: what has fields of its own is no attribute.
    fn tidy(_given: &mut JsonObject) {}
}

/// Makes payloads that are [`Operating`] actions.
macro_rules! operating {
    ($($payload:ty),* $(,)?) => {$(
        impl waystation_kit::Action<crate::CustomerIo> for $payload {
            async fn perform(
                cx: &waystation_kit::Context<crate::CustomerIo>,
                payload: Self,
            ) -> waystation_kit::Result<waystation_kit::Output> {
                crate::client::send(cx, crate::operation::Operating::operation(payload)?).await
            }
        }

        impl waystation_kit::BatchAction<crate::CustomerIo> for $payload {
            async fn perform_batch(
                cx: &waystation_kit::Context<crate::CustomerIo>,
                batch: waystation_kit::Batch<Self>,
            ) -> waystation_kit::Result<waystation_kit::BatchOutput> {
                crate::client::send_batch(cx, batch).await
            }
        }
    )*};
}
pub(crate) use operating;

/// An operation. What is absent or the empty text is left out.
#[skip_serializing_none]
#[derive(Debug, Serialize)]
pub struct Operation {
    /// What kind of thing it is about.
    #[serde(rename = "type")]
    pub(crate) entity: &'static str,
    /// What is to happen to it.
    pub(crate) action: Verb,
    /// The name of an event, the address of a page, the name of a screen.
    pub name: Option<String>,
    /// The ID of an event. Customer.io deduplicates by it if it is a ULID.
    #[serde(skip_serializing_if = "is_absent")]
    pub id: Option<String>,
    /// When an object came to be.
    #[serde(skip_serializing_if = "is_absent")]
    pub created_at: Option<String>,
    /// What is said about the person, event or object. Null and the empty text remove what Customer.io knows.
    pub attributes: Option<JsonObject>,
    /// The device of a person.
    pub device: Option<Device>,
    /// When it happened.
    #[serde(skip_serializing_if = "is_absent")]
    pub timestamp: Option<String>,
    /// The other end of a relationship.
    pub cio_relationships: Option<[Relationship; 1]>,
    /// The person that stays after a merge.
    pub primary: Option<Identifier>,
    /// The person that is merged into the other and deleted.
    pub secondary: Option<Identifier>,
    /// Whom or what it is about.
    pub identifiers: Option<Identifier>,
    /// What becomes of dates among its values.
    #[serde(skip)]
    pub(crate) dates: Dates,
}

/// A device of a person.
#[skip_serializing_none]
#[derive(Debug, Serialize)]
pub struct Device {
    /// The token under which the device gets push notifications.
    pub token: String,
    /// The push service.
    pub platform: Option<String>,
    /// When the person used the device last.
    #[serde(skip_serializing_if = "is_absent")]
    pub last_used: Option<String>,
    /// What else is known about the device.
    pub attributes: Option<JsonObject>,
}

/// The other end of a relationship, and what is said about the relationship. Dates stay as given.
#[skip_serializing_none]
#[derive(Debug, Serialize)]
pub struct Relationship {
    /// The person or object.
    pub identifiers: Identifier,
    /// What is said about the relationship.
    #[serde(rename = "relationship_attributes")]
    pub attributes: Option<JsonObject>,
}

impl Operation {
    /// Something that happens to a person. `dates` says what becomes of dates among its values. An anonymous ID
    /// beside a better identifier goes along as an attribute, so that what the person did before is found.
    ///
    /// # Errors
    /// Nobody is named, or somebody by something that is no identifier.
    pub fn on_person(
        verb: Verb,
        dates: impl Into<Dates>,
        person: Person,
        attributes: Option<JsonObject>,
    ) -> Result<Self> {
        let (identifier, anonymous_id) = person.identify()?;
        let mut operation = Self::new("person", verb, dates.into(), identifier);
        operation.attributes = attributes;
        if matches!(operation.identifiers, Some(Identifier::AnonymousId(_))) {
            operation
                .attributes
                .get_or_insert_default()
                .shift_remove("anonymous_id");
        } else {
            operation.also_known_as(anonymous_id);
        }
        Ok(operation)
    }

    /// Something that happens to an object.
    ///
    /// # Errors
    /// No object is named.
    pub fn on_object(
        verb: Verb,
        dates: impl Into<Dates>,
        id: Option<String>,
        type_id: Option<String>,
    ) -> Result<Self> {
        let object = id
            .and_then(|id| Identifier::object(id, type_id))
            .ok_or_else(|| Error::payload("The object ID is missing: nothing tells which object is meant"))?;
        Ok(Self::new("object", verb, dates.into(), object))
    }

    /// One person merged into another.
    ///
    /// # Errors
    /// One of them is missing.
    pub fn merge(primary: String, secondary: String) -> Result<Self> {
        let person = |id, who: &str| {
            Identifier::person(id).ok_or_else(|| Error::payload(format!("The person to {who} is missing")))
        };
        let (primary, secondary) = (person(primary, "keep")?, person(secondary, "merge into it")?);
        Ok(Self {
            primary: Some(primary),
            secondary: Some(secondary),
            ..Self::without_identifier("person", Verb::Merge, Dates::AsGiven)
        })
    }

    fn new(entity: &'static str, verb: Verb, dates: Dates, identifier: Identifier) -> Self {
        Self {
            identifiers: Some(identifier),
            ..Self::without_identifier(entity, verb, dates)
        }
    }

    const fn without_identifier(entity: &'static str, action: Verb, dates: Dates) -> Self {
        Self {
            entity,
            action,
            name: None,
            id: None,
            created_at: None,
            attributes: None,
            device: None,
            timestamp: None,
            cio_relationships: None,
            primary: None,
            secondary: None,
            identifiers: None,
            dates,
        }
    }

    /// The ID that somebody had before being known, as an attribute.
    pub fn also_known_as(&mut self, anonymous_id: Option<String>) {
        if let Some(id) = anonymous_id.filter(|id| !id.is_empty()) {
            let attributes = self.attributes.get_or_insert_default();
            attributes.insert("anonymous_id".to_owned(), id.into());
        }
    }

    /// The operation as it is sent, its dates converted. With `deduplicated` the ID of an event is replaced by one
    /// that Customer.io deduplicates by: computed, and so the same whenever the same event is sent again.
    #[must_use]
    pub fn into_wire(self, deduplicated: bool) -> Value {
        let mut wire = json!(self);
        if let Value::Object(operation) = &mut wire {
            self.dates.apply_to_operation(operation);
            if let Some(id) = event_id::stable_ulid(operation).filter(|_| deduplicated) {
                operation.insert("id".to_owned(), id.into());
            }
        }
        wire
    }
}

/// A text that an operation cannot do without.
///
/// # Errors
/// It is empty.
pub(crate) fn needed(text: String, what: &str) -> Result<String> {
    if text.trim().is_empty() {
        return Err(Error::payload(format!("{what} is empty")));
    }
    Ok(text)
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
            let data = attributes(json!({"plan": "pro", "anonymous_id": "older"}));
            let event = Operation::on_person(Verb::Event, Dates::AsGiven, person, data).unwrap();
            event.into_wire(false)
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
        let person = Person::with_id(date());
        let operation = Operation {
            name: Some(date()),
            id: Some(date()),
            created_at: Some(date()),
            device: Some(Device {
                token: date(),
                platform: None,
                last_used: None,
                attributes: given(),
            }),
            timestamp: Some(date()),
            cio_relationships: Some([Relationship {
                identifiers: Identifier::object(date(), None).unwrap(),
                attributes: given(),
            }]),
            ..Operation::on_person(Verb::Event, Dates::AsTimestamps, person, given()).unwrap()
        };
        assert_eq!(
            operation.into_wire(false),
            json!({
                "type": "person",
                "action": "event",
                "name": 1_709_856_000,
                "id": 1_709_856_000,
                "created_at": 1_709_856_000,
                "attributes": {"at": 1_709_856_000},
                "device": {"token": 1_709_856_000, "attributes": {"at": 1_709_856_000}},
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
        let mut operation = Operation {
            id: empty(),
            timestamp: empty(),
            created_at: empty(),
            ..Operation::on_object(Verb::Delete, Dates::AsGiven, Some("acme".to_owned()), empty()).unwrap()
        };
        operation.also_known_as(empty());
        assert_eq!(
            operation.into_wire(false),
            json!({
                "type": "object",
                "action": "delete",
                "identifiers": {"object_type_id": "1", "object_id": "acme"},
            })
        );
    }
}
