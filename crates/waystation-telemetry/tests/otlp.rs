//! What a collector is sent. In a process of its own, for the log is the process's.

#![cfg(test)]
#![cfg(feature = "otlp")]

#[path = "it/support.rs"]
mod support;

use std::time::Duration;

use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use prost::Message;
use serde_json::json;
use waystation_config::{Logging, Otlp};
use waystation_telemetry::logging;
use waystation_testkit::Partner;

use support::{Service, track};

const CONFIG: &str = r#"
[sources.web]
write_keys = ["write-key-secret"]

[connections.works]
destination = "inspector"
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_collector_is_sent_traces_and_metrics_before_the_end() {
    let collector = Partner::start().await;
    collector
        .on("POST", "/base/v1/traces")
        .always_answers(200, json!({}));
    collector
        .on("POST", "/base/v1/metrics")
        .always_answers(200, json!({}));
    let otlp = Otlp {
        endpoint: format!("{}/base/", collector.origin()).parse().unwrap(),
        headers: vec![("x-api-key".to_owned(), "key-secret".into())],
        service_name: "tested".to_owned(),
        interval: Duration::from_secs(3_600),
        trace_share: 1.0,
    };
    let logs = logging::start(&Logging::default(), Some(&otlp)).unwrap();
    let service = Service::start(CONFIG).await;
    logs.export_metrics(&service.telemetry, &service.sources);

    service.take("message-1", track("message-1")).await;
    service.until(|ledger| ledger.total.delivered == 1).await;
    service.sources.deliveries.shutdown(Duration::from_secs(30)).await;
    logs.finish().await;

    let traces = collector.requests_to("POST", "/base/v1/traces");
    let metrics = collector.requests_to("POST", "/base/v1/metrics");
    for request in traces.iter().chain(&metrics) {
        assert_eq!(request.header("x-api-key"), Some("key-secret"));
        assert_eq!(request.header("content-type"), Some("application/x-protobuf"));
        assert!(!String::from_utf8_lossy(&request.body).contains("secret"));
    }
    spans_tell_of_deliveries(&traces[0].body);
    assert_eq!(
        metrics.len(),
        1,
        "the interval has not passed, so these are the last"
    );
    metrics_are_those_of_the_page(&metrics[0].body);
    service.stop().await;
}

fn spans_tell_of_deliveries(body: &[u8]) {
    let request = ExportTraceServiceRequest::decode(body).unwrap();
    let resource = &request.resource_spans[0];
    let attributes = &resource.resource.as_ref().unwrap().attributes;
    assert_eq!(text(attributes, "service.name").as_deref(), Some("tested"));
    let spans = resource.scope_spans.iter().flat_map(|scope| &scope.spans);
    let delivery = spans.clone().find(|span| span.name == "delivery");
    let delivery = delivery.unwrap_or_else(|| panic!("among {spans:?}", spans = spans.collect::<Vec<_>>()));
    assert_eq!(
        text(&delivery.attributes, "destination").as_deref(),
        Some("inspector")
    );
    assert_eq!(
        text(&delivery.attributes, "message_id").as_deref(),
        Some("message-1")
    );
}

fn metrics_are_those_of_the_page(body: &[u8]) {
    let request = ExportMetricsServiceRequest::decode(body).unwrap();
    let metrics = &request.resource_metrics[0].scope_metrics[0].metrics;
    let of = |name: &str| {
        let found = metrics.iter().find(|metric| metric.name == name);
        found
            .and_then(|metric| metric.data.clone())
            .unwrap_or_else(|| panic!("{name} is missing"))
    };
    let Data::Sum(delivered) = of("waystation_delivered_deliveries_total") else {
        panic!("a counter is a sum");
    };
    assert!(delivered.is_monotonic);
    assert_eq!(
        text(&delivered.data_points[0].attributes, "connection").as_deref(),
        Some("works")
    );
    let Data::Histogram(durations) = of("waystation_attempt_duration_seconds") else {
        panic!("durations are a histogram");
    };
    let point = &durations.data_points[0];
    assert_eq!(
        (point.count, point.bucket_counts.len()),
        (1, point.explicit_bounds.len() + 1)
    );
    let Data::Gauge(limit) = of("waystation_store_limit_bytes") else {
        panic!("a size is a gauge");
    };
    assert_eq!(limit.data_points.len(), 1);
}

fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        _ => None,
    }
}
