//! The names, kinds and labels of all metrics: dashboards and alerts rely on them.

use waystation_telemetry::metrics::catalog::Metric;

#[test]
fn metrics_keep_their_names_kinds_and_labels() {
    let metrics = Metric::ALL.iter().map(|metric| {
        let labels: Vec<_> = metric.labels().iter().map(|label| label.name()).collect();
        format!(
            "{} {} [{}]",
            metric.name(),
            metric.kind().name(),
            labels.join(", ")
        )
    });
    insta::assert_snapshot!(metrics.collect::<Vec<_>>().join("\n"), @r#"
    waystation_accepted_events_total counter [source]
    waystation_duplicate_events_total counter [source]
    waystation_rejected_events_total counter [source, reason]
    waystation_refused_events_total counter [source, reason]
    waystation_http_requests_total counter [method, route, status]
    waystation_http_request_duration_seconds histogram [method, route]
    waystation_delivered_deliveries_total counter [connection, destination, action]
    waystation_returned_deliveries_total counter [connection, destination, action]
    waystation_dead_deliveries_total counter [connection, destination, action, stage]
    waystation_overflowed_deliveries_total counter [connection]
    waystation_delivery_delay_seconds histogram [connection, destination]
    waystation_attempts_total counter [connection, destination, action, end]
    waystation_attempt_duration_seconds histogram [connection, destination, action, end]
    waystation_retries_total counter [connection, destination, action, reason]
    waystation_exhausted_retries_total counter [connection, destination, action, limit, reason]
    waystation_split_batches_total counter [connection, destination, action, reason]
    waystation_discarded_items_total counter [connection, action, cause]
    waystation_breaker_changes_total counter [connection, state]
    waystation_holds_total counter [connection]
    waystation_breaker_state gauge [connection, state]
    waystation_hold_remaining_seconds gauge [connection]
    waystation_credentials_refused gauge [connection]
    waystation_paused gauge [connection, subscription, source]
    waystation_concurrency_limit_attempts gauge [connection]
    waystation_in_flight_attempts gauge [connection]
    waystation_under_way_calls gauge [connection]
    waystation_queue_waiting_deliveries gauge [connection]
    waystation_queue_waiting_bytes gauge [connection]
    waystation_queue_waiting_limit_deliveries gauge [connection]
    waystation_queue_waiting_limit_bytes gauge [connection]
    waystation_queue_leased_deliveries gauge [connection]
    waystation_queue_oldest_due_age_seconds gauge [connection]
    waystation_queue_oldest_waiting_age_seconds gauge [connection]
    waystation_dead_letters gauge [connection]
    waystation_ledger_accepted_deliveries_total counter [connection]
    waystation_ledger_delivered_deliveries_total counter [connection]
    waystation_ledger_skipped_deliveries_total counter [connection, rule]
    waystation_ledger_purged_deliveries_total counter [connection]
    waystation_ledger_replayed_deliveries_total counter [connection]
    waystation_store_used_bytes gauge []
    waystation_store_limit_bytes gauge []
    waystation_store_log_bytes gauge []
    waystation_store_unreadable_deliveries gauge []
    waystation_store_commit_duration_seconds histogram []
    waystation_store_errors_total counter [kind]
    waystation_http_connections gauge []
    waystation_http_connections_limit gauge []
    waystation_http_accept_errors_total counter []
    waystation_http_turned_away_connections_total counter []
    waystation_http_handshake_errors_total counter []
    waystation_lost_log_lines_total counter []
    waystation_failed_readings_total counter []
    waystation_config_reloads_total counter [outcome]
    waystation_config_last_reload_timestamp_seconds gauge [outcome]
    waystation_start_timestamp_seconds gauge []
    waystation_build_info gauge [version]
    process_cpu_seconds_total counter []
    process_resident_memory_bytes gauge []
    process_virtual_memory_bytes gauge []
    process_threads gauge []
    process_open_fds gauge []
    process_max_fds gauge []
    process_start_time_seconds gauge []
    "#);
}
