//! Jobs that are handed in and asked about later.

use waystation_kit::jobs::{JobPoll, JobState, JobStatus, SubmittedJob};
use waystation_kit::prelude::*;

use crate::ExampleCrm;
use crate::client::url;
use crate::fields::batching;

/// A contact that is imported with many others.
#[derive(Debug, Serialize, Deserialize, Payload)]
#[payload(extend = batching)]
pub struct ImportContacts {
    /// Your own ID of the person.
    #[field(label = "Contact ID", default = path("$.userId"))]
    pub id: String,
    /// What is known about the contact.
    #[field(label = "Attributes", default = path("$.traits"))]
    pub attributes: Option<JsonObject>,
}

impl ActionInfo<ExampleCrm> for ImportContacts {
    const SLUG: &'static str = "importContacts";
    const TITLE: &'static str = "Import Contacts";
    const DESCRIPTION: &'static str = "Import many contacts at once, which the partner does in its own time.";
    const SUBSCRIBE: Option<&'static str> = Some("type = \"identify\"");
}

/// The partner's word on a job.
#[derive(Debug, Deserialize)]
struct Job {
    id: String,
    state: Option<String>,
    /// What was refused, once the job is done.
    #[serde(default)]
    refused: Vec<Refused>,
}

#[derive(Debug, Deserialize)]
struct Refused {
    index: usize,
    message: String,
}

impl AsynchronousAction<ExampleCrm> for ImportContacts {
    async fn perform_batch(cx: &Context<ExampleCrm>, batch: Batch<Self>) -> Result<SubmittedJob> {
        let contacts: Vec<&Self> = batch.payloads().collect();
        let response = cx
            .post(url(cx, "/imports"))
            .json(&json!({"contacts": contacts}))
            .send()
            .await?;
        let job: Job = response.json()?;
        // So far each item is accepted, no more. An item without a result would count as failed.
        let accepted = |item: &BatchItem<Self>| -> ItemOutcome {
            ItemSuccess::new(json!(item.payload), Value::clone(&item.given))
                .with_status(202)
                .into()
        };
        Ok(SubmittedJob {
            job_id: Some(job.id),
            status: Some(response.status()),
            results: batch.iter().map(accepted).collect(),
        })
    }

    async fn perform_poll(cx: &Context<ExampleCrm>, poll: JobPoll) -> Result<JobStatus> {
        let response = cx
            .get(url(cx, "/imports"))
            .path_segment(&poll.job_id)
            .send()
            .await?;
        let job: Job = response.json()?;
        let state = match job.state.as_deref() {
            Some("running") => Some(JobState::InProgress),
            Some("done") => Some(JobState::Succeeded),
            Some("failed") => Some(JobState::Failed),
            Some("interrupted") => Some(JobState::RetryableError),
            // A word that is not known is told as such, not guessed at.
            _ => None,
        };
        let results = (state == Some(JobState::Succeeded)).then(|| results(&job.refused, poll.upload_count));
        Ok(JobStatus {
            job_id: poll.job_id,
            status: response.status(),
            state,
            results,
        })
    }
}

/// A result for each item that was uploaded.
fn results(refused: &[Refused], uploaded: usize) -> Vec<Option<ItemOutcome>> {
    // A refusal that names no contact of the job may be about any of those that are not named.
    let lost = refused.iter().filter(|refused| refused.index >= uploaded);
    let lost: Vec<&str> = lost.map(|refused| refused.message.as_str()).collect();
    let result = |index| match refused.iter().find(|refused| refused.index == index) {
        Some(refused) => ItemError::new(400, &refused.message).into(),
        None if !lost.is_empty() => ItemError::unknown(lost.join("; ")).into(),
        None => ItemSuccess::new(Value::Null, json!({"imported": true})).into(),
    };
    (0..uploaded).map(|index| Some(result(index))).collect()
}
