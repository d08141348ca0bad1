//! Traces and metrics for a collector that speaks OTLP over HTTP.
//!
//! Traces go by way of the OpenTelemetry SDK: spans of this workspace, from `info` upwards, in batches. Metrics are
//! what the metrics page shows, sent every so often in the collector's own form.

mod client;
mod metrics;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tokio::runtime::{Handle, TryCurrentError};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::registry::LookupSpan;
use waystation_client::NetworkError;
use waystation_config::Otlp;

use crate::telemetry::{Sources, Telemetry};
use client::Collector;

/// How long the collector may take for one request.
const PATIENCE: Duration = Duration::from_secs(10);

/// How the crates of this workspace begin. What others trace is not exported: some of it is the export itself.
const OWN_TARGETS: &str = "waystation";

/// The export of a process.
#[derive(Debug)]
pub(crate) struct Export {
    traces: SdkTracerProvider,
    collector: Collector,
    otlp: Otlp,
    metrics: Mutex<Option<Metrics>>,
}

/// The metrics that are sent every so often.
#[derive(Debug)]
struct Metrics {
    telemetry: Arc<Telemetry>,
    sources: Sources,
    task: JoinHandle<()>,
}

/// Why the export does not start.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is nothing to run it on.
    #[error("the export needs a runtime to start in: {0}")]
    Runtime(#[from] TryCurrentError),
    /// The way to the collector cannot be prepared.
    #[error("the way to the collector cannot be prepared: {0}")]
    Network(#[from] NetworkError),
    /// The collector's address or headers cannot be used.
    #[error("the export of traces cannot be prepared: {0}")]
    Exporter(#[from] ExporterBuildError),
}

impl Export {
    /// Prepares the export; nothing is sent yet.
    pub(crate) fn start(otlp: &Otlp) -> Result<Self, ExportError> {
        let collector = Collector::new(Handle::try_current()?, PATIENCE)?;
        let headers = otlp.headers.iter();
        let headers: HashMap<_, _> = headers
            .map(|(name, value)| (name.clone(), value.expose().to_owned()))
            .collect();
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(collector.clone())
            .with_endpoint(address(otlp, "v1/traces"))
            .with_headers(headers)
            .with_timeout(PATIENCE)
            .build()?;
        let traces = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(sampler(otlp.trace_share))
            .with_resource(resource(&otlp.service_name))
            .build();
        Ok(Self {
            traces,
            collector,
            otlp: otlp.clone(),
            metrics: Mutex::default(),
        })
    }

    /// Makes traces of spans.
    pub(crate) fn layer<S>(&self) -> Box<dyn Layer<S> + Send + Sync>
    where
        S: Subscriber + for<'lookup> LookupSpan<'lookup> + Send + Sync,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.traces.tracer("waystation"))
            .with_filter(Targets::new().with_target(OWN_TARGETS, LevelFilter::INFO))
            .boxed()
    }

    /// Sends the metrics every so often from now on.
    pub(crate) fn send_metrics(&self, telemetry: Arc<Telemetry>, sources: Sources) {
        let (collector, otlp) = (self.collector.clone(), self.otlp.clone());
        let (counted, read) = (Arc::clone(&telemetry), sources.clone());
        let task = tokio::spawn(async move {
            let mut ticks = interval(otlp.interval);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
            // The first comes at once, when there is nothing to tell yet.
            ticks.tick().await;
            loop {
                ticks.tick().await;
                send(&collector, &otlp, &counted, &read).await;
            }
        });
        let metrics = Metrics {
            telemetry,
            sources,
            task,
        };
        *self.metrics.lock().unwrap_or_else(PoisonError::into_inner) = Some(metrics);
    }

    /// Sends what has not been sent yet; nothing is sent after that.
    pub(crate) async fn finish(&self) {
        let metrics = self.metrics.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(metrics) = metrics {
            metrics.task.abort();
            send(&self.collector, &self.otlp, &metrics.telemetry, &metrics.sources).await;
        }
        let traces = self.traces.clone();
        // It waits for a thread of its own, which waits for this runtime.
        match tokio::task::spawn_blocking(move || traces.shutdown()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the last traces could not be exported"),
            Err(error) => tracing::warn!(%error, "the last traces could not be exported"),
        }
    }
}

async fn send(collector: &Collector, otlp: &Otlp, telemetry: &Telemetry, sources: &Sources) {
    let snapshot = telemetry.collect(sources).await;
    let (from, until) = telemetry.lifetime();
    let body = metrics::encode(&snapshot, &otlp.service_name, from, until);
    let address = address(otlp, "v1/metrics");
    if let Err(error) = collector.post(&address, &otlp.headers, body).await {
        tracing::warn!(%error, "the metrics could not be exported");
    }
}

/// The address of a signal: the collector's with something after it.
fn address(otlp: &Otlp, path: &str) -> String {
    format!("{}/{path}", otlp.endpoint.as_str().trim_end_matches('/'))
}

/// Whether a trace is exported is decided where it begins.
fn sampler(share: f64) -> Sampler {
    Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(share)))
}

fn resource(service: &str) -> Resource {
    Resource::builder_empty()
        .with_service_name(service.to_owned())
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build()
}
