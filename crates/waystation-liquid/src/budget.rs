//! What a render may cost.
//!
//! Every step, every byte of text and every item of a list is charged before it is made, so that no
//! template can take more than its budget, whatever it is made of and whatever event it meets.

use std::time::{Duration, Instant};

use thiserror::Error;

/// Steps between two looks at the clock.
const STEPS_A_CLOCK_CHECK: u64 = 1024;

/// Bytes of text that may be read for one step.
const BYTES_A_STEP: usize = 128;

/// Items and characters that ranges, slices and padding may ask for in one render, whether or not they
/// are ever made. Segment's own limit (`memoryLimit` in its Liquid configuration).
const MAX_REQUESTED_UNITS: f64 = 1e8;

/// How much a render may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// One step is one node, operand or filter of the template, one item of a list that is walked, or
    /// 128 bytes of text that are read or made.
    pub steps: u64,
    /// Bytes of the output and of all texts and lists made on the way to it.
    pub output_bytes: u64,
    /// Time since the first thousand steps; the clock is looked at every thousand steps.
    pub time: Duration,
}

impl Default for Limits {
    /// Five million steps, 16 MiB and the half second that Segment allows: far more than a template of
    /// a thousand characters needs for any ordinary event.
    fn default() -> Self {
        Self {
            steps: 5_000_000,
            output_bytes: 16 << 20,
            time: Duration::from_millis(500),
        }
    }
}

/// The limit that a render ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BudgetExceeded {
    /// See [`Limits::steps`].
    #[error("the template takes too many steps")]
    Steps,
    /// See [`Limits::output_bytes`].
    #[error("the template makes too much text")]
    OutputBytes,
    /// See [`Limits::time`].
    #[error("the template takes too long")]
    Time,
    /// A range, slice or padding of an absurd size.
    #[error("the template asks for a range or slice that is too large")]
    RequestedUnits,
}

/// What is left to spend. One budget may pay for several templates.
///
/// ```
/// # use std::time::Duration;
/// # use waystation_liquid::{Budget, Counters, Limits, Template};
/// let template = Template::compile("{{ text | append: text }}").unwrap();
/// let event = serde_json::json!({ "text": "0123456789" });
/// let mut budget = Budget::new(Limits { output_bytes: 30, ..Limits::default() });
/// assert!(template.render(&event, &mut Counters::default(), &mut budget).is_err());
/// ```
#[derive(Debug)]
pub struct Budget {
    steps: u64,
    output_bytes: u64,
    requested_units: f64,
    time: Duration,
    /// When the clock was looked at first. Most templates are done before, and spared the look.
    started: Option<Instant>,
    /// The clock is looked at when so few steps are left.
    next_clock_check: u64,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(Limits::default())
    }
}

impl Budget {
    /// A budget with these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            steps: limits.steps,
            output_bytes: limits.output_bytes,
            requested_units: MAX_REQUESTED_UNITS,
            time: limits.time,
            started: None,
            next_clock_check: limits.steps.saturating_sub(STEPS_A_CLOCK_CHECK),
        }
    }

    pub(crate) fn spend_step(&mut self) -> Result<(), BudgetExceeded> {
        self.spend_steps(1)
    }

    pub(crate) fn spend_steps(&mut self, count: u64) -> Result<(), BudgetExceeded> {
        self.steps = self.steps.checked_sub(count).ok_or(BudgetExceeded::Steps)?;
        if self.steps <= self.next_clock_check {
            self.check_clock()?;
        }
        Ok(())
    }

    /// Pays for a walk over so many items.
    pub(crate) fn spend_items(&mut self, count: usize) -> Result<(), BudgetExceeded> {
        self.spend_steps(count as u64)
    }

    /// Pays for reading so many bytes.
    pub(crate) fn spend_reading(&mut self, bytes: usize) -> Result<(), BudgetExceeded> {
        self.spend_steps((bytes / BYTES_A_STEP) as u64)
    }

    /// Pays for making so many bytes of text or list.
    pub(crate) fn spend_bytes(&mut self, bytes: usize) -> Result<(), BudgetExceeded> {
        self.output_bytes = self
            .output_bytes
            .checked_sub(bytes as u64)
            .ok_or(BudgetExceeded::OutputBytes)?;
        self.spend_reading(bytes)
    }

    /// Takes note of a size that a template asked for. Sizes that are not positive numbers are free.
    pub(crate) fn request_units(&mut self, count: f64) -> Result<(), BudgetExceeded> {
        if count > self.requested_units {
            return Err(BudgetExceeded::RequestedUnits);
        }
        if count > 0.0 {
            self.requested_units -= count;
        }
        Ok(())
    }

    fn check_clock(&mut self) -> Result<(), BudgetExceeded> {
        self.next_clock_check = self.steps.saturating_sub(STEPS_A_CLOCK_CHECK);
        let started = *self.started.get_or_insert_with(Instant::now);
        if started.elapsed() < self.time {
            Ok(())
        } else {
            Err(BudgetExceeded::Time)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_limit_holds() {
        let limits = Limits {
            steps: 3,
            output_bytes: 10,
            time: Duration::MAX,
        };
        let mut budget = Budget::new(limits);
        assert_eq!(budget.spend_bytes(11), Err(BudgetExceeded::OutputBytes));
        assert_eq!(budget.spend_bytes(10), Ok(()));
        assert_eq!(budget.spend_bytes(1), Err(BudgetExceeded::OutputBytes));
        assert_eq!(budget.spend_steps(3), Ok(()));
        assert_eq!(budget.spend_step(), Err(BudgetExceeded::Steps));
    }

    #[test]
    fn the_clock_is_looked_at_now_and_then() {
        let mut budget = Budget::new(Limits {
            time: Duration::ZERO,
            ..Limits::default()
        });
        assert_eq!(budget.spend_step(), Ok(()));
        assert_eq!(budget.spend_steps(STEPS_A_CLOCK_CHECK), Err(BudgetExceeded::Time));
    }

    #[test]
    fn requested_units_add_up_and_nonsense_is_free() {
        let mut budget = Budget::default();
        assert_eq!(budget.request_units(f64::NAN), Ok(()));
        assert_eq!(budget.request_units(-5.0), Ok(()));
        assert_eq!(budget.request_units(6e7), Ok(()));
        assert_eq!(budget.request_units(6e7), Err(BudgetExceeded::RequestedUnits));
    }
}
