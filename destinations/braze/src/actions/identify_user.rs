//! An ID for somebody who so far has an alias only.

use waystation_kit::prelude::*;
use waystation_kit::wire::WireObject;

use crate::Braze;
use crate::client;
use crate::fields::UserAlias;

/// Somebody who has an alias only and now gets an ID
/// ([reference](https://www.braze.com/docs/api/endpoints/user_data/post_user_identify/)).
#[derive(Debug, Deserialize, Payload)]
pub struct IdentifyUser {
    /// Your own ID of the person.
    #[field(label = "External ID")]
    pub external_id: String,
    /// The alias that the person has so far.
    #[field(label = "User alias")]
    pub user_alias: UserAlias,
    /// What becomes of what is known about the person under the alias.
    #[field(label = "Merge behavior")]
    pub merge_behavior: Option<MergeBehavior>,
}

/// What becomes of what is known about somebody under an alias.
#[derive(Debug, Clone, Copy, Deserialize, Choices)]
#[serde(rename_all = "lowercase")]
pub enum MergeBehavior {
    /// It is lost, but for push tokens and message history.
    None,
    /// Fields that only the alias has are kept.
    Merge,
}

impl From<MergeBehavior> for Value {
    fn from(behavior: MergeBehavior) -> Self {
        behavior.name().into()
    }
}

impl ActionInfo<Braze> for IdentifyUser {
    const SLUG: &'static str = "identifyUser";
    const TITLE: &'static str = "Identify User";
    const DESCRIPTION: &'static str = "Give an ID to somebody who so far has an alias only.";
}

impl Action<Braze> for IdentifyUser {
    async fn perform(cx: &Context<Braze>, payload: Self) -> Result<Output> {
        let alias = json!([{"external_id": payload.external_id, "user_alias": payload.user_alias}]);
        let body: Value = WireObject::with_capacity(2)
            .with("aliases_to_identify", alias)
            .with_some("merge_behavior", payload.merge_behavior)
            .into();
        Ok(client::post(cx, "/users/identify", &body).send().await?.into())
    }
}
