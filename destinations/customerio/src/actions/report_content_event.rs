//! A piece of content that somebody saw or clicked.

use waystation_kit::prelude::*;

use crate::CustomerIo;
use crate::fields::batching;
use crate::identifiers::Person;
use crate::operation::{Operating, Operation, Verb};

/// What happened to a piece of content that Customer.io placed.
#[derive(Debug, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct ReportContentEvent {
    /// Who saw or clicked it.
    #[field(label = "Anonymous ID", default = path("$.anonymousId"))]
    pub anonymous_id: Option<String>,
    /// What happened to it.
    #[serde(rename = "actionType")]
    #[field(label = "Action type", default = path("$.properties.actionType"))]
    pub action_type: ContentAction,
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

/// What may happen to a piece of content.
#[derive(Debug, Clone, Copy, Deserialize, Choices)]
pub enum ContentAction {
    /// It was on screen.
    #[serde(rename = "viewed_content")]
    Viewed,
    /// It was clicked.
    #[serde(rename = "clicked_content")]
    Clicked,
}

/// Takes out what has a field of its own.
fn tidy(data: &mut JsonObject) {
    data.shift_remove("actionType");
}

impl ActionInfo<CustomerIo> for ReportContentEvent {
    const SLUG: &'static str = "reportContentEvent";
    const TITLE: &'static str = "Report Content Event";
    const DESCRIPTION: &'static str = "Report that somebody saw or clicked a piece of content.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"event = "Report Content Event""#);
}

impl Operating for ReportContentEvent {
    fn operation(mut self) -> Result<Operation> {
        if let Some(data) = &mut self.data {
            tidy(data);
        }
        let verb = match self.action_type {
            ContentAction::Viewed => Verb::ViewedContent,
            ContentAction::Clicked => Verb::ClickedContent,
        };
        let person = Person {
            anonymous_id: self.anonymous_id,
            ..Person::default()
        };
        Ok(Operation {
            name: Some(verb.name().to_owned()),
            timestamp: self.timestamp,
            ..Operation::on_person(verb, self.convert_timestamp, person, self.data)?
        })
    }

    fn tidy(given: &mut JsonObject) {
        if let Some(Value::Object(data)) = given.get_mut("data") {
            tidy(data);
        }
    }
}
