//! Jobs of asynchronous actions: handed in as a batch, asked about later.

use crate::multistatus::{ItemOutcome, MultiStatusResponse};

/// A job that the partner accepted.
#[derive(Debug, Clone)]
pub struct SubmittedJob {
    /// The partner's name for the job.
    pub job_id: Option<String>,
    /// The status of the submission; 200 when the action names none.
    pub status: Option<u16>,
    /// What is known of each item so far.
    pub results: MultiStatusResponse,
}

/// Which job to ask about.
#[derive(Debug, Clone)]
pub struct JobPoll {
    /// The partner's name for the job.
    pub job_id: String,
    /// The number of items that were uploaded.
    pub upload_count: usize,
}

/// What became of a job.
#[derive(Debug, Clone)]
pub struct JobStatus {
    /// The partner's name for the job.
    pub job_id: String,
    /// The status of the poll.
    pub status: u16,
    /// How far the job is; `None` when the partner's word for it is not known.
    pub state: Option<JobState>,
    /// A result for each item, once there is one.
    pub results: Option<Vec<Option<ItemOutcome>>>,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobState {
    /// Ask again later.
    InProgress,
    /// Done; the results say what became of each item.
    Succeeded,
    /// Failed for good.
    Failed,
    /// Failed, but handing it in again may help.
    RetryableError,
}

impl JobState {
    /// The name on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InProgress => "IN_PROGRESS",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::RetryableError => "RETRYABLE_ERROR",
        }
    }
}
