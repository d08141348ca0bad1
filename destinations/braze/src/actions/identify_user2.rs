//! An ID for somebody who so far has an alias or an email address only.

use waystation_kit::prelude::*;

use super::identify_user::{Identification, IdentifiedAlias, MergeBehavior};
use crate::Braze;
use crate::client;
use crate::fields::UserAlias;
use crate::unsendable::Unsendable;

/// Somebody who has an alias or an email address only and now gets an ID
/// ([reference](https://www.braze.com/docs/api/endpoints/user_data/post_user_identify/)).
#[derive(Debug, Deserialize, Payload)]
pub struct IdentifyUser2 {
    /// Your own ID of the person.
    #[field(label = "External ID")]
    pub external_id: String,
    /// The alias that the person has so far.
    #[field(
        label = "User alias",
        required = Required::When(Conditions::all([Condition::is_unset("email_to_identify")]))
    )]
    pub user_alias: Option<UserAlias>,
    /// The email address that the person has so far.
    #[field(
        label = "Email to identify",
        required = Required::When(Conditions::all([Condition::is_unset("user_alias")]))
    )]
    pub email_to_identify: Option<String>,
    /// Which of several people with the email address is meant.
    #[field(
        label = "Prioritization",
        required = Required::When(Conditions::all([Condition::is_set("email_to_identify")])),
        depends_on = Conditions::all([Condition::is_set("email_to_identify")])
    )]
    pub prioritization: Option<Prioritization>,
    /// What becomes of what is known about the person so far.
    #[field(label = "Merge behavior")]
    pub merge_behavior: Option<MergeBehavior>,
}

/// Which of several people is meant.
#[derive(Debug, Clone, Deserialize, Payload)]
pub struct Prioritization {
    /// Who is meant in the first place.
    #[field(label = "First priority")]
    pub first_priority: Option<Priority>,
    /// Who is meant if that still leaves several.
    #[field(label = "Second priority")]
    pub second_priority: Option<Priority>,
}

/// A way of choosing among people.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, Choices)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// People without an ID.
    Unidentified,
    /// Whoever was updated last.
    MostRecentlyUpdated,
    /// Whoever was not updated for longest.
    LeastRecentlyUpdated,
}

impl ActionInfo<Braze> for IdentifyUser2 {
    const SLUG: &'static str = "identifyUser2";
    const TITLE: &'static str = "Identify User V2";
    const DESCRIPTION: &'static str =
        "Give an ID to somebody who so far has an alias or an email address only.";
    const IDEMPOTENT: bool = true;

    fn sync_modes() -> Option<SyncModes> {
        Some(SyncModes {
            default: SyncMode::Add,
            label: "How to sync",
            description: "What becomes of the rows of a source. Braze treats both alike.",
            choices: vec![
                (SyncMode::Add, "Identify new people"),
                (SyncMode::Upsert, "Identify new and known people"),
            ],
        })
    }
}

impl Action<Braze> for IdentifyUser2 {
    async fn perform(cx: &Context<Braze>, payload: Self) -> Result<Output> {
        if !matches!(cx.sync_mode(), Some(SyncMode::Add | SyncMode::Upsert)) {
            return Err(Unsendable::WrongSyncMode(r#""add" or "upsert""#).into());
        }
        let body = payload.body();
        let answer = client::post(cx, "/users/identify", &body).send().await;
        let response = answer.map_err(client::in_words_of_braze)?;
        body.assert_identified(&response)?;
        Ok(response.into())
    }
}

impl IdentifyUser2 {
    fn body(&self) -> Identification<'_> {
        let external_id = self.external_id.as_str();
        let alias = self.user_alias.as_ref();
        let email = self.email_to_identify.as_ref().filter(|email| !email.is_empty());
        let priorities: Vec<Priority> = self
            .prioritization
            .iter()
            .flat_map(Prioritization::in_order)
            .collect();
        Identification {
            merge_behavior: self.merge_behavior,
            aliases_to_identify: alias.map(|user_alias| {
                [IdentifiedAlias {
                    external_id,
                    user_alias,
                }]
            }),
            emails_to_identify: email.map(|email| {
                [json!({"external_id": external_id, "email": email, "prioritization": priorities})]
            }),
        }
    }
}

impl Prioritization {
    fn in_order(&self) -> impl Iterator<Item = Priority> + use<> {
        self.first_priority.into_iter().chain(self.second_priority)
    }
}
