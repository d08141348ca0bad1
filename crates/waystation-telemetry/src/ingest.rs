//! Counts the events that come in.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use waystation_ingest::{Accepted, Acceptor, Ingested, Refused, SourceRef};

use crate::metrics::Counted;

/// Counts the events of another acceptor by what it says of them.
pub(crate) struct CountingAcceptor {
    pub(crate) inner: Arc<dyn Acceptor>,
    pub(crate) counted: Arc<Counted>,
}

#[async_trait]
impl Acceptor for CountingAcceptor {
    fn source(&self, write_key: &str) -> Option<SourceRef> {
        self.inner.source(write_key)
    }

    async fn accept(&self, source: &SourceRef, events: Vec<Ingested>) -> Result<Accepted, Refused> {
        let (total, rejected) = (events.len() as u64, rejected(&events));
        let result = self.inner.accept(source, events).await;
        let name = &*source.name;
        match &result {
            Ok(accepted) => {
                self.counted.accepted_events.add([name], accepted.kept as u64);
                if accepted.duplicates > 0 {
                    let duplicates = accepted.duplicates as u64;
                    self.counted.duplicate_events.add([name], duplicates);
                }
                for (reason, events) in rejected {
                    self.counted.rejected_events.add([name, reason], events);
                }
            }
            Err(refused) => {
                let labels = [name, reason(refused)];
                self.counted.refused_events.add(labels, total);
            }
        }
        result
    }

    fn throttled(&self, source: &SourceRef, events: usize) {
        self.counted
            .refused_events
            .add([&source.name, RATE_LIMITED], events as u64);
        self.inner.throttled(source, events);
    }
}

/// The reason of events that come too fast.
const RATE_LIMITED: &str = "rate_limited";

/// Every reason for which events are not taken.
pub(crate) const REASONS: [&str; 5] = [
    "full",
    "connection_full",
    "unavailable",
    "shutting_down",
    RATE_LIMITED,
];

/// How many events were rejected, by reason; nothing is allocated if none was.
fn rejected(events: &[Ingested]) -> BTreeMap<&'static str, u64> {
    let mut rejected = BTreeMap::new();
    for event in events {
        if let Err(reason) = &event.verdict {
            *rejected.entry(reason.code()).or_default() += 1;
        }
    }
    rejected
}

const fn reason(refused: &Refused) -> &'static str {
    match refused {
        Refused::Full { .. } => "full",
        Refused::ConnectionFull { .. } => "connection_full",
        Refused::Unavailable => "unavailable",
        Refused::ShuttingDown => "shutting_down",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use bytes::Bytes;
    use serde_json::Value;
    use waystation_ingest::Rejected;
    use waystation_queue::Clock;

    use super::*;
    use crate::Telemetry;

    /// Answers as it is told to.
    struct Scripted(Mutex<Vec<Result<Accepted, Refused>>>);

    #[async_trait]
    impl Acceptor for Scripted {
        fn source(&self, write_key: &str) -> Option<SourceRef> {
            Some(SourceRef::new(write_key))
        }

        async fn accept(&self, _: &SourceRef, _: Vec<Ingested>) -> Result<Accepted, Refused> {
            self.0.lock().unwrap().remove(0)
        }
    }

    fn event(verdict: Result<(), Rejected>) -> Ingested {
        Ingested {
            message_id: "secret-message".to_owned(),
            user: Some("secret-user".to_owned()),
            received_at: 0,
            event: Value::Null,
            body: Bytes::new(),
            verdict,
        }
    }

    #[tokio::test]
    async fn events_are_counted_by_what_became_of_them() {
        let answers = vec![
            Ok(Accepted {
                kept: 3,
                duplicates: 1,
            }),
            Err(Refused::Full {
                retry_after: Duration::from_secs(1),
            }),
        ];
        let telemetry = Telemetry::new(Clock::System);
        let acceptor = telemetry.counting(Arc::new(Scripted(Mutex::new(answers))));
        let source = acceptor.source("web").unwrap();
        let events = || {
            vec![
                event(Ok(())),
                event(Ok(())),
                event(Err(Rejected::NoIdentity)),
                event(Ok(())),
            ]
        };
        assert_eq!(acceptor.accept(&source, events()).await.unwrap().kept, 3);
        assert!(acceptor.accept(&source, events()).await.is_err());
        acceptor.throttled(&source, 7);
        let page = telemetry.render_counted();
        for line in [
            "waystation_accepted_events_total{source=\"web\"} 3",
            "waystation_duplicate_events_total{source=\"web\"} 1",
            "waystation_rejected_events_total{source=\"web\",reason=\"no_user_anon_id\"} 1",
            "waystation_refused_events_total{source=\"web\",reason=\"full\"} 4",
            "waystation_refused_events_total{source=\"web\",reason=\"rate_limited\"} 7",
        ] {
            assert!(
                page.lines().any(|found| found == line),
                "{line} is missing in:\n{page}"
            );
        }
        assert!(!page.contains("secret"));
    }
}
