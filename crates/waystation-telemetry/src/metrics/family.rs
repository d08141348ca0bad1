//! The series of a metric while they are counted.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use super::catalog::{Kind, Metric};
use super::histogram::Histogram;
use super::snapshot::{Point, Points, Value};

/// The series of a counter that differ in `N` labels.
#[derive(Debug)]
pub(crate) struct Counters<const N: usize>(Family<AtomicU64, N>);

/// The series of a histogram that differ in `N` labels.
#[derive(Debug)]
pub(crate) struct Histograms<const N: usize>(Family<Histogram, N>);

/// Series in the order of their labels' hashes. They are few, for all labels are of closed sets or from the
/// configuration, and none ever goes. A series is found without a copy of the labels.
#[derive(Debug)]
struct Family<V, const N: usize> {
    metric: Metric,
    hasher: RandomState,
    series: RwLock<Vec<Series<V, N>>>,
}

#[derive(Debug)]
struct Series<V, const N: usize> {
    hash: u64,
    labels: [Box<str>; N],
    value: V,
}

impl<const N: usize> Counters<N> {
    pub(crate) fn new(metric: Metric) -> Self {
        Self(Family::new(metric))
    }

    /// Counts something of these labels, in the order in which the metric names them.
    pub(crate) fn add(&self, labels: [&str; N], by: u64) {
        let add = |count: &AtomicU64| {
            count.fetch_add(by, Ordering::Relaxed);
        };
        self.0.with(labels, AtomicU64::default, add);
    }

    pub(crate) fn read(&self) -> Points {
        self.0.read(|count| Value::Counter(count.load(Ordering::Relaxed)))
    }
}

impl<const N: usize> Histograms<N> {
    pub(crate) fn new(metric: Metric) -> Self {
        Self(Family::new(metric))
    }

    /// Records a duration of these labels, in the order in which the metric names them.
    pub(crate) fn record(&self, labels: [&str; N], duration: Duration) {
        let bounds = match self.0.metric.kind() {
            Kind::Histogram(bounds) => bounds,
            Kind::Counter | Kind::LastingCounter | Kind::Gauge => &[],
        };
        self.0.with(
            labels,
            || Histogram::new(bounds),
            |histogram| histogram.record(duration),
        );
    }

    pub(crate) fn read(&self) -> Points {
        self.0.read(|histogram| Value::Histogram(histogram.read()))
    }
}

impl<V, const N: usize> Family<V, N> {
    fn new(metric: Metric) -> Self {
        debug_assert_eq!(metric.labels().len(), N, "{metric:?}");
        Self {
            metric,
            hasher: RandomState::new(),
            series: RwLock::default(),
        }
    }

    /// Does something with a series, which is made if it is new.
    fn with(&self, labels: [&str; N], new: impl FnOnce() -> V, use_it: impl FnOnce(&V)) {
        let hash = self.hasher.hash_one(labels);
        let series = self.locked();
        if let Ok(found) = search(&series, hash, labels) {
            return use_it(&series[found].value);
        }
        drop(series);
        let mut series = self.series.write().unwrap_or_else(PoisonError::into_inner);
        let place = search(&series, hash, labels).unwrap_or_else(|place| {
            let new = Series {
                hash,
                labels: labels.map(Box::from),
                value: new(),
            };
            series.insert(place, new);
            place
        });
        use_it(&series[place].value);
    }

    /// All series, in the order of their labels.
    fn read(&self, value: impl Fn(&V) -> Value) -> Points {
        let series = self.locked();
        let points = series.iter().map(|series| Point {
            labels: series.labels.iter().map(|label| label.as_ref().into()).collect(),
            value: value(&series.value),
        });
        let mut points: Vec<Point> = points.collect();
        points.sort_by(|a, b| a.labels.cmp(&b.labels));
        Points {
            metric: self.metric,
            points,
        }
    }

    fn locked(&self) -> RwLockReadGuard<'_, Vec<Series<V, N>>> {
        // Series are inserted as wholes; a panic elsewhere cannot leave one half written.
        self.series.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where the series of these labels is, or where it would have to be.
fn search<V, const N: usize>(series: &[Series<V, N>], hash: u64, labels: [&str; N]) -> Result<usize, usize> {
    let first = series.partition_point(|series| series.hash < hash);
    let of_hash = series[first..].iter().take_while(|series| series.hash == hash);
    let found = of_hash.zip(first..).find(|(series, _)| {
        let known = series.labels.iter().map(|label| &**label);
        known.eq(labels)
    });
    found.map(|(_, place)| place).ok_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(points: &Points) -> Vec<(String, u64)> {
        let points = points.points.iter().map(|point| {
            let Value::Counter(count) = point.value else {
                panic!("a counter was read");
            };
            (point.labels.join("/"), count)
        });
        points.collect()
    }

    #[test]
    fn series_are_counted_apart_and_come_in_order() {
        let counters = Counters::<2>::new(Metric::RejectedEvents);
        counters.add(["web", "no_type"], 1);
        counters.add(["app", "no_type"], 2);
        counters.add(["web", "no_type"], 3);
        counters.add(["app", "event_too_large"], 4);
        assert_eq!(
            values(&counters.read()),
            [
                ("app/event_too_large".to_owned(), 4),
                ("app/no_type".to_owned(), 2),
                ("web/no_type".to_owned(), 4)
            ]
        );
    }

    #[test]
    fn nothing_is_lost_between_threads() {
        let counters = Counters::<1>::new(Metric::AcceptedEvents);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for round in 0..1_000 {
                        counters.add([["a", "b", "c"][round % 3]], 1);
                    }
                });
            }
        });
        let sum: u64 = values(&counters.read()).iter().map(|(_, count)| count).sum();
        assert_eq!(sum, 4_000);
    }
}
