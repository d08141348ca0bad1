//! An ID for somebody who so far has an alias only.

use waystation_kit::prelude::*;

use crate::Braze;
use crate::answer;
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
#[derive(Debug, Clone, Copy, Deserialize, Serialize, Choices)]
#[serde(rename_all = "lowercase")]
pub enum MergeBehavior {
    /// It is lost, but for push tokens and message history.
    None,
    /// Fields that only the alias has are kept.
    Merge,
}

/// The body of `/users/identify`.
#[skip_serializing_none]
#[derive(Debug, Serialize)]
pub(super) struct Identification<'payload> {
    pub(super) merge_behavior: Option<MergeBehavior>,
    pub(super) aliases_to_identify: Option<[IdentifiedAlias<'payload>; 1]>,
    pub(super) emails_to_identify: Option<[Value; 1]>,
}

/// Whom an alias stands for.
#[derive(Debug, Serialize)]
pub(super) struct IdentifiedAlias<'payload> {
    pub(super) external_id: &'payload str,
    pub(super) user_alias: &'payload UserAlias,
}

impl ActionInfo<Braze> for IdentifyUser {
    const SLUG: &'static str = "identifyUser";
    const TITLE: &'static str = "Identify User";
    const DESCRIPTION: &'static str = "Give an ID to somebody who so far has an alias only.";
    const IDEMPOTENT: bool = true;
}

impl Action<Braze> for IdentifyUser {
    async fn perform(cx: &Context<Braze>, payload: Self) -> Result<Output> {
        let body = Identification {
            merge_behavior: payload.merge_behavior,
            aliases_to_identify: Some([IdentifiedAlias {
                external_id: &payload.external_id,
                user_alias: &payload.user_alias,
            }]),
            emails_to_identify: None,
        };
        let response = client::post(cx, "/users/identify", &body).send().await?;
        body.assert_identified(&response)?;
        Ok(response.into())
    }
}

impl Identification<'_> {
    /// Asks an answer whether everybody was identified. Braze drops aliases that it does not know, and says so
    /// only in its counts.
    pub(super) fn assert_identified(&self, response: &Response) -> Result<()> {
        let alias = self.aliases_to_identify.as_ref().map(|_| "aliases_processed");
        let email = self.emails_to_identify.as_ref().map(|_| "emails_processed");
        let counts: Vec<&str> = alias.into_iter().chain(email).collect();
        answer::assert_processed(response, &counts)
    }
}
