//! The service under trial: a connection for each partner, and events that are marked so that they can be told apart
//! in any request.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stage::Error;
use crate::stage::server::{Server, free_port};
use crate::stage::store::Store;

/// How every mark begins. Marks are message ids, and a property of the event as well, for not every partner is sent the
/// message id.
pub(super) const MARK: &str = "truth-";

/// The connections; an event of a connection's name is for it alone.
const CONNECTIONS: &[&str] = &[
    "customerio",
    "customerio-single",
    "braze",
    "mixpanel",
    "plunk",
    "webhook",
];

const BATCH: usize = 100;

/// The service under trial.
pub(super) struct Service {
    folder: TempDir,
    server: Server,
}

impl Service {
    /// Starts the service with all connections to the partners at this port.
    pub(super) async fn start(binary: &Path, partner: u16) -> Result<Self, Error> {
        let folder = tempfile::tempdir().map_err(Error::io("making a folder"))?;
        let port = free_port()?;
        let config = folder.path().join("waystation.toml");
        let text = configuration(port, partner, &folder.path().join("waystation.db"));
        std::fs::write(&config, text).map_err(Error::io("writing the configuration"))?;
        let mut server = Server::spawn(binary, &config, port, &folder.path().join("server.log"))?;
        server.ready().await?;
        Ok(Self { folder, server })
    }

    /// Sends so many events, and again what is not acknowledged.
    pub(super) async fn send(&self, events: usize) -> Result<(), Error> {
        let client = reqwest::Client::new();
        let url = format!("{}/v1/batch", self.server.origin());
        let numbers: Vec<usize> = (0..events).collect();
        for numbers in numbers.chunks(BATCH) {
            let batch: Vec<Value> = numbers.iter().map(|number| event(*number)).collect();
            let body = json!({"batch": batch, "writeKey": "truth"}).to_string();
            loop {
                let request = client.post(&url).header("content-type", "application/json");
                let answered = request.body(body.clone()).send().await?;
                if answered.status().is_success() {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
        Ok(())
    }

    /// A look into the store.
    pub(super) fn store(&self) -> Result<Store, Error> {
        Store::open(&self.folder.path().join("waystation.db"))
    }

    /// Ends the service in good order.
    pub(super) async fn stop(self) -> Result<(), Error> {
        self.server.terminate().await
    }
}

/// The connection that an event of this number is for.
pub(super) fn connection(number: usize) -> &'static str {
    CONNECTIONS[number % CONNECTIONS.len()]
}

/// The mark of an event.
pub(super) fn mark(number: usize) -> String {
    format!("{MARK}{number:06}")
}

fn event(number: usize) -> Value {
    let mark = mark(number);
    json!({
        "type": "track",
        "event": connection(number),
        "userId": format!("user-{number}"),
        "messageId": mark,
        "context": {"traits": {"email": format!("user{number}@example.com")}},
        "properties": {"mark": mark, "email": format!("user{number}@example.com"), "number": number},
    })
}

fn configuration(port: u16, partner: u16, store: &Path) -> String {
    let partner = format!("http://127.0.0.1:{partner}");
    let head = format!(
        r#"[server]
listen = "127.0.0.1:{port}"

[api]
open = true

[store]
path = {store:?}

[telemetry]
log_level = "error"

[network]
addresses = "all"
rewrite = [
  "https://track.customer.io={partner}",
  "https://rest.iad-01.braze.com={partner}",
  "https://api.mixpanel.com={partner}",
  "https://next-api.useplunk.com={partner}",
]

[delivery]
first_return = "200ms"
longest_return = "1s"

[delivery.retry]
attempts = 2
first_wait = "20ms"

[delivery.breaker]
enabled = false

[delivery.batch]
linger = "100ms"

# A batch that is refused as a whole would go out again in halves to find the item to blame: here each answer is to be the
# last word about the items that it was given for.
[delivery.split]
enabled = false

[sources.truth]
write_keys = ["truth"]
"#
    );
    let connections = [
        (
            "customerio",
            "customerio",
            "trackEvent",
            r#"siteId = "site", apiKey = "key-123456""#,
            20,
            "",
        ),
        (
            "customerio-single",
            "customerio",
            "trackEvent",
            r#"siteId = "site", apiKey = "key-123456""#,
            1,
            "",
        ),
        (
            "braze",
            "braze",
            "trackEvent",
            r#"api_key = "key-123456", endpoint = "https://rest.iad-01.braze.com""#,
            20,
            "",
        ),
        (
            "mixpanel",
            "mixpanel",
            "trackEvent",
            r#"projectToken = "token-123456", apiSecret = "secret-123456""#,
            20,
            "",
        ),
        (
            "plunk",
            "plunk",
            "trackEvent",
            r#"publicKey = "pk_123456", secretKey = "sk_123456""#,
            1,
            "",
        ),
        (
            "webhook",
            "webhook",
            "send",
            "",
            1,
            r#"mapping = { url = "PARTNER/hook", method = "POST", data = { "@path" = "$." } }"#,
        ),
    ];
    let connections = connections.map(|(name, destination, action, settings, size, mapping)| {
        let mapping = mapping.replace("PARTNER", &partner);
        format!(
            r#"
[connections.{name}]
destination = "{destination}"
settings = {{ {settings} }}

[connections.{name}.delivery.batch]
size = {size}

[[connections.{name}.subscriptions]]
action = "{action}"
subscribe = 'event = "{name}"'
{mapping}
"#
        )
    });
    head + &connections.concat()
}
