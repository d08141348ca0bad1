//! The server with connections to the bench's own partner.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::Effort;
use crate::stage::Error;
use crate::stage::configuration::WRITE_KEY;
use crate::stage::server::{Server, free_port};

/// A connection of the `webhook` destination.
#[derive(Debug, Clone)]
pub(crate) struct Way {
    /// Its name, and that of the events that go there.
    pub(crate) name: String,
    /// The partner.
    pub(crate) url: String,
    /// Events in a request.
    pub(crate) batch: u64,
}

impl Way {
    pub(crate) fn new(name: &str, url: impl Into<String>, batch: u64) -> Self {
        Self {
            name: name.into(),
            url: url.into(),
            batch,
        }
    }
}

/// A folder with a store, in which servers run one after the other.
#[derive(Debug)]
pub(crate) struct Stand {
    binary: PathBuf,
    folder: TempDir,
}

impl Stand {
    pub(crate) async fn new(effort: &Effort) -> Result<Self, Error> {
        Ok(Self {
            binary: effort.binary().await?,
            folder: tempfile::tempdir().map_err(Error::io("making a folder"))?,
        })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn binary(&self) -> &Path {
        &self.binary
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder().join("waystation.db")
    }

    /// Starts a server with these connections and the defaults for everything else.
    pub(crate) async fn start(&self, ways: &[Way]) -> Result<Server, Error> {
        let port = free_port()?;
        let config = self.folder().join("waystation.toml");
        let text = configuration(port, &self.store(), ways);
        std::fs::write(&config, text).map_err(Error::io("writing the configuration"))?;
        let mut server = Server::spawn(&self.binary, &config, port, &self.folder().join("server.log"))?;
        server.ready().await?;
        Ok(server)
    }
}

fn configuration(port: u16, store: &Path, ways: &[Way]) -> String {
    let mut text = format!(
        r#"[server]
listen = "127.0.0.1:{port}"
shutdown_grace = "1s"
[api]
open = true
[store]
path = {store:?}
[telemetry]
log_level = "error"
[network]
addresses = "all"
[sources.lab]
write_keys = ["{WRITE_KEY}"]
"#
    );
    for Way { name, url, batch } in ways {
        // Writing to a text does not fail.
        let _ = write!(
            text,
            r#"
[connections.{name}]
destination = "webhook"
settings = {{}}
[connections.{name}.delivery.batch]
size = {batch}
[[connections.{name}.subscriptions]]
name = "all"
action = "send"
subscribe = 'event = "{name}"'
mapping = {{ url = "{url}", method = "POST", data = {{ "@path" = "$." }}, batch_size = {batch} }}
"#
        );
    }
    text
}
