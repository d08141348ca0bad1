//! Who somebody is, and what is known about them.

use waystation_kit::prelude::*;

use crate::fields::Nullable;
use crate::profile::person_properties;
use crate::{Mixpanel, client};

/// A person.
#[derive(Debug, Deserialize, Payload)]
pub struct IdentifyUser {
    /// The IP address of the person. Mixpanel looks up the place and keeps no address.
    #[field(label = "IP address", default = path("$.context.ip"))]
    pub ip: Option<String>,
    /// The ID of the person once known.
    #[serde(default)]
    #[field(label = "User ID", allow_null, default = path("$.userId"))]
    pub user_id: Nullable,
    /// The ID from before the person was known. Mixpanel joins it to the user ID.
    #[serde(default)]
    #[field(label = "Anonymous ID", allow_null, default = path("$.anonymousId"))]
    pub anonymous_id: Nullable,
    /// What to keep in the profile of the person.
    #[field(label = "User properties", default = path("$.traits"))]
    pub traits: Option<JsonObject>,
}

impl ActionInfo<Mixpanel> for IdentifyUser {
    const SLUG: &'static str = "identifyUser";
    const TITLE: &'static str = "Identify User";
    const DESCRIPTION: &'static str =
        "Say who a device belongs to, and keep the profile of the person up to date.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "identify""#);
    const IDEMPOTENT: bool = true;
}

impl Action<Mixpanel> for IdentifyUser {
    /// The profile comes second: it belongs to the person whom the first request makes known.
    async fn perform(cx: &Context<Mixpanel>, payload: Self) -> Result<Output> {
        let mut answers = Vec::with_capacity(2);
        if let Some(identity) = payload.identity(cx) {
            answers.push(client::post_data(cx, "/track", &identity).await?.data_or_text());
        }
        if let Some(profile) = payload.profile(cx) {
            answers.push(client::post_data(cx, "/engage", &profile).await?.data_or_text());
        }
        Ok(Value::Array(answers).into())
    }
}

impl IdentifyUser {
    /// The [event](https://developer.mixpanel.com/reference/create-identity) that joins both IDs.
    fn identity(&self, cx: &Context<Mixpanel>) -> Option<JsonObject> {
        let anonymous_id = self.anonymous_id.text().filter(|id| !id.is_empty())?;
        let mut properties = JsonObject::new();
        if let Some(user_id) = self.user_id.clone().into_value() {
            properties.insert("$identified_id".to_owned(), user_id);
        }
        properties.insert("$anon_id".to_owned(), anonymous_id.into());
        Some(client::identity_event(cx.settings(), "$identify", properties))
    }

    fn profile(self, cx: &Context<Mixpanel>) -> Option<JsonObject> {
        let traits = self.traits.filter(|traits| !traits.is_empty())?;
        let distinct_id = self.user_id.or(self.anonymous_id);
        let mut profile = client::profile_of_person(cx.settings(), distinct_id, self.ip);
        profile.insert("$set".to_owned(), person_properties(traits).into());
        Some(profile)
    }
}
