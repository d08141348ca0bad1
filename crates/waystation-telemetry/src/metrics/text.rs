//! The text format of Prometheus, version 0.0.4
//! (<https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>).

use std::fmt::Write;
use std::sync::Arc;

use super::catalog::Metric;
use super::histogram::Distribution;
use super::snapshot::{Point, Points, Snapshot, Value};

/// The content type of [`write()`]'s text.
pub const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Writes a snapshot.
#[must_use]
pub fn write(snapshot: &Snapshot) -> String {
    let mut text = Text::default();
    for points in &snapshot.metrics {
        text.metric(points);
    }
    text.0
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn metric(&mut self, Points { metric, points }: &Points) {
        let (name, kind) = (metric.name(), metric.kind().name());
        self.push(format_args!("# HELP {name} "));
        self.escaped(metric.help(), false);
        self.push(format_args!("\n# TYPE {name} {kind}\n"));
        for point in points {
            self.point(*metric, point);
        }
    }

    fn point(&mut self, metric: Metric, Point { labels, value }: &Point) {
        match value {
            Value::Counter(count) => {
                self.series(metric, "", labels, None);
                self.push(format_args!(" {count}\n"));
            }
            Value::Gauge(gauge) => {
                self.series(metric, "", labels, None);
                self.push(format_args!(" {gauge}\n"));
            }
            Value::Histogram(distribution) => self.histogram(metric, labels, distribution),
        }
    }

    fn histogram(&mut self, metric: Metric, labels: &[Arc<str>], distribution: &Distribution) {
        let mut below = 0;
        for (place, count) in distribution.counts.iter().enumerate() {
            below += count;
            let bound = distribution.bounds.get(place);
            let bound = bound.map_or_else(|| "+Inf".to_owned(), ToString::to_string);
            self.series(metric, "_bucket", labels, Some(&bound));
            self.push(format_args!(" {below}\n"));
        }
        self.series(metric, "_sum", labels, None);
        self.push(format_args!(" {}\n", distribution.sum));
        self.series(metric, "_count", labels, None);
        self.push(format_args!(" {below}\n"));
    }

    fn series(&mut self, metric: Metric, suffix: &str, labels: &[Arc<str>], bound: Option<&str>) {
        self.push(format_args!("{}{suffix}", metric.name()));
        let names = metric.labels().iter().map(|label| label.name());
        let pairs = names.zip(labels.iter().map(|value| &**value));
        let mut opening = '{';
        for (name, value) in pairs.chain(bound.map(|bound| ("le", bound))) {
            self.push(format_args!("{opening}{name}=\""));
            self.escaped(value, true);
            self.0.push('"');
            opening = ',';
        }
        if opening == ',' {
            self.0.push('}');
        }
    }

    fn escaped(&mut self, text: &str, quotes: bool) {
        for character in text.chars() {
            match character {
                '\\' => self.0.push_str("\\\\"),
                '\n' => self.0.push_str("\\n"),
                '"' if quotes => self.0.push_str("\\\""),
                character => self.0.push(character),
            }
        }
    }

    fn push(&mut self, arguments: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.0.write_fmt(arguments);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::snapshot::Reading;

    #[test]
    fn every_kind_has_its_form() {
        let distribution = Distribution {
            bounds: &[0.5, 1.0],
            counts: vec![1, 0, 2],
            sum: 7.25,
        };
        let snapshot = Snapshot::new(
            Vec::new(),
            vec![
                Reading::new(
                    Metric::AttemptDuration,
                    ["crm", "webhook", "send", "2xx"],
                    Value::Histogram(distribution),
                ),
                Reading::new(
                    Metric::AcceptedEvents,
                    ["a \"quoted\" \\ \n source"],
                    Value::Counter(7),
                ),
                Reading::single(Metric::StoreUsed, Value::Gauge(0.5)),
            ],
        );
        insta::assert_snapshot!(write(&snapshot), @r#"
        # HELP waystation_accepted_events_total Events that are stored and acknowledged, rejected ones among them.
        # TYPE waystation_accepted_events_total counter
        waystation_accepted_events_total{source="a \"quoted\" \\ \n source"} 7
        # HELP waystation_attempt_duration_seconds How long calls of an action took, without waits for the connection's limits.
        # TYPE waystation_attempt_duration_seconds histogram
        waystation_attempt_duration_seconds_bucket{connection="crm",destination="webhook",action="send",end="2xx",le="0.5"} 1
        waystation_attempt_duration_seconds_bucket{connection="crm",destination="webhook",action="send",end="2xx",le="1"} 1
        waystation_attempt_duration_seconds_bucket{connection="crm",destination="webhook",action="send",end="2xx",le="+Inf"} 3
        waystation_attempt_duration_seconds_sum{connection="crm",destination="webhook",action="send",end="2xx"} 7.25
        waystation_attempt_duration_seconds_count{connection="crm",destination="webhook",action="send",end="2xx"} 3
        # HELP waystation_store_used_bytes How much of the store is in use.
        # TYPE waystation_store_used_bytes gauge
        waystation_store_used_bytes 0.5
        "#);
    }
}
