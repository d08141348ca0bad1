//! What is read when somebody asks: the queue, the ledger, the guards.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use waystation_delivery::{Pause, Paused};
use waystation_http::server::Stats;
use waystation_queue::{Activity, ConnectionTally, Depth, Ledger, Millis, Occupancy, Tally};
use waystation_runtime::guards::{BreakerState, GuardState};

use super::catalog::{Kind, Metric};
use super::histogram::Distribution;
use super::snapshot::{Reading, Value};

/// What a breaker can do.
const BREAKER_STATES: [BreakerState; 3] = [
    BreakerState::Admitting,
    BreakerState::Probing,
    BreakerState::Refusing,
];

/// The queue's depths, with a line of zeros for every running connection that nothing was ever accepted for: an
/// alert needs a series to look at.
pub(crate) fn of_queue(depths: Vec<Depth>, running: &[Arc<str>], now: Millis) -> Vec<Reading> {
    let idle = running.iter().map(|connection| Depth {
        connection: Arc::clone(connection),
        ..Depth::default()
    });
    let mut by_name: BTreeMap<Arc<str>, Depth> =
        idle.map(|depth| (Arc::clone(&depth.connection), depth)).collect();
    by_name.extend(
        depths
            .into_iter()
            .map(|depth| (Arc::clone(&depth.connection), depth)),
    );
    let depths = by_name.into_values();
    depths.flat_map(|depth| of_depth(&depth, now)).collect()
}

fn of_depth(depth: &Depth, now: Millis) -> Vec<Reading> {
    let since = |time: Option<Millis>| {
        let age = time.map_or(0, |time| now.0.saturating_sub(time.0).max(0));
        age as f64 / 1_000.0
    };
    let of = |metric, value| gauge(metric, &depth.connection, value);
    let mut readings = vec![
        of(Metric::QueueWaiting, depth.waiting as f64),
        of(Metric::QueueWaitingBytes, depth.bytes as f64),
        Reading::new(
            Metric::OverflowedDeliveries,
            [&depth.connection],
            Value::Counter(depth.overflowed),
        ),
        of(Metric::QueueLeased, depth.leased as f64),
        of(Metric::QueueOldestDueAge, since(depth.oldest_due)),
        of(Metric::QueueOldestWaitingAge, since(depth.oldest_received)),
    ];
    if let Some(limit) = depth.limit {
        readings.push(of(Metric::QueueWaitingLimit, limit.deliveries as f64));
        readings.push(of(Metric::QueueWaitingLimitBytes, limit.bytes as f64));
    }
    readings
}

/// The ledger, connection by connection, with zeros for every running connection that nothing was ever accepted for.
pub(crate) fn of_ledger(ledger: &Ledger, running: &[Arc<str>]) -> Vec<Reading> {
    let known = |name: &Arc<str>| {
        ledger
            .connections
            .iter()
            .any(|known| known.connection.as_ref() == Some(name))
    };
    let idle = running
        .iter()
        .filter(|name| !known(name))
        .map(|name| ConnectionTally {
            connection: Some(Arc::clone(name)),
            tally: Tally::default(),
        });
    let idle: Vec<ConnectionTally> = idle.collect();
    ledger
        .connections
        .iter()
        .chain(&idle)
        .flat_map(of_tally)
        .collect()
}

/// What the HTTP server counts of its connections.
pub(crate) fn of_server(stats: &Stats) -> Vec<Reading> {
    vec![
        Reading::single(Metric::HttpConnections, Value::Gauge(stats.open() as f64)),
        Reading::single(Metric::HttpConnectionsLimit, Value::Gauge(stats.limit() as f64)),
        Reading::single(Metric::HttpAcceptErrors, Value::Counter(stats.accept_errors())),
        Reading::single(
            Metric::HttpTurnedAway,
            Value::Counter(stats.turned_away_connections()),
        ),
        Reading::single(
            Metric::HttpHandshakeErrors,
            Value::Counter(stats.handshake_errors()),
        ),
    ]
}

fn of_tally(ConnectionTally { connection, tally }: &ConnectionTally) -> Vec<Reading> {
    let connection = connection.as_deref().unwrap_or_default();
    let count = |metric, count| Reading::new(metric, [connection], Value::Counter(count));
    let mut readings = vec![
        gauge(Metric::DeadLetters, connection, tally.dead as f64),
        count(Metric::LedgerAccepted, tally.accepted),
        count(Metric::LedgerDelivered, tally.delivered),
        count(Metric::LedgerPurged, tally.purged),
        count(Metric::LedgerReplayed, tally.replayed),
    ];
    readings.extend(tally.skipped.iter().map(|(rule, skipped)| {
        let labels = [connection, rule.name()];
        Reading::new(Metric::LedgerSkipped, labels, Value::Counter(*skipped))
    }));
    readings
}

/// How full the store is.
pub(crate) fn of_store(occupancy: Occupancy) -> Vec<Reading> {
    vec![
        Reading::single(Metric::StoreUsed, Value::Gauge(occupancy.used as f64)),
        Reading::single(Metric::StoreLimit, Value::Gauge(occupancy.limit as f64)),
        Reading::single(Metric::StoreLog, Value::Gauge(occupancy.log as f64)),
        Reading::single(Metric::StoreUnreadable, Value::Gauge(occupancy.unreadable as f64)),
    ]
}

/// What the store has been doing.
pub(crate) fn of_activity(activity: Activity) -> Vec<Reading> {
    let Activity { commits, errors } = activity;
    let bounds = match Metric::StoreCommitDuration.kind() {
        Kind::Histogram(bounds) => bounds,
        Kind::Counter | Kind::LastingCounter | Kind::Gauge => &[],
    };
    debug_assert!(
        bounds
            .iter()
            .copied()
            .eq(commits.bounds.iter().map(Duration::as_secs_f64))
    );
    let commits = Distribution {
        bounds,
        counts: commits.counts,
        sum: commits.sum.as_secs_f64(),
    };
    let mut readings = vec![Reading::single(
        Metric::StoreCommitDuration,
        Value::Histogram(commits),
    )];
    readings.extend(
        errors
            .into_iter()
            .map(|(kind, count)| Reading::new(Metric::StoreErrors, [kind.name()], Value::Counter(count))),
    );
    readings
}

/// What the guards of a connection do.
pub(crate) fn of_guards(connection: &str, state: &GuardState) -> Vec<Reading> {
    let held = state.held_for_ms.unwrap_or_default() as f64 / 1_000.0;
    let mut readings = vec![
        gauge(Metric::HoldRemaining, connection, held),
        gauge(
            Metric::CredentialsRefused,
            connection,
            f64::from(u8::from(state.credentials_refused.is_some())),
        ),
        gauge(
            Metric::ConcurrencyLimit,
            connection,
            state.concurrency_limit as f64,
        ),
        gauge(Metric::InFlight, connection, state.in_flight as f64),
        gauge(Metric::UnderWay, connection, state.under_way as f64),
    ];
    if let Some(current) = state.breaker {
        readings.extend(BREAKER_STATES.map(|state| {
            let labels = [connection, state.label()];
            let value = f64::from(u8::from(state == current));
            Reading::new(Metric::BreakerState, labels, Value::Gauge(value))
        }));
    }
    readings
}

/// What is paused by hand, with a line of zero for every running connection that is not.
pub(crate) fn of_pauses<'n>(pauses: &[Pause], running: impl Iterator<Item = &'n str>) -> Vec<Reading> {
    let reading = |labels: [&str; 3], value| Reading::new(Metric::Paused, labels, Value::Gauge(value));
    let is_paused = |name: &str| {
        let mut pauses = pauses.iter();
        pauses.any(|pause| matches!(&pause.paused, Paused::Connection { name: paused } if paused == name))
    };
    let paused = pauses.iter().map(|pause| match &pause.paused {
        Paused::Connection { name } => reading([name, "", ""], 1.0),
        Paused::Subscription { connection, name } => reading([connection, name, ""], 1.0),
        Paused::Source { name } => reading(["", "", name], 1.0),
    });
    let others = running.filter(|name| !is_paused(name));
    paused
        .chain(others.map(|name| reading([name, "", ""], 0.0)))
        .collect()
}

/// A gauge of a connection.
fn gauge(metric: Metric, connection: &str, value: f64) -> Reading {
    Reading::new(metric, [connection], Value::Gauge(value))
}

#[cfg(test)]
mod tests {
    use waystation_queue::{SkipRule, WaitingLimit, WhenFull};

    use super::*;
    use crate::metrics::snapshot::Snapshot;
    use crate::metrics::text;

    fn page(readings: Vec<Reading>) -> String {
        let page = text::write(&Snapshot::new(Vec::new(), readings));
        let lines = page.lines().filter(|line| !line.starts_with('#'));
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn depths_show_how_late_deliveries_are() {
        let depth = |connection: &str, oldest_due| Depth {
            connection: connection.into(),
            waiting: 3,
            bytes: 900,
            overflowed: 2,
            leased: 1,
            oldest_due,
            oldest_received: Some(Millis(1_000)),
            limit: Some(WaitingLimit {
                deliveries: 5,
                bytes: 1_000,
                when_full: WhenFull::Refuse,
            }),
        };
        let depths = vec![
            depth("late", Some(Millis(4_500))),
            depth("later", Some(Millis(60_000))),
        ];
        let running = ["idle".into(), "late".into()];
        insta::assert_snapshot!(page(of_queue(depths, &running, Millis(10_000))), @r#"
        waystation_overflowed_deliveries_total{connection="idle"} 0
        waystation_overflowed_deliveries_total{connection="late"} 2
        waystation_overflowed_deliveries_total{connection="later"} 2
        waystation_queue_waiting_deliveries{connection="idle"} 0
        waystation_queue_waiting_deliveries{connection="late"} 3
        waystation_queue_waiting_deliveries{connection="later"} 3
        waystation_queue_waiting_bytes{connection="idle"} 0
        waystation_queue_waiting_bytes{connection="late"} 900
        waystation_queue_waiting_bytes{connection="later"} 900
        waystation_queue_waiting_limit_deliveries{connection="late"} 5
        waystation_queue_waiting_limit_deliveries{connection="later"} 5
        waystation_queue_waiting_limit_bytes{connection="late"} 1000
        waystation_queue_waiting_limit_bytes{connection="later"} 1000
        waystation_queue_leased_deliveries{connection="idle"} 0
        waystation_queue_leased_deliveries{connection="late"} 1
        waystation_queue_leased_deliveries{connection="later"} 1
        waystation_queue_oldest_due_age_seconds{connection="idle"} 0
        waystation_queue_oldest_due_age_seconds{connection="late"} 5.5
        waystation_queue_oldest_due_age_seconds{connection="later"} 0
        waystation_queue_oldest_waiting_age_seconds{connection="idle"} 0
        waystation_queue_oldest_waiting_age_seconds{connection="late"} 9
        waystation_queue_oldest_waiting_age_seconds{connection="later"} 9
        "#);
    }

    #[test]
    fn the_ledger_is_shown_whole() {
        let ledger = Ledger {
            total: Tally::default(),
            connections: vec![
                ConnectionTally {
                    connection: None,
                    tally: Tally {
                        accepted: 2,
                        skipped: [(SkipRule::NoConnection, 2)].into(),
                        ..Tally::default()
                    },
                },
                ConnectionTally {
                    connection: Some("crm".into()),
                    tally: Tally {
                        accepted: 15,
                        waiting: 1,
                        delivered: 2,
                        warned: 1,
                        skipped: [(SkipRule::NoSubscriptionMatched, 3)].into(),
                        dead: 4,
                        purged: 5,
                        replayed: 6,
                    },
                },
            ],
        };
        insta::assert_snapshot!(page(of_ledger(&ledger, &["crm".into(), "idle".into()])), @r#"
        waystation_dead_letters{connection=""} 0
        waystation_dead_letters{connection="crm"} 4
        waystation_dead_letters{connection="idle"} 0
        waystation_ledger_accepted_deliveries_total{connection=""} 2
        waystation_ledger_accepted_deliveries_total{connection="crm"} 15
        waystation_ledger_accepted_deliveries_total{connection="idle"} 0
        waystation_ledger_delivered_deliveries_total{connection=""} 0
        waystation_ledger_delivered_deliveries_total{connection="crm"} 2
        waystation_ledger_delivered_deliveries_total{connection="idle"} 0
        waystation_ledger_skipped_deliveries_total{connection="",rule="no_connection"} 2
        waystation_ledger_skipped_deliveries_total{connection="crm",rule="no_subscription_matched"} 3
        waystation_ledger_purged_deliveries_total{connection=""} 0
        waystation_ledger_purged_deliveries_total{connection="crm"} 5
        waystation_ledger_purged_deliveries_total{connection="idle"} 0
        waystation_ledger_replayed_deliveries_total{connection=""} 0
        waystation_ledger_replayed_deliveries_total{connection="crm"} 6
        waystation_ledger_replayed_deliveries_total{connection="idle"} 0
        "#);
    }

    #[test]
    fn what_is_paused_is_one() {
        let pause = |paused| Pause {
            paused,
            meanwhile: waystation_delivery::Meanwhile::Wait,
            reason: None,
            since: Millis(0),
            by: None,
        };
        let name = || "crm".to_owned();
        let pauses = [
            pause(Paused::Connection { name: name() }),
            pause(Paused::Subscription {
                connection: name(),
                name: "orders".to_owned(),
            }),
            pause(Paused::Source {
                name: "web".to_owned(),
            }),
        ];
        insta::assert_snapshot!(page(of_pauses(&pauses, ["crm", "see"].into_iter())), @r#"
        waystation_paused{connection="crm",subscription="",source=""} 1
        waystation_paused{connection="crm",subscription="orders",source=""} 1
        waystation_paused{connection="",subscription="",source="web"} 1
        waystation_paused{connection="see",subscription="",source=""} 0
        "#);
    }

    #[test]
    fn guards_show_what_they_do() {
        let state = GuardState {
            breaker: Some(BreakerState::Refusing),
            refusing_for_ms: Some(10),
            held_for_ms: Some(2_500),
            concurrency_limit: 8,
            in_flight: 2,
            under_way: 5,
            rate: None,
            credentials_refused: None,
        };
        insta::assert_snapshot!(page(of_guards("crm", &state)), @r#"
        waystation_breaker_state{connection="crm",state="admitting"} 0
        waystation_breaker_state{connection="crm",state="probing"} 0
        waystation_breaker_state{connection="crm",state="refusing"} 1
        waystation_hold_remaining_seconds{connection="crm"} 2.5
        waystation_credentials_refused{connection="crm"} 0
        waystation_concurrency_limit_attempts{connection="crm"} 8
        waystation_in_flight_attempts{connection="crm"} 2
        waystation_under_way_calls{connection="crm"} 5
        "#);
        let without = GuardState {
            breaker: None,
            ..state
        };
        assert!(!page(of_guards("crm", &without)).contains("breaker"));
    }
}
