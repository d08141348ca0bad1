//! Requests to the
//! [Measurement Protocol](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference).

use std::borrow::Cow;

use waystation_kit::prelude::*;
use waystation_kit::text::filled;
use waystation_kit::wire::{self, is_absent};

use crate::GoogleAnalytics4;
use crate::event::EventKind;
use crate::fields::{Consent, EventFields};
use crate::stream::Stream;
use crate::{items, rules, time};

const COLLECT: &str = "https://www.google-analytics.com/mp/collect";

/// Google takes requests that are smaller than this
/// ([source](https://developers.google.com/analytics/devguides/collection/protocol/ga4/sending-events#limitations)).
const TOO_MANY_BYTES: usize = 130_000;

/// Sends an event to its stream.
///
/// # Errors
/// Google would not be able to use the event, refuses it or does not answer, or the answer is not Google's.
pub async fn collect(
    cx: &Context<GoogleAnalytics4>,
    kind: &EventKind,
    event: &EventFields,
) -> Result<Output> {
    let stream = Stream::new(cx.settings(), event)?;
    let body = Body::new(stream, kind, event)?.to_json()?;
    let request = cx.post(COLLECT).query([
        ("api_secret", cx.settings().api_secret.expose()),
        stream.parameter(),
    ]);
    taken(request.json_bytes(body).send().await?)
}

/// Google answers 2xx with an empty body to whatever has arrived. A body is that of somebody in between.
fn taken(answer: Response) -> Result<Output> {
    let says_nothing = answer.text().trim().is_empty() || answer.data() == Some(&json!({}));
    if says_nothing {
        return Ok(answer.into());
    }
    Err(answer.not_understood("Google answers with an empty body, and here is another"))
}

/// The body of a request.
#[derive(Serialize)]
struct Body<'event> {
    #[serde(flatten)]
    instance: Instance<'event>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'event str>,
    events: [NamedEvent; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    user_properties: Option<JsonObject>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp_micros: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    consent: Option<Consents>,
}

#[derive(Serialize)]
struct NamedEvent {
    name: Cow<'static, str>,
    params: JsonObject,
}

impl<'event> Body<'event> {
    fn new(stream: Stream<'event>, kind: &EventKind, event: &'event EventFields) -> Result<Self> {
        let (name, params) = (event.event_name(kind), parameters(event)?);
        rules::check_event(kind, &name, &params)?;
        Ok(Self {
            instance: stream.into(),
            user_id: filled(&event.user_id),
            events: [NamedEvent { name, params }],
            user_properties: user_properties(event)?,
            timestamp_micros: time::micros(event.timestamp_micros.as_deref().unwrap_or_default())?,
            consent: Consents::new(event),
        })
    }

    fn to_json(&self) -> Result<Vec<u8>> {
        let json = serde_json::to_vec(self).map_err(|error| Error::payload(error.to_string()))?;
        if json.len() < TOO_MANY_BYTES {
            return Ok(json);
        }
        Err(Error::payload(format!(
            "The event takes {} bytes, and Google Analytics accepts less than {TOO_MANY_BYTES}",
            json.len()
        )))
    }
}

/// The parameters of an event. Custom ones win over its own, and what is empty is left out.
fn parameters(event: &EventFields) -> Result<JsonObject> {
    filled(&event.currency).map_or(Ok(()), rules::check_currency_code)?;
    let mut parameters = wire::object(event)?;
    remove_empty(&mut parameters);
    if let Some(custom) = &event.params {
        // Custom parameters that are null are told to the author of the mapping, not left out.
        rules::check_parameters(custom)?;
        parameters.extend(custom.clone());
    }
    if let Some(Value::Array(items)) = parameters.get_mut(items::KEY) {
        items
            .iter_mut()
            .filter_map(Value::as_object_mut)
            .for_each(remove_empty);
    }
    remove_empty(&mut parameters);
    Ok(parameters)
}

fn remove_empty(object: &mut JsonObject) {
    object.retain(|_, value| !is_absent(value));
}

/// Each property is an object with a value.
fn user_properties(event: &EventFields) -> Result<Option<JsonObject>> {
    let Some(given) = &event.user_properties else {
        return Ok(None);
    };
    rules::check_user_properties(given)?;
    let given = given.iter().filter(|(_, value)| *value != "");
    Ok(Some(
        given
            .map(|(key, value)| (key.clone(), json!({"value": value})))
            .collect(),
    ))
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
    fn new(event: &EventFields) -> Option<Self> {
        let (ad_user_data, ad_personalization) =
            (event.ad_user_data_consent, event.ad_personalization_consent);
        (ad_user_data.is_some() || ad_personalization.is_some()).then_some(Self {
            ad_user_data,
            ad_personalization,
        })
    }
}
