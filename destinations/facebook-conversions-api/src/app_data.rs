//! The app and the device of an app event
//! ([reference](https://developers.facebook.com/docs/marketing-api/conversions-api/parameters/app-data)).

use serde::Serializer;
use serde::ser::SerializeStruct as _;
use waystation_kit::prelude::*;

/// What is known of the app and the device. It serializes to what Meta wants of it.
#[derive(Debug, Default, Deserialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct AppData {
    /// Send this part of the event. Switch it on once there is a dataset for app events.
    #[serde(rename = "use_app_data")]
    #[field(label = "Send app events", default = false)]
    pub use_app_data: Option<bool>,
    /// Whether the person allows tracking on an iOS device of version 14.5 or later. App events need it.
    #[serde(rename = "advertiser_tracking_enabled")]
    #[field(label = "Advertiser tracking enabled")]
    pub advertiser_tracking_enabled: Option<bool>,
    /// Whether the person allows tracking in the app. App events need it.
    #[serde(rename = "application_tracking_enabled")]
    #[field(label = "Application tracking enabled")]
    pub application_tracking_enabled: Option<bool>,
    /// The platform. App events need it.
    #[field(label = "Platform")]
    pub version: Option<Platform>,
    /// The package or bundle, for example `com.example.shop`.
    #[field(label = "Package name")]
    pub package_name: Option<String>,
    /// The short version, for example `1.0`.
    #[field(label = "Short version")]
    pub short_version: Option<String>,
    /// The long version, for example `1.0 long`.
    #[field(label = "Long version")]
    pub long_version: Option<String>,
    /// The version of the operating system, for example `13.4.1`. App events need it.
    #[field(label = "OS version")]
    pub os_version: Option<String>,
    /// The model of the device, for example `iPhone5,1`.
    #[field(label = "Device model")]
    pub device_name: Option<String>,
    /// The advertising ID of an Android device, or the identifier for advertisers of an Apple device.
    #[field(label = "Mobile advertiser ID")]
    pub mad_id: Option<String>,
    /// The language and region, for example `en_US`.
    #[field(label = "Locale")]
    pub locale: Option<String>,
    /// The time zone by its abbreviation, for example `PST`.
    #[field(label = "Time zone abbreviation")]
    pub timezone: Option<String>,
    /// The carrier, for example `AT&T`.
    #[field(label = "Carrier")]
    pub carrier: Option<String>,
    /// The width of the screen in pixels.
    #[field(label = "Screen width")]
    pub width: Option<String>,
    /// The height of the screen in pixels.
    #[field(label = "Screen height")]
    pub height: Option<String>,
    /// The density of the screen, for example `2.0`.
    #[field(label = "Screen density")]
    pub density: Option<String>,
    /// How many cores the processor has.
    #[field(label = "CPU cores")]
    pub cpu_cores: Option<String>,
    /// The storage in gigabytes.
    #[field(label = "Storage in GB")]
    pub storage_size: Option<String>,
    /// The storage that is free, in gigabytes.
    #[field(label = "Free storage in GB")]
    pub free_storage: Option<String>,
    /// The time zone by its name, for example `America/New_York`.
    #[field(label = "Device time zone")]
    pub device_timezone: Option<String>,
}

/// The platform of an app, in Meta's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Choices)]
pub enum Platform {
    /// iOS.
    #[serde(rename = "i2")]
    #[choice(label = "iOS")]
    Ios,
    /// Android.
    #[serde(rename = "a2")]
    Android,
}

impl AppData {
    /// Whether the event is to have it.
    #[must_use]
    pub fn is_sent(&self) -> bool {
        self.use_app_data == Some(true)
    }

    /// Where events usually have it.
    #[must_use]
    pub fn default_mapping() -> Value {
        json!({
            "application_tracking_enabled": directive::path("$.context.device.adTrackingEnabled"),
            "packageName": directive::path("$.context.app.namespace"),
            "longVersion": directive::path("$.context.app.version"),
            "osVersion": directive::path("$.context.os.version"),
            "deviceName": directive::path("$.context.device.model"),
            "locale": directive::path("$.context.locale"),
            "carrier": directive::path("$.context.network.carrier"),
            "width": directive::path("$.context.screen.width"),
            "height": directive::path("$.context.screen.height"),
            "density": directive::path("$.context.screen.density"),
            "deviceTimezone": directive::path("$.context.timezone"),
            "madId": directive::path("$.context.madId"),
        })
    }

    /// `extinfo`: values by their place. What is not known leaves its place empty.
    fn extended_device_information(&self) -> [&str; 16] {
        fn known(text: &Option<String>) -> &str {
            text.as_deref().unwrap_or_default()
        }
        [
            self.version.as_ref().map_or("", Platform::name),
            known(&self.package_name),
            known(&self.short_version),
            known(&self.long_version),
            known(&self.os_version),
            known(&self.device_name),
            known(&self.locale),
            known(&self.timezone),
            known(&self.carrier),
            known(&self.width),
            known(&self.height),
            known(&self.density),
            known(&self.cpu_cores),
            known(&self.storage_size),
            known(&self.free_storage),
            known(&self.device_timezone),
        ]
    }
}

impl Serialize for AppData {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let allowed = |answer: Option<bool>| u8::from(answer == Some(true));
        let mut data = serializer.serialize_struct("AppData", 4)?;
        data.serialize_field(
            "advertiser_tracking_enabled",
            &allowed(self.advertiser_tracking_enabled),
        )?;
        data.serialize_field(
            "application_tracking_enabled",
            &allowed(self.application_tracking_enabled),
        )?;
        match self.mad_id.as_deref() {
            Some(id) if !id.is_empty() => data.serialize_field("madid", id)?,
            _ => data.skip_field("madid")?,
        }
        data.serialize_field("extinfo", &self.extended_device_information())?;
        data.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_place() {
        let data: AppData = serde_json::from_value(json!({
            "use_app_data": true, "advertiser_tracking_enabled": true, "application_tracking_enabled": false,
            "version": "a2", "packageName": "com.example", "shortVersion": "1", "longVersion": "1.0",
            "osVersion": "14", "deviceName": "Pixel 8", "madId": "mad", "locale": "en_US", "timezone": "PST",
            "carrier": "AT&T", "width": "390", "height": "844", "density": "3", "cpuCores": "8",
            "storageSize": "64", "freeStorage": "32", "deviceTimezone": "America/New_York",
        }))
        .unwrap();
        assert_eq!(
            json!(data),
            json!({
                "advertiser_tracking_enabled": 1,
                "application_tracking_enabled": 0,
                "madid": "mad",
                "extinfo": [
                    "a2", "com.example", "1", "1.0", "14", "Pixel 8", "en_US", "PST", "AT&T", "390", "844",
                    "3", "8", "64", "32", "America/New_York",
                ],
            })
        );
    }

    #[test]
    fn what_is_not_known_leaves_its_place_empty() {
        let empty = json!({
            "advertiser_tracking_enabled": 0,
            "application_tracking_enabled": 0,
            "extinfo": ["", "", "", "", "", "", "", "", "", "", "", "", "", "", "", ""],
        });
        assert_eq!(json!(AppData::default()), empty);
    }

    #[test]
    fn it_is_sent_if_it_is_switched_on() {
        for (use_app_data, is_sent) in [(None, false), (Some(false), false), (Some(true), true)] {
            let data = AppData {
                use_app_data,
                ..AppData::default()
            };
            assert_eq!(data.is_sent(), is_sent, "{use_app_data:?}");
        }
    }
}
