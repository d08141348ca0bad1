//! A screen of an app that a person looked at.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::fields::batching;
use crate::identifiers::Person;
use crate::operation::{Operating, Operation, Verb, needed};

/// A screen view of a person.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct TrackScreenView {
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
    /// The name of the screen.
    #[field(label = "Screen name", default = path("$.name"))]
    pub name: String,
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

impl ActionInfo<CustomerIo> for TrackScreenView {
    const SLUG: &'static str = "trackScreenView";
    const TITLE: &'static str = "Track Screen View";
    const DESCRIPTION: &'static str = "Track that a known or anonymous person looked at a screen of an app.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "screen""#);
}

impl Operating for TrackScreenView {
    fn operation(self) -> Result<Operation> {
        let person = Person {
            id: self.id,
            email: None,
            anonymous_id: self.anonymous_id,
        };
        Ok(Operation {
            name: Some(needed(self.name, "The name of the screen")?),
            id: self.event_id,
            timestamp: self.timestamp,
            ..Operation::on_person(Verb::Screen, self.convert_timestamp, person, self.data)?
        })
    }
}
