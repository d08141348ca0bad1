//! Counts over the last seconds.

use std::time::Duration;

use tokio::time::Instant;

/// A window moves on in steps of a tenth of its span.
const SLOTS: usize = 10;

/// How much there was within the last time, and how much of it was of a certain kind.
#[derive(Debug)]
pub(super) struct Window {
    slot_span: Duration,
    started: Instant,
    /// The number of the slot that is being filled, counted from the start.
    current: u64,
    slots: [Counts; SLOTS],
}

/// What a window holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) all: u32,
    /// Those of them that are of the kind in question.
    pub(super) marked: u32,
}

impl Window {
    pub(super) fn new(span: Duration, now: Instant) -> Self {
        let slots = u32::try_from(SLOTS).unwrap_or(1);
        Self {
            slot_span: (span / slots).max(Duration::from_millis(1)),
            started: now,
            current: 0,
            slots: [Counts::default(); SLOTS],
        }
    }

    pub(super) fn add(&mut self, now: Instant, counts: Counts) {
        let slot = self.slot(now);
        slot.all = slot.all.saturating_add(counts.all);
        slot.marked = slot.marked.saturating_add(counts.marked);
    }

    pub(super) fn sum(&mut self, now: Instant) -> Counts {
        self.slot(now);
        self.slots.iter().fold(Counts::default(), |sum, slot| Counts {
            all: sum.all.saturating_add(slot.all),
            marked: sum.marked.saturating_add(slot.marked),
        })
    }

    /// The slot of this moment; those that time has gone over since are emptied.
    fn slot(&mut self, now: Instant) -> &mut Counts {
        let elapsed = now.saturating_duration_since(self.started).as_nanos();
        let number = u64::try_from(elapsed / self.slot_span.as_nanos()).unwrap_or(u64::MAX);
        let passed = number.saturating_sub(self.current).min(SLOTS as u64);
        for step in 0..passed {
            self.slots[place(number - step)] = Counts::default();
        }
        self.current = self.current.max(number);
        &mut self.slots[place(self.current)]
    }
}

fn place(number: u64) -> usize {
    usize::try_from(number % SLOTS as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Counts = Counts { all: 1, marked: 0 };
    const MARKED: Counts = Counts { all: 1, marked: 1 };

    #[test]
    fn what_is_older_than_the_span_is_forgotten() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut window = Window::new(Duration::from_secs(10), start);
        window.add(at(0), MARKED);
        window.add(at(4), ONE);
        window.add(at(9), ONE);
        assert_eq!(window.sum(at(9)), Counts { all: 3, marked: 1 });
        assert_eq!(window.sum(at(10)), Counts { all: 2, marked: 0 });
        assert_eq!(window.sum(at(14)), Counts { all: 1, marked: 0 });
        assert_eq!(window.sum(at(1_000)), Counts::default());
    }
}
