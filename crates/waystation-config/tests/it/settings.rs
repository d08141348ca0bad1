//! Each setting arrives where it belongs.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use waystation_client::AddressPolicy;
use waystation_client::network::Proxies;
use waystation_config::{Config, DeliveryPolicy, json_schema};
use waystation_runtime::retry::Jitter;

use crate::support::{config, with_connection};

/// A setting, a value that is not its default, and where it arrives as what.
type Setting = (&'static str, &'static str, fn(&Config) -> String, &'static str);

fn time(duration: Duration) -> String {
    format!("{duration:?}")
}

const SETTINGS: &[Setting] = &[
    (
        "server.listen",
        "\"[::]:80\"",
        |c| c.server.listen.to_string(),
        "[::]:80",
    ),
    (
        "server.max_body",
        "\"1MiB\"",
        |c| c.server.max_body.to_string(),
        "1048576",
    ),
    (
        "server.shutdown_grace",
        "\"0s\"",
        |c| time(c.server.shutdown_grace),
        "0ns",
    ),
    (
        "server.idle_timeout",
        "\"9s\"",
        |c| time(c.server.idle_timeout),
        "9s",
    ),
    (
        "server.body_timeout",
        "\"8s\"",
        |c| time(c.server.body_timeout),
        "8s",
    ),
    (
        "server.max_connections",
        "7",
        |c| c.server.max_connections.to_string(),
        "7",
    ),
    (
        "server.max_connections_per_address",
        "6",
        |c| format!("{:?}", c.server.max_connections_per_address),
        "Some(6)",
    ),
    (
        "server.reload_may_remove",
        "true",
        |c| c.server.reload_may_remove.to_string(),
        "true",
    ),
    ("api.open", "true", |c| c.api.open.to_string(), "true"),
    (
        "ingest.max_event",
        "\"64KiB\"",
        |c| c.ingest.max_event.to_string(),
        "65536",
    ),
    (
        "ingest.max_request",
        "\"1MiB\"",
        |c| c.ingest.max_request.to_string(),
        "1048576",
    ),
    ("ingest.max_events", "7", |c| c.ingest.max_events.to_string(), "7"),
    (
        "ingest.dedupe_window",
        "\"2h\"",
        |c| time(c.ingest.dedupe_window),
        "7200s",
    ),
    (
        "ingest.browser_script",
        "\"https://cdn.example/a.js\"",
        |c| format!("{:?}", c.ingest.browser_script),
        "Some(\"https://cdn.example/a.js\")",
    ),
    (
        "ingest.trusted_proxies",
        "2",
        |c| c.ingest.trusted_proxies.to_string(),
        "2",
    ),
    (
        "store.path",
        "\"x/y.db\"",
        |c| c.store.path.display().to_string(),
        "x/y.db",
    ),
    (
        "store.max_size",
        "\"1GiB\"",
        |c| c.store.max_size.to_string(),
        "1073741824",
    ),
    (
        "store.full_retry_after",
        "\"5s\"",
        |c| time(c.store.full_retry_after),
        "5s",
    ),
    ("record.keep", "\"1h\"", |c| time(c.record.keep), "3600s"),
    (
        "record.keep_dead_letters",
        "\"2h\"",
        |c| time(c.record.keep_dead_letters),
        "7200s",
    ),
    (
        "record.bodies",
        "\"failures\"",
        |c| format!("{:?}", c.record.bodies),
        "Failures",
    ),
    (
        "record.body_limit",
        "\"1KiB\"",
        |c| c.record.body_limit.to_string(),
        "1024",
    ),
    (
        "telemetry.log_format",
        "\"json\"",
        |c| format!("{:?}", c.telemetry.log.format),
        "Json",
    ),
    (
        "telemetry.log_level",
        "\"debug\"",
        |c| c.telemetry.log.level.clone(),
        "debug",
    ),
    (
        "network.addresses",
        "\"all\"",
        |c| format!("{:?}", c.network.client().addresses),
        "AllowAll",
    ),
    (
        "network.proxies",
        "false",
        |c| (c.network.client().proxies == Proxies::None).to_string(),
        "true",
    ),
    (
        "network.max_answer",
        "\"1KiB\"",
        |c| c.network.client().answer_limit.to_string(),
        "1024",
    ),
    (
        "network.rewrite",
        "[\"*=http://127.0.0.1:9\"]",
        |c| c.network.rewrites().is_empty().to_string(),
        "false",
    ),
];

/// The same of the settings of deliveries.
type DeliverySetting = (
    &'static str,
    &'static str,
    fn(&DeliveryPolicy) -> String,
    &'static str,
);

fn part<T: std::fmt::Debug>(part: Option<T>) -> T {
    part.expect("the part is switched off")
}

const DELIVERY: &[DeliverySetting] = &[
    ("deadline", "\"40s\"", |p| time(p.deadline), "40s"),
    ("horizon", "\"5h\"", |p| time(p.horizon), "18000s"),
    ("first_return", "\"3s\"", |p| time(p.first_return), "3s"),
    ("longest_return", "\"20s\"", |p| time(p.longest_return), "20s"),
    ("ordering", "\"user\"", |p| format!("{:?}", p.ordering), "User"),
    (
        "retry_on",
        "[404, 410]",
        |p| format!("{:?}", p.retry_on),
        "[404, 410]",
    ),
    (
        "never_retry",
        "[505]",
        |p| format!("{:?}", p.never_retry),
        "[505]",
    ),
    (
        "max_waiting.deliveries",
        "7",
        |p| p.max_waiting.deliveries.to_string(),
        "7",
    ),
    (
        "max_waiting.share",
        "0.5",
        |p| p.max_waiting.bytes_of(1 << 20).to_string(),
        "524288",
    ),
    (
        "max_waiting.when_full",
        "\"refuse\"",
        |p| format!("{:?}", p.max_waiting.when_full),
        "Refuse",
    ),
    (
        "unknown_outcome_tries",
        "0",
        |p| p.unknown_outcome_tries.to_string(),
        "0",
    ),
    (
        "removed_connection_wait",
        "\"0s\"",
        |p| time(p.removed_connection_wait),
        "0ns",
    ),
    (
        "credentials_refused.enabled",
        "false",
        |p| p.credentials_refused.is_some().to_string(),
        "false",
    ),
    (
        "credentials_refused.probe_every",
        "\"1m\"",
        |p| time(part(p.credentials_refused.as_ref()).probe_every),
        "60s",
    ),
    (
        "credentials_refused.longest_wait",
        "\"1d\"",
        |p| time(part(p.credentials_refused.as_ref()).longest_wait),
        "86400s",
    ),
    ("admission", "9", |p| p.guards.admission.to_string(), "9"),
    ("retry.attempts", "1", |p| p.retries.attempts.to_string(), "1"),
    ("retry.budget", "\"20s\"", |p| time(p.retries.budget), "20s"),
    ("retry.first_wait", "\"2s\"", |p| time(p.retries.first_wait), "2s"),
    (
        "retry.longest_wait",
        "\"8s\"",
        |p| time(p.retries.longest_wait),
        "8s",
    ),
    (
        "retry.longest_partner_wait",
        "\"9s\"",
        |p| time(p.retries.longest_partner_wait),
        "9s",
    ),
    (
        "retry.jitter",
        "false",
        |p| (p.retries.jitter == Jitter::None).to_string(),
        "true",
    ),
    ("batch.size", "30", |p| p.batch.size.to_string(), "30"),
    (
        "batch.bytes",
        "\"2MiB\"",
        |p| p.batch.bytes.to_string(),
        "2097152",
    ),
    (
        "batch.linger",
        "\"0s\"",
        |p| format!("{:?}", p.batch.linger),
        "Some(0ns)",
    ),
    ("batch.keys", "[\"a\"]", |p| p.batch.keys.join(","), "a"),
    (
        "split.enabled",
        "false",
        |p| p.retries.split.is_some().to_string(),
        "false",
    ),
    (
        "split.requests",
        "7",
        |p| part(p.retries.split).requests.to_string(),
        "7",
    ),
    (
        "breaker.enabled",
        "false",
        |p| p.guards.breaker.is_some().to_string(),
        "false",
    ),
    (
        "breaker.consecutive_failures",
        "3",
        |p| part(p.guards.breaker).consecutive_failures.to_string(),
        "3",
    ),
    (
        "breaker.failure_share",
        "0.25",
        |p| part(p.guards.breaker).failure_share.get().to_string(),
        "0.25",
    ),
    (
        "breaker.window",
        "\"9s\"",
        |p| time(part(p.guards.breaker).window),
        "9s",
    ),
    (
        "breaker.least_requests",
        "4",
        |p| part(p.guards.breaker).least_requests.to_string(),
        "4",
    ),
    (
        "breaker.first_wait",
        "\"3s\"",
        |p| time(part(p.guards.breaker).first_wait),
        "3s",
    ),
    (
        "breaker.longest_wait",
        "\"7s\"",
        |p| time(part(p.guards.breaker).longest_wait),
        "7s",
    ),
    (
        "rate_limit.enabled",
        "true",
        |p| part(p.guards.rate_limit).requests.to_string(),
        "10",
    ),
    (
        "rate_limit.requests",
        "5",
        |p| part(p.guards.rate_limit).requests.to_string(),
        "5",
    ),
    (
        "rate_limit.per",
        "\"1m\"",
        |p| time(part(p.guards.rate_limit).per),
        "60s",
    ),
    (
        "rate_limit.burst",
        "2",
        |p| part(p.guards.rate_limit).burst.to_string(),
        "2",
    ),
    (
        "concurrency.fixed",
        "6",
        |p| format!("{:?}", p.guards.concurrency),
        "Fixed { limit: 6 }",
    ),
    (
        "concurrency.start",
        "6",
        |p| format!("{:?}", p.guards.concurrency),
        "Adaptive { start: 6, ceiling: 200 }",
    ),
    (
        "concurrency.ceiling",
        "6",
        |p| format!("{:?}", p.guards.concurrency),
        "Adaptive { start: 1, ceiling: 6 }",
    ),
    (
        "hold.without_hint",
        "\"0s\"",
        |p| time(p.guards.hold.without_hint),
        "0ns",
    ),
    ("hold.longest", "\"9m\"", |p| time(p.guards.hold.longest), "540s"),
    (
        "retry_budget.enabled",
        "false",
        |p| p.guards.retry_budget.is_some().to_string(),
        "false",
    ),
    (
        "retry_budget.share",
        "1",
        |p| part(p.guards.retry_budget).share.get().to_string(),
        "1",
    ),
    (
        "retry_budget.floor_per_second",
        "0",
        |p| part(p.guards.retry_budget).floor_per_second.to_string(),
        "0",
    ),
];

/// Settings that make no sense alone; each has a test of its own below or among the connections.
const TOGETHER: [&str; 12] = [
    "api.tokens",
    "ingest.rate_limit.burst",
    "ingest.rate_limit.enabled",
    "ingest.rate_limit.per_second",
    "network.allow",
    "server.tls.certificate",
    "server.tls.key",
    "telemetry.otlp.endpoint",
    "telemetry.otlp.headers",
    "telemetry.otlp.interval",
    "telemetry.otlp.service_name",
    "telemetry.otlp.trace_share",
];

#[test]
fn every_setting_arrives() {
    for (key, value, arrived, expected) in SETTINGS {
        assert_ne!(
            arrived(&config("")),
            *expected,
            "{key} is tested with its default"
        );
        let config = config(&format!("{key} = {value}"));
        assert_eq!(arrived(&config), *expected, "{key} = {value}");
    }
}

#[test]
fn every_setting_of_deliveries_arrives_for_all_connections_and_for_one() {
    for (key, value, arrived, expected) in DELIVERY {
        if !key.ends_with("enabled") {
            // Parts that are off by default are switched on by being written.
            let default = config("").delivery;
            let on = default.retries.split.is_some() || !key.starts_with("split");
            let on = on && (default.guards.rate_limit.is_some() || !key.starts_with("rate_limit"));
            assert!(
                !on || arrived(&default) != *expected,
                "{key} is tested with its default"
            );
        }
        let general = config(&format!("delivery.{key} = {value}\n{}", with_connection("")));
        assert_eq!(arrived(&general.delivery), *expected, "delivery.{key} = {value}");
        assert_eq!(
            arrived(&general.connections[0].policy),
            *expected,
            "delivery.{key} = {value}"
        );
        let own = config(&with_connection(&format!("delivery.{key} = {value}")));
        assert_eq!(
            arrived(&own.connections[0].policy),
            *expected,
            "connections.crm.delivery.{key} = {value}"
        );
        assert_eq!(
            own.delivery,
            DeliveryPolicy::default(),
            "connections.crm.delivery.{key}"
        );
    }
}

#[test]
fn every_setting_of_the_schema_is_tested() {
    let schema = json_schema();
    let mut keys = BTreeSet::new();
    for section in [
        "server",
        "api",
        "ingest",
        "store",
        "record",
        "telemetry",
        "network",
        "delivery",
    ] {
        collect(&schema, &schema["properties"][section], section, &mut keys);
    }
    let delivery = DELIVERY.iter().map(|(key, ..)| format!("delivery.{key}"));
    let others = SETTINGS.iter().map(|(key, ..)| (*key).to_owned());
    let together = TOGETHER.iter().map(|key| (*key).to_owned());
    let tested: BTreeSet<String> = delivery.chain(others).chain(together).collect();
    assert_eq!(keys, tested);
}

/// The paths of all settings of a section.
fn collect(schema: &Value, section: &Value, path: &str, keys: &mut BTreeSet<String>) {
    let definition = section["$ref"]
        .as_str()
        .and_then(|path| path.strip_prefix("#/$defs/"));
    let properties = definition.and_then(|name| schema["$defs"][name]["properties"].as_object());
    match properties {
        Some(properties) => {
            for (key, property) in properties {
                collect(schema, property, &format!("{path}.{key}"), keys);
            }
        }
        None => {
            keys.insert(path.to_owned());
        }
    }
}

#[test]
fn addresses_that_are_allowed_besides() {
    for (rule, is_expected) in [
        (
            "public",
            (|policy| matches!(policy, AddressPolicy::PublicOnly(_))) as fn(&AddressPolicy) -> bool,
        ),
        ("public-where-asked", |policy| {
            matches!(policy, AddressPolicy::PublicWhereAsked(_))
        }),
    ] {
        let config = config(&format!(
            "network = {{ addresses = \"{rule}\", allow = [\"10.0.0.0/8\"] }}"
        ));
        let policy = &config.network.client().addresses;
        assert!(is_expected(policy), "{rule}: {policy:?}");
        let (AddressPolicy::PublicOnly(allowed) | AddressPolicy::PublicWhereAsked(allowed)) = policy else {
            panic!("{policy:?}");
        };
        assert!(allowed.check("10.1.2.3".parse().unwrap()).is_ok());
        assert!(allowed.check("192.168.1.1".parse().unwrap()).is_err());
    }
}

#[test]
fn a_collector() {
    assert!(config("").telemetry.otlp.is_none());
    let least = config("telemetry.otlp.endpoint = \"http://localhost:4318\"");
    let least = least.telemetry.otlp.unwrap();
    assert_eq!(
        (least.service_name.as_str(), least.interval.as_secs()),
        ("waystation", 60)
    );
    let text = "\
[telemetry.otlp]
endpoint = \"https://collector.example/otlp\"
headers = { x-key = { env = \"SECRET\" }, x-team = \"data\" }
service_name = \"events\"
interval = \"5s\"
trace_share = 0.1
";
    let otlp = config(text).telemetry.otlp.unwrap();
    assert_eq!(otlp.endpoint.as_str(), "https://collector.example/otlp");
    let headers: Vec<_> = otlp
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.expose()))
        .collect();
    assert_eq!(
        headers,
        [("x-key", "hunter2-hunter2-hunter2"), ("x-team", "data")]
    );
    assert_eq!(
        (
            otlp.service_name.as_str(),
            otlp.interval.as_secs(),
            otlp.trace_share
        ),
        ("events", 5, 0.1)
    );
}

#[test]
fn tokens_in_the_order_of_their_names() {
    let text = "\
[api.tokens.b]
scope = \"execute\"
token = \"bbbbbbbbbbbbbbbb\"
[api.tokens.a]
scope = \"admin\"
token = \"aaaaaaaaaaaaaaaa\"
";
    let tokens = config(text).api.tokens;
    let told: Vec<_> = tokens
        .iter()
        .map(|token| format!("{} {:?}", token.name, token.scope))
        .collect();
    assert_eq!(told, ["a Admin", "b Execute"]);
    assert_eq!(tokens[0].token.expose(), "aaaaaaaaaaaaaaaa");
}

#[test]
fn sources_and_how_many_events_they_may_send() {
    let text = "\
[ingest.rate_limit]
per_second = 5
[sources.b]
enabled = false
write_keys = [\"b1\", \"b2\"]
[sources.a]
write_keys = [\"a\"]
rate_limit.burst = 7
[sources.c]
write_keys = [\"c\"]
rate_limit.enabled = false
";
    let sources = config(text).sources;
    let told: Vec<_> = sources
        .iter()
        .map(|source| {
            let rate = source
                .rate_limit
                .map(|rate| (rate.per_second.get(), rate.burst.get()));
            (&*source.name, source.enabled, source.write_keys.len(), rate)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("a", true, 1, Some((5, 7))),
            ("b", false, 2, Some((5, 50))),
            ("c", true, 1, None)
        ]
    );
}

#[test]
fn what_a_part_says_in_one_layer_is_kept_in_the_next() {
    let text = "\
[delivery.rate_limit]
enabled = false
requests = 50
[delivery.concurrency]
fixed = 4
[connections.crm.delivery]
rate_limit.burst = 3
concurrency.ceiling = 8
";
    let policy = &config(&with_connection(text)).connections[0].policy.guards;
    let limit = policy.rate_limit.unwrap();
    assert_eq!((limit.requests.get(), limit.burst.get()), (50, 3));
    assert_eq!(
        format!("{:?}", policy.concurrency),
        "Adaptive { start: 1, ceiling: 8 }"
    );
}

#[test]
fn a_certificate_from_files_beside_the_configuration() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("waystation.toml");
    std::fs::write(
        &path,
        "server.tls = { certificate = \"tls.crt\", key = \"tls.key\" }\n",
    )
    .unwrap();
    let faults = crate::support::loader().load(&path).unwrap_err().to_string();
    assert!(
        faults.contains("`server.tls.certificate` asks for the file tls.crt, which cannot be read"),
        "{faults}"
    );
    for name in ["tls.crt", "tls.key"] {
        std::fs::write(folder.path().join(name), "pem").unwrap();
    }
    let config = crate::support::loader().load(&path).unwrap();
    let tls = config.server.tls.unwrap();
    assert_eq!(tls.certificate, Some(folder.path().join("tls.crt")));
    assert_eq!(tls.key, Some(folder.path().join("tls.key")));
    assert!(
        config.files.contains(&folder.path().join("tls.key")),
        "it is followed"
    );
    assert!(
        crate::support::faults("server.tls.key = \"Cargo.toml\"")
            .contains("`server.tls` needs `certificate`")
    );
}
