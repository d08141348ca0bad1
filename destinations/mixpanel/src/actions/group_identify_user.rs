//! What is known about a group.

use waystation_kit::json::is_truthy;
use waystation_kit::prelude::*;

use crate::profile::group_properties;
use crate::{Mixpanel, client};

/// The group key of projects that did not choose another.
const DEFAULT_GROUP_KEY: &str = "$group_id";

/// The code of the error about a group without traits.
const MISSING_FIELDS: ErrorCode = ErrorCode::new("Missing required fields");

/// A group.
#[derive(Debug, Deserialize, Payload)]
pub struct GroupIdentifyUser {
    /// The key that groups of this kind have in the settings of your project; `$group_id` if left out.
    #[field(label = "Group key")]
    pub group_key: Option<String>,
    /// The ID of the group. A trait of the same name as the group key wins.
    #[field(label = "Group ID", default = path("$.groupId"))]
    pub group_id: String,
    /// What to keep in the profile of the group.
    #[field(label = "Group properties", default = path("$.traits"))]
    pub traits: Option<JsonObject>,
}

impl ActionInfo<Mixpanel> for GroupIdentifyUser {
    const SLUG: &'static str = "groupIdentifyUser";
    const TITLE: &'static str = "Group Identify User";
    const DESCRIPTION: &'static str = "Keep the profile of a group up to date.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"type = "group""#);
    const IDEMPOTENT: bool = true;
}

impl Action<Mixpanel> for GroupIdentifyUser {
    async fn perform(cx: &Context<Mixpanel>, payload: Self) -> Result<Output> {
        let Some(traits) = payload.traits else {
            let message = "the profile of a group needs traits, and there are none";
            return Err(Error::integration(message, MISSING_FIELDS, 400));
        };
        let group_key = payload
            .group_key
            .filter(|key| !key.is_empty())
            .unwrap_or_else(|| DEFAULT_GROUP_KEY.to_owned());
        let group_id = match traits.get(&group_key).filter(|id| is_truthy(id)) {
            Some(id) => id.clone(),
            None => payload.group_id.into(),
        };
        let profile = JsonObject::from_iter([
            ("$token".to_owned(), cx.settings().project_token.expose().into()),
            ("$group_key".to_owned(), group_key.into()),
            ("$group_id".to_owned(), group_id),
            ("$set".to_owned(), group_properties(traits).into()),
        ]);
        Ok(client::post_data(cx, "/groups", &profile).await?.into())
    }
}
