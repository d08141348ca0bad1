//! What all actions are: an event with parameters of its own, and what all events share.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::value::{MapAccessDeserializer, StringDeserializer};
use serde::de::{DeserializeSeed, MapAccess, Visitor};
use waystation_kit::prelude::*;

use crate::fields::{Details, Origin};
use crate::{GoogleAnalytics4, client, parameters};

/// The parameters that one kind of event has. They are written into the event as they are.
///
/// What people see of the action ([`ActionInfo`]) is said here too; [`Event`] passes it on.
pub trait EventParameters: ActionInfo<GoogleAnalytics4> + Serialize {
    /// The key of [`Origin::client_id`]. Two actions spell it in their own way.
    const CLIENT_ID_KEY: &'static str = "client_id";

    /// The name of the event at Google.
    fn event_name(&self) -> Cow<'_, str>;

    /// Whether Google will be able to use the parameters.
    ///
    /// # Errors
    /// It will not, and the event would be lost without a word.
    fn check(&self) -> Result<()> {
        Ok(())
    }
}

/// The payload of every action.
#[derive(Debug)]
pub struct Event<P> {
    /// Who did it, where and when.
    pub origin: Origin,
    /// The parameters of this kind of event.
    pub parameters: P,
    /// What may be said about any event.
    pub details: Details,
}

impl<P: EventParameters> Event<P> {
    /// Checks what does not depend on the stream.
    ///
    /// # Errors
    /// A parameter or a user property cannot be used.
    pub fn check(&self) -> Result<()> {
        self.parameters.check()?;
        self.details.params.as_ref().map_or(Ok(()), parameters::check)?;
        let user_properties = self.details.user_properties.as_ref();
        user_properties.map_or(Ok(()), parameters::check_user_properties)
    }
}

impl<P: EventParameters> Payload for Event<P> {
    fn fields() -> Fields {
        let mut fields = Fields::new();
        for (key, field) in Origin::fields().iter() {
            let key = if key == "client_id" { P::CLIENT_ID_KEY } else { key };
            fields.insert(key.to_owned(), field.clone());
        }
        for (key, field) in P::fields().iter().chain(Details::fields().iter()) {
            fields.insert(key.to_owned(), field.clone());
        }
        fields
    }
}

impl<P: EventParameters> ActionInfo<GoogleAnalytics4> for Event<P> {
    const SLUG: &'static str = P::SLUG;
    const TITLE: &'static str = P::TITLE;
    const DESCRIPTION: &'static str = P::DESCRIPTION;
    const SUBSCRIBE: Option<&'static str> = P::SUBSCRIBE;
}

impl<P: EventParameters> Action<GoogleAnalytics4> for Event<P> {
    async fn perform(cx: &Context<GoogleAnalytics4>, event: Self) -> Result<Output> {
        client::collect(cx, &event).await
    }
}

// Serde's `flatten` would keep every value aside until it knows whose it is. Here each one goes to its group
// at once.
impl<'de, P: Deserialize<'de>> Deserialize<'de> for Event<P> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EventVisitor(PhantomData))
    }
}

struct EventVisitor<P>(PhantomData<P>);

impl<'de, P: Deserialize<'de>> Visitor<'de> for EventVisitor<P> {
    type Value = Event<P>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Event<P>, A::Error> {
        let (mut origin, mut details) = (Origin::default(), Details::default());
        let parameters = P::deserialize(MapAccessDeserializer::new(OwnEntries {
            map,
            origin: &mut origin,
            details: &mut details,
        }))?;
        Ok(Event {
            origin,
            parameters,
            details,
        })
    }
}

/// The entries of a payload that are no shared fields. Those are set on the way.
struct OwnEntries<'event, A> {
    map: A,
    origin: &'event mut Origin,
    details: &'event mut Details,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for OwnEntries<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        while let Some(key) = self.map.next_key::<String>()? {
            if !self.origin.take(&key, &mut self.map)? && !self.details.take(&key, &mut self.map)? {
                return seed.deserialize(StringDeserializer::new(key)).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::{PageView, Search};

    #[test]
    fn each_value_goes_to_its_group() {
        let payload = json!({
            "user_id": "u-1",
            "search_term": "kettle",
            "params": {"a": 1},
            "client_id": "c-1",
            "unknown": [],
        });
        let borrowed = Event::<Search>::deserialize(&payload).unwrap();
        assert_eq!(borrowed.origin.user_id.as_deref(), Some("u-1"));
        assert_eq!(borrowed.origin.client_id.as_deref(), Some("c-1"));
        assert_eq!(borrowed.parameters.search_term, "kettle");
        assert_eq!(borrowed.details.params.as_ref().unwrap()["a"], 1);
        let owned: Event<Search> = serde_json::from_value(payload).unwrap();
        assert_eq!(format!("{owned:?}"), format!("{borrowed:?}"));
    }

    #[test]
    fn the_client_may_have_another_key() {
        let event: Event<PageView> = serde_json::from_value(json!({"clientId": "c-1"})).unwrap();
        assert_eq!(event.origin.client_id.as_deref(), Some("c-1"));
        let fields = Event::<PageView>::fields();
        assert!(fields.get("clientId").is_some());
        assert!(fields.get("client_id").is_none());
    }

    #[test]
    fn fields_of_the_event_stand_between_the_shared_ones() {
        let fields = Event::<Search>::fields();
        let keys: Vec<_> = fields.iter().map(|(key, _)| key).collect();
        assert_eq!(keys[4..7], ["timestamp_micros", "search_term", "user_properties"]);
    }

    #[test]
    fn a_missing_parameter_is_an_error() {
        let error = serde_json::from_value::<Event<Search>>(json!({"user_id": "u-1"})).unwrap_err();
        assert!(error.to_string().contains("search_term"), "{error}");
    }
}
