//! The real server, as a process that can be killed.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::process::{Child, Command};

use crate::stage::Error;

/// How long a server may take until it answers.
const START_LIMIT: Duration = Duration::from_secs(60);

/// Builds the `waystation` binary as the running program was built, and tells where it is.
///
/// # Errors
/// It does not build.
pub(crate) async fn build() -> Result<PathBuf, Error> {
    let program = std::env::current_exe().map_err(Error::io("finding the running program"))?;
    let folder = program.parent().unwrap_or(Path::new("."));
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--locked", "--package", "waystation"]);
    if folder.ends_with("release") {
        command.arg("--release");
    }
    let status = command.status().await.map_err(Error::io("running cargo"))?;
    match status.success() {
        true => Ok(folder.join("waystation")),
        false => Err(Error::Other("waystation does not build".into())),
    }
}

/// A server's process; killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    port: u16,
}

impl Server {
    /// Starts the server with a configuration whose `[server] listen` has this port. It may not answer yet.
    ///
    /// # Errors
    /// The process cannot be started.
    pub(crate) fn spawn(binary: &Path, config: &Path, port: u16, log: &Path) -> Result<Self, Error> {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(log);
        let file = file.map_err(Error::io(format!("opening {}", log.display())))?;
        let child = Command::new(binary)
            .arg("run")
            .arg("--config")
            .arg(config)
            .stdout(Stdio::null())
            .stderr(file)
            .kill_on_drop(true)
            .spawn()
            .map_err(Error::io("starting the server"))?;
        Ok(Self { child, port })
    }

    /// Its process, while it lives.
    #[must_use]
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Its address, without a path.
    #[must_use]
    pub(crate) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Waits until it takes connections; how long that took.
    ///
    /// # Errors
    /// It ended, or it takes too long.
    pub(crate) async fn ready(&mut self) -> Result<Duration, Error> {
        let begun = Instant::now();
        while begun.elapsed() < START_LIMIT {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(Error::Other(format!("the server ended at its start: {status}")));
            }
            if TcpStream::connect(("127.0.0.1", self.port)).await.is_ok() {
                return Ok(begun.elapsed());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Err(Error::Other("the server does not answer".into()))
    }

    /// Kills it with SIGKILL and waits until it is gone.
    ///
    /// # Errors
    /// It cannot be killed.
    pub(crate) async fn kill(mut self) -> Result<(), Error> {
        self.child.kill().await.map_err(Error::io("killing the server"))
    }

    /// Asks it to end (SIGTERM) and waits until it has.
    ///
    /// # Errors
    /// It cannot be asked.
    pub(crate) async fn terminate(mut self) -> Result<(), Error> {
        if let Some(id) = self.child.id() {
            let kill = Command::new("kill")
                .args(["-TERM", &id.to_string()])
                .status()
                .await;
            kill.map_err(Error::io("asking the server to end"))?;
        }
        self.child
            .wait()
            .await
            .map_err(Error::io("waiting for the server"))?;
        Ok(())
    }
}

/// A port that is free now.
///
/// # Errors
/// There is none.
pub(crate) fn free_port() -> Result<u16, Error> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).map_err(Error::io("finding a port"))?;
    Ok(listener.local_addr().map_err(Error::io("finding a port"))?.port())
}
