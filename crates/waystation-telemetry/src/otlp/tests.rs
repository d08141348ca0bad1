use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use serde_json::json;
use tracing::subscriber::with_default;
use tracing_subscriber::layer::SubscriberExt;
use waystation_delivery::Deliveries;
use waystation_queue::{Clock, Queue, SqliteQueue, SqliteSettings};
use waystation_testkit::Partner;

use super::*;

fn settings(origin: &str) -> Otlp {
    Otlp {
        endpoint: origin.parse().unwrap(),
        headers: Vec::new(),
        service_name: "tested".to_owned(),
        interval: Duration::from_secs(3_600),
        trace_share: 1.0,
    }
}

/// The names of the spans that a collector gets of ten deliveries and something that is not ours.
async fn exported(trace_share: f64) -> Vec<String> {
    let collector = Partner::start().await;
    collector.on("POST", "/v1/traces").always_answers(200, json!({}));
    let export = Export::start(&Otlp {
        trace_share,
        ..settings(&collector.origin())
    })
    .unwrap();
    with_default(tracing_subscriber::registry().with(export.layer()), || {
        for _ in 0..10 {
            tracing::info_span!("delivery").in_scope(|| ());
            tracing::debug_span!("detail").in_scope(|| ());
            tracing::info_span!(target: "hyper", "foreign").in_scope(|| ());
        }
    });
    export.finish().await;
    let requests = collector.requests();
    let names = requests.iter().flat_map(|request| {
        let request = ExportTraceServiceRequest::decode(&*request.body).unwrap();
        let scopes = request
            .resource_spans
            .into_iter()
            .flat_map(|resource| resource.scope_spans);
        scopes.flat_map(|scope| scope.spans).map(|span| span.name)
    });
    names.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_share_of_traces_is_heeded() {
    assert_eq!(exported(0.0).await, [""; 0]);
    assert_eq!(exported(1.0).await, ["delivery"; 10]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metrics_are_sent_every_so_often() {
    let collector = Partner::start().await;
    collector.on("POST", "/v1/metrics").always_answers(200, json!({}));
    let export = Export::start(&Otlp {
        interval: Duration::from_millis(10),
        ..settings(&collector.origin())
    })
    .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let queue = SqliteQueue::open(SqliteSettings::new(folder.path().join("store.db"))).unwrap();
    let queue: Arc<dyn Queue> = Arc::new(queue);
    let deliveries = Deliveries::new(&queue);
    export.send_metrics(Telemetry::new(Clock::System), Sources { queue, deliveries });
    let sent = async {
        while collector.requests().len() < 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), sent)
        .await
        .expect("they are sent in time");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_collector_that_is_not_there_does_not_keep_the_service_from_its_end() {
    // A port that was free a moment ago.
    let address = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let export = Export::start(&settings(&format!("http://{address}"))).unwrap();
    with_default(tracing_subscriber::registry().with(export.layer()), || {
        tracing::info_span!("delivery").in_scope(|| ());
    });
    export.finish().await;
}
