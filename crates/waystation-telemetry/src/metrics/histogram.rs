//! Durations counted by upper bounds.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Durations counted by upper bounds. The sum is kept in whole nanoseconds, which makes recording two additions
/// without a loop; it has room for centuries.
#[derive(Debug)]
pub(crate) struct Histogram {
    bounds: &'static [f64],
    /// By bucket; the last is for what is above every bound.
    counts: Box<[AtomicU64]>,
    sum_nanos: AtomicU64,
}

/// What a histogram holds at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Distribution {
    /// The upper bounds of the buckets, in seconds, without the last, which is infinite.
    pub bounds: &'static [f64],
    /// How many fell into each bucket and into none before it; one more than bounds.
    pub counts: Vec<u64>,
    /// The sum of all durations, in seconds.
    pub sum: f64,
}

impl Histogram {
    pub(crate) fn new(bounds: &'static [f64]) -> Self {
        Self {
            bounds,
            counts: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(),
            sum_nanos: AtomicU64::new(0),
        }
    }

    pub(crate) fn record(&self, duration: Duration) {
        let seconds = duration.as_secs_f64();
        let bucket = self.bounds.partition_point(|bound| *bound < seconds);
        self.counts[bucket].fetch_add(1, Ordering::Relaxed);
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        self.sum_nanos.fetch_add(nanos, Ordering::Relaxed);
    }

    pub(crate) fn read(&self) -> Distribution {
        let counts = self.counts.iter().map(|count| count.load(Ordering::Relaxed));
        Distribution {
            bounds: self.bounds,
            counts: counts.collect(),
            sum: Duration::from_nanos(self.sum_nanos.load(Ordering::Relaxed)).as_secs_f64(),
        }
    }
}

impl Distribution {
    /// How many durations there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_belongs_to_its_bucket() {
        let histogram = Histogram::new(&[0.1, 1.0]);
        for milliseconds in [1, 100, 101, 1_000, 1_001] {
            histogram.record(Duration::from_millis(milliseconds));
        }
        let read = histogram.read();
        assert_eq!(read.counts, [2, 2, 1]);
        assert_eq!(read.count(), 5);
        assert!((read.sum - 2.203).abs() < 1e-9, "{}", read.sum);
    }
}
