//! The body of a request, as the
//! [Conversions API](https://developers.facebook.com/docs/marketing-api/conversions-api/parameters) takes it.

use serde_json::Number;
use waystation_kit::prelude::*;
use waystation_kit::text::filled;
use waystation_kit::wire::{self, is_absent};

use crate::FacebookConversionsApiSettings;
use crate::app_data::AppData;
use crate::event::{Conversion, Kind};
use crate::fields::{ActionSource, ServerEvent};
use crate::time;
use crate::user_data::UserData;

/// The body of a request.
#[derive(Serialize)]
pub(crate) struct Body<'event> {
    data: [WireEvent<'event>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    test_event_code: Option<&'event str>,
}

impl<'event> Body<'event> {
    /// # Errors
    /// The event happened at no time that can be read.
    pub(crate) fn new<K: Kind>(
        settings: &'event FacebookConversionsApiSettings,
        event: &'event Conversion<K>,
    ) -> Result<Self> {
        let test_event_code = filled(&event.event.test_event_code);
        Ok(Self {
            data: [WireEvent::new(event)?],
            test_event_code: test_event_code.or_else(|| filled(&settings.test_event_code)),
        })
    }
}

#[derive(Serialize)]
struct WireEvent<'event> {
    event_name: &'event str,
    event_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_source_url: Option<&'event str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<&'event str>,
    action_source: ActionSource,
    user_data: &'event UserData,
    #[serde(skip_serializing_if = "Option::is_none")]
    app_data: Option<&'event AppData>,
    #[serde(flatten)]
    limited_data_use: Option<LimitedDataUse>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_data: Option<JsonObject>,
}

impl<'event> WireEvent<'event> {
    fn new<K: Kind>(event: &'event Conversion<K>) -> Result<Self> {
        let server_event = &event.event;
        Ok(Self {
            event_name: event.name(),
            event_time: time::event_time(&server_event.event_time)?,
            event_source_url: filled(&server_event.event_source_url),
            event_id: filled(&server_event.event_id),
            action_source: server_event.action_source,
            user_data: &server_event.user_data,
            app_data: server_event.app_data_field.as_ref().filter(|app| app.is_sent()),
            limited_data_use: LimitedDataUse::of(server_event),
            custom_data: K::KIND.has_custom_data.then(|| custom_data(event)).transpose()?,
        })
    }
}

/// [Limited data use](https://developers.facebook.com/docs/marketing-apis/data-processing-options), for people whom
/// the law of a state of the USA protects. Meta finds out the place where it is 0.
#[derive(Serialize)]
struct LimitedDataUse {
    data_processing_options: [&'static str; 1],
    data_processing_options_country: Number,
    data_processing_options_state: Number,
}

impl LimitedDataUse {
    fn of(event: &ServerEvent) -> Option<Self> {
        let place = |code: &Option<Number>| code.clone().unwrap_or_else(|| 0.into());
        (event.data_processing_options == Some(true)).then(|| Self {
            data_processing_options: ["LDU"],
            data_processing_options_country: place(&event.data_processing_options_country),
            data_processing_options_state: place(&event.data_processing_options_state),
        })
    }
}

/// The parameters of an event without what is empty. Further ones do not replace its own.
fn custom_data<K>(event: &Conversion<K>) -> Result<JsonObject> {
    let mut own = wire::object(&event.parameters)?;
    if let Some(Value::Array(contents)) = own.get_mut("contents") {
        contents
            .iter_mut()
            .filter_map(Value::as_object_mut)
            .for_each(remove_empty);
    }
    remove_empty(&mut own);
    let further = event.event.custom_data.iter().flatten();
    let mut data: JsonObject = further
        .filter(|(key, _)| !own.contains_key(*key))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    data.extend(own);
    Ok(data)
}

fn remove_empty(object: &mut JsonObject) {
    object.retain(|_, value| !is_absent(value));
}
