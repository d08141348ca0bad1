//! Events ([reference](https://developers.klaviyo.com/en/reference/events_api_overview)): who, what and when.

use waystation_kit::json::date::{clip, parse_dayjs, to_iso_string};
use waystation_kit::prelude::*;
use waystation_kit::wire::WireObject;

use crate::identity::{assert_length, is_given};
use crate::phone::PhoneNumber;
use crate::wire::{document, resource};

/// The person whose event it is. Klaviyo creates a profile for somebody it does not know.
#[derive(Debug, Clone, Deserialize, Payload)]
pub struct EventProfile {
    /// The person's email address.
    #[field(label = "Email", format = email)]
    pub email: Option<String>,
    /// The person's phone number: in the form of E.164, for example `+14155552671`, or as dialled in the
    /// country.
    #[field(label = "Phone number")]
    pub phone_number: Option<String>,
    /// The country that the phone number is dialled in.
    #[field(
        label = "Country code",
        choices = crate::countries::choices(),
        depends_on = crate::fields::has_phone_number()
    )]
    pub country_code: Option<String>,
    /// The person's ID in a system of yours.
    #[field(label = "External ID", default = path("$.userId"))]
    pub external_id: Option<String>,
    /// The ID from before the person was known.
    #[field(label = "Anonymous ID", default = path("$.anonymousId"))]
    pub anonymous_id: Option<String>,
    /// Other attributes of the profile.
    #[serde(flatten)]
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
    pub fn into_actor(self) -> Result<Actor> {
        let phone_number = PhoneNumber::read_some(self.phone_number, self.country_code.as_deref())?;
        let ids = [&self.email, &self.external_id, &self.anonymous_id];
        if phone_number.is_none() && !ids.into_iter().any(|id| is_given(id.as_ref())) {
            return Err(Error::payload(
                "An event needs an email address, a phone number, an external ID or an anonymous ID",
            ));
        }
        assert_length(self.external_id.as_deref())?;
        let attributes = WireObject::from(self.others)
            .with_some("email", self.email)
            .with_some("phone_number", phone_number.clone())
            .with_some("external_id", self.external_id)
            .with_some("anonymous_id", self.anonymous_id);
        Ok(Actor {
            attributes: attributes.into(),
            phone_number,
        })
    }
}

/// A profile, as events and jobs name it.
#[must_use]
pub fn profile(attributes: JsonObject) -> Value {
    document(resource("profile", attributes))
}

/// A metric: what events of a kind are counted under.
#[must_use]
pub fn metric(name: impl Into<Value>) -> Value {
    document(resource("metric", WireObject::new().with("name", name)))
}

/// A moment such as `2024-03-08T14:22:31.118Z`. Numbers are milliseconds since 1970.
///
/// # Errors
/// It cannot be read as a date.
#[allow(
    clippy::cast_possible_truncation,
    reason = "a float that is out of range saturates and is no date then"
)]
pub fn moment(time: &Datetime) -> Result<String> {
    let millis = match time {
        Datetime::Text(text) => parse_dayjs(text),
        Datetime::Number(number) => number.as_f64().and_then(|millis| clip(millis as i64)),
    };
    millis
        .map(to_iso_string)
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
        let number = |millis: i64| moment(&Datetime::Number(millis.into()));
        assert_eq!(number(1_709_907_751_118).unwrap(), "2024-03-08T14:22:31.118Z");
        assert!(number(i64::MAX).is_err());
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
