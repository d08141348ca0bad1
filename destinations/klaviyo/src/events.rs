//! Events ([reference](https://developers.klaviyo.com/en/reference/events_api_overview)): who, what and when.

use serde_json::Number;
use waystation_kit::prelude::*;
use waystation_kit::wire::is_absent;

use crate::Klaviyo;
use crate::answer::taken;
use crate::client::{ACCEPTED, url};
use crate::identity::assert_length;
use crate::phone::PhoneNumber;
use crate::wire::{self, Document, Resource};

/// The person whose event it is. Klaviyo creates a profile for somebody it does not know.
#[derive(Debug, Clone, Serialize, Deserialize, Payload)]
pub struct EventProfile {
    /// The person's email address.
    #[field(label = "Email", format = email)]
    pub email: Option<String>,
    /// The person's phone number: in the form of E.164, for example `+14155552671`, or as dialled in the
    /// country.
    #[field(label = "Phone number")]
    #[serde(skip_serializing)]
    pub phone_number: Option<String>,
    /// The country that the phone number is dialled in.
    #[field(
        label = "Country code",
        choices = crate::countries::choices(),
        depends_on = crate::fields::has_phone_number()
    )]
    #[serde(skip_serializing)]
    pub country_code: Option<String>,
    /// The person's ID in a system of yours.
    #[field(label = "External ID", default = path("$.userId"))]
    pub external_id: Option<String>,
    /// The ID from before the person was known.
    #[field(label = "Anonymous ID", default = path("$.anonymousId"))]
    pub anonymous_id: Option<String>,
    /// Other attributes of the profile.
    #[serde(flatten, skip_serializing)]
    pub others: JsonObject,
}

/// A person whose event can be sent.
#[derive(Debug, Clone)]
pub struct Actor {
    /// The attributes of the profile.
    pub attributes: JsonObject,
    /// The phone number, as it is in the attributes.
    pub phone_number: Option<PhoneNumber>,
}

impl EventProfile {
    /// The attributes of the profile.
    ///
    /// # Errors
    /// Nobody is identified, the phone number cannot be one, or the external ID is too long.
    pub fn into_actor(mut self) -> Result<Actor> {
        let phone_number = PhoneNumber::read_some(self.phone_number.take(), self.country_code.as_deref())?;
        let mut identifiers = wire::attributes(&self)?;
        if let Some(phone_number) = &phone_number {
            identifiers.insert("phone_number".to_owned(), phone_number.as_str().into());
        }
        if identifiers.is_empty() {
            return Err(Error::payload(
                "An event needs an email address, a phone number, an external ID or an anonymous ID",
            ));
        }
        assert_length(self.external_id.as_deref())?;
        let mut attributes = self.others;
        attributes.extend(identifiers);
        Ok(Actor {
            attributes,
            phone_number,
        })
    }
}

/// What Klaviyo is told about an event.
#[derive(Debug, Serialize)]
pub struct EventAttributes<'a> {
    /// What else is known about it.
    pub properties: &'a JsonObject,
    /// When it happened, as a [`moment`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<&'a str>,
    /// What it is worth.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<&'a Number>,
    /// By which Klaviyo recognizes it.
    #[serde(skip_serializing_if = "is_absent")]
    pub unique_id: Option<&'a str>,
    /// What it is counted under.
    pub metric: Document<Resource<Metric<'a>>>,
    /// Whose it is, unless that is told elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile: Option<Document<Resource<&'a JsonObject>>>,
}

/// What events of a kind are counted under.
#[derive(Debug, Serialize)]
pub struct Metric<'a> {
    /// The name.
    pub name: &'a str,
}

impl<'a> EventAttributes<'a> {
    /// An event of this metric that nothing is known about but its properties.
    #[must_use]
    pub const fn new(metric: &'a str, properties: &'a JsonObject) -> Self {
        Self {
            properties,
            time: None,
            value: None,
            unique_id: None,
            metric: wire::new("metric", Metric { name: metric }),
            profile: None,
        }
    }
}

/// Sends an event ([reference](https://developers.klaviyo.com/en/reference/create_event)).
///
/// # Errors
/// Klaviyo refuses or does not answer, or what answers is not Klaviyo.
pub async fn send(cx: &Context<Klaviyo>, event: &EventAttributes<'_>) -> Result<Response> {
    let request = cx.post(url("/events/")).json(&wire::new("event", event));
    taken(request.send().await?, ACCEPTED)
}

/// A moment such as `2024-03-08T14:22:31.118Z`.
///
/// # Errors
/// It cannot be read as a date.
pub fn moment(time: &Datetime) -> Result<String> {
    time.iso()
        .ok_or_else(|| Error::payload(format!("{} is not a time", time.to_value())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(profile: Value) -> Result<Value> {
        let profile: EventProfile = serde_json::from_value(profile).unwrap();
        Ok(profile.into_actor()?.attributes.into())
    }

    #[test]
    fn moments_are_in_utc_with_milliseconds() {
        let text = |text: &str| moment(&Datetime::Text(text.to_owned()));
        assert_eq!(
            text("2024-03-10T02:30:00-05:00").unwrap(),
            "2024-03-10T07:30:00.000Z"
        );
        assert_eq!(text("2024-03-08").unwrap(), "2024-03-08T00:00:00.000Z");
        assert!(text("whenever").is_err());
    }

    #[test]
    fn a_unix_time_is_never_in_a_wrong_year() {
        let text = |text: &str| moment(&Datetime::Text(text.to_owned()));
        for time in ["1709907751", " 1709907751000 "] {
            assert_eq!(text(time).unwrap(), "2024-03-08T14:22:31.000Z");
        }
        assert!(text("17099077511180000").is_err());
        assert!(moment(&Datetime::Number(i64::MAX.into())).is_err());
    }

    #[test]
    fn other_attributes_go_along_and_the_country_does_not() {
        let profile = json!({"phone_number": "601 445 120", "country_code": "PL", "extra": {"a": 1}});
        assert_eq!(
            actor(profile).unwrap(),
            json!({"extra": {"a": 1}, "phone_number": "+48601445120"})
        );
    }

    #[test]
    fn an_event_is_somebodys() {
        assert!(actor(json!({"anonymous_id": "a-1"})).is_ok());
        for nobody in [json!({}), json!({"email": ""}), json!({"extra": 1})] {
            assert!(actor(nobody.clone()).is_err(), "{nobody}");
        }
        assert!(actor(json!({"external_id": "x".repeat(256)})).is_err());
        assert!(actor(json!({"email": "a@b.co", "phone_number": "12"})).is_err());
    }
}
