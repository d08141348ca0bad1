//! A members' club: OAuth, and nothing but joining and an export of members.

use waystation_kit::any::AnyDestination;
use waystation_kit::jobs::{JobPoll, JobStatus, SubmittedJob};
use waystation_kit::prelude::*;

pub(crate) fn definition() -> AnyDestination {
    Members::definition().build()
}

pub(crate) struct Members;

/// What a club connects with.
#[derive(Debug, Deserialize, Settings)]
pub(crate) struct MembersSettings {
    /// The club's name.
    club: String,
}

impl Destination for Members {
    const SLUG: &'static str = "members";
    const NAME: &'static str = "Members";
    type Settings = MembersSettings;

    fn definition() -> Definition<Self> {
        Definition::new(Scheme::OAuth2)
            .refresh_access_token(|cx| Box::pin(refresh(cx)))
            .action::<Join>()
            .asynchronous_action::<Export>()
    }

    fn extend_request(_: &MembersSettings, auth: &Auth) -> Result<RequestDefaults> {
        match &auth.access_token {
            Some(token) => RequestDefaults::new().bearer(token),
            None => Ok(RequestDefaults::new()),
        }
    }
}

async fn refresh(cx: &Context<Members>) -> Result<Option<RefreshedTokens>> {
    let refresh_token = cx.auth().refresh_token.clone().unwrap_or_default();
    let form = [
        ("refresh_token", refresh_token.expose()),
        ("club", &cx.settings().club),
    ];
    let response = cx.post("https://members.test/token").form(form).send().await?;
    let token = response.data().and_then(|data| data["token"].as_str());
    Ok(token.map(|token| RefreshedTokens {
        access_token: token.into(),
        refresh_token: None,
    }))
}

/// A person who joins.
#[derive(Debug, Deserialize, Serialize, Payload)]
pub(crate) struct Join {
    /// The person.
    #[field(default = path("$.userId"))]
    person: String,
}

impl ActionInfo<Members> for Join {
    const SLUG: &'static str = "join";
    const TITLE: &'static str = "Join";
    const DESCRIPTION: &'static str = "Lets a person join.";
}

impl Action<Members> for Join {
    async fn perform(cx: &Context<Members>, payload: Self) -> Result<Output> {
        Ok(cx
            .post("https://members.test/join")
            .json(&payload)
            .send()
            .await?
            .into())
    }
}

/// A member to export.
#[derive(Debug, Deserialize, Payload)]
pub(crate) struct Export {
    /// The person.
    #[allow(dead_code)]
    person: String,
}

impl ActionInfo<Members> for Export {
    const SLUG: &'static str = "export";
    const TITLE: &'static str = "Export";
    const DESCRIPTION: &'static str = "Exports members.";
}

impl AsynchronousAction<Members> for Export {
    async fn perform_batch(_: &Context<Members>, _: Batch<Self>) -> Result<SubmittedJob> {
        Err(Error::not_implemented("no exports today"))
    }

    async fn perform_poll(_: &Context<Members>, _: JobPoll) -> Result<JobStatus> {
        Err(Error::not_implemented("no exports today"))
    }
}
