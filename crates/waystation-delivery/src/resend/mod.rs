//! Events that are sent again: to where they were delivered or skipped, or to a connection that was added later.
//!
//! A resend first counts what it is about, then works from the oldest on, at a set pace, until it is done or stopped.
//! Each event is appended once more, as it was accepted, so that keys by which partners recognise repetitions are the
//! same; what it means is decided by the configuration that is in force then.

mod collect;
mod job;
mod work;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;
use waystation_queue::{Millis, Queue, QueueError, RecordFilter};

pub use collect::{Found, MOST_FOUND};
use job::Job;
pub use job::{Progress, ResendState};

use crate::supervisor::Deliveries;

/// How many resends are remembered.
const MOST_REMEMBERED: usize = 50;

/// How many may be under way at once.
pub const MOST_RUNNING: usize = 4;

/// What is sent again, where to, and how fast.
#[derive(Debug, Clone)]
pub struct ResendRequest {
    /// What deliveries must be like whose events are sent again.
    pub filter: RecordFilter,
    /// Only events of this type: `track`, `identify`, …
    pub event_type: Option<String>,
    /// Only events of this name.
    pub event_name: Option<String>,
    /// The connection that gets them; that of each delivery, if none is named.
    pub to: Option<Arc<str>>,
    /// How many events a second are sent again at most.
    pub per_second: NonZeroU32,
    /// Who wants it: the name of a token.
    pub by: Option<String>,
}

/// The resends since the start of the process.
#[derive(Debug, Default)]
pub struct Resends(Mutex<Jobs>);

#[derive(Debug, Default)]
struct Jobs {
    last: u64,
    jobs: BTreeMap<u64, Arc<Job>>,
}

/// Why a resend is not begun.
#[derive(Debug, thiserror::Error)]
#[error("there are {MOST_RUNNING} resends under way already: wait for one of them, or stop it")]
pub struct TooMany;

impl Resends {
    /// Every resend that is remembered, newest first.
    #[must_use]
    pub fn all(&self) -> Vec<Progress> {
        let jobs = self.locked();
        jobs.jobs.values().rev().map(|job| job.progress()).collect()
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, id: u64) -> Option<Progress> {
        self.locked().jobs.get(&id).map(|job| job.progress())
    }

    /// Stops a resend; what it has appended goes on its way. None if there is none of this number.
    #[must_use]
    pub fn stop(&self, id: u64) -> Option<Progress> {
        let job = self.locked().jobs.get(&id).cloned()?;
        job.stop();
        Some(job.progress())
    }

    fn add(&self, request: ResendRequest, now: Millis, stop: CancellationToken) -> Result<Arc<Job>, TooMany> {
        let mut jobs = self.locked();
        if jobs.jobs.values().filter(|job| job.is_running()).count() >= MOST_RUNNING {
            return Err(TooMany);
        }
        jobs.last += 1;
        let job = Arc::new(Job::new(jobs.last, request, now, stop));
        let id = jobs.last;
        jobs.jobs.insert(id, Arc::clone(&job));
        while jobs.jobs.len() > MOST_REMEMBERED {
            let oldest = jobs.jobs.iter().find(|(_, job)| !job.is_running());
            let Some(oldest) = oldest.map(|(id, _)| *id) else {
                break;
            };
            jobs.jobs.remove(&oldest);
        }
        Ok(job)
    }

    fn locked(&self) -> MutexGuard<'_, Jobs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Deliveries {
    /// Counts what a resend would be about.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn count_resend(queue: &dyn Queue, request: &ResendRequest) -> Result<Found, QueueError> {
        collect::collect(queue, request, &CancellationToken::new()).await
    }

    /// Begins to send events again.
    ///
    /// # Errors
    /// There are [`MOST_RUNNING`] under way already.
    pub fn resend(
        self: &Arc<Self>,
        queue: &Arc<dyn Queue>,
        request: ResendRequest,
    ) -> Result<Progress, TooMany> {
        let job = self
            .resends()
            .add(request, queue.clock().now(), self.stopping().child_token())?;
        let progress = job.progress();
        tracing::info!(resend = progress.id, "events are sent again");
        let (deliveries, queue) = (Arc::clone(self), Arc::clone(queue));
        self.track(async move {
            let ended = work::run(&job, &deliveries, &*queue).await;
            job.end(ended, queue.clock().now());
            let Progress { id, sent, state, .. } = job.progress();
            tracing::info!(resend = id, sent, state = state.name(), "a resend has ended");
        });
        Ok(progress)
    }
}
