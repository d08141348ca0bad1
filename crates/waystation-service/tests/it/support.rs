//! A service that runs beside the test, and what it is asked over its socket.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use waystation_http::Stopped;
use waystation_runtime::Registry;
use waystation_service::{Options, Origin, Service, ServiceError};
use waystation_testkit::Partner;

/// How long a test waits for what should happen soon.
const PATIENCE: Duration = Duration::from_secs(20);

static REGISTRY: LazyLock<Registry> =
    LazyLock::new(|| Registry::new(waystation_destinations::all()).unwrap());

/// A folder with a configuration and a store.
pub(crate) struct Home(TempDir);

impl Home {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.0.path().join("waystation.toml")
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.0.path().join("store.db")
    }

    /// Writes the configuration: any free port, open interfaces, the source `web`, the store of this folder, and
    /// this.
    pub(crate) fn write(&self, rest: &str) {
        self.write_closed(&format!("api.open = true\n{rest}"));
    }

    /// The same with interfaces that are closed.
    pub(crate) fn write_closed(&self, rest: &str) {
        let store = self.store();
        let text = format!(
            "server.listen = \"127.0.0.1:0\"\nsources.web.write_keys = [\"key\"]\n\
             store.path = {:?}\n{rest}",
            store.display().to_string()
        );
        replace(&self.file(), &text);
    }

    /// Starts with the configuration as it is written.
    pub(crate) async fn start(&self) -> Running {
        let origin = Origin {
            file: Some(self.file()),
            listen: None,
        };
        Running::start(origin).await.expect("it starts")
    }
}

/// Replaces a file as a whole, as careful editors do.
fn replace(path: &Path, text: &str) {
    let aside = path.with_extension("new");
    std::fs::write(&aside, text).unwrap();
    std::fs::rename(&aside, path).unwrap();
}

/// What goes into [`Home::write`] so that requests go to this partner, wherever they want to go.
pub(crate) fn to(partner: &Partner) -> String {
    format!(
        "network = {{ addresses = \"all\", rewrite = [\"*={}\"] }}\n",
        partner.origin()
    )
}

/// A connection to a webhook for track events, with this in its delivery section.
pub(crate) fn webhook(name: &str, delivery: &str) -> String {
    format!(
        "[connections.{name}]\ndestination = \"webhook\"\n[[connections.{name}.subscriptions]]\naction = \"send\"\n\
         subscribe = 'type = \"track\"'\nextend_defaults = true\n\
         mapping = {{ url = \"https://receiver.example.com/{name}\" }}\n\
         [connections.{name}.delivery]\nfirst_return = \"10ms\"\nretry = {{ attempts = 1 }}\n{delivery}\n"
    )
}

/// A connection to the inspector that answers like this.
pub(crate) fn inspector(name: &str, answer: &str) -> String {
    format!("[connections.{name}]\ndestination = \"inspector\"\nsettings = {{ answer = \"{answer}\" }}\n")
}

/// A service that runs.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    signals: broadcast::Sender<()>,
    run: JoinHandle<Result<Stopped, ServiceError>>,
}

/// What the service answers.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Value,
    text: String,
}

impl Answer {
    /// The body as it is.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// A header, by its lower-case name; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> String {
        let line = |line: &str| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        };
        self.head.lines().find_map(line).unwrap_or_default()
    }
}

impl Running {
    pub(crate) async fn start(origin: Origin) -> Result<Self, ServiceError> {
        let config = origin.load(&REGISTRY).unwrap_or_else(|faults| panic!("{faults}"));
        let options = Options {
            registry: REGISTRY.clone(),
            origin,
            logs: None,
        };
        let service = Service::start(options, config).await?;
        let (signals, _) = broadcast::channel(16);
        let sender = signals.clone();
        let signal = move || {
            let mut signals = sender.subscribe();
            async move { drop(signals.recv().await) }
        };
        Ok(Self {
            address: service.address(),
            run: tokio::spawn(service.run(signal)),
            signals,
        })
    }

    /// Sends one signal.
    pub(crate) fn signal(&self) {
        self.signals.send(()).expect("somebody waits for signals");
    }

    /// Whether somebody waits for signals.
    pub(crate) fn is_listening(&self) -> bool {
        self.signals.receiver_count() > 0
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.run.is_finished()
    }

    /// Waits for the end; how it was.
    pub(crate) async fn end(self) -> Stopped {
        let ended = tokio::time::timeout(PATIENCE, self.run)
            .await
            .expect("it ends soon");
        ended
            .expect("it does not panic")
            .expect("it ends without an error")
    }

    /// Signals and waits for the end.
    pub(crate) async fn stop(self) -> Stopped {
        // Whoever is to hear it may not listen yet.
        self.until("it listens for signals", || async { self.is_listening() })
            .await;
        self.signal();
        self.end().await
    }

    /// Asks for a path.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.get_as("localhost", path).await
    }

    /// Asks for a path by this name of the server.
    pub(crate) async fn get_as(&self, host: &str, path: &str) -> Answer {
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n"
        ))
        .await
    }

    /// Sends a body with the key of the source.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_with("authorization: Basic a2V5Og==\r\n", path, body)
            .await
    }

    /// Sends a body that holds the key of its source.
    pub(crate) async fn post_without_key(&self, path: &str, body: &Value) -> Answer {
        self.post_with("", path, body).await
    }

    async fn post_with(&self, header: &str, path: &str, body: &Value) -> Answer {
        let body = body.to_string();
        let length = body.len();
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
             {header}content-length: {length}\r\n\r\n{body}"
        ))
        .await
    }

    /// Sends a track event.
    pub(crate) async fn track(&self, id: &str) -> Answer {
        let event = json!({"type": "track", "event": "Order Completed", "userId": "u-1", "messageId": id});
        self.post("/v1/track", &event).await
    }

    async fn ask(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").expect("it is an answer");
        Answer {
            status: head
                .split(' ')
                .nth(1)
                .and_then(|status| status.parse().ok())
                .unwrap_or_default(),
            body: serde_json::from_str(body).unwrap_or_default(),
            head: head.to_owned(),
            text: body.to_owned(),
        }
    }

    /// How many follow deliveries.
    pub(crate) async fn followers(&self) -> u64 {
        let stats = self.get("/admin/v1/stats").await.body;
        stats["following"].as_u64().unwrap_or_default()
    }

    /// The counts of all deliveries.
    pub(crate) async fn ledger(&self) -> Value {
        let ledger = self.get("/admin/v1/ledger").await.body;
        assert_eq!(ledger["balanced"], true, "{ledger}");
        ledger["total"].clone()
    }

    /// Waits until the counts have these values.
    pub(crate) async fn until_counted(&self, expected: &[(&str, u64)]) {
        let what = format!("the ledger shows {expected:?}");
        self.until(&what, || async {
            let ledger = self.ledger().await;
            expected.iter().all(|(key, count)| ledger[*key] == *count)
        })
        .await;
    }

    /// Waits until this is so.
    pub(crate) async fn until<F: Future<Output = bool>>(&self, what: &str, check: impl Fn() -> F) {
        let since = Instant::now();
        while !check().await {
            assert!(since.elapsed() < PATIENCE, "in vain it was waited until {what}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}
