//! The metrics in the collector's own form
//! (<https://opentelemetry.io/docs/specs/otel/metrics/data-model/>). Names are those of the metrics page.

use std::sync::Arc;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue, any_value};
use opentelemetry_proto::tonic::metrics::v1::{
    AggregationTemporality, Gauge, Histogram, HistogramDataPoint, Metric as Message, NumberDataPoint,
    ResourceMetrics, ScopeMetrics, Sum, metric, number_data_point,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message as _;
use waystation_queue::Millis;

use crate::metrics::catalog::{Kind, Metric};
use crate::metrics::snapshot::{Point, Points, Snapshot, Value};

/// From when to when.
#[derive(Clone, Copy)]
struct Span {
    start: u64,
    end: u64,
}

/// The message that tells the collector of a snapshot: what was counted from when until when.
pub(super) fn encode(snapshot: &Snapshot, service: &str, from: Millis, until: Millis) -> Vec<u8> {
    let span = Span {
        start: nanos(from),
        end: nanos(until),
    };
    let metrics = snapshot.metrics.iter().map(|points| message(points, span));
    let scope = InstrumentationScope {
        name: "waystation".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        ..InstrumentationScope::default()
    };
    let resource = Resource {
        attributes: vec![
            attribute("service.name", service),
            attribute("service.version", env!("CARGO_PKG_VERSION")),
        ],
        ..Resource::default()
    };
    ExportMetricsServiceRequest {
        resource_metrics: vec![ResourceMetrics {
            resource: Some(resource),
            scope_metrics: vec![ScopeMetrics {
                scope: Some(scope),
                metrics: metrics.collect(),
                schema_url: String::new(),
            }],
            schema_url: String::new(),
        }],
    }
    .encode_to_vec()
}

fn message(Points { metric, points }: &Points, span: Span) -> Message {
    Message {
        name: metric.name().to_owned(),
        description: metric.help().to_owned(),
        unit: unit(*metric).to_owned(),
        metadata: Vec::new(),
        data: Some(data(*metric, points, span)),
    }
}

fn data(metric: Metric, points: &[Point], span: Span) -> metric::Data {
    let numbers = |span| {
        points
            .iter()
            .filter_map(move |point| number(metric, point, span))
            .collect()
    };
    let sum = |span| {
        metric::Data::Sum(Sum {
            data_points: numbers(span),
            aggregation_temporality: AggregationTemporality::Cumulative.into(),
            is_monotonic: true,
        })
    };
    match metric.kind() {
        Kind::Counter => sum(span),
        // It began before the service did; 0 stands for a time that is not known.
        Kind::LastingCounter => sum(Span { start: 0, ..span }),
        Kind::Gauge => metric::Data::Gauge(Gauge {
            data_points: numbers(span),
        }),
        Kind::Histogram(_) => metric::Data::Histogram(Histogram {
            data_points: points
                .iter()
                .filter_map(|point| histogram(metric, point, span))
                .collect(),
            aggregation_temporality: AggregationTemporality::Cumulative.into(),
        }),
    }
}

fn number(metric: Metric, point: &Point, span: Span) -> Option<NumberDataPoint> {
    let value = match point.value {
        // Counts up to 2^63 have room.
        Value::Counter(count) => number_data_point::Value::AsInt(count.cast_signed()),
        Value::Gauge(gauge) => number_data_point::Value::AsDouble(gauge),
        Value::Histogram(_) => return None,
    };
    Some(NumberDataPoint {
        attributes: attributes(metric, &point.labels),
        start_time_unix_nano: span.start,
        time_unix_nano: span.end,
        value: Some(value),
        ..NumberDataPoint::default()
    })
}

fn histogram(metric: Metric, point: &Point, span: Span) -> Option<HistogramDataPoint> {
    let Value::Histogram(distribution) = &point.value else {
        return None;
    };
    Some(HistogramDataPoint {
        attributes: attributes(metric, &point.labels),
        start_time_unix_nano: span.start,
        time_unix_nano: span.end,
        count: distribution.count(),
        sum: Some(distribution.sum),
        bucket_counts: distribution.counts.clone(),
        explicit_bounds: distribution.bounds.to_vec(),
        ..HistogramDataPoint::default()
    })
}

fn attributes(metric: Metric, labels: &[Arc<str>]) -> Vec<KeyValue> {
    let names = metric.labels().iter().map(|label| label.name());
    names
        .zip(labels)
        .map(|(name, value)| attribute(name, value))
        .collect()
}

fn attribute(name: &str, value: &str) -> KeyValue {
    KeyValue {
        key: name.to_owned(),
        value: Some(AnyValue {
            value: Some(any_value::Value::StringValue(value.to_owned())),
        }),
        ..KeyValue::default()
    }
}

/// The unit that a metric's name tells, in the spelling of UCUM.
fn unit(metric: Metric) -> &'static str {
    let name = metric.name();
    match () {
        () if name.ends_with("_seconds") => "s",
        () if name.ends_with("_bytes") => "By",
        () => "1",
    }
}

fn nanos(at: Millis) -> u64 {
    u64::try_from(at.since(Millis(0)).as_nanos()).unwrap_or(u64::MAX)
}
