//! Every metric there is: its name, what it means, its labels.
//!
//! The table is closed. Nothing can be counted under a name that does not stand here, and the metrics page, the
//! export and the README are all made from it.

/// The upper bounds of the buckets for how long a partner takes, in seconds.
const PARTNER_SECONDS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0,
];

/// The upper bounds of the buckets for how long an answer of our own takes, in seconds.
const ANSWER_SECONDS: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];

/// The upper bounds of the buckets for how long deliveries take from acceptance, in seconds: up to the usual horizon.
const DELAY_SECONDS: &[f64] = &[
    0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3_600.0, 14_400.0,
];

/// The upper bounds of the buckets for commits, in seconds; those of the queue.
const COMMIT_SECONDS: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0,
];

/// How a metric behaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// It only grows, and begins anew when the service starts.
    Counter,
    /// It only grows, and goes on where it was when the service starts.
    LastingCounter,
    /// It goes up and down.
    Gauge,
    /// Durations, counted by upper bounds in seconds.
    Histogram(&'static [f64]),
}

impl Kind {
    /// The name in the text format of Prometheus.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counter | Self::LastingCounter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }
}

/// Declares an enum with a fixed text for each variant. The doc comment is what people read, here and elsewhere.
macro_rules! labels {
    ($($(#[doc = $meaning:literal])+ $label:ident = $name:literal,)+) => {
        /// What series of a metric differ in. The values are names from the configuration, names of destinations
        /// and actions, or members of a closed set; never an id, a key or an address.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Label {
            $($(#[doc = $meaning])+ $label,)+
        }

        impl Label {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$label),+];

            /// The name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$label => $name,)+
                }
            }

            /// What its values are.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self {
                    $(Self::$label => concat!($($meaning),+).trim(),)+
                }
            }
        }
    };
}

labels! {
    /// An action's slug.
    Action = "action",
    /// Why items were discarded: `turned_away`, `refused` or `invalid_payload`.
    Cause = "cause",
    /// A connection's name in the configuration; empty for what belongs to none.
    Connection = "connection",
    /// A destination's slug.
    Destination = "destination",
    /// How an attempt ended: `2xx`, `207`, `4xx`, `429`, `5xx`, `timeout`, `network`, `cut_off` or `unexpected`.
    End = "end",
    /// Why the store failed: `full`, `locked`, `read_only`, `damaged`, `disk`, `gone` or `other`.
    Kind = "kind",
    /// What kept from another attempt: `attempts`, `time`, `long_wait` or `budget_spent`.
    Limit = "limit",
    /// A method of HTTP; `other` for what is none.
    Method = "method",
    /// What became of a reload: `applied`, `unchanged` or `refused`.
    Outcome = "outcome",
    /// Why: a code from a closed set, such as `5xx`, `full` or `no_user_anon_id`.
    Reason = "reason",
    /// The pattern of a route, such as `/v1/batch`; `unmatched` for paths that have none.
    Route = "route",
    /// The rule by which nothing was to be done, such as `no_subscription_matched`.
    Rule = "rule",
    /// A source's name in the configuration.
    Source = "source",
    /// The step at which a delivery failed, such as `mapping` or `delivery`.
    Stage = "stage",
    /// What a breaker does: `admitting`, `probing` or `refusing`.
    State = "state",
    /// The status of an answer; `aborted` where the caller did not wait for it.
    Status = "status",
    /// A subscription's name in the configuration; empty for what concerns none.
    Subscription = "subscription",
    /// The version of the program.
    Version = "version",
}

macro_rules! metrics {
    ($($(#[doc = $help:literal])+ $metric:ident = $name:literal, $kind:expr, [$($label:ident),*];)+) => {
        /// Every metric.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Metric {
            $($(#[doc = $help])+ $metric,)+
        }

        impl Metric {
            /// All of them, in the order of the metrics page.
            pub const ALL: &[Self] = &[$(Self::$metric),+];

            /// The name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$metric => $name,)+
                }
            }

            /// What it tells.
            #[must_use]
            pub fn help(self) -> &'static str {
                match self {
                    $(Self::$metric => concat!($($help),+).trim(),)+
                }
            }

            /// How it behaves.
            #[must_use]
            pub const fn kind(self) -> Kind {
                match self {
                    $(Self::$metric => $kind,)+
                }
            }

            /// What its series differ in.
            #[must_use]
            pub const fn labels(self) -> &'static [Label] {
                match self {
                    $(Self::$metric => &[$(Label::$label),*],)+
                }
            }
        }
    };
}

metrics! {
    /// Events that are stored and acknowledged, rejected ones among them.
    AcceptedEvents = "waystation_accepted_events_total", Kind::Counter, [Source];
    /// Events that were acknowledged and not stored, because their message id was seen before.
    DuplicateEvents = "waystation_duplicate_events_total", Kind::Counter, [Source];
    /// Accepted events that cannot be delivered to anybody and are dead letters from the start.
    RejectedEvents = "waystation_rejected_events_total", Kind::Counter, [Source, Reason];
    /// Events that were not taken; their sender was told to come again: the queue was full or could not be written, the source sent more than it may.
    RefusedEvents = "waystation_refused_events_total", Kind::Counter, [Source, Reason];
    /// Requests, by the status of their answers.
    HttpRequests = "waystation_http_requests_total", Kind::Counter, [Method, Route, Status];
    /// How long answers took, up to their headers.
    HttpRequestDuration = "waystation_http_request_duration_seconds", Kind::Histogram(ANSWER_SECONDS), [Method, Route];
    /// Deliveries that the partner took.
    DeliveredDeliveries = "waystation_delivered_deliveries_total", Kind::Counter, [Connection, Destination, Action];
    /// Rounds of a delivery that failed for now; the delivery waits in the queue for another.
    ReturnedDeliveries = "waystation_returned_deliveries_total", Kind::Counter, [Connection, Destination, Action];
    /// Deliveries that became dead letters after they had been taken out of the queue.
    DeadDeliveries = "waystation_dead_deliveries_total", Kind::Counter, [Connection, Destination, Action, Stage];
    /// Deliveries that were dead letters from the start, because as much waited for their connection as may wait.
    OverflowedDeliveries = "waystation_overflowed_deliveries_total", Kind::Counter, [Connection];
    /// How long it took from the acceptance of an event until the partner had taken it.
    DeliveryDelay = "waystation_delivery_delay_seconds", Kind::Histogram(DELAY_SECONDS), [Connection, Destination];
    /// Calls of an action, retries included.
    Attempts = "waystation_attempts_total", Kind::Counter, [Connection, Destination, Action, End];
    /// How long calls of an action took, without waits for the connection's limits.
    AttemptDuration = "waystation_attempt_duration_seconds", Kind::Histogram(PARTNER_SECONDS), [Connection, Destination, Action, End];
    /// Attempts that are made because the one before failed.
    Retries = "waystation_retries_total", Kind::Counter, [Connection, Destination, Action, Reason];
    /// Calls that ended without another attempt although one might have fared better.
    ExhaustedRetries = "waystation_exhausted_retries_total", Kind::Counter, [Connection, Destination, Action, Limit, Reason];
    /// Batches that went out again in halves because the partner refused them as a whole.
    SplitBatches = "waystation_split_batches_total", Kind::Counter, [Connection, Destination, Action, Reason];
    /// Items that failed for good within an attempt.
    DiscardedItems = "waystation_discarded_items_total", Kind::Counter, [Connection, Action, Cause];
    /// How often a breaker began to do something else, by what it does since.
    BreakerChanges = "waystation_breaker_changes_total", Kind::Counter, [Connection, State];
    /// How often a partner asked for a rest of the whole connection, or for a longer one.
    Holds = "waystation_holds_total", Kind::Counter, [Connection];
    /// 1 for what the breaker does, 0 for what it does not; no series without a breaker.
    BreakerState = "waystation_breaker_state", Kind::Gauge, [Connection, State];
    /// How much of the rest that the partner asked for is left.
    HoldRemaining = "waystation_hold_remaining_seconds", Kind::Gauge, [Connection];
    /// 1 while the connection is paused because the partner refuses its credentials.
    CredentialsRefused = "waystation_credentials_refused", Kind::Gauge, [Connection];
    /// 1 for what is paused by hand: a connection, one of its subscriptions, or a source; 0 for running connections that are not.
    Paused = "waystation_paused", Kind::Gauge, [Connection, Subscription, Source];
    /// How many requests may be at the partner at once; learned where it is adaptive.
    ConcurrencyLimit = "waystation_concurrency_limit_attempts", Kind::Gauge, [Connection];
    /// How many attempts are at the partner.
    InFlight = "waystation_in_flight_attempts", Kind::Gauge, [Connection];
    /// How many calls are under way, those included that wait for another attempt.
    UnderWay = "waystation_under_way_calls", Kind::Gauge, [Connection];
    /// How many deliveries wait, leased ones among them.
    QueueWaiting = "waystation_queue_waiting_deliveries", Kind::Gauge, [Connection];
    /// How much of the store the waiting deliveries take, roughly: each with its event.
    QueueWaitingBytes = "waystation_queue_waiting_bytes", Kind::Gauge, [Connection];
    /// How many deliveries may wait for the connection.
    QueueWaitingLimit = "waystation_queue_waiting_limit_deliveries", Kind::Gauge, [Connection];
    /// How much of the store the deliveries may take that wait for the connection.
    QueueWaitingLimitBytes = "waystation_queue_waiting_limit_bytes", Kind::Gauge, [Connection];
    /// How many waiting deliveries are being made.
    QueueLeased = "waystation_queue_leased_deliveries", Kind::Gauge, [Connection];
    /// For how long the oldest waiting delivery has been due; 0 when none is.
    QueueOldestDueAge = "waystation_queue_oldest_due_age_seconds", Kind::Gauge, [Connection];
    /// For how long the oldest waiting delivery has been accepted; 0 when none waits. It grows whatever keeps deliveries back.
    QueueOldestWaitingAge = "waystation_queue_oldest_waiting_age_seconds", Kind::Gauge, [Connection];
    /// How many dead letters there are.
    DeadLetters = "waystation_dead_letters", Kind::Gauge, [Connection];
    /// Deliveries accepted since the store was made: always the sum of what waits, is dead, was delivered, skipped or purged.
    LedgerAccepted = "waystation_ledger_accepted_deliveries_total", Kind::LastingCounter, [Connection];
    /// Deliveries that the partner took since the store was made.
    LedgerDelivered = "waystation_ledger_delivered_deliveries_total", Kind::LastingCounter, [Connection];
    /// Deliveries since the store was made that nothing was to be done about, by the rule that said so.
    LedgerSkipped = "waystation_ledger_skipped_deliveries_total", Kind::LastingCounter, [Connection, Rule];
    /// Dead letters that were removed since the store was made.
    LedgerPurged = "waystation_ledger_purged_deliveries_total", Kind::LastingCounter, [Connection];
    /// How often a dead letter was made to wait again since the store was made.
    LedgerReplayed = "waystation_ledger_replayed_deliveries_total", Kind::LastingCounter, [Connection];
    /// How much of the store is in use.
    StoreUsed = "waystation_store_used_bytes", Kind::Gauge, [];
    /// How much of the store may be in use before events are refused.
    StoreLimit = "waystation_store_limit_bytes", Kind::Gauge, [];
    /// How long the write-ahead log of the store is. It grows while another process keeps reading the store.
    StoreLog = "waystation_store_log_bytes", Kind::Gauge, [];
    /// Deliveries that could not be read since the service started, because the store is damaged.
    StoreUnreadable = "waystation_store_unreadable_deliveries", Kind::Gauge, [];
    /// How long it took to have transactions on disk.
    StoreCommitDuration = "waystation_store_commit_duration_seconds", Kind::Histogram(COMMIT_SECONDS), [];
    /// Reads and transactions of the store that failed.
    StoreErrors = "waystation_store_errors_total", Kind::Counter, [Kind];
    /// Connections that senders and callers have open.
    HttpConnections = "waystation_http_connections", Kind::Gauge, [];
    /// How many connections there may be.
    HttpConnectionsLimit = "waystation_http_connections_limit", Kind::Gauge, [];
    /// Connections that could not be accepted, for want of descriptors for instance.
    HttpAcceptErrors = "waystation_http_accept_errors_total", Kind::Counter, [];
    /// Connections that were closed at once because their address had too many.
    HttpTurnedAway = "waystation_http_turned_away_connections_total", Kind::Counter, [];
    /// Handshakes of TLS that failed.
    HttpHandshakeErrors = "waystation_http_handshake_errors_total", Kind::Counter, [];
    /// Log lines that were lost because nobody took them in time.
    LostLogLines = "waystation_lost_log_lines_total", Kind::Counter, [];
    /// Readings for this page that could not be taken, because the store did not answer.
    FailedReadings = "waystation_failed_readings_total", Kind::Counter, [];
    /// Readings of the configuration after the start.
    ConfigReloads = "waystation_config_reloads_total", Kind::Counter, [Outcome];
    /// When the configuration was last read with that outcome, in seconds since 1970.
    ConfigReloadTime = "waystation_config_last_reload_timestamp_seconds", Kind::Gauge, [Outcome];
    /// When the service started, in seconds since 1970.
    StartTime = "waystation_start_timestamp_seconds", Kind::Gauge, [];
    /// Always 1; the label says which program this is.
    BuildInfo = "waystation_build_info", Kind::Gauge, [Version];
    /// The time of processors that the process has used.
    ProcessCpu = "process_cpu_seconds_total", Kind::Counter, [];
    /// The memory that the process has in use.
    ProcessResident = "process_resident_memory_bytes", Kind::Gauge, [];
    /// The address space that the process has in use.
    ProcessVirtual = "process_virtual_memory_bytes", Kind::Gauge, [];
    /// The threads of the process.
    ProcessThreads = "process_threads", Kind::Gauge, [];
    /// The files and connections that the process has open.
    ProcessOpenFiles = "process_open_fds", Kind::Gauge, [];
    /// How many files and connections the process may have open.
    ProcessMaxFiles = "process_max_fds", Kind::Gauge, [];
    /// When the process started, in seconds since 1970.
    ProcessStart = "process_start_time_seconds", Kind::Gauge, [];
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_follow_the_rules() {
        let mut seen = HashSet::new();
        for metric in Metric::ALL {
            let name = metric.name();
            assert!(seen.insert(name), "{name} stands twice");
            // Those of the process have the names that every dashboard knows.
            assert!(
                name.starts_with("waystation_") || name.starts_with("process_"),
                "{name}"
            );
            assert_eq!(
                name.ends_with("_total"),
                metric.kind().name() == "counter",
                "{name}: counters, and only they, end in _total"
            );
            assert!(
                !metric.help().contains('\n') && metric.help().ends_with('.'),
                "{name}"
            );
        }
    }

    #[test]
    fn bounds_ascend() {
        for metric in Metric::ALL {
            if let Kind::Histogram(bounds) = metric.kind() {
                assert!(bounds.is_sorted_by(|a, b| a < b), "{}", metric.name());
            }
        }
    }

    #[test]
    fn no_label_could_hold_an_id() {
        for label in Label::ALL {
            let name = label.name();
            for part in ["id", "key", "url", "path", "user", "message"] {
                assert!(!name.split('_').any(|word| word == part), "{name}");
            }
        }
    }
}
