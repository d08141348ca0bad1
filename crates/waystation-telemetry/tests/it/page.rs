//! The metrics page of a service that has something to tell.

use serde_json::json;
use waystation_telemetry::Reload;
use waystation_telemetry::metrics::catalog::Metric;

use crate::support::{Service, track};

const CONFIG: &str = r#"
[sources.web]
write_keys = ["write-key-secret"]

[connections.works]
destination = "inspector"

[connections.refuses]
destination = "inspector"
settings = { answer = "refused" }

[connections.fails]
destination = "inspector"
settings = { answer = "unavailable" }

[connections.fails.delivery.retry]
attempts = 2
first_wait = "1ms"

[connections.idle]
destination = "inspector"
sources = []
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_tells_what_became_of_events() {
    let service = Service::start(CONFIG).await;
    let page = service.telemetry.render(&service.sources).await;
    for line in [
        "waystation_dead_deliveries_total{connection=\"refuses\",destination=\"inspector\",action=\"inspect\",\
         stage=\"delivery\"} 0",
        "waystation_delivered_deliveries_total{connection=\"idle\",destination=\"inspector\",action=\"inspect\"} 0",
        "waystation_dead_letters{connection=\"refuses\"} 0",
        "waystation_ledger_accepted_deliveries_total{connection=\"works\"} 0",
        "waystation_accepted_events_total{source=\"web\"} 0",
        "waystation_refused_events_total{source=\"web\",reason=\"rate_limited\"} 0",
    ] {
        assert!(
            page.lines().any(|found| found == line),
            "{line} is missing at the start in:\n{page}"
        );
    }
    for metric in Metric::ALL {
        let kind = format!("# TYPE {} {}\n", metric.name(), metric.kind().name());
        assert!(page.contains(&kind), "{kind} is missing at the start in:\n{page}");
    }
    service.take("message-secret", track("message-secret")).await;
    service.take("other-secret", json!({"type": "page"})).await;
    service
        .until(|ledger| ledger.total.delivered == 2 && ledger.total.dead == 2)
        .await;
    service.telemetry.reloaded(Reload::Refused);

    // Metrics are told once the settlement is on disk, a moment after the ledger knows.
    let returned = "waystation_returned_deliveries_total{connection=\"fails\",\
                    destination=\"inspector\",action=\"inspect\"} 2";
    let mut page = service.telemetry.render(&service.sources).await;
    for _ in 0..1_000 {
        if page.contains(returned) && page.contains("waystation_dead_deliveries_total{") {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        page = service.telemetry.render(&service.sources).await;
    }
    for line in [
        returned,
        "waystation_delivered_deliveries_total{connection=\"works\",destination=\"inspector\",action=\"inspect\"} 2",
        "waystation_dead_deliveries_total{connection=\"refuses\",destination=\"inspector\",action=\"inspect\",\
         stage=\"delivery\"} 2",
        "waystation_attempts_total{connection=\"fails\",destination=\"inspector\",action=\"inspect\",end=\"5xx\"} 4",
        "waystation_retries_total{connection=\"fails\",destination=\"inspector\",action=\"inspect\",reason=\"5xx\"} 2",
        "waystation_exhausted_retries_total{connection=\"fails\",destination=\"inspector\",action=\"inspect\",\
         limit=\"attempts\",reason=\"5xx\"} 2",
        "waystation_attempt_duration_seconds_count{connection=\"works\",destination=\"inspector\",action=\"inspect\",\
         end=\"2xx\"} 2",
        "waystation_breaker_state{connection=\"works\",state=\"admitting\"} 1",
        "waystation_queue_waiting_deliveries{connection=\"fails\"} 2",
        "waystation_queue_waiting_deliveries{connection=\"idle\"} 0",
        "waystation_queue_oldest_due_age_seconds{connection=\"works\"} 0",
        "waystation_dead_letters{connection=\"refuses\"} 2",
        "waystation_ledger_accepted_deliveries_total{connection=\"works\"} 2",
        "waystation_config_reloads_total{outcome=\"refused\"} 1",
        "waystation_failed_readings_total 0",
        concat!(
            "waystation_build_info{version=\"",
            env!("CARGO_PKG_VERSION"),
            "\"} 1"
        ),
    ] {
        assert!(
            page.lines().any(|found| found == line),
            "{line} is missing in:\n{page}"
        );
    }
    for name in [
        "waystation_store_used_bytes ",
        "waystation_store_limit_bytes ",
        "waystation_store_log_bytes ",
        "waystation_store_unreadable_deliveries 0",
        "waystation_store_errors_total{kind=\"damaged\"} 0",
        "waystation_store_commit_duration_seconds_count ",
        "waystation_queue_waiting_bytes{connection=\"fails\"} ",
        "waystation_queue_waiting_limit_bytes{connection=\"fails\"} 2684354560",
        "waystation_overflowed_deliveries_total{connection=\"fails\"} 0",
        "waystation_delivery_delay_seconds_count{connection=\"works\",destination=\"inspector\"} 2",
        "waystation_start_timestamp",
        "process_resident_memory_bytes ",
        "process_open_fds ",
        "process_cpu_seconds_total ",
        "waystation_http_accept_errors_total 0",
    ] {
        assert!(page.contains(name), "{name} is missing in:\n{page}");
    }
    assert!(!page.contains("secret"), "{page}");

    let (telemetry, sources) = (service.telemetry.clone(), service.sources.clone());
    service.stop().await;
    let page = telemetry.render(&sources).await;
    assert!(
        page.contains("waystation_failed_readings_total 3"),
        "a closed store is told of:\n{page}"
    );
    assert!(
        page.contains("waystation_delivered_deliveries_total{"),
        "the rest is still there:\n{page}"
    );
}
