//! Batches that become jobs at the partner: handed in, then asked about until there is a result.
//!
//! Each delivery remembers in the queue which job it belongs to and where it stands in it, so a job is asked
//! about after a restart as well, and not handed in twice.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use waystation_config::SubscriptionConfig;
use waystation_kit::jobs::{JobPoll, JobState, JobStatus};
use waystation_kit::{ItemError, ItemOutcome, ItemSuccess};
use waystation_queue::{Failure, Leased, Report, Settled, Settlement, Stage};
use waystation_runtime::Error;
use waystation_runtime::entries::job::Submission;
use waystation_runtime::pipeline::Pipeline;

use super::{Begun, Performer, is_cut_off, readable};
use crate::detail::{Place, Trail};
use crate::settlement::{self, Failed, Span, UnknownOutcomes};

/// Where a delivery stands in a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobPlace {
    /// The partner's name for the job.
    pub job: String,
    /// The place among what was uploaded.
    pub index: usize,
    /// How many were uploaded.
    pub count: usize,
}

impl JobPlace {
    /// What the last round of a delivery wanted to be told, if it was about a job.
    #[must_use]
    pub fn of(leased: &Leased) -> Option<Self> {
        serde_json::from_slice(leased.resume.as_ref()?).ok()
    }

    fn to_bytes(&self) -> Option<Bytes> {
        serde_json::to_vec(self).ok().map(Bytes::from)
    }
}

impl Performer {
    pub(super) async fn submit(
        &self,
        subscription: &SubscriptionConfig,
        pipeline: &Pipeline,
        items: Vec<Leased>,
    ) -> Vec<Settlement> {
        let (items, events, mut settled) = readable(items, self.clock().now());
        let (items, events, unmappable) = self.mappable(pipeline, items, &events);
        settled.extend(unmappable);
        let begun = self.begin(&items);
        let metadata = subscription.pipeline.metadata.clone();
        let connection = self.connection.runtime();
        let result = begun
            .call
            .submit(connection, pipeline, events.into(), metadata)
            .await;
        settled.extend(match result {
            Ok(submission) => self.settle_submission(&begun, pipeline, items, &submission),
            Err(error) if is_cut_off(&error) => Vec::new(),
            Err(error) => self.fail_all(&begun, pipeline, items, &error),
        });
        settled
    }

    fn settle_submission(
        &self,
        begun: &Begun,
        pipeline: &Pipeline,
        items: Vec<Leased>,
        submission: &Submission,
    ) -> Vec<Settlement> {
        let uploaded = |outcome: &&ItemOutcome| matches!(outcome, ItemOutcome::Success(_));
        let count = submission.items.iter().filter(uploaded).count();
        let size = items.len();
        let (trail, span) = self.end(begun);
        let policy = &self.connection.config().policy;
        let mut next = 0;
        let settle = |(index, (leased, outcome)): (usize, (Leased, &ItemOutcome))| {
            if let (Some(job), ItemOutcome::Success(_)) = (&submission.job_id, outcome) {
                next += 1;
                let place = JobPlace {
                    job: job.clone(),
                    index: next - 1,
                    count,
                };
                return self.ask_later(&trail, span, leased, &place);
            }
            let unknown = self.unknown(begun, pipeline, &leased, index);
            settlement::of_item(
                leased,
                outcome,
                Place { size, index },
                unknown,
                &trail,
                span,
                policy,
            )
        };
        items
            .into_iter()
            .zip(&submission.items)
            .enumerate()
            .map(settle)
            .collect()
    }

    pub(super) async fn poll(&self, pipeline: &Pipeline, items: Vec<(Leased, JobPlace)>) -> Vec<Settlement> {
        let Some((_, first)) = items.first() else {
            return Vec::new();
        };
        let poll = JobPoll {
            job_id: first.job.clone(),
            upload_count: first.count,
        };
        let begun = self.begin([]);
        let action = pipeline.action().shared_definition();
        let result = begun.call.poll(self.connection.runtime(), action, poll).await;
        if result.as_ref().is_err_and(is_cut_off) {
            return Vec::new();
        }
        let (trail, span) = self.end(&begun);
        let settle = |(leased, place): (Leased, JobPlace)| match &result {
            Ok(status) => self.settle_place(&trail, span, leased, &place, status),
            Err(error) => self.unanswered(&trail, span, leased, &place, error),
        };
        items.into_iter().map(settle).collect()
    }

    /// The partner could not be asked. The job itself may be well: ask again rather than hand it in again.
    fn unanswered(
        &self,
        trail: &Trail,
        span: Span,
        leased: Leased,
        place: &JobPlace,
        error: &Error,
    ) -> Settlement {
        let failed = Failed {
            resume: place.to_bytes(),
            // A question changes nothing at the partner.
            is_unknown: false,
            ..Failed::of_error(error, trail)
        };
        let unknown = UnknownOutcomes::unbounded(&leased);
        let policy = &self.connection.config().policy;
        settlement::failed(
            leased,
            failed,
            unknown,
            trail,
            span,
            trail.of_single(true),
            policy,
        )
    }

    fn settle_place(
        &self,
        trail: &Trail,
        span: Span,
        leased: Leased,
        place: &JobPlace,
        status: &JobStatus,
    ) -> Settlement {
        let results = status.results.as_ref();
        let known = results.and_then(|results| results.get(place.index)?.clone());
        let outcome = match (status.state, known) {
            (Some(JobState::InProgress) | None, _) => return self.ask_later(trail, span, leased, place),
            (_, Some(outcome)) => outcome,
            (Some(JobState::Succeeded), None) => {
                ItemSuccess::new(serde_json::Value::Null, serde_json::Value::Null).into()
            }
            (Some(JobState::Failed), None) => {
                ItemError::new(400, format!("The partner's job {} failed", place.job)).into()
            }
            (Some(JobState::RetryableError), None) => {
                ItemError::new(503, format!("The partner's job {} failed for now", place.job)).into()
            }
        };
        let place = Place {
            size: place.count,
            index: place.index,
        };
        let unknown = UnknownOutcomes::unbounded(&leased);
        let policy = &self.connection.config().policy;
        settlement::of_item(leased, &outcome, place, unknown, trail, span, policy)
    }

    /// Asks about the job again after a while, until the delivery's time is over.
    fn ask_later(&self, trail: &Trail, span: Span, leased: Leased, place: &JobPlace) -> Settlement {
        let policy = &self.connection.config().policy;
        let failure = Failure {
            stage: Stage::Delivery,
            status: Some(202),
            error_type: None,
            message: format!("The partner's job {} is in progress", place.job),
            held_back: None,
        };
        let recorded = trail.of_single(false);
        let report = Report {
            status: Some(202),
            attempts: trail.attempts(),
            started_at: span.started_at,
            finished_at: span.finished_at,
            detail: recorded.own,
            call: recorded.call,
        };
        let due = span.finished_at.plus(policy.first_return);
        let outcome = if due > leased.horizon {
            Settled::Dead { failure, report }
        } else {
            Settled::Again {
                due,
                resume: place.to_bytes(),
                unknown_outcomes: leased.unknown_outcomes,
                failure,
                report,
            }
        };
        Settlement {
            lease: leased.lease,
            outcome,
        }
    }
}
