//! Events as a source sends them.

use serde_json::{Map, Value, json};

/// The message id of an event that is given none.
pub const MESSAGE_ID: &str = "message-1";
/// When an event happened that is told nothing else; also when it was sent and received.
pub const TIMESTAMP: &str = "2024-03-08T14:22:31.000Z";

/// An event being put together.
///
/// Its person is `user-1` unless it is told otherwise; ids and times never change, so that snapshots of what
/// is made from them stay the same.
///
/// ```
/// # use waystation_testkit::Event;
/// let event = Event::track("Order Completed").user_id("u-1").property("total", 12.5).build();
/// assert_eq!(event["properties"]["total"], 12.5);
/// assert_eq!(event["timestamp"], "2024-03-08T14:22:31.000Z");
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct Event(Value);

impl Event {
    /// Somebody did something.
    pub fn track(name: &str) -> Self {
        Self::new("track").set("event", name).set("properties", json!({}))
    }

    /// Something is known about somebody.
    pub fn identify() -> Self {
        Self::new("identify").set("traits", json!({}))
    }

    /// Somebody saw a page.
    pub fn page(name: &str) -> Self {
        Self::new("page").set("name", name).set("properties", json!({}))
    }

    /// Somebody saw a screen.
    pub fn screen(name: &str) -> Self {
        Self::new("screen").set("name", name).set("properties", json!({}))
    }

    /// Somebody belongs to a group.
    pub fn group(group_id: &str) -> Self {
        Self::new("group")
            .set("groupId", group_id)
            .set("traits", json!({}))
    }

    /// Somebody is known by a new id.
    pub fn alias(user_id: &str, previous_id: &str) -> Self {
        Self::new("alias").set("previousId", previous_id).user_id(user_id)
    }

    fn new(event_type: &str) -> Self {
        Self(json!({
            "type": event_type,
            "messageId": MESSAGE_ID,
            "userId": "user-1",
            "timestamp": TIMESTAMP,
            "originalTimestamp": TIMESTAMP,
            "sentAt": TIMESTAMP,
            "receivedAt": TIMESTAMP,
            "context": {"library": {"name": "waystation-testkit", "version": "1"}},
        }))
    }

    /// Whose event it is.
    pub fn user_id(self, id: &str) -> Self {
        self.set("userId", id)
    }

    /// Whose event it is, by the id from before the person was known. [`Event::without`] `"userId"` leaves only
    /// this.
    pub fn anonymous_id(self, id: &str) -> Self {
        self.set("anonymousId", id)
    }

    /// Another message id.
    pub fn message_id(self, id: &str) -> Self {
        self.set("messageId", id)
    }

    /// When it happened.
    pub fn timestamp(self, timestamp: &str) -> Self {
        self.set("timestamp", timestamp)
    }

    /// A property; dots lead into objects.
    pub fn property(self, path: &str, value: impl Into<Value>) -> Self {
        self.set(&format!("properties.{path}"), value)
    }

    /// A trait; dots lead into objects. Named like this because `trait` is a word of Rust.
    pub fn trait_value(self, path: &str, value: impl Into<Value>) -> Self {
        self.set(&format!("traits.{path}"), value)
    }

    /// Something in the context; dots lead into objects, for example `page.url`.
    pub fn context(self, path: &str, value: impl Into<Value>) -> Self {
        self.set(&format!("context.{path}"), value)
    }

    /// The person enters (true) or leaves (false) an audience, as the platform's own audiences say it.
    pub fn membership(self, audience: &str, enters: bool) -> Self {
        let told = match self.0["type"].as_str() {
            Some("identify") => "traits",
            _ => "properties",
        };
        let personas = json!({"computation_class": "audience", "computation_key": audience});
        self.set(&format!("{told}.{audience}"), enters)
            .set("context.personas", personas)
    }

    /// Any member; dots lead into objects, which are made where they are missing.
    ///
    /// # Panics
    /// The path leads through something that is no object.
    pub fn set(mut self, path: &str, value: impl Into<Value>) -> Self {
        let (parents, last) = path.rsplit_once('.').unwrap_or(("", path));
        let mut place = &mut self.0;
        for key in parents.split('.').filter(|key| !key.is_empty()) {
            place = object(place, path)
                .entry(key)
                .or_insert_with(|| Value::Object(Map::new()));
        }
        object(place, path).insert(last.to_owned(), value.into());
        self
    }

    /// Without this member; dots lead into objects.
    pub fn without(mut self, path: &str) -> Self {
        let (parents, last) = path.rsplit_once('.').unwrap_or(("", path));
        let pointer: String = parents
            .split('.')
            .filter(|key| !key.is_empty())
            .map(|key| format!("/{key}"))
            .collect();
        if let Some(Value::Object(parent)) = self.0.pointer_mut(&pointer) {
            parent.shift_remove(last);
        }
        self
    }

    /// The event.
    #[must_use]
    pub fn build(self) -> Value {
        self.0
    }
}

fn object<'v>(value: &'v mut Value, path: &str) -> &'v mut Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("the path {path} of the event leads through {other}, which is no object"),
    }
}

impl From<Event> for Value {
    fn from(event: Event) -> Self {
        event.build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_into_objects() {
        let event = Event::identify()
            .anonymous_id("a-1")
            .without("userId")
            .trait_value("address.city", "Paris")
            .context("page.url", "https://shop.example/")
            .without("context.library")
            .build();
        assert_eq!(event["traits"], json!({"address": {"city": "Paris"}}));
        assert_eq!(
            event["context"],
            json!({"page": {"url": "https://shop.example/"}})
        );
        assert_eq!(event.get("userId"), None);
    }

    #[test]
    fn memberships_are_told_where_the_platform_tells_them() {
        let entering = Event::identify().membership("vip", true).build();
        assert_eq!(entering["traits"]["vip"], true);
        let leaving = Event::track("Audience Exited").membership("vip", false).build();
        assert_eq!(leaving["properties"]["vip"], false);
        assert_eq!(leaving["context"]["personas"]["computation_key"], "vip");
    }

    #[test]
    #[should_panic(expected = "leads through \"message-1\"")]
    fn texts_hold_no_members() {
        let _ = Event::identify().set("messageId.part", 1);
    }
}
