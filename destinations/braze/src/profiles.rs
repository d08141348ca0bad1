//! User profiles: what both versions of the action share.

use waystation_kit::prelude::*;
use waystation_kit::wire::WireObject;

use crate::dates;
use crate::fields::{Nullable, OptionalUserAlias};
use crate::identity;

/// What is known about a person
/// ([reference](https://www.braze.com/docs/api/objects_filters/user_attributes_object/)). Null removes what
/// Braze knows.
#[derive(Debug, Deserialize, Payload)]
pub struct ProfileFields {
    /// Your own ID of the person.
    #[field(label = "External user ID", default = path("$.userId"))]
    pub external_id: Option<String>,
    /// An alias of the person; see
    /// [user alias object](https://www.braze.com/docs/api/objects_filters/user_alias_object/).
    #[field(label = "User alias")]
    pub user_alias: Option<OptionalUserAlias>,
    /// The ID that Braze gave the person.
    #[serde(default)]
    #[field(label = "Braze ID", allow_null, default = path("$.properties.braze_id"))]
    pub braze_id: Nullable<String>,
    /// The country as a two-letter code of [ISO 3166-1](https://www.iso.org/iso-3166-country-codes.html).
    #[serde(default)]
    #[field(label = "Country", allow_null, default = path("$.context.location.country"))]
    pub country: Nullable<String>,
    /// Where the person is.
    #[serde(default)]
    #[field(label = "Current location", allow_null, default = Location::default_mapping())]
    pub current_location: Nullable<Location>,
    /// When the person used the app first.
    #[serde(default)]
    #[field(label = "Date of first session", allow_null)]
    pub date_of_first_session: Nullable<Datetime>,
    /// When the person used the app last.
    #[serde(default)]
    #[field(label = "Date of last session", allow_null)]
    pub date_of_last_session: Nullable<Datetime>,
    /// The person's date of birth.
    #[serde(default)]
    #[field(label = "Date of birth", allow_null)]
    pub dob: Nullable<Datetime>,
    /// The person's email address.
    #[serde(default)]
    #[field(label = "Email", allow_null, default = path("$.traits.email"))]
    pub email: Nullable<String>,
    /// Whether the person wants email: `opted_in` (asked for it), `subscribed` or `unsubscribed`.
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
    #[serde(default)]
    #[field(label = "First name", allow_null, default = path("$.traits.firstName"))]
    pub first_name: Nullable<String>,
    /// The person's gender: `M`, `F`, `O` (other), `N` (not applicable) or `P` (prefers not to say). The words
    /// are understood as well.
    #[serde(default)]
    #[field(label = "Gender", allow_null, default = path("$.traits.gender"))]
    pub gender: Nullable<String>,
    /// The city that the person lives in.
    #[serde(default)]
    #[field(label = "Home city", allow_null, default = path("$.traits.address.city"))]
    pub home_city: Nullable<String>,
    /// The address of a picture of the person.
    #[serde(default)]
    #[field(label = "Image URL", allow_null, format = uri, default = path("$.traits.avatar"))]
    pub image_url: Nullable<String>,
    /// The person's language as a two-letter code of [ISO 639-1](https://www.iso.org/iso-639-language-code).
    #[serde(default)]
    #[field(label = "Language", allow_null)]
    pub language: Nullable<String>,
    /// The person's last name.
    #[field(label = "Last name", default = path("$.traits.lastName"))]
    pub last_name: Option<String>,
    /// When the person called an email spam.
    #[serde(default)]
    #[field(label = "Marked email as spam at", allow_null)]
    pub marked_email_as_spam_at: Nullable<Datetime>,
    /// The person's phone number, best in the form of E.164.
    #[serde(default)]
    #[field(label = "Phone number", allow_null, default = path("$.traits.phone"))]
    pub phone: Nullable<String>,
    /// Whether the person wants push notifications: `opted_in` (asked for them), `subscribed` or
    /// `unsubscribed`.
    #[field(label = "Push subscription")]
    pub push_subscribe: Option<String>,
    /// The tokens under which the person's devices get push notifications.
    #[field(label = "Push tokens")]
    pub push_tokens: Option<Vec<PushToken>>,
    /// The person's time zone under its name in the
    /// [IANA database](https://www.iana.org/time-zones), for example `Europe/Lisbon`.
    #[field(label = "Time zone")]
    pub time_zone: Option<String>,
    /// What is known about the person's Twitter account.
    #[field(label = "Twitter account")]
    pub twitter: Option<Twitter>,
    /// Which subscription groups the person joins or leaves.
    #[field(label = "Subscription groups")]
    pub subscription_groups: Option<Vec<SubscriptionGroup>>,
    /// What else is known about the person. Keys that have fields of their own are left out.
    #[field(label = "Custom attributes", default = path("$.traits"))]
    pub custom_attributes: Option<JsonObject>,
}

/// A place on earth.
#[derive(Debug, Clone, Deserialize, Payload)]
pub struct Location {
    /// Degrees north.
    #[field(label = "Latitude")]
    pub latitude: Option<serde_json::Number>,
    /// Degrees east.
    #[field(label = "Longitude")]
    pub longitude: Option<serde_json::Number>,
}

/// A Facebook account.
#[derive(Debug, Clone, Deserialize, Payload)]
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
#[derive(Debug, Clone, Deserialize, Payload)]
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
#[derive(Debug, Clone, Deserialize, Payload)]
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
#[derive(Debug, Clone, Deserialize, Payload)]
pub struct SubscriptionGroup {
    /// The group.
    #[field(label = "Subscription group ID")]
    pub subscription_group_id: String,
    /// Whether the person is in it.
    #[field(label = "Subscription state")]
    pub subscription_state: SubscriptionState,
}

/// Whether a person is in a subscription group.
#[derive(Debug, Clone, Copy, Deserialize, Choices)]
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

    /// The place, as far as it is known; `None` if it is not known at all.
    fn into_wire(self) -> Option<Value> {
        if self.latitude.is_none() && self.longitude.is_none() {
            return None;
        }
        let place = WireObject::with_capacity(2)
            .with_some("latitude", self.latitude)
            .with_some("longitude", self.longitude);
        Some(place.into())
    }
}

impl From<Facebook> for Value {
    fn from(account: Facebook) -> Self {
        WireObject::default()
            .with_some("id", account.id)
            .with_some("likes", account.likes)
            .with_some("num_friends", account.num_friends)
            .into()
    }
}

impl From<Twitter> for Value {
    fn from(account: Twitter) -> Self {
        WireObject::default()
            .with_some("id", account.id)
            .with_some("screen_name", account.screen_name)
            .with_some("followers_count", account.followers_count)
            .with_some("friends_count", account.friends_count)
            .with_some("statuses_count", account.statuses_count)
            .into()
    }
}

impl From<PushToken> for Value {
    fn from(token: PushToken) -> Self {
        WireObject::default()
            .with("app_id", token.app_id)
            .with("token", token.token)
            .with_some("device_id", token.device_id)
            .into()
    }
}

impl From<SubscriptionGroup> for Value {
    fn from(group: SubscriptionGroup) -> Self {
        json!({
            "subscription_group_id": group.subscription_group_id,
            "subscription_state": group.subscription_state.name(),
        })
    }
}

impl ProfileFields {
    /// The attribute object; `None` if it is about nobody.
    #[must_use]
    pub fn into_wire(self, update_existing_only: Option<bool>) -> Option<Value> {
        let user_alias = self.user_alias.and_then(OptionalUserAlias::complete);
        let is_about_somebody = user_alias.is_some()
            || identity::is_given(self.braze_id.value())
            || identity::is_given(self.external_id.as_ref())
            || identity::is_given(self.email.value());
        if !is_about_somebody {
            return None;
        }
        let groups = self.subscription_groups.filter(|groups| !groups.is_empty());
        let moment = |date: Nullable<Datetime>| date.and_then(|date| dates::moment(&date)).into_wire();
        let attributes = WireObject::from(custom_attributes(self.custom_attributes))
            .with_some("braze_id", self.braze_id.into_wire())
            .with_some("external_id", self.external_id)
            .with_some("user_alias", user_alias)
            .with_some("country", self.country.into_wire())
            .with_some(
                "current_location",
                self.current_location.and_then(Location::into_wire).into_wire(),
            )
            .with_some("date_of_first_session", moment(self.date_of_first_session))
            .with_some("date_of_last_session", moment(self.date_of_last_session))
            .with_some("dob", self.dob.and_then(|date| dates::day(&date)).into_wire())
            .with_some("email", self.email.into_wire())
            .with_some("email_subscribe", self.email_subscribe)
            .with_some("email_open_tracking_disabled", self.email_open_tracking_disabled)
            .with_some(
                "email_click_tracking_disabled",
                self.email_click_tracking_disabled,
            )
            .with_some("facebook", self.facebook)
            .with_some("first_name", self.first_name.into_wire())
            .with_some("gender", self.gender.map(gender).into_wire())
            .with_some("home_city", self.home_city.into_wire())
            .with_some("image_url", self.image_url.into_wire())
            .with_some("language", self.language.into_wire())
            .with_some("last_name", self.last_name)
            .with_some("marked_email_as_spam_at", moment(self.marked_email_as_spam_at))
            .with_some("phone", self.phone.into_wire())
            .with_some("push_subscribe", self.push_subscribe)
            .with_some("push_tokens", self.push_tokens)
            .with_some("time_zone", self.time_zone)
            .with_some("twitter", self.twitter)
            .with_some("subscription_groups", groups)
            .with_some("_update_existing_only", update_existing_only);
        Some(attributes.into())
    }
}

/// What never is a custom attribute: it has a field of its own in the same words or in others, or is a field
/// of events and purchases. A field that a mapping leaves empty stays empty.
const RESERVED: [&str; 34] = [
    "external_id",
    "user_alias",
    "braze_id",
    "country",
    "current_location",
    "date_of_first_session",
    "date_of_last_session",
    "dob",
    "email",
    "email_subscribe",
    "email_open_tracking_disabled",
    "email_click_tracking_disabled",
    "facebook",
    "first_name",
    "firstName",
    "gender",
    "home_city",
    "image_url",
    "avatar",
    "language",
    "last_name",
    "lastName",
    "marked_email_as_spam_at",
    "phone",
    "push_subscribe",
    "push_tokens",
    "time_zone",
    "twitter",
    "_update_existing_only",
    "enable_batching",
    "batch_size",
    "time",
    "products",
    "properties",
];

fn custom_attributes(given: Option<JsonObject>) -> JsonObject {
    let mut attributes = given.unwrap_or_default();
    attributes.retain(|key, _| !RESERVED.contains(&key.as_str()));
    attributes
}

/// The letter that Braze knows a gender by; a word that it does not know stays as it is.
fn gender(word: String) -> String {
    let letter = match word.to_lowercase().as_str() {
        "man" | "male" | "m" => "M",
        "woman" | "female" | "w" | "f" => "F",
        "other" | "o" => "O",
        "not applicable" | "n" => "N",
        "prefer not to say" | "p" => "P",
        _ => return word,
    };
    letter.to_owned()
}
