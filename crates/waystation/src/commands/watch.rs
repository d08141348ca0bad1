//! `waystation serve --watch`: the server is built and started anew whenever a source file changes.
//!
//! This process watches, builds with Cargo, and runs the server as a child on one port. A build that fails leaves the server
//! as it is.

use std::ffi::OsString;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{env, fs};

use notify::{RecursiveMode, Watcher};
use waystation_http::shutdown;

use crate::cli::Serve;
use crate::failure::Failure;

/// Editors write in several steps: after the last of them so much time passes before a build.
const SETTLED: Duration = Duration::from_millis(150);

/// The package of this binary where Cargo did not start it.
const PACKAGE: &str = env!("CARGO_PKG_NAME");

/// Watches until a signal comes.
pub(crate) fn run(arguments: &Serve) -> Result<ExitCode, Failure> {
    let server = Server::new(arguments)?;
    let root = root()?;
    let (noticed, changes) = channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !event.kind.is_access() && event.paths.iter().any(|path| is_source(path)))
        {
            // Nobody listens any more when the process ends.
            let _ = noticed.send(());
        }
    })
    .map_err(|error| Failure::Watch(error.to_string()))?;
    for folder in watched(&root)? {
        watcher
            .watch(&folder, RecursiveMode::Recursive)
            .map_err(|error| Failure::Watch(format!("{}: {error}", folder.display())))?;
    }
    let (server, root) = (Arc::new(server), Arc::new(root));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::Runtime)?;
    let (looping, building) = (Arc::clone(&server), Arc::clone(&root));
    runtime.block_on(async {
        let watching = tokio::task::spawn_blocking(move || follow(&looping, &building, &changes));
        tokio::select! {
            () = shutdown::signal() => {}
            _ = watching => {}
        }
    });
    server.stop();
    runtime.shutdown_background();
    Ok(ExitCode::SUCCESS)
}

/// Starts the server, and anew after each change that builds.
fn follow(server: &Server, root: &Path, changes: &Receiver<()>) {
    server.start();
    while changes.recv().is_ok() {
        while changes.recv_timeout(SETTLED).is_ok() {}
        eprintln!("building");
        match build(root) {
            Ok(true) => {
                server.start();
            }
            Ok(false) => eprintln!("the build failed: the server stays as it is"),
            Err(error) => eprintln!("cargo cannot be run: {error}"),
        }
    }
}

/// The server as a child of this process.
struct Server {
    program: PathBuf,
    arguments: Vec<OsString>,
    child: Mutex<Option<Child>>,
}

impl Server {
    fn new(arguments: &Serve) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| Failure::Watch(error.to_string());
        let port = match arguments.port {
            // The first child would take any port, and each later one another.
            0 => TcpListener::bind((arguments.host.as_str(), 0))
                .and_then(|free| free.local_addr())
                .map_err(failed)?
                .port(),
            port => port,
        };
        let mut passed: Vec<OsString> = env::args_os()
            .skip(1)
            .filter(|argument| !is_watch(argument))
            .collect();
        passed.extend([OsString::from("--port"), port.to_string().into()]);
        Ok(Self {
            // Asked for now: a build replaces the file.
            program: env::current_exe().map_err(failed)?,
            arguments: passed,
            child: Mutex::new(None),
        })
    }

    /// Starts it, in place of the one that runs.
    fn start(&self) {
        self.stop();
        match Command::new(&self.program).args(&self.arguments).spawn() {
            Ok(child) => *self.locked() = Some(child),
            Err(error) => eprintln!("{} cannot be run: {error}", self.program.display()),
        }
    }

    /// Ends it. It keeps nothing that could be lost.
    fn stop(&self) {
        if let Some(mut child) = self.locked().take() {
            // One that has ended by itself is as good.
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    fn locked(&self) -> MutexGuard<'_, Option<Child>> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_watch(argument: &OsString) -> bool {
    argument == "--watch" || argument == "-w"
}

/// Builds as this binary was built; whether that went well.
fn build(root: &Path) -> std::io::Result<bool> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let package = env::var("CARGO_PKG_NAME").unwrap_or_else(|_| PACKAGE.to_owned());
    let mut command = Command::new(cargo);
    command.current_dir(root).args(["build", "--package", &package]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    // Another package than this one has features of its own, and its manifest says which.
    if package == PACKAGE {
        command.args(features());
    }
    Ok(command.status()?.success())
}

/// The features of this build.
fn features() -> Vec<String> {
    let included = waystation_destinations::SLUGS.join(",");
    let mut features = vec!["--features".to_owned(), included];
    if !cfg!(feature = "default") {
        features.push("--no-default-features".to_owned());
    }
    features.retain(|feature| !feature.is_empty());
    features
}

/// The workspace that the binary is built from: that of the folder Cargo started it for, else that of the working
/// directory.
fn root() -> Result<PathBuf, Failure> {
    let here = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let here = here.map_or_else(env::current_dir, Ok);
    let here = here.map_err(|error| Failure::Watch(error.to_string()))?;
    let root = here
        .ancestors()
        .find(|folder| folder.join("Cargo.lock").is_file());
    root.map(Path::to_owned).ok_or_else(|| {
        Failure::Watch(format!(
            "{} is not inside a checkout: no Cargo.lock is there",
            here.display()
        ))
    })
}

/// The folders with sources: all of the workspace but what is built and what is hidden.
fn watched(root: &Path) -> Result<Vec<PathBuf>, Failure> {
    let failed = |error: std::io::Error| Failure::Watch(error.to_string());
    let mut folders = Vec::new();
    for entry in fs::read_dir(root).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_left_out = name.starts_with('.') || name.starts_with("target");
        if !is_left_out && entry.file_type().map_err(failed)?.is_dir() {
            folders.push(entry.path());
        }
    }
    Ok(folders)
}

fn is_source(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("rs" | "toml")) && !path.components().any(|part| part.as_os_str() == "target")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_told_from_what_is_built() {
        for (path, is_one) in [
            ("destinations/acme/src/lib.rs", true),
            ("destinations/acme/Cargo.toml", true),
            ("destinations/acme/README.md", false),
            ("destinations/acme/target/debug/build/x.rs", false),
        ] {
            assert_eq!(is_source(Path::new(path)), is_one, "{path}");
        }
    }

    #[test]
    fn the_checkout_is_found_and_its_folders_watched() {
        let root = root().unwrap();
        let folders = watched(&root).unwrap();
        assert!(folders.contains(&root.join("destinations")), "{folders:?}");
        assert!(!folders.contains(&root.join("target")), "{folders:?}");
    }
}
