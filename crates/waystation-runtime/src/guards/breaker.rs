//! Leaves a failing partner alone, and finds out by single probes when it is well again.
//!
//! ```text
//!               too many failures
//!   admitting ─────────────────────> refusing <───────────┐
//!       ^                               │ the wait is over │ the probe fails:
//!       │          the probe succeeds   v                  │ a longer wait
//!       └─────────────────────────── probing ─────────────┘
//! ```

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::Serialize;
use tokio::sync::Notify;
use tokio::time::Instant;
use waystation_kit::Error;
use waystation_kit::error::NotSent;

use super::health::Health;
use super::later;
use super::settings::BreakerSettings;
use super::window::{Counts, Window};
use crate::retry::backoff;

/// What a breaker does with attempts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakerState {
    /// All go through.
    Admitting,
    /// One is under way to find out whether the partner is well again; the others are refused.
    Probing,
    /// All are refused.
    Refusing,
}

impl BreakerState {
    /// The name for logs and metrics.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Admitting => "admitting",
            Self::Probing => "probing",
            Self::Refusing => "refusing",
        }
    }
}

/// The breaker of a connection.
#[derive(Debug)]
pub(crate) struct Breaker {
    settings: BreakerSettings,
    machine: Mutex<Machine>,
    /// Told when the breaker begins to refuse.
    tripped: Notify,
}

#[derive(Debug)]
struct Machine {
    phase: Phase,
    /// Counts the changes of phase: what an attempt came to that was admitted in an earlier one says nothing
    /// about this one.
    term: u64,
}

#[derive(Debug)]
enum Phase {
    Admitting { failures_in_row: u32, window: Window },
    Probing { failed_probes: u32 },
    Refusing { until: Instant, failed_probes: u32 },
}

/// The leave to make one attempt. A probe that is dropped without a result leaves the next one to somebody
/// else.
#[derive(Debug)]
pub(crate) struct Pass<'breaker> {
    breaker: &'breaker Breaker,
    term: u64,
    is_probe: bool,
    /// The state that the breaker has changed to by admitting.
    pub(crate) entered: Option<BreakerState>,
}

impl Breaker {
    pub(super) fn new(settings: BreakerSettings) -> Self {
        let phase = Phase::admitting(&settings, Instant::now());
        Self {
            settings,
            machine: Mutex::new(Machine { phase, term: 0 }),
            tripped: Notify::new(),
        }
    }

    /// Asks for leave to make an attempt.
    ///
    /// # Errors
    /// [`NotSent::BreakerRefusing`], with the time until the next probe.
    pub(crate) fn admit(&self) -> Result<Pass<'_>, Error> {
        let now = Instant::now();
        let mut machine = self.locked();
        let (is_probe, entered) = match machine.phase {
            Phase::Admitting { .. } => (false, None),
            Phase::Refusing { until, failed_probes } if until <= now => {
                (true, Some(machine.enter(Phase::Probing { failed_probes })))
            }
            Phase::Refusing { .. } | Phase::Probing { .. } => return Err(self.refusal(&machine, now)),
        };
        Ok(Pass {
            breaker: self,
            term: machine.term,
            is_probe,
            entered,
        })
    }

    /// Waits for something, unless the breaker begins to refuse in the meantime: who waits for a limit has been
    /// admitted, but has not gone out yet.
    ///
    /// # Errors
    /// [`NotSent::BreakerRefusing`].
    pub(super) async fn unless_tripped<T>(&self, wait: impl Future<Output = T>) -> Result<T, Error> {
        tokio::select! {
            // An attempt gives its permit to the next in line before the breaker knows what it came to.
            biased;
            () = self.tripped.notified() => Err(self.refusal(&self.locked(), Instant::now())),
            value = wait => Ok(value),
        }
    }

    pub(super) fn state(&self) -> BreakerState {
        self.locked().phase.state()
    }

    /// When the next attempt makes sense; `None` for now.
    pub(super) fn ready_at(&self, now: Instant) -> Option<Instant> {
        match self.locked().phase {
            Phase::Admitting { .. } => None,
            // Nobody knows how long a probe takes.
            Phase::Probing { .. } => Some(later(now, self.settings.first_wait)),
            Phase::Refusing { until, .. } => Some(until).filter(|until| *until > now),
        }
    }

    /// How many attempts may begin at this moment.
    pub(super) fn room(&self, now: Instant) -> usize {
        match self.locked().phase {
            Phase::Admitting { .. } => usize::MAX,
            Phase::Refusing { until, .. } if until <= now => 1,
            Phase::Probing { .. } | Phase::Refusing { .. } => 0,
        }
    }

    fn refusal(&self, machine: &Machine, now: Instant) -> Error {
        let after = match machine.phase {
            Phase::Refusing { until, .. } => until.saturating_duration_since(now),
            Phase::Admitting { .. } | Phase::Probing { .. } => self.settings.first_wait,
        };
        Error::NotSent {
            reason: NotSent::BreakerRefusing,
            after,
        }
    }

    fn judge(&self, pass: &Pass<'_>, health: Health) -> Option<BreakerState> {
        let now = Instant::now();
        let mut machine = self.locked();
        if machine.term != pass.term {
            return None;
        }
        let next = match &mut machine.phase {
            Phase::Admitting {
                failures_in_row,
                window,
            } => {
                let is_too_much = self.note(failures_in_row, window, health, now);
                is_too_much.then(|| self.refusing(now, 0))
            }
            Phase::Probing { failed_probes } => Some(match health {
                Health::Taking | Health::Answering => Phase::admitting(&self.settings, now),
                Health::Limiting | Health::Failing => self.refusing(now, *failed_probes + 1),
                Health::Unknown => Phase::Refusing {
                    until: now,
                    failed_probes: *failed_probes,
                },
            }),
            Phase::Refusing { .. } => None,
        };
        let entered = machine.enter(next?);
        if entered == BreakerState::Refusing {
            self.tripped.notify_waiters();
        }
        Some(entered)
    }

    /// Notes a result; whether that makes too many failures.
    fn note(&self, failures_in_row: &mut u32, window: &mut Window, health: Health, now: Instant) -> bool {
        match health {
            Health::Taking | Health::Answering => *failures_in_row = 0,
            Health::Failing => *failures_in_row += 1,
            Health::Limiting => {}
            Health::Unknown => return false,
        }
        let is_marked = health.is_pressed();
        window.add(
            now,
            Counts {
                all: 1,
                marked: u32::from(is_marked),
            },
        );
        let Counts { all, marked } = window.sum(now);
        let share = f64::from(marked) / f64::from(all.max(1));
        let is_share_too_large =
            all >= self.settings.least_requests.get() && share >= self.settings.failure_share.get();
        is_marked && (is_share_too_large || *failures_in_row >= self.settings.consecutive_failures.get())
    }

    fn refusing(&self, now: Instant, failed_probes: u32) -> Phase {
        let BreakerSettings {
            first_wait,
            longest_wait,
            jitter,
            ..
        } = self.settings;
        let wait = backoff::doubled(first_wait, longest_wait, failed_probes);
        Phase::Refusing {
            until: later(now, jitter.add(wait, backoff::LARGEST_SHARE)),
            failed_probes,
        }
    }

    fn locked(&self) -> MutexGuard<'_, Machine> {
        // A phase is replaced as a whole.
        self.machine.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Machine {
    fn enter(&mut self, phase: Phase) -> BreakerState {
        self.phase = phase;
        self.term += 1;
        self.phase.state()
    }
}

impl Phase {
    fn admitting(settings: &BreakerSettings, now: Instant) -> Self {
        Self::Admitting {
            failures_in_row: 0,
            window: Window::new(settings.window, now),
        }
    }

    const fn state(&self) -> BreakerState {
        match self {
            Self::Admitting { .. } => BreakerState::Admitting,
            Self::Probing { .. } => BreakerState::Probing,
            Self::Refusing { .. } => BreakerState::Refusing,
        }
    }
}

impl Pass<'_> {
    /// Tells the breaker what the attempt came to; gives back the state if it has changed.
    pub(crate) fn judge(self, health: Health) -> Option<BreakerState> {
        self.breaker.judge(&self, health)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.is_probe {
            // Without effect once the result is known, for that has begun another term.
            self.breaker.judge(self, Health::Unknown);
        }
    }
}

#[cfg(test)]
mod tests;
