//! How long it pays to wait for others, where the operator has not said.
//!
//! Where so much comes that a batch gets full within the longest wait, it waits until it is full, or until nothing more
//! comes. Where less comes, it goes at once as long as no other batch of its subscription is under way, and otherwise
//! when that one has come to its end: what comes meanwhile is gathered, so a partner gets no more requests than it
//! answers one after the other.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::Instant;

/// The longest wait.
pub(super) const LONGEST: Duration = Duration::from_secs(1);

/// A burst is over when nothing has come for this long. What comes is counted in stretches as long.
const QUIET: Duration = Duration::from_millis(100);

/// How many stretches the longest wait has.
const STRETCHES: usize = 10;

/// As few as these in a stretch are no burst, however small batches are.
const FEW: usize = 10;

/// What has come for a subscription of late, and whether anything of it is under way.
#[derive(Debug)]
pub(super) struct Pace {
    /// The beginning of the present stretch.
    since: Instant,
    /// How many have come in it, and in the one before.
    came: usize,
    before: usize,
    under_way: Arc<AtomicUsize>,
}

/// A batch that is under way until this is dropped.
#[derive(Debug)]
pub struct UnderWay(Arc<AtomicUsize>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Pace {
    /// Nothing has come yet.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            since: now,
            came: 0,
            before: 0,
            under_way: Arc::default(),
        }
    }

    /// Notes that a delivery has come.
    pub(super) fn came(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.since);
        if passed >= QUIET {
            self.before = if passed < QUIET * 2 { self.came } else { 0 };
            self.came = 0;
            self.since = now;
        }
        self.came += 1;
    }

    /// Notes that a batch is under way.
    pub(super) fn begin(&self) -> UnderWay {
        self.under_way.fetch_add(1, Ordering::AcqRel);
        UnderWay(Arc::clone(&self.under_way))
    }

    /// When a batch of at most `size` whose first and last delivery came then goes out before it is full, as things are.
    pub(super) fn ripe_at(&self, first: Instant, last: Instant, size: usize) -> Instant {
        let latest = first + LONGEST;
        let came = self.came.max(self.before);
        if came > FEW && came * STRETCHES >= size {
            return latest.min(last + QUIET);
        }
        match self.under_way.load(Ordering::Acquire) {
            0 => first,
            _ => latest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: usize = 1_000;

    #[test]
    fn what_comes_rarely_goes_at_once_however_small_batches_are() {
        let mut now = Instant::now();
        let mut pace = Pace::new(now);
        for _ in 0..100 {
            now += Duration::from_millis(20);
            pace.came(now);
            assert_eq!(pace.ripe_at(now, now, SIZE), now);
            assert_eq!(pace.ripe_at(now, now, 2), now);
        }
    }

    #[test]
    fn what_comes_while_a_batch_is_under_way_waits_for_its_end() {
        let now = Instant::now();
        let mut pace = Pace::new(now);
        pace.came(now);
        let under_way = pace.begin();
        assert_eq!(pace.ripe_at(now, now, SIZE), now + LONGEST);
        drop(under_way);
        assert_eq!(pace.ripe_at(now, now, SIZE), now);
    }

    #[test]
    fn a_burst_is_gathered_until_it_is_full_or_over() {
        let begun = Instant::now();
        let (mut now, mut pace) = (begun, Pace::new(begun));
        for _ in 0..SIZE / STRETCHES {
            now += Duration::from_micros(10);
            pace.came(now);
        }
        assert_eq!(pace.ripe_at(begun, now, SIZE), now + QUIET);
        let long_after = begun + LONGEST - Duration::from_millis(1);
        assert_eq!(pace.ripe_at(begun, long_after, SIZE), begun + LONGEST);
        // The next event after a quiet time is none of a burst.
        let later = now + QUIET * 2;
        pace.came(later);
        assert_eq!(pace.ripe_at(later, later, SIZE), later);
    }
}
