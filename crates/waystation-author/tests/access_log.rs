//! The access log. In a process of its own, for what is logged where is decided once per process.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test may panic, its helpers too"
)]

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tracing::instrument::WithSubscriber;
use waystation_author::AccessLog;

#[allow(dead_code, reason = "the other tests need more of it")]
#[path = "it/support/mod.rs"]
mod support;

use support::TestApp;

/// Keeps what is written.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged while an order fails whose key the partner repeats.
async fn logged(style: AccessLog) -> String {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .with_ansi(false);
    let script = json!([{"status": 400, "reason": "no key-12345 here"}]);
    let app = TestApp::with("shop", script, |mut config| {
        config.access_log = style;
        config
    });
    let body = json!({"payload": {"properties": {"id": "o-1"}}, "settings": {"apiKey": "key-12345"}});
    let call = async { app.post("/placeOrder?key=key-12345", body).await };
    match style {
        AccessLog::Line => call.with_subscriber(subscriber.without_time().finish()).await,
        AccessLog::Fields => {
            call.with_subscriber(subscriber.json().flatten_event(true).finish())
                .await
        }
    };
    log.text()
}

// One test, so that no other changes what is logged meanwhile.
#[tokio::test]
async fn the_log_is_for_people_or_for_machines() {
    line_for_people(&logged(AccessLog::Line).await);
    fields_for_machines(&logged(AccessLog::Fields).await);
}

fn line_for_people(line: &str) {
    for part in [
        "WARN",
        "POST /placeOrder 200 in ",
        "action=\"placeOrder\"",
        "partner=\"400\"",
        "failure=\"no <redacted> here\"",
        "request_id=\"test\"",
    ] {
        assert!(line.contains(part), "{part}: {line}");
    }
    assert!(!line.contains("key-12345"), "{line}");
}

fn fields_for_machines(line: &str) {
    let entry: Value = serde_json::from_str(line).unwrap();
    assert_eq!(entry["method"], "POST");
    assert_eq!(entry["path"], "/placeOrder");
    assert_eq!(entry["status"], 200);
    assert_eq!(entry["partner"], "400");
    assert!(entry["duration_ms"].is_f64(), "{line}");
}
