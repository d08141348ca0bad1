//! [Events](https://developer.mixpanel.com/reference/import-events#event-properties) as Mixpanel imports them.

use std::slice;

use waystation_kit::hashing::sha256_hex;
use waystation_kit::json::date::parse_dayjs;
use waystation_kit::prelude::*;

use crate::browser::Browser;
use crate::fields::EventFields;

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

/// Milliseconds since 1970 that a date may be away from it (ECMAScript, section 21.4.1.1).
const MAXIMUM_MILLIS: f64 = 8.64e15;

/// Characters of a computed insert ID; Mixpanel takes 36 at most.
const INSERT_ID_LENGTH: usize = 32;

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

    /// As a result shows it.
    #[must_use]
    pub fn into_value(self) -> Value {
        match self {
            Self::Event(event) => event,
            Self::Events(events) => Value::Array(events),
        }
    }
}

/// An event with its name.
#[must_use]
pub fn event(name: &str, properties: JsonObject) -> Value {
    let event = JsonObject::from_iter([
        ("event".to_owned(), name.into()),
        ("properties".to_owned(), properties.into()),
    ]);
    Value::Object(event)
}

impl EventFields {
    /// The properties of an event. Mixpanel expects `distinct_id` always: an empty one marks an event that belongs to
    /// nobody.
    #[must_use]
    pub fn into_properties(self, name: &str, source_name: Option<&str>, now_millis: i64) -> JsonObject {
        let insert_id = self.insert_id.clone();
        let mut properties = self.properties(source_name, now_millis);
        let insert_id = insert_id.unwrap_or_else(|| computed_insert_id(name, &properties));
        properties.insert("$insert_id".to_owned(), insert_id.into());
        properties
    }

    fn properties(self, source_name: Option<&str>, now_millis: i64) -> JsonObject {
        let user_agent = self.user_agent.as_deref().filter(|text| !text.is_empty());
        let browser = user_agent.map(Browser::of);
        let browser_version = browser
            .zip(user_agent)
            .and_then(|(browser, text)| browser.version(text));
        let utm = self.utm_properties.unwrap_or_default();
        let hints = self.user_agent_data.unwrap_or_default();
        let known = [
            ("time", Some(time_millis(self.time.as_ref(), now_millis).into())),
            ("ip", value(self.ip)),
            ("id", value(self.distinct_id.clone())),
            ("$anon_id", value(self.anonymous_id.clone())),
            ("distinct_id", Some(self.distinct_id.unwrap_or_default().into())),
            ("$app_build_number", value(self.app_build)),
            ("$app_version_string", value(self.app_version)),
            ("$app_namespace", value(self.app_namespace)),
            ("$app_name", value(self.app_name)),
            ("$browser", value(browser.map(|browser| browser.name))),
            ("$browser_version", value(browser_version)),
            ("$bluetooth_enabled", value(self.bluetooth)),
            ("$cellular_enabled", value(self.cellular)),
            ("$carrier", value(self.carrier)),
            ("$current_url", value(self.url)),
            ("$device", value(self.device_name.clone())),
            ("$device_id", value(self.anonymous_id)),
            ("$device_type", value(self.device_type)),
            ("$device_name", value(self.device_name)),
            ("$group_id", value(self.group_id)),
            ("$identified_id", value(self.user_id.clone())),
            ("$ios_ifa", value(self.idfa)),
            ("$lib_version", value(self.library_version)),
            ("$locale", value(self.language)),
            ("$manufacturer", value(self.device_manufacturer)),
            ("$model", value(self.device_model)),
            ("$os", value(self.os_name)),
            ("$os_version", value(self.os_version)),
            ("$referrer", value(self.referrer)),
            ("$screen_height", value(self.screen_height)),
            ("$screen_width", value(self.screen_width)),
            ("$screen_density", value(self.screen_density)),
            ("$source", Some(source(self.context.as_ref()).into())),
            ("$user_id", value(self.user_id)),
            ("$wifi_enabled", value(self.wifi)),
            ("mp_country_code", value(self.country)),
            ("mp_lib", value(self.library_name.map(library))),
            ("segment_source_name", value(source_name)),
            ("utm_campaign", value(utm.utm_campaign)),
            ("utm_content", value(utm.utm_content)),
            ("utm_medium", value(utm.utm_medium)),
            ("utm_source", value(utm.utm_source)),
            ("utm_term", value(utm.utm_term)),
            ("advertising_id", value(self.advertising_id)),
            ("ad_tracking_enabled", value(self.ad_tracking_enabled)),
            ("timezone", value(self.timezone)),
            ("app_platform", value(self.app_platform)),
            ("event_original_name", value(self.name)),
            ("$mobile", value(hints.mobile)),
            ("$platform", value(hints.platform)),
            ("$bitness", value(hints.bitness)),
            ("$platformVersion", value(hints.platform_version)),
            ("$uaFullVersion", value(hints.ua_full_version)),
            ("$wow64", value(hints.wow64)),
        ];
        let known = known
            .into_iter()
            .filter_map(|(key, value)| Some((key.to_owned(), value?)));
        let given = self.event_properties.unwrap_or_default().into_iter();
        known
            .chain(given.filter(|(key, _)| !RESERVED_PROPERTIES.contains(&key.as_str())))
            .collect()
    }
}

fn value(field: Option<impl Into<Value>>) -> Option<Value> {
    field.map(Into::into)
}

/// Milliseconds since 1970; now for a date that is missing or cannot be read.
#[allow(clippy::cast_possible_truncation)]
fn time_millis(time: Option<&Datetime>, now_millis: i64) -> i64 {
    let millis = match time {
        Some(Datetime::Text(text)) => parse_dayjs(text),
        Some(Datetime::Number(number)) => number
            .as_f64()
            .filter(|millis| *millis != 0.0 && millis.abs() <= MAXIMUM_MILLIS)
            .map(|millis| millis as i64),
        None => None,
    };
    millis.unwrap_or(now_millis)
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

fn library(name: String) -> String {
    if name.is_empty() {
        name
    } else {
        format!("Segment Actions: {name}")
    }
}

/// The same for the same event, so that Mixpanel counts an event once that has to be sent twice.
fn computed_insert_id(name: &str, properties: &JsonObject) -> String {
    let content = json!([name, properties]).to_string();
    let mut id = sha256_hex(&content);
    id.truncate(INSERT_ID_LENGTH);
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    fn properties(fields: Value) -> JsonObject {
        let fields: EventFields = serde_json::from_value(fields).unwrap();
        fields.into_properties("Song Played", Some("web"), 1_718_452_800_000)
    }

    #[test]
    fn an_event_without_anything_belongs_to_nobody_and_happens_now() {
        let mut properties = properties(json!({}));
        let insert_id = properties.shift_remove("$insert_id").unwrap();
        assert_eq!(insert_id.as_str().unwrap().len(), INSERT_ID_LENGTH);
        assert_eq!(
            Value::Object(properties),
            json!({"time": 1_718_452_800_000_i64, "distinct_id": "", "$source": "segment", "segment_source_name": "web"})
        );
    }

    #[test]
    fn computed_insert_ids_tell_events_apart() {
        let id = |fields| properties(fields)["$insert_id"].clone();
        assert_eq!(id(json!({"ip": "1"})), id(json!({"ip": "1"})));
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
    fn times_are_milliseconds() {
        for (time, millis) in [
            (json!("2024-03-08T10:00:00+03:00"), 1_709_881_200_000_i64),
            (json!("2024-03-08"), 1_709_856_000_000),
            (json!(1_709_907_751_118_i64), 1_709_907_751_118),
            (json!(1_709_907_751), 1_709_907_751),
            (json!(0), 1_718_452_800_000),
            (json!(1e300), 1_718_452_800_000),
            (json!("soon"), 1_718_452_800_000),
            (json!(""), 1_718_452_800_000),
        ] {
            assert_eq!(properties(json!({"time": time}))["time"], millis, "{time}");
        }
    }

    #[test]
    fn events_that_iterable_hands_on_say_so() {
        let context = json!({"integration": {"name": "Iterable"}});
        assert_eq!(properties(json!({"context": context}))["$source"], "Iterable");
    }
}
