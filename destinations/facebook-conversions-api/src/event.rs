//! An event as the [Conversions API](https://developers.facebook.com/docs/marketing-api/conversions-api/parameters)
//! takes it.

use serde::Serializer;
use serde::ser::Error as _;
use serde_json::Number;
use waystation_kit::prelude::*;

use crate::FacebookConversionsApiSettings;
use crate::app_data::AppData;
use crate::fields::{ActionSource, ServerEvent};
use crate::user_data::UserData;

/// One kind of event. It serializes to its own parameters, which are sent in `custom_data`.
pub trait ConversionEvent: Serialize + Sync {
    /// Whether the event has `custom_data` at all.
    const HAS_CUSTOM_DATA: bool = true;

    /// The name of the event at Meta.
    fn event_name(&self) -> &str;

    /// What it has in common with all events.
    fn server_event(&self) -> &ServerEvent;

    /// Whether Meta will be able to use it.
    ///
    /// # Errors
    /// It will not.
    fn check(&self) -> Result<()>;
}

/// The body of a request.
#[derive(Serialize)]
pub(crate) struct Body<'event, E> {
    data: [WireEvent<'event, E>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    test_event_code: Option<&'event str>,
}

impl<'event, E: ConversionEvent> Body<'event, E> {
    pub(crate) fn new(settings: &'event FacebookConversionsApiSettings, event: &'event E) -> Self {
        let test_event_code = given(event.server_event().test_event_code.as_deref());
        Self {
            data: [WireEvent::new(event)],
            test_event_code: test_event_code.or_else(|| given(settings.test_event_code.as_deref())),
        }
    }
}

#[derive(Serialize)]
struct WireEvent<'event, E> {
    event_name: &'event str,
    event_time: &'event str,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_source_url: Option<&'event str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<&'event str>,
    action_source: ActionSource,
    user_data: &'event UserData,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_data: Option<&'event AppData>,
    #[serde(flatten)]
    limited_data_use: Option<LimitedDataUse<'event>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<CustomData<'event, E>>,
}

impl<'event, E: ConversionEvent> WireEvent<'event, E> {
    fn new(event: &'event E) -> Self {
        let server_event = event.server_event();
        Self {
            event_name: event.event_name(),
            event_time: &server_event.event_time,
            event_source_url: given(server_event.event_source_url.as_deref()),
            event_id: given(server_event.event_id.as_deref()),
            action_source: server_event.action_source,
            user_data: &server_event.user_data,
            app_data: server_event.app_data_field.as_ref().filter(|app| app.is_sent()),
            limited_data_use: LimitedDataUse::of(server_event),
            custom_data: E::HAS_CUSTOM_DATA.then_some(CustomData {
                own: event,
                further: server_event.custom_data.as_ref(),
            }),
        }
    }
}

/// [Limited data use](https://developers.facebook.com/docs/marketing-apis/data-processing-options), for people whom
/// the law of a state of the USA protects. Meta finds out the place where it is 0.
#[derive(Serialize)]
struct LimitedDataUse<'event> {
    data_processing_options: [&'static str; 1],
    data_processing_options_country: Place<'event>,
    data_processing_options_state: Place<'event>,
}

impl<'event> LimitedDataUse<'event> {
    fn of(event: &'event ServerEvent) -> Option<Self> {
        (event.data_processing_options == Some(true)).then_some(Self {
            data_processing_options: ["LDU"],
            data_processing_options_country: Place(event.data_processing_options_country.as_ref()),
            data_processing_options_state: Place(event.data_processing_options_state.as_ref()),
        })
    }
}

struct Place<'event>(Option<&'event Number>);

impl Serialize for Place<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(code) => code.serialize(serializer),
            None => serializer.serialize_u8(0),
        }
    }
}

/// The parameters of an event. Further ones do not replace its own.
struct CustomData<'event, E> {
    own: &'event E,
    further: Option<&'event JsonObject>,
}

impl<E: Serialize> Serialize for CustomData<'_, E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(further) = self.further.filter(|further| !further.is_empty()) else {
            return self.own.serialize(serializer);
        };
        let own = serde_json::to_value(self.own).map_err(S::Error::custom)?;
        let is_own = |key: &String| own.get(key).is_some();
        let kept = further.iter().filter(|(key, _)| !is_own(key));
        serializer.collect_map(kept.chain(own.as_object().into_iter().flatten()))
    }
}

/// A text that is there and not empty.
fn given(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.is_empty())
}
