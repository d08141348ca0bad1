//! Another name for a person.

use waystation_kit::prelude::*;
use waystation_kit::wire::is_absent;

use crate::Braze;
use crate::answer;
use crate::client;

/// An alias for a person, or for somebody who has no ID yet
/// ([reference](https://www.braze.com/docs/api/endpoints/user_data/post_user_alias/)).
#[skip_serializing_none]
#[derive(Debug, Deserialize, Serialize, Payload)]
pub struct CreateAlias {
    /// Your own ID of the person. Without it the alias stands for somebody who is not known yet.
    #[serde(skip_serializing_if = "is_absent")]
    #[field(label = "External ID", allow_null)]
    pub external_id: Option<String>,
    /// The alias itself.
    #[field(label = "Alias name")]
    pub alias_name: String,
    /// What kind of alias it is. A person has one alias of a kind.
    #[field(label = "Alias label")]
    pub alias_label: String,
}

impl ActionInfo<Braze> for CreateAlias {
    const SLUG: &'static str = "createAlias";
    const TITLE: &'static str = "Create Alias";
    const DESCRIPTION: &'static str = "Give a person another name.";
    const SUBSCRIBE: Option<&'static str> = Some(r#"event = "Create Alias""#);
    const IDEMPOTENT: bool = true;
}

impl Action<Braze> for CreateAlias {
    async fn perform(cx: &Context<Braze>, payload: Self) -> Result<Output> {
        payload.send(cx).await
    }
}

impl CreateAlias {
    pub(super) async fn send(self, cx: &Context<Braze>) -> Result<Output> {
        let request = client::post(cx, "/users/alias/new", &json!({"user_aliases": [self]}));
        let response = request.send().await?;
        answer::assert_processed(&response, &["aliases_processed"])?;
        Ok(response.into())
    }
}
