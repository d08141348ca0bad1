//! A resend, and how far it has come.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;
use waystation_queue::Millis;

use super::ResendRequest;

/// A resend.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) request: ResendRequest,
    pub(super) stop: CancellationToken,
    progress: Mutex<Progress>,
}

/// How far a resend has come.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Its number; they begin anew with the process.
    pub id: u64,
    /// What it does.
    pub state: ResendState,
    /// What it is about.
    pub request: ResendRequest,
    /// How many deliveries it is about; 0 until they are counted.
    pub total: u64,
    /// How many of them were looked at.
    pub looked_at: u64,
    /// How many deliveries wait because of it, or did.
    pub sent: u64,
    /// How many were passed over: no subscription matches any more, or the connection has had the event already.
    pub passed_over: u64,
    /// When the oldest of the events arrived.
    pub oldest: Option<Millis>,
    /// When it began.
    pub started_at: Millis,
    /// When it ended.
    pub finished_at: Option<Millis>,
    /// What keeps it from going on.
    pub problem: Option<String>,
}

/// What a resend does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResendState {
    /// It counts.
    Counting,
    /// It sends.
    Sending,
    /// It has sent everything.
    Done,
    /// It was stopped, by somebody or by the end of the service.
    Stopped,
    /// It cannot go on.
    Failed,
}

impl ResendState {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Counting,
        Self::Sending,
        Self::Done,
        Self::Stopped,
        Self::Failed,
    ];

    /// The name for people and APIs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counting => "counting",
            Self::Sending => "sending",
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
        }
    }
}

/// How a resend ended.
pub(super) enum End {
    Done,
    Stopped,
    Failed(String),
}

impl Job {
    pub(super) fn new(id: u64, request: ResendRequest, started_at: Millis, stop: CancellationToken) -> Self {
        let progress = Progress {
            id,
            state: ResendState::Counting,
            request: request.clone(),
            total: 0,
            looked_at: 0,
            sent: 0,
            passed_over: 0,
            oldest: None,
            started_at,
            finished_at: None,
            problem: None,
        };
        Self {
            request,
            stop,
            progress: Mutex::new(progress),
        }
    }

    pub(super) fn progress(&self) -> Progress {
        self.locked().clone()
    }

    pub(super) fn is_running(&self) -> bool {
        self.locked().finished_at.is_none()
    }

    pub(super) fn stop(&self) {
        self.stop.cancel();
    }

    pub(super) fn note(&self, change: impl FnOnce(&mut Progress)) {
        change(&mut self.locked());
    }

    pub(super) fn end(&self, end: End, now: Millis) {
        let mut progress = self.locked();
        (progress.state, progress.problem) = match end {
            End::Done => (ResendState::Done, None),
            End::Stopped => (ResendState::Stopped, None),
            End::Failed(problem) => (ResendState::Failed, Some(problem)),
        };
        progress.finished_at = Some(now);
    }

    fn locked(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
