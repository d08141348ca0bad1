//! Where a server and a partner are tried: a folder, a port, a configuration.

use std::path::PathBuf;

use crate::stage::configuration::{self, WRITE_KEY};
use crate::stage::partner::{Mood, Partner};
use crate::stage::sender::Plan;
use crate::stage::server::{Server, build, free_port};
use crate::stage::store::Store;
use crate::stage::{Error, journal};
use tempfile::TempDir;

/// Where a server and a partner are tried.
pub(crate) struct Site {
    folder: TempDir,
    binary: PathBuf,
    port: u16,
    /// The partner's process.
    pub(crate) partner: Partner,
}

impl Site {
    /// Builds the server if need be, and starts the partner.
    pub(crate) async fn prepare(server: Option<PathBuf>, seed: u64, mood: Mood) -> Result<Self, Error> {
        let binary = match server {
            Some(binary) => binary,
            None => build().await?,
        };
        let folder = tempfile::tempdir().map_err(Error::io("making a folder"))?;
        let partner = Partner::spawn(&folder.path().join("arrivals"), seed, mood).await?;
        let port = free_port()?;
        let site = Self {
            folder,
            binary,
            port,
            partner,
        };
        let text = configuration::text(port, &site.path("waystation.db"), &site.partner.origin());
        std::fs::write(site.path("waystation.toml"), text).map_err(Error::io("writing the configuration"))?;
        Ok(site)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Starts the server; it may not answer yet.
    pub(crate) fn start(&self) -> Result<Server, Error> {
        Server::spawn(
            &self.binary,
            &self.path("waystation.toml"),
            self.port,
            &self.path("server.log"),
        )
    }

    /// A look into the store.
    pub(crate) fn store(&self) -> Result<Store, Error> {
        Store::open(&self.path("waystation.db"))
    }

    /// A look into the store that a kill left; `None` if the kill came before there was one.
    pub(crate) fn store_left_behind(&self) -> Result<Option<Store>, Error> {
        match self.path("waystation.db").exists() {
            true => self.store()?.if_set_up(),
            false => Ok(None),
        }
    }

    /// What arrived at the partner so far.
    pub(crate) fn arrivals(&self) -> Result<Vec<journal::Arrival>, Error> {
        journal::read(&self.path("arrivals"))
    }

    /// The end of the server's log, for when something is wrong.
    pub(crate) fn end_of_log(&self) -> String {
        let log = std::fs::read_to_string(self.path("server.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }

    /// Events to be sent to the server, whose message ids begin so.
    pub(crate) fn plan(&self, prefix: String) -> Plan {
        Plan {
            origin: format!("http://127.0.0.1:{}", self.port),
            write_key: WRITE_KEY.into(),
            prefix,
            senders: 8,
            batch: 10,
            pause: std::time::Duration::from_millis(5),
        }
    }
}
