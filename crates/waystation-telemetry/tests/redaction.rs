//! No secret gets into the log, at any level, whatever goes wrong. In a process of its own, for the log is the
//! process's.

#![cfg(test)]

#[path = "it/support.rs"]
mod support;

use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use waystation_config::{LogFormat, Logging};
use waystation_telemetry::logging;
use waystation_testkit::Partner;

use support::{Service, track};

/// Stands in everything that nobody is to read.
const SECRET: &str = "hush-hush";

/// A log in memory.
#[derive(Debug, Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Write for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'memory> MakeWriter<'memory> for Memory {
    type Writer = Self;

    fn make_writer(&'memory self) -> Self {
        self.clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_is_logged_at_any_level() {
    let partner = Partner::start().await;
    // Taken, refused with words that repeat the secret, and broken.
    partner.answers(200, json!({"token": SECRET}));
    partner.answers(401, json!({"error": format!("the key {SECRET} is wrong")}));
    partner.answers(400, json!({"error": format!("the key {SECRET} is wrong")}));
    let memory = Memory::default();
    let everything = Logging {
        format: LogFormat::Json,
        level: "trace".to_owned(),
    };
    let (layer, _) = logging::layer(&everything, false, memory.clone()).unwrap();
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer)).unwrap();

    let service = Service::start(&config(&partner.origin())).await;
    for (delivered, dead, id) in [(1, 0, "first"), (1, 1, "second"), (1, 2, "third")] {
        service.take(id, track(id)).await;
        service
            .until(|ledger| (ledger.total.delivered, ledger.total.dead) == (delivered, dead))
            .await;
    }
    let page = service.telemetry.render(&service.sources).await;
    assert!(!page.contains(SECRET), "the metrics tell: {page}");
    service.stop().await;

    partner.assert_sent(3);
    let log = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("\"destination\":\"webhook\""),
        "deliveries were logged:\n{log}"
    );
    let dead: Vec<_> = log
        .lines()
        .filter(|line| line.contains("a delivery became a dead letter"))
        .collect();
    assert_eq!(dead.len(), 2, "each leaves a line: {dead:#?}");
    assert!(
        dead[1].contains("\"status\":400") && dead[1].contains("\"stage\":\"delivery\""),
        "{dead:#?}"
    );
    let told: Vec<_> = log.lines().filter(|line| line.contains(SECRET)).collect();
    assert!(told.is_empty(), "the log tells: {told:#?}");
}

/// A connection whose settings, headers and address hold the secret.
fn config(origin: &str) -> String {
    format!(
        r#"
[sources.web]
write_keys = ["write-{SECRET}"]

[network]
addresses = "all"

[connections.hook]
destination = "webhook"
settings = {{ sharedSecret = "{SECRET}" }}
# A refused delivery dies at once here rather than wait for other credentials.
delivery.credentials_refused.enabled = false

[[connections.hook.subscriptions]]
action = "send"
subscribe = 'type = "track"'

[connections.hook.subscriptions.mapping]
url = "{origin}/hook?key={SECRET}"
method = "POST"
headers = {{ authorization = "Bearer {SECRET}" }}
data = {{ secret = "{SECRET}" }}

[connections.hook.delivery.retry]
attempts = 1
"#
    )
}
