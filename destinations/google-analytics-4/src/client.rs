//! Requests to the
//! [Measurement Protocol](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference).

use std::borrow::Cow;

use serde::Serializer;
use serde::ser::Error as _;
use serde_json::Number;
use waystation_kit::prelude::*;

use crate::GoogleAnalytics4;
use crate::event::{Event, EventParameters};
use crate::fields::{Consent, Details};
use crate::stream::Stream;
use crate::timestamp;

/// Sends an event to its stream.
///
/// # Errors
/// Google would not be able to use the event, refuses it or does not answer.
pub async fn collect<P: EventParameters>(cx: &Context<GoogleAnalytics4>, event: &Event<P>) -> Result<Output> {
    let stream = Stream::new(cx.settings(), &event.origin)?;
    event.check()?;
    let request = cx
        .post(stream.url(&cx.settings().api_secret))
        .json(&Body::new(stream, event));
    Ok(request.send().await?.into())
}

/// The body of a request.
#[derive(Serialize)]
struct Body<'event, P> {
    #[serde(flatten)]
    instance: Instance<'event>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'event str>,
    events: [NamedEvent<'event, P>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    user_properties: Option<UserProperties<'event>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp_micros: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent: Option<Consents>,
}

impl<'event, P: EventParameters> Body<'event, P> {
    fn new(stream: Stream<'event>, event: &'event Event<P>) -> Self {
        let Event {
            origin,
            parameters,
            details,
        } = event;
        Self {
            instance: stream.into(),
            user_id: origin.user_id.as_deref(),
            events: [NamedEvent {
                name: parameters.event_name(),
                params: Parameters {
                    of_event: OfEvent {
                        parameters,
                        engagement_time_msec: details.engagement_time_msec.as_ref(),
                    },
                    custom: details.params.as_ref().filter(|custom| !custom.is_empty()),
                },
            }],
            user_properties: details.user_properties.as_ref().map(UserProperties),
            timestamp_micros: origin.timestamp_micros.as_deref().and_then(timestamp::micros),
            consent: Consents::new(details),
        }
    }
}

/// The browser or the installation.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Instance<'event> {
    ClientId(&'event str),
    AppInstanceId(&'event str),
}

impl<'event> From<Stream<'event>> for Instance<'event> {
    fn from(stream: Stream<'event>) -> Self {
        match stream {
            Stream::Web { client_id, .. } => Self::ClientId(client_id),
            Stream::App { app_instance_id, .. } => Self::AppInstanceId(app_instance_id),
        }
    }
}

#[derive(Serialize)]
struct NamedEvent<'event, P> {
    name: Cow<'event, str>,
    params: Parameters<'event, P>,
}

/// The parameters of an event, some of which custom parameters may replace.
struct Parameters<'event, P> {
    of_event: OfEvent<'event, P>,
    custom: Option<&'event JsonObject>,
}

#[derive(Serialize)]
struct OfEvent<'event, P> {
    #[serde(flatten)]
    parameters: &'event P,
    #[serde(skip_serializing_if = "Option::is_none")]
    engagement_time_msec: Option<&'event Number>,
}

impl<P: Serialize> Serialize for Parameters<'_, P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(custom) = self.custom else {
            return self.of_event.serialize(serializer);
        };
        let of_event = serde_json::to_value(&self.of_event).map_err(S::Error::custom)?;
        let kept = of_event.as_object().into_iter().flatten();
        serializer.collect_map(kept.filter(|(key, _)| !custom.contains_key(*key)).chain(custom))
    }
}

/// Each property is an object with a value.
struct UserProperties<'event>(&'event JsonObject);

impl Serialize for UserProperties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, UserProperty { value })))
    }
}

#[derive(Serialize)]
struct UserProperty<'event> {
    value: &'event Value,
}

/// What the person agrees to
/// ([reference](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference#consent)).
#[derive(Serialize)]
struct Consents {
    #[serde(skip_serializing_if = "Option::is_none")]
    ad_user_data: Option<Consent>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ad_personalization: Option<Consent>,
}

impl Consents {
    fn new(details: &Details) -> Option<Self> {
        let (ad_user_data, ad_personalization) =
            (details.ad_user_data_consent, details.ad_personalization_consent);
        (ad_user_data.is_some() || ad_personalization.is_some()).then_some(Self {
            ad_user_data,
            ad_personalization,
        })
    }
}
