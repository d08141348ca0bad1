//! [Events](https://developer.mixpanel.com/reference/import-events#event-properties) as Mixpanel imports them.

use std::slice;

use waystation_kit::prelude::*;
use waystation_kit::text::non_empty;
use waystation_kit::wire::{self, is_absent};

use crate::browser::Browser;
use crate::fields::EventFields;
use crate::insert_id::InsertId;
use crate::time;

/// Properties that the fields decide alone.
const RESERVED_PROPERTIES: [&str; 7] = [
    "time",
    "id",
    "$anon_id",
    "distinct_id",
    "$group_id",
    "$insert_id",
    "$user_id",
];

/// What one payload stands for in an import.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Import {
    /// An event.
    Event(Value),
    /// An order with an event for each of its products.
    Events(Vec<Value>),
}

impl Import {
    /// The events in order.
    #[must_use]
    pub fn events(&self) -> &[Value] {
        match self {
            Self::Event(event) => slice::from_ref(event),
            Self::Events(events) => events,
        }
    }
}

/// An event with its name.
#[must_use]
pub fn event(name: &str, properties: JsonObject) -> Value {
    let properties = Value::Object(properties);
    Value::Object(JsonObject::from_iter([
        ("event".to_owned(), name.into()),
        ("properties".to_owned(), properties),
    ]))
}

/// The properties of an event, and the ID that those of its products are made from.
#[derive(Debug)]
pub struct Properties {
    /// What is sent.
    pub properties: JsonObject,
    /// The ID of the event.
    pub insert_id: InsertId,
}

impl EventFields {
    /// The properties of an event without what is empty. Mixpanel expects `distinct_id` always: an empty one marks an
    /// event that belongs to nobody.
    ///
    /// # Errors
    /// The event happened at no time that can be read.
    pub fn into_properties(
        self,
        name: &str,
        source_name: Option<&str>,
        now_millis: i64,
    ) -> Result<Properties> {
        let given = non_empty(self.insert_id.clone());
        let mut properties = self.properties(source_name, now_millis)?;
        let insert_id = match given {
            Some(id) => InsertId::given(id),
            None => InsertId::computed(name, &properties),
        };
        properties.insert("$insert_id".to_owned(), insert_id.to_string().into());
        Ok(Properties {
            properties,
            insert_id,
        })
    }

    fn properties(self, source_name: Option<&str>, now_millis: i64) -> Result<JsonObject> {
        let mut properties = wire::object(&self)?;
        if let Some(utm) = &self.utm_properties {
            properties.extend(wire::object(utm)?);
        }
        if let Some(hints) = &self.user_agent_data {
            properties.extend(wire::object(hints)?);
        }
        let library = non_empty(self.library_name);
        for (key, text) in [
            ("id", self.distinct_id.as_deref()),
            ("$anon_id", self.anonymous_id.as_deref()),
            ("$device", self.device_name.as_deref()),
            ("$identified_id", self.user_id.as_deref()),
            (
                "mp_lib",
                library.map(|name| format!("Segment Actions: {name}")).as_deref(),
            ),
            ("segment_source_name", source_name),
        ] {
            properties.insert(key.to_owned(), text.into());
        }
        properties.retain(|_, value| !is_absent(value));
        let time = time::millis(self.time.as_ref(), now_millis)?;
        properties.insert("time".to_owned(), time.into());
        properties.insert(
            "distinct_id".to_owned(),
            self.distinct_id.unwrap_or_default().into(),
        );
        properties.insert("$source".to_owned(), source(self.context.as_ref()).into());
        if let Some(user_agent) = non_empty(self.user_agent) {
            let browser = Browser::of(&user_agent);
            properties.insert("$browser".to_owned(), browser.name.into());
            if let Some(version) = browser.version(&user_agent) {
                properties.insert("$browser_version".to_owned(), version.into());
            }
        }
        let given = self.event_properties.unwrap_or_default().into_iter();
        properties.extend(given.filter(|(key, _)| !RESERVED_PROPERTIES.contains(&key.as_str())));
        Ok(properties)
    }
}

fn source(context: Option<&JsonObject>) -> &'static str {
    let name = context
        .and_then(|context| context.get("integration"))
        .and_then(|integration| integration.get("name"));
    match name.and_then(Value::as_str) {
        Some("Iterable") => "Iterable",
        _ => "segment",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties(fields: Value) -> JsonObject {
        let fields: EventFields = serde_json::from_value(fields).unwrap();
        let properties = fields.into_properties("Song Played", Some("web"), 1_718_452_800_000);
        properties.unwrap().properties
    }

    #[test]
    fn an_event_without_anything_belongs_to_nobody_and_happens_now() {
        let mut properties = properties(json!({}));
        let insert_id = properties.shift_remove("$insert_id").unwrap();
        assert_eq!(insert_id.as_str().unwrap().len(), 32);
        assert_eq!(
            Value::Object(properties),
            json!({"time": 1_718_452_800_000_i64, "distinct_id": "", "$source": "segment", "segment_source_name": "web"})
        );
    }

    #[test]
    fn empty_texts_are_left_out() {
        let without = properties(json!({"insert_id": "m"}));
        let empty = properties(json!({
            "insert_id": "m", "ip": "", "referrer": "", "anonymous_id": "", "user_id": "", "device_name": "",
            "library_name": "", "userAgent": "", "distinct_id": "", "utm_properties": {"utm_source": ""},
            "userAgentData": {"platform": ""}, "app_name": null,
        }));
        assert_eq!(empty, without);
    }

    #[test]
    fn ids_and_devices_are_known_under_all_of_their_names() {
        let properties = properties(json!({
            "insert_id": "m", "time": 1_709_907_751_118_i64, "distinct_id": "u", "user_id": "u", "anonymous_id": "a",
            "device_name": "shiba", "os_name": "Android", "library_name": "lib", "utm_properties": {"utm_term": "t"},
            "userAgentData": {"mobile": true, "model": "not sent", "uaFullVersion": "1.2"},
        }));
        assert_eq!(
            Value::Object(properties),
            json!({
                "$insert_id": "m", "time": 1_709_907_751_118_i64, "distinct_id": "u", "id": "u", "$user_id": "u",
                "$identified_id": "u", "$anon_id": "a", "$device_id": "a", "$device": "shiba",
                "$device_name": "shiba", "$os": "Android", "mp_lib": "Segment Actions: lib", "utm_term": "t",
                "$mobile": true, "$uaFullVersion": "1.2", "$source": "segment", "segment_source_name": "web",
            })
        );
    }

    #[test]
    fn computed_insert_ids_tell_events_apart() {
        let id = |fields| properties(fields)["$insert_id"].clone();
        assert_eq!(id(json!({"ip": "1"})), id(json!({"ip": "1", "insert_id": ""})));
        assert_ne!(id(json!({"ip": "1"})), id(json!({"ip": "2"})));
    }

    #[test]
    fn given_properties_win_unless_they_are_reserved() {
        let properties = properties(json!({
            "distinct_id": "u",
            "userAgent": "Firefox/1.2",
            "event_properties": {"distinct_id": "x", "$insert_id": "y", "time": 1, "$browser": "mine", "kept": null},
        }));
        assert_eq!(properties["distinct_id"], "u");
        assert_ne!(properties["$insert_id"], "y");
        assert_ne!(properties["time"], 1);
        assert_eq!(properties["$browser"], "mine");
        assert_eq!(properties["$browser_version"], "1.2");
        assert_eq!(properties["kept"], Value::Null);
    }

    #[test]
    fn events_that_iterable_hands_on_say_so() {
        let context = json!({"integration": {"name": "Iterable"}});
        assert_eq!(properties(json!({"context": context}))["$source"], "Iterable");
    }
}
