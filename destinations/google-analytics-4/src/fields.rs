//! Fields that every event has.

use serde::de::MapAccess;
use serde_json::Number;
use waystation_kit::prelude::*;

/// Who did it, where and when.
#[derive(Debug, Default, Deserialize, Payload)]
pub struct Origin {
    /// The kind of stream that the event belongs to: a website or an app.
    #[field(label = "Data stream type", default = DataStreamType::Web.name())]
    pub data_stream_type: Option<DataStreamType>,
    /// The installation of the app, as the Firebase SDK tells it (`getAppInstanceId`). App streams need it.
    #[field(label = "Firebase app instance ID")]
    pub app_instance_id: Option<String>,
    /// The browser, or whatever else tells one visitor from another. Web streams need it.
    #[field(label = "Client ID", default = first_of("$.userId", "$.anonymousId"))]
    pub client_id: Option<String>,
    /// The person, by which Google [recognizes people on several
    /// devices](https://support.google.com/analytics/answer/9213390). No e-mail addresses, please: Google forbids
    /// whatever identifies a person by itself.
    #[field(label = "User ID")]
    pub user_id: Option<String>,
    /// When it happened: a date, or a number of microseconds since 1970. Google takes events that are up to three
    /// days old; without a time it is the time of arrival.
    #[field(label = "Event timestamp", default = path("$.timestamp"))]
    pub timestamp_micros: Option<String>,
}

impl Origin {
    /// Takes the value of a field of this group; false for other keys, whose values stay where they are.
    pub(crate) fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        match key {
            "data_stream_type" => self.data_stream_type = map.next_value()?,
            "app_instance_id" => self.app_instance_id = map.next_value()?,
            "client_id" | "clientId" => self.client_id = map.next_value()?,
            "user_id" => self.user_id = map.next_value()?,
            "timestamp_micros" => self.timestamp_micros = map.next_value()?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// What may be said about any event.
#[derive(Debug, Default, Deserialize, Payload)]
pub struct Details {
    /// What is known about the person. Google shows it once it is registered as a [user-scoped custom
    /// dimension](https://support.google.com/analytics/answer/9269570).
    #[field(label = "User properties", additional_properties, object_ui = key_value)]
    pub user_properties: Option<JsonObject>,
    /// How long the person was engaged, in milliseconds. Google counts nobody as active without it, so it is 1 at
    /// first.
    #[field(label = "Engagement time in milliseconds", default = 1)]
    pub engagement_time_msec: Option<Number>,
    /// Further parameters of the event. They win over the other fields. Texts, numbers and truth values only.
    #[field(label = "Event parameters", additional_properties, object_ui = key_value)]
    pub params: Option<JsonObject>,
    /// Whether the person agrees that data about them goes to Google for advertising.
    #[field(label = "Consent to sending user data")]
    pub ad_user_data_consent: Option<Consent>,
    /// Whether the person agrees to personalized advertising.
    #[field(label = "Consent to personalized ads")]
    pub ad_personalization_consent: Option<Consent>,
}

impl Details {
    /// Takes the value of a field of this group; false for other keys, whose values stay where they are.
    pub(crate) fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<bool, A::Error> {
        match key {
            "user_properties" => self.user_properties = map.next_value()?,
            "engagement_time_msec" => self.engagement_time_msec = map.next_value()?,
            "params" => self.params = map.next_value()?,
            "ad_user_data_consent" => self.ad_user_data_consent = map.next_value()?,
            "ad_personalization_consent" => self.ad_personalization_consent = map.next_value()?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// The kinds of streams.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Choices)]
pub enum DataStreamType {
    /// A website.
    #[default]
    Web,
    /// An app for iOS or Android.
    #[serde(rename = "Mobile App")]
    MobileApp,
}

/// What a person says to a use of their data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Choices)]
#[serde(rename_all = "UPPERCASE")]
pub enum Consent {
    /// Yes.
    Granted,
    /// No.
    Denied,
}

#[cfg(test)]
mod tests {
    use serde::de::IntoDeserializer;
    use serde::de::value::MapDeserializer;

    use super::*;

    #[test]
    fn every_shared_field_is_taken() {
        for (key, _) in Origin::fields().iter().chain(Details::fields().iter()) {
            let entry = [("key", Value::Null.into_deserializer())];
            let mut map = MapDeserializer::<_, serde_json::Error>::new(entry.into_iter());
            let _: Option<String> = map.next_key().unwrap();
            let taken = Origin::default().take(key, &mut map).unwrap()
                || Details::default().take(key, &mut map).unwrap();
            assert!(taken, "{key}");
        }
    }
}
