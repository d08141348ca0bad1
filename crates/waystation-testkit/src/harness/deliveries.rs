//! Events on their way to an action.

use std::sync::Arc;

use serde_json::Value;
use waystation_kit::action::ActionInfo;
use waystation_kit::context::SubscriptionMetadata;
use waystation_kit::jobs::{JobPoll, JobStatus};
use waystation_kit::payload::default_mapping;
use waystation_kit::{AsynchronousAction, BatchAction, Destination};
use waystation_runtime::entries::{batch, event, job};
use waystation_runtime::pipeline::{Pipeline, SubscribedPipeline, SubscriptionSettings};
use waystation_runtime::retry::History;

use super::Harness;
use crate::outcome::{BatchRunOutcome, RunOutcome};

/// What every event matches.
const EVERY_EVENT: &str = "type != \"\"";

impl<D: Destination> Harness<D> {
    /// Runs an event through an action.
    pub async fn run<A: ActionInfo<D>>(&self, event: impl Into<Value>) -> RunOutcome {
        let subscription = [self.subscription::<A>()];
        let event = Arc::new(event.into());
        let mut reports =
            event::deliver_event(self.connection(), &subscription, &event, &self.options()).await;
        RunOutcome::of(reports.swap_remove(0))
    }

    /// Runs a batch of events through an action.
    pub async fn run_batch<A: BatchAction<D>>(
        &self,
        events: impl IntoIterator<Item = impl Into<Value>>,
    ) -> BatchRunOutcome {
        let subscription = [self.subscription::<A>()];
        let events = events.into_iter().map(Into::into).collect();
        let mut reports =
            batch::deliver_batch(self.connection(), &subscription, &events, &self.options()).await;
        BatchRunOutcome::of(reports.swap_remove(0))
    }

    /// Hands a batch in as a job of an asynchronous action.
    ///
    /// # Errors
    /// The submission failed in a way that says nothing about the items.
    ///
    /// # Panics
    /// The mapping cannot be compiled.
    pub async fn submit<A: AsynchronousAction<D>>(
        &self,
        events: impl IntoIterator<Item = impl Into<Value>>,
    ) -> Result<job::Submission, waystation_runtime::Error> {
        let action = Arc::clone(self.action(A::SLUG));
        let pipeline = Pipeline::compile(action, &self.mapping_of::<A>())
            .unwrap_or_else(|error| panic!("the mapping of {} is not valid: {error}", A::SLUG));
        let events = events.into_iter().map(Into::into).collect();
        let metadata = SubscriptionMetadata::default();
        let history = History::default();
        job::submit_job(
            self.connection(),
            &pipeline,
            events,
            metadata,
            &self.options(),
            &history,
        )
        .await
    }

    /// Asks what became of a job.
    ///
    /// # Errors
    /// The partner could not be asked.
    pub async fn poll<A: AsynchronousAction<D>>(
        &self,
        job_id: &str,
        upload_count: usize,
    ) -> Result<JobStatus, waystation_runtime::Error> {
        let poll = JobPoll {
            job_id: job_id.to_owned(),
            upload_count,
        };
        let (action, history) = (self.action(A::SLUG).shared_definition(), History::default());
        job::poll_job(self.connection(), action, poll, &self.options(), &history).await
    }

    fn subscription<A: ActionInfo<D>>(&self) -> Arc<SubscribedPipeline> {
        let action = self.action(A::SLUG);
        let own = self.subscribe.as_deref().or(action.definition().subscribe);
        let settings = SubscriptionSettings {
            subscribe: Some(own.unwrap_or(EVERY_EVENT).to_owned()),
            action: A::SLUG.to_owned(),
            mapping: self.mapping_of::<A>(),
            metadata: SubscriptionMetadata::default(),
        };
        Arc::new(SubscribedPipeline::compile(&self.destination, settings))
    }

    fn mapping_of<A: ActionInfo<D>>(&self) -> Value {
        let mut mapping = match &self.mapping {
            Some(Value::Object(mapping)) => mapping.clone(),
            Some(other) => return other.clone(),
            None => default_mapping(&A::fields()),
        };
        mapping.extend(self.mapping_changes.iter().cloned());
        Value::Object(mapping)
    }
}
