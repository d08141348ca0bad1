//! User profiles: what both versions of the action share.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde::Deserializer;
use waystation_kit::prelude::*;
use waystation_kit::wire::{Absent, is_absent};

use crate::dates::{Day, Moment};
use crate::fields::{Nullable, OptionalUserAlias};
use crate::identity;
use crate::track::Object;
use crate::unsendable::Unsendable;

/// What is known about a person
/// ([reference](https://www.braze.com/docs/api/objects_filters/user_attributes_object/)). Null removes what
/// Braze knows.
#[skip_serializing_none]
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct ProfileFields {
    /// Your own ID of the person.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "External user ID", default = path("$.userId"))]
    pub external_id: Option<String>,
    /// An alias of the person; see
    /// [user alias object](https://www.braze.com/docs/api/objects_filters/user_alias_object/).
    #[serde(skip_serializing_if = "OptionalUserAlias::is_incomplete")]
    #[field(label = "User alias")]
    pub user_alias: Option<OptionalUserAlias>,
    /// The ID that Braze gave the person.
    #[serde(
        default,
        deserialize_with = "identity::braze_id",
        skip_serializing_if = "is_absent"
    )]
    #[field(label = "Braze ID", allow_null, default = path("$.properties.braze_id"))]
    pub braze_id: Option<String>,
    /// The country as a two-letter code of [ISO 3166-1](https://www.iso.org/iso-3166-country-codes.html).
    #[serde(default, skip_serializing_if = "is_absent")]
    #[field(label = "Country", allow_null, default = path("$.context.location.country"))]
    pub country: Nullable<String>,
    /// Where the person is.
    #[serde(default, skip_serializing_if = "is_absent")]
    #[field(label = "Current location", allow_null, default = Location::default_mapping())]
    pub current_location: Nullable<Location>,
    /// When the person used the app first.
    #[serde(default, skip_serializing_if = "is_absent")]
    #[field(label = "Date of first session", allow_null)]
    pub date_of_first_session: Nullable<Moment>,
    /// When the person used the app last.
    #[serde(default, skip_serializing_if = "is_absent")]
    #[field(label = "Date of last session", allow_null)]
    pub date_of_last_session: Nullable<Moment>,
    /// The person's date of birth.
    #[serde(default, skip_serializing_if = "is_absent")]
    #[field(label = "Date of birth", allow_null)]
    pub dob: Nullable<Day>,
    /// The person's email address.
    #[serde(default, skip_serializing_if = "is_absent")]
    #[field(label = "Email", allow_null, default = path("$.traits.email"))]
    pub email: Nullable<String>,
    /// Whether the person wants email: `opted_in` (asked for it), `subscribed` or `unsubscribed`.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "Email subscription")]
    pub email_subscribe: Option<String>,
    /// Send the person email without the pixel that tells when it is opened.
    #[field(label = "Disable email open tracking")]
    pub email_open_tracking_disabled: Option<bool>,
    /// Send the person email whose links do not tell when they are clicked.
    #[field(label = "Disable email click tracking")]
    pub email_click_tracking_disabled: Option<bool>,
    /// What is known about the person's Facebook account.
    #[field(label = "Facebook account")]
    pub facebook: Option<Facebook>,
    /// The person's first name.
    #[serde(default, skip_serializing_if = "is_absent")]
    #[field(label = "First name", allow_null, default = path("$.traits.firstName"))]
    pub first_name: Nullable<String>,
    /// The person's gender: `M`, `F`, `O` (other), `N` (not applicable) or `P` (prefers not to say). The words
    /// are understood as well.
    #[serde(default, deserialize_with = "gender", skip_serializing_if = "is_absent")]
    #[field(label = "Gender", allow_null, default = path("$.traits.gender"))]
    pub gender: Nullable<String>,
    /// The city that the person lives in.
    #[serde(default, skip_serializing_if = "is_absent")]
    #[field(label = "Home city", allow_null, default = path("$.traits.address.city"))]
    pub home_city: Nullable<String>,
    /// The address of a picture of the person.
    #[serde(default, skip_serializing_if = "is_absent")]
    #[field(label = "Image URL", allow_null, format = uri, default = path("$.traits.avatar"))]
    pub image_url: Nullable<String>,
    /// The person's language as a two-letter code of [ISO 639-1](https://www.iso.org/iso-639-language-code).
    #[serde(default, skip_serializing_if = "is_absent")]
    #[field(label = "Language", allow_null)]
    pub language: Nullable<String>,
    /// The person's last name.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "Last name", default = path("$.traits.lastName"))]
    pub last_name: Option<String>,
    /// When the person called an email spam.
    #[serde(default, skip_serializing_if = "is_absent")]
    #[field(label = "Marked email as spam at", allow_null)]
    pub marked_email_as_spam_at: Nullable<Moment>,
    /// The person's phone number, best in the form of E.164.
    #[serde(default, skip_serializing_if = "is_absent")]
    #[field(label = "Phone number", allow_null, default = path("$.traits.phone"))]
    pub phone: Nullable<String>,
    /// Whether the person wants push notifications: `opted_in` (asked for them), `subscribed` or
    /// `unsubscribed`.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "Push subscription")]
    pub push_subscribe: Option<String>,
    /// The tokens under which the person's devices get push notifications.
    #[field(label = "Push tokens")]
    pub push_tokens: Option<Vec<PushToken>>,
    /// The person's time zone under its name in the
    /// [IANA database](https://www.iana.org/time-zones), for example `Europe/Lisbon`.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "Time zone")]
    pub time_zone: Option<String>,
    /// What is known about the person's Twitter account.
    #[field(label = "Twitter account")]
    pub twitter: Option<Twitter>,
    /// Which subscription groups the person joins or leaves.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "Subscription groups")]
    pub subscription_groups: Option<Vec<SubscriptionGroup>>,
    /// What else is known about the person. Keys that have fields of their own are left out.
    #[serde(skip_serializing)]
    #[field(label = "Custom attributes", default = path("$.traits"))]
    pub custom_attributes: Option<JsonObject>,
}

/// A place on earth.
#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize, Payload)]
pub struct Location {
    /// Degrees north.
    #[field(label = "Latitude")]
    pub latitude: Option<serde_json::Number>,
    /// Degrees east.
    #[field(label = "Longitude")]
    pub longitude: Option<serde_json::Number>,
}

/// A Facebook account.
#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize, Payload)]
pub struct Facebook {
    /// The account's ID.
    #[field(label = "Facebook ID")]
    pub id: Option<String>,
    /// What the person likes.
    #[field(label = "Likes")]
    pub likes: Option<Vec<String>>,
    /// How many friends the person has.
    #[field(label = "Number of friends")]
    pub num_friends: Option<i64>,
}

/// A Twitter account.
#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize, Payload)]
pub struct Twitter {
    /// The account's ID.
    #[field(label = "Twitter ID")]
    pub id: Option<String>,
    /// The name after the `@`.
    #[field(label = "Screen name")]
    pub screen_name: Option<String>,
    /// How many follow the person.
    #[field(label = "Number of followers")]
    pub followers_count: Option<i64>,
    /// How many the person follows.
    #[field(label = "Number of accounts followed")]
    pub friends_count: Option<i64>,
    /// How much the person has written.
    #[field(label = "Number of posts")]
    pub statuses_count: Option<i64>,
}

/// The token of a device.
#[skip_serializing_none]
#[derive(Debug, Clone, Deserialize, Serialize, Payload)]
pub struct PushToken {
    /// The app that the token belongs to.
    #[field(label = "App ID")]
    pub app_id: String,
    /// The token itself.
    #[field(label = "Token")]
    pub token: String,
    /// The device.
    #[field(label = "Device ID")]
    pub device_id: Option<String>,
}

/// What becomes of a person's membership of a subscription group.
#[derive(Debug, Clone, Deserialize, Serialize, Payload)]
pub struct SubscriptionGroup {
    /// The group.
    #[field(label = "Subscription group ID")]
    pub subscription_group_id: String,
    /// Whether the person is in it.
    #[field(label = "Subscription state")]
    pub subscription_state: SubscriptionState,
}

/// Whether a person is in a subscription group.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, Choices)]
#[serde(rename_all = "lowercase")]
pub enum SubscriptionState {
    /// The person is in it.
    Subscribed,
    /// The person is not in it.
    Unsubscribed,
}

impl Location {
    fn default_mapping() -> Value {
        json!({
            "latitude": directive::path("$.context.location.latitude"),
            "longitude": directive::path("$.context.location.longitude"),
        })
    }
}

impl Absent for Location {
    fn is_absent(&self) -> bool {
        self.latitude.is_none() && self.longitude.is_none()
    }
}

/// A profile as it is sent.
#[derive(Serialize)]
struct Attributes {
    #[serde(flatten)]
    custom: JsonObject,
    #[serde(flatten)]
    known: ProfileFields,
}

impl ProfileFields {
    /// The attribute object.
    ///
    /// # Errors
    /// It is about nobody.
    pub fn into_wire(mut self, update_existing_only: Option<bool>) -> Result<Value, Unsendable> {
        let mut custom = self.custom_attributes.take().unwrap_or_default();
        custom.retain(|key, _| !RESERVED.contains(key.as_str()));
        let attributes = Object {
            app_id: None,
            what: Attributes { custom, known: self },
            update_existing_only,
        };
        identity::assert_about_somebody(json!(attributes))
    }
}

/// Traits that are never custom attributes: they have fields of their own under other names, or are fields of
/// events and purchases.
const OTHERS_RESERVED: [&str; 9] = [
    "firstName",
    "lastName",
    "avatar",
    "_update_existing_only",
    "enable_batching",
    "batch_size",
    "time",
    "products",
    "properties",
];

/// What never is a custom attribute: besides [`OTHERS_RESERVED`], whatever has a field of its own. A field that a
/// mapping leaves empty stays empty. Only subscription groups may come as an attribute, too.
static RESERVED: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let fields = ProfileFields::fields();
    let names = fields.iter().map(|(key, _)| key);
    names
        .chain(OTHERS_RESERVED)
        .filter(|key| !matches!(*key, "subscription_groups" | "custom_attributes"))
        .map(str::to_owned)
        .collect()
});

/// Reads a gender: the letter that Braze knows it by. A word that Braze does not know stays as it is. Truth
/// values, which the fields' coercion makes texts, say nothing about it.
fn gender<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Nullable<String>, D::Error> {
    let Some(word) = Option::<String>::deserialize(deserializer)? else {
        return Ok(Nullable::Null);
    };
    let letter = match word.to_lowercase().as_str() {
        "" | "true" | "false" => return Ok(Nullable::Absent),
        "man" | "male" | "m" => "M",
        "woman" | "female" | "w" | "f" => "F",
        "other" | "o" => "O",
        "not applicable" | "n" => "N",
        "prefer not to say" | "p" => "P",
        _ => return Ok(Nullable::Value(word)),
    };
    Ok(Nullable::Value(letter.to_owned()))
}
