//! The asynchronous action.

use std::sync::Arc;

use waystation_kit::jobs::{JobPoll, JobState, JobStatus, SubmittedJob};
use waystation_kit::json::js_string;
use waystation_kit::prelude::*;

use super::declared::payload;
use super::variants::{Probe, Variant};
use super::{address, failing, results};

payload!(AsyncUpload, "asyncUpload");

impl<V: Variant> ActionInfo<Probe<V>> for AsyncUpload {
    const SLUG: &'static str = "asyncUpload";
    const TITLE: &'static str = "Async upload";
    const DESCRIPTION: &'static str = "Starts a job and polls it";
}

impl<V: Variant> AsynchronousAction<Probe<V>> for AsyncUpload {
    async fn perform_batch(cx: &Context<Probe<V>>, batch: Batch<Self>) -> Result<SubmittedJob> {
        batch
            .payloads()
            .filter_map(|payload| payload.0.get("fail"))
            .try_for_each(failing::demanded)?;
        let ids: Vec<&Value> = batch
            .payloads()
            .filter_map(|payload| payload.0.get("id"))
            .collect();
        let mut body = json!({"items": ids});
        if let Some(token) = &cx.auth().access_token {
            body["token"] = token.expose().into();
        }
        let response = cx.post(address("/jobs")).json(&body).send().await?;
        let answer = response.data().cloned().unwrap_or_default();
        let hidden = answer
            .get("hide_status")
            .is_some_and(waystation_kit::json::is_truthy);
        let given: Vec<Arc<Value>> = batch.iter().map(|item| Arc::clone(&item.given)).collect();
        Ok(SubmittedJob {
            job_id: answer.get("job_id").filter(|id| !id.is_null()).map(js_string),
            status: (!hidden).then(|| response.status()),
            results: results::read(&answer, &given, batch.len()),
        })
    }

    async fn perform_poll(cx: &Context<Probe<V>>, poll: JobPoll) -> Result<JobStatus> {
        let mut query = vec![("count", poll.upload_count.to_string())];
        query.extend(
            cx.auth()
                .access_token
                .as_ref()
                .map(|token| ("token", token.expose().to_owned())),
        );
        let address = address(&format!("/jobs/{}", poll.job_id));
        let response = cx.get(address).query(query).send().await?;
        let answer = response.data().cloned().unwrap_or_default();
        let state = match answer["state"].as_str() {
            Some("running") => Some(JobState::InProgress),
            Some("done") => Some(JobState::Succeeded),
            Some("failed") => Some(JobState::Failed),
            Some("busy") => Some(JobState::RetryableError),
            _ => None,
        };
        Ok(JobStatus {
            job_id: poll.job_id,
            status: response.status(),
            state,
            results: answer.get("results").is_some().then(|| polled(&answer)),
        })
    }
}

/// The results of a poll, each in the slot that it names.
fn polled(answer: &Value) -> Vec<Option<ItemOutcome>> {
    let mut slots: Vec<Option<ItemOutcome>> = Vec::new();
    for (slot, result) in results::placed(answer) {
        if slots.len() <= slot {
            slots.resize(slot + 1, None);
        }
        slots[slot] = Some(results::outcome(result, json!({})));
    }
    slots
}
