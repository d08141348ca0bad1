//! All metrics at one moment.

use std::sync::Arc;

use super::catalog::Metric;
use super::histogram::Distribution;

/// All metrics at one moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Snapshot {
    /// Metrics with their series, in the order of the table; those without any series are left out.
    pub metrics: Vec<Points>,
}

/// A metric with its series.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// The metric.
    pub metric: Metric,
    /// Its series.
    pub points: Vec<Point>,
}

/// A series.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// The values of the metric's labels, in the order in which it names them.
    pub labels: Vec<Arc<str>>,
    /// What it stands at.
    pub value: Value,
}

/// What a series stands at.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// How often something happened.
    Counter(u64),
    /// How much there is of something.
    Gauge(f64),
    /// How long something took.
    Histogram(Distribution),
}

/// A series of a metric, on its way into a snapshot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reading {
    pub(crate) metric: Metric,
    pub(crate) labels: Vec<Arc<str>>,
    pub(crate) value: Value,
}

impl Reading {
    /// With the values of the metric's labels, in the order in which it names them.
    pub(crate) fn new<const N: usize>(metric: Metric, labels: [&str; N], value: Value) -> Self {
        debug_assert_eq!(metric.labels().len(), N, "{metric:?}");
        Self {
            metric,
            labels: labels.map(Arc::from).into(),
            value,
        }
    }

    /// Something that comes in no other number than one.
    pub(crate) fn single(metric: Metric, value: Value) -> Self {
        Self::new(metric, [], value)
    }
}

impl Snapshot {
    /// Puts together what was counted and what was read.
    pub(crate) fn new(counted: Vec<Points>, readings: Vec<Reading>) -> Self {
        let mut metrics = counted;
        for reading in readings {
            let point = Point {
                labels: reading.labels,
                value: reading.value,
            };
            match metrics.iter_mut().find(|points| points.metric == reading.metric) {
                Some(points) => points.points.push(point),
                None => metrics.push(Points {
                    metric: reading.metric,
                    points: vec![point],
                }),
            }
        }
        metrics.retain(|points| !points.points.is_empty());
        metrics.sort_by_key(|points| points.metric as usize);
        Self { metrics }
    }

    /// With every metric there is, those without series as well: whoever makes a dashboard finds their names.
    #[must_use]
    pub(crate) fn complete(self) -> Self {
        let mut known: Vec<Option<Points>> = Metric::ALL.iter().map(|_| None).collect();
        for points in self.metrics {
            let place = points.metric as usize;
            known[place] = Some(points);
        }
        let metrics = known.into_iter().zip(Metric::ALL).map(|(points, metric)| {
            points.unwrap_or(Points {
                metric: *metric,
                points: Vec::new(),
            })
        });
        Self {
            metrics: metrics.collect(),
        }
    }
}
