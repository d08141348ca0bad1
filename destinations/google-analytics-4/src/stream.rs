//! The streams that events go to, and who is heard of in them.

use waystation_kit::prelude::*;
use waystation_kit::text::filled;

use crate::GoogleAnalytics4Settings;
use crate::fields::{DataStreamType, EventFields};

/// The code of the error about settings that name no stream at all.
const MISCONFIGURED_FIELD: ErrorCode = ErrorCode::new("Misconfigured field");

/// A stream together with its instance of the website or the app
/// ([reference](https://developers.google.com/analytics/devguides/collection/protocol/ga4/reference#payload)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stream<'event> {
    /// A website in a browser.
    Web {
        /// The stream.
        measurement_id: &'event str,
        /// The browser.
        client_id: &'event str,
    },
    /// An app on a device.
    App {
        /// The app.
        firebase_app_id: &'event str,
        /// The installation.
        app_instance_id: &'event str,
    },
}

impl<'event> Stream<'event> {
    /// The stream that an event belongs to.
    ///
    /// # Errors
    /// The settings do not know the stream, or the event does not know its instance.
    pub fn new(settings: &'event GoogleAnalytics4Settings, event: &'event EventFields) -> Result<Self> {
        match event.data_stream_type.unwrap_or_default() {
            DataStreamType::Web => Ok(Self::Web {
                measurement_id: filled(&settings.measurement_id)
                    .ok_or_else(|| Error::payload("Web streams need a measurement ID in the settings"))?,
                client_id: filled(&event.client_id)
                    .ok_or_else(|| Error::payload("Events of web streams need a client ID"))?,
            }),
            DataStreamType::MobileApp => Ok(Self::App {
                firebase_app_id: filled(&settings.firebase_app_id)
                    .ok_or_else(|| Error::payload("App streams need a Firebase app ID in the settings"))?,
                app_instance_id: filled(&event.app_instance_id)
                    .ok_or_else(|| Error::payload("Events of app streams need a Firebase app instance ID"))?,
            }),
        }
    }

    /// The parameter of the address that names the stream.
    #[must_use]
    pub const fn parameter(self) -> (&'static str, &'event str) {
        match self {
            Self::Web { measurement_id, .. } => ("measurement_id", measurement_id),
            Self::App { firebase_app_id, .. } => ("firebase_app_id", firebase_app_id),
        }
    }
}

/// Whether the settings name a stream. Google offers no way to ask whether the secret is right.
///
/// # Errors
/// They name none.
pub fn check_settings(settings: &GoogleAnalytics4Settings) -> Result<()> {
    if filled(&settings.measurement_id).is_some() || filled(&settings.firebase_app_id).is_some() {
        return Ok(());
    }
    Err(Error::integration(
        "Fill in the measurement ID of a web stream or the Firebase app ID of an app stream",
        MISCONFIGURED_FIELD,
        400,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(settings: Value) -> GoogleAnalytics4Settings {
        serde_json::from_value(settings).unwrap()
    }

    fn fields(fields: Value) -> EventFields {
        serde_json::from_value(fields).unwrap()
    }

    #[test]
    fn the_type_decides_where_an_event_goes() {
        let settings = settings(json!({
            "measurementId": "G-1", "firebaseAppId": "1:2:ios:3", "apiSecret": "a b&c",
        }));
        let (web, app) = (
            fields(json!({"client_id": "c", "app_instance_id": "i"})),
            fields(json!({"data_stream_type": "Mobile App", "client_id": "c", "app_instance_id": "i"})),
        );
        let parameter = |fields| Stream::new(&settings, fields).unwrap().parameter();
        assert_eq!(parameter(&web), ("measurement_id", "G-1"));
        assert_eq!(parameter(&app), ("firebase_app_id", "1:2:ios:3"));
    }

    #[test]
    fn streams_and_instances_are_needed() {
        for (given, event) in [
            (
                json!({"apiSecret": "s", "firebaseAppId": "f"}),
                json!({"client_id": "c"}),
            ),
            (
                json!({"apiSecret": "s", "measurementId": ""}),
                json!({"client_id": "c"}),
            ),
            (
                json!({"apiSecret": "s", "measurementId": "G-1"}),
                json!({"app_instance_id": "i"}),
            ),
            (
                json!({"apiSecret": "s", "measurementId": "G-1"}),
                json!({"client_id": ""}),
            ),
            (
                json!({"apiSecret": "s", "measurementId": "G-1"}),
                json!({"data_stream_type": "Mobile App", "app_instance_id": "i"}),
            ),
            (
                json!({"apiSecret": "s", "firebaseAppId": "f"}),
                json!({"data_stream_type": "Mobile App", "client_id": "c"}),
            ),
        ] {
            let error = Stream::new(&settings(given.clone()), &fields(event.clone())).unwrap_err();
            assert!(
                matches!(error, Error::PayloadValidation(_)),
                "{given} {event}: {error:?}"
            );
        }
    }

    #[test]
    fn settings_name_a_stream() {
        assert!(check_settings(&settings(json!({"apiSecret": "s", "measurementId": "G-1"}))).is_ok());
        assert!(check_settings(&settings(json!({"apiSecret": "s", "firebaseAppId": "f"}))).is_ok());
        let error = check_settings(&settings(json!({"apiSecret": "s", "measurementId": ""}))).unwrap_err();
        assert_eq!(error.code(), Some(MISCONFIGURED_FIELD));
        assert_eq!(error.status(), Some(400));
    }
}
