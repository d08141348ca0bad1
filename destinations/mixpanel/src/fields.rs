//! The fields that events and purchases have in common.

use serde_json::Number;
use waystation_kit::FieldValue;
use waystation_kit::batching::Batching;
use waystation_kit::fields::FieldType;
use waystation_kit::prelude::*;

/// How events are gathered. Mixpanel counts the events that purchases stand for
/// ([limits](https://developer.mixpanel.com/reference/import-events)); requests keep its limits whatever this says.
fn batching() -> Fields {
    Batching::up_to(2000).initially(1000).fields()
}

/// What is known about an event besides its name. It serializes to the properties that Mixpanel takes as they are.
#[derive(Debug, Deserialize, Serialize, Payload)]
#[payload(extend = batching)]
pub struct EventFields {
    /// Whom Mixpanel counts the event for.
    #[serde(skip_serializing)]
    #[field(label = "Distinct ID", default = first_of("$.userId", "$.anonymousId"))]
    pub distinct_id: Option<String>,
    /// The ID from before the person was known. It stands for the device, too.
    #[serde(rename(serialize = "$device_id"))]
    #[field(label = "Anonymous ID", default = path("$.anonymousId"))]
    pub anonymous_id: Option<String>,
    /// The ID of the person once known.
    #[serde(rename(serialize = "$user_id"))]
    #[field(label = "User ID", default = path("$.userId"))]
    pub user_id: Option<String>,
    /// The group that did it.
    #[serde(rename(serialize = "$group_id"))]
    #[field(label = "Group ID", default = path("$.context.groupId"))]
    pub group_id: Option<String>,
    /// The ID of the event, by which Mixpanel recognizes events that it already has. Where it is longer than Mixpanel
    /// takes (36 letters, digits and dashes), its hash is sent; without it, one is computed from the content.
    #[serde(skip_serializing)]
    #[field(label = "Insert ID", default = path("$.messageId"))]
    pub insert_id: Option<String>,
    /// When it happened, as a date or as seconds or milliseconds since 1970; now if left out.
    #[serde(skip_serializing)]
    #[field(label = "Timestamp", default = path("$.timestamp"))]
    pub time: Option<Datetime>,
    /// The name of the app.
    #[serde(rename(serialize = "$app_name"))]
    #[field(label = "App name", default = path("$.context.app.name"))]
    pub app_name: Option<String>,
    /// The namespace of the app.
    #[serde(rename(serialize = "$app_namespace"))]
    #[field(label = "App namespace", default = path("$.context.app.namespace"))]
    pub app_namespace: Option<String>,
    /// The build of the app.
    #[serde(rename(serialize = "$app_build_number"))]
    #[field(label = "App build", default = path("$.context.app.build"))]
    pub app_build: Option<String>,
    /// The version of the app.
    #[serde(rename(serialize = "$app_version_string"))]
    #[field(label = "App version", default = path("$.context.app.version"))]
    pub app_version: Option<String>,
    /// The operating system of the device.
    #[serde(rename(serialize = "$os"))]
    #[field(label = "OS name", default = path("$.context.os.name"))]
    pub os_name: Option<String>,
    /// The version of the operating system.
    #[serde(rename(serialize = "$os_version"))]
    #[field(label = "OS version", default = path("$.context.os.version"))]
    pub os_version: Option<String>,
    /// The ID of the device. It is not sent: Mixpanel knows devices by the anonymous ID.
    #[serde(skip_serializing)]
    #[field(label = "Device ID", default = path("$.context.device.id"))]
    pub device_id: Option<String>,
    /// The kind of device.
    #[serde(rename(serialize = "$device_type"))]
    #[field(label = "Device type", default = path("$.context.device.type"))]
    pub device_type: Option<String>,
    /// The name of the device.
    #[serde(rename(serialize = "$device_name"))]
    #[field(label = "Device name", default = path("$.context.device.name"))]
    pub device_name: Option<String>,
    /// Who made the device.
    #[serde(rename(serialize = "$manufacturer"))]
    #[field(label = "Device manufacturer", default = path("$.context.device.manufacturer"))]
    pub device_manufacturer: Option<String>,
    /// The model of the device.
    #[serde(rename(serialize = "$model"))]
    #[field(label = "Device model", default = path("$.context.device.model"))]
    pub device_model: Option<String>,
    /// Whether Bluetooth is on.
    #[serde(rename(serialize = "$bluetooth_enabled"))]
    #[field(label = "Bluetooth enabled", default = path("$.context.network.bluetooth"))]
    pub bluetooth: Option<bool>,
    /// The mobile network.
    #[serde(rename(serialize = "$carrier"))]
    #[field(label = "Carrier", default = path("$.context.network.carrier"))]
    pub carrier: Option<String>,
    /// Whether mobile data is on.
    #[serde(rename(serialize = "$cellular_enabled"))]
    #[field(label = "Cellular enabled", default = path("$.context.network.cellular"))]
    pub cellular: Option<bool>,
    /// Whether the device is connected by Wi-Fi.
    #[serde(rename(serialize = "$wifi_enabled"))]
    #[field(label = "Wi-Fi enabled", default = path("$.context.network.wifi"))]
    pub wifi: Option<bool>,
    /// The country that the person is in.
    #[serde(rename(serialize = "mp_country_code"))]
    #[field(label = "Country", default = path("$.context.location.country"))]
    pub country: Option<String>,
    /// The region that the person is in. It is not sent: Mixpanel finds it by the IP address.
    #[serde(skip_serializing)]
    #[field(label = "Region", default = path("$.context.location.region"))]
    pub region: Option<String>,
    /// The language of the person.
    #[serde(rename(serialize = "$locale"))]
    #[field(label = "Language", default = path("$.context.locale"))]
    pub language: Option<String>,
    /// The library that recorded the event.
    #[serde(skip_serializing)]
    #[field(label = "Library name", default = path("$.context.library.name"))]
    pub library_name: Option<String>,
    /// The version of the library.
    #[serde(rename(serialize = "$lib_version"))]
    #[field(label = "Library version", default = path("$.context.library.version"))]
    pub library_version: Option<String>,
    /// The IP address of the person. Mixpanel looks up the place and keeps no address.
    #[field(label = "IP address", default = path("$.context.ip"))]
    pub ip: Option<String>,
    /// The advertising ID of an iOS device.
    #[serde(rename(serialize = "$ios_ifa"))]
    #[field(label = "Identifier for advertisers", default = first_of("$.context.device.advertisingId", "$.context.device.idfa"))]
    pub idfa: Option<String>,
    /// The address of the page.
    #[serde(rename(serialize = "$current_url"))]
    #[field(label = "URL", default = path("$.context.page.url"))]
    pub url: Option<String>,
    /// The width of the screen, in pixels.
    #[serde(rename(serialize = "$screen_width"))]
    #[field(label = "Screen width", default = path("$.context.screen.width"))]
    pub screen_width: Option<Number>,
    /// The height of the screen, in pixels.
    #[serde(rename(serialize = "$screen_height"))]
    #[field(label = "Screen height", default = path("$.context.screen.height"))]
    pub screen_height: Option<Number>,
    /// The density of the screen.
    #[serde(rename(serialize = "$screen_density"))]
    #[field(label = "Screen density", default = path("$.context.screen.density"))]
    pub screen_density: Option<Number>,
    /// The page before.
    #[serde(rename(serialize = "$referrer"))]
    #[field(label = "Referrer", default = path("$.context.page.referrer"))]
    pub referrer: Option<String>,
    /// The user agent, from which name and version of the browser are read.
    #[serde(rename = "userAgent", skip_serializing)]
    #[field(label = "User agent", default = path("$.context.userAgent"))]
    pub user_agent: Option<String>,
    /// The advertising ID of the device.
    #[field(label = "Advertising ID", default = path("$.context.device.advertisingId"))]
    pub advertising_id: Option<String>,
    /// Whether the person allows advertising IDs.
    #[field(label = "Ad tracking enabled", default = path("$.context.device.adTrackingEnabled"))]
    pub ad_tracking_enabled: Option<String>,
    /// The time zone of the device.
    #[field(label = "Time zone", default = path("$.context.timezone"))]
    pub timezone: Option<String>,
    /// The platform of the app.
    #[field(label = "App platform", default = path("$.context.app.platform"))]
    pub app_platform: Option<String>,
    /// The name of the event before a mapping changed it.
    #[serde(rename(serialize = "event_original_name"))]
    #[field(label = "Original name", default = first_of("$.event", "$.name"))]
    pub name: Option<String>,
    /// What else is known about the event. Properties that Mixpanel keeps for itself are left out.
    #[serde(skip_serializing)]
    #[field(label = "Event properties", default = path("$.properties"))]
    pub event_properties: Option<JsonObject>,
    /// Where the event comes from: `$source` is `Iterable` for events that Iterable hands on.
    #[serde(skip_serializing)]
    #[field(label = "Event context", hidden, default = path("$.context"))]
    pub context: Option<JsonObject>,
    /// The campaign that led the person here.
    #[serde(skip_serializing)]
    #[field(label = "UTM properties", default = UtmProperties::mapping())]
    pub utm_properties: Option<UtmProperties>,
    /// What the browser says about itself and its device in client hints.
    #[serde(rename = "userAgentData", skip_serializing)]
    #[field(label = "User agent data", default = UserAgentData::mapping())]
    pub user_agent_data: Option<UserAgentData>,
}

/// The parameters of a campaign.
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct UtmProperties {
    /// The site or letter.
    #[field(label = "UTM source")]
    pub utm_source: Option<String>,
    /// The kind of medium.
    #[field(label = "UTM medium")]
    pub utm_medium: Option<String>,
    /// The campaign.
    #[field(label = "UTM campaign")]
    pub utm_campaign: Option<String>,
    /// The words that were searched for.
    #[field(label = "UTM term")]
    pub utm_term: Option<String>,
    /// The version of the advertisement.
    #[field(label = "UTM content")]
    pub utm_content: Option<String>,
}

impl UtmProperties {
    fn mapping() -> Value {
        json!({
            "utm_source": directive::path("$.context.campaign.source"),
            "utm_medium": directive::path("$.context.campaign.medium"),
            "utm_campaign": directive::path("$.context.campaign.name"),
            "utm_term": directive::path("$.context.campaign.term"),
            "utm_content": directive::path("$.context.campaign.content"),
        })
    }
}

/// [Client hints](https://developer.mozilla.org/docs/Web/API/NavigatorUAData).
#[derive(Debug, Deserialize, Serialize, Payload)]
#[serde(rename_all = "camelCase")]
pub struct UserAgentData {
    /// Whether the device is a mobile one.
    #[serde(rename(serialize = "$mobile"))]
    pub mobile: Option<bool>,
    /// The platform.
    #[serde(rename(serialize = "$platform"))]
    pub platform: Option<String>,
    /// The architecture of the processor. It is not sent.
    #[serde(skip_serializing)]
    pub architecture: Option<String>,
    /// The number of bits of the processor.
    #[serde(rename(serialize = "$bitness"))]
    pub bitness: Option<String>,
    /// The model of the device. It is not sent: the device model is.
    #[serde(skip_serializing)]
    pub model: Option<String>,
    /// The version of the platform.
    #[serde(rename(serialize = "$platformVersion"))]
    #[field(label = "Platform version")]
    pub platform_version: Option<String>,
    /// The full version of the browser.
    #[serde(rename(serialize = "$uaFullVersion"))]
    #[field(label = "Full version of the browser")]
    pub ua_full_version: Option<String>,
    /// Whether a 32-bit browser runs on 64-bit Windows.
    #[serde(rename(serialize = "$wow64"))]
    #[field(label = "WoW64")]
    pub wow64: Option<bool>,
}

impl UserAgentData {
    fn mapping() -> Value {
        json!({
            "mobile": directive::path("$.context.userAgentData.mobile"),
            "platform": directive::path("$.context.userAgentData.platform"),
            "architecture": directive::path("$.context.userAgentData.architecture"),
            "bitness": directive::path("$.context.userAgentData.bitness"),
            "model": directive::path("$.context.userAgentData.model"),
            "platformVersion": directive::path("$.context.userAgentData.platformVersion"),
            "uaFullVersion": directive::path("$.context.userAgentData.uaFullVersion"),
            "wow64": directive::path("$.context.userAgentData.wow64"),
        })
    }
}

/// An ID that may be left out or given as `null`; Mixpanel sees the difference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Nullable {
    /// There is none.
    #[default]
    Missing,
    /// There is explicitly none.
    Null,
    /// The ID.
    Text(String),
}

impl Nullable {
    /// The ID, if there is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Missing | Self::Null => None,
        }
    }

    /// What to send; nothing for a missing ID.
    #[must_use]
    pub fn into_value(self) -> Option<Value> {
        match self {
            Self::Missing => None,
            Self::Null => Some(Value::Null),
            Self::Text(text) => Some(text.into()),
        }
    }

    /// The ID, else the other one.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match self {
            Self::Text(_) => self,
            Self::Missing | Self::Null => other,
        }
    }
}

impl<'de> Deserialize<'de> for Nullable {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let text = Option::deserialize(deserializer)?;
        Ok(text.map_or(Self::Null, Self::Text))
    }
}

impl FieldValue for Nullable {
    const TYPE: FieldType = FieldType::String;
    const REQUIRED: bool = false;
}
