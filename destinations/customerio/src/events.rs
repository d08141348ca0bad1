//! Events of people: what events, page views and screen views share.

use waystation_kit::prelude::*;

use crate::identifiers::Person;
use crate::operation::{Operation, Verb, needed};

/// Something that a person did, but for its name.
#[derive(Debug, Deserialize, Payload)]
pub struct EventFields {
    /// The person: your own ID, an e-mail address, or `cio_` and the ID that Customer.io gave.
    #[field(label = "Person ID", default = path("$.userId"))]
    pub id: Option<String>,
    /// The ID from before the person was known. It stands in for a missing person ID; otherwise it ties what
    /// the person did anonymously to the person.
    #[field(label = "Anonymous ID", default = path("$.anonymousId"))]
    pub anonymous_id: Option<String>,
    /// The ID of the event, by which Customer.io recognizes events that it already has. It has to be a ULID
    /// for that; see the setting "Deduplicate events".
    #[field(label = "Event ID", default = path("$.messageId"))]
    pub event_id: Option<String>,
    /// When it happened; the time of arrival if left out.
    #[field(label = "Timestamp", default = path("$.timestamp"))]
    pub timestamp: Option<String>,
    /// What else is known about it, for use in messages and segments.
    #[field(label = "Event attributes", default = path("$.properties"))]
    pub data: Option<JsonObject>,
    /// Turn dates in ISO 8601 into Unix timestamps, the only dates that Customer.io understands. Dates in
    /// lists stay as they are.
    #[field(label = "Convert dates", default = true)]
    pub convert_timestamp: Option<bool>,
}

impl EventFields {
    /// The operation that tracks it. `what` is what its name is called, for people.
    ///
    /// # Errors
    /// It has no name, or it is about nobody.
    pub(crate) fn operation(self, verb: Verb, name: String, what: &str) -> Result<Operation> {
        let person = Person {
            id: self.id,
            email: None,
            anonymous_id: self.anonymous_id,
        };
        Ok(Operation {
            name: Some(needed(name, what)?),
            id: self.event_id,
            timestamp: self.timestamp,
            ..Operation::on_person(verb, self.convert_timestamp, person, self.data)?
        })
    }
}
