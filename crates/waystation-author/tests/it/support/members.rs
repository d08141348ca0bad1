//! A members' club: OAuth, and nothing but joining and an export of members.

use waystation_kit::any::AnyDestination;
use waystation_kit::jobs::{JobPoll, JobState, JobStatus, SubmittedJob};
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
    #[field(default = path("$.userId"))]
    person: String,
}

impl ActionInfo<Members> for Export {
    const SLUG: &'static str = "export";
    const TITLE: &'static str = "Export";
    const DESCRIPTION: &'static str = "Exports members.";
}

impl AsynchronousAction<Members> for Export {
    async fn perform_batch(cx: &Context<Members>, batch: Batch<Self>) -> Result<SubmittedJob> {
        let people: Vec<&str> = batch.payloads().map(|member| member.person.as_str()).collect();
        let answer = cx
            .post("https://members.test/exports")
            .json(&json!(people))
            .send()
            .await?;
        let taken = |item: &BatchItem<Self>| -> ItemOutcome {
            ItemSuccess::new(Value::clone(&item.given), json!({}))
                .with_status(202)
                .into()
        };
        Ok(SubmittedJob {
            job_id: answer
                .data()
                .and_then(|data| Some(data["id"].as_str()?.to_owned())),
            status: Some(answer.status()),
            results: batch.iter().map(taken).collect(),
        })
    }

    async fn perform_poll(cx: &Context<Members>, poll: JobPoll) -> Result<JobStatus> {
        let answer = cx
            .get("https://members.test/exports")
            .path_segment(&poll.job_id)
            .send()
            .await?;
        Ok(JobStatus {
            status: answer.status(),
            state: Some(JobState::Succeeded),
            results: Some(vec![
                Some(
                    ItemSuccess::new(Value::Null, json!({"done": true})).into()
                );
                poll.upload_count
            ]),
            job_id: poll.job_id,
        })
    }
}
