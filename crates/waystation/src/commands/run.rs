//! `waystation run`

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use waystation_config::Config;
use waystation_http::Stopped;
use waystation_http::shutdown::signal;
use waystation_runtime::Registry;
use waystation_service::{Options, Origin, Service};
use waystation_telemetry::logging;

use crate::cli::Run;
use crate::failure::Failure;
use crate::output;

/// The configuration that is looked for when none is named.
pub(crate) const DEFAULT_CONFIG: &str = "waystation.toml";

/// Runs the service until a signal comes.
pub(crate) fn run(arguments: &Run, registry: Registry) -> Result<ExitCode, Failure> {
    let origin = Origin {
        file: file(arguments.config.clone()),
        listen: arguments.listen.clone(),
    };
    let config = origin.load(&registry).map_err(Failure::Configuration)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::Runtime)?;
    let mut logs = None;
    let stopped = runtime.block_on(async {
        let typed = arguments.log_format.map(Into::into);
        let logging = logging::preferring(typed, arguments.log_level.clone(), &config.telemetry.log);
        let started = Arc::new(logging::start(&logging, config.telemetry.otlp.as_ref())?);
        logs = Some(Arc::clone(&started));
        for warning in config.warnings.iter() {
            tracing::warn!("{}", warning.message());
        }
        let options = Options {
            registry,
            origin: origin.clone(),
            logs: Some(started),
        };
        let service = Service::start(options, config).await?;
        announce(&origin, &service.config(), service.address())?;
        service.run(signal).await.map_err(Failure::from)
    })?;
    if stopped == Stopped::Forced {
        // Not waiting for what was cut off: it has gone back to the queue, so that nothing has failed.
        runtime.shutdown_background();
    }
    if let Some(logs) = logs {
        logs.close();
    }
    Ok(ExitCode::SUCCESS)
}

/// The file that is named, else the usual one if it is there.
fn file(named: Option<PathBuf>) -> Option<PathBuf> {
    let usual = || Path::new(DEFAULT_CONFIG).exists().then(|| DEFAULT_CONFIG.into());
    named.or_else(usual)
}

/// Tells where the service is and what to try.
fn announce(origin: &Origin, config: &Config, address: SocketAddr) -> Result<(), Failure> {
    let url = format!("http://{address}");
    match &origin.file {
        Some(path) => tracing::info!(
            url,
            config = %path.display(),
            sources = config.sources.len(),
            connections = config.connections.len(),
            "listening"
        ),
        None => output::print(&demo(config, &url))?,
    }
    Ok(())
}

fn demo(config: &Config, url: &str) -> String {
    format!(
        "Waystation at {url}, with a demo: the source \"demo\" and a connection to the inspector, which shows what \
arrives and sends nothing.
Events are kept in {store}.

Send an event:

  curl -sS {url}/v1/track -u demo: -H 'content-type: application/json' \\
    -d '{{\"userId\": \"user-1\", \"event\": \"Signed Up\", \"properties\": {{\"plan\": \"pro\"}}}}'

See what became of it:

  curl -sS {url}/admin/v1/deliveries

A configuration of your own begins with `waystation validate --reference > waystation.toml`.

",
        store = config.store.path.display()
    )
}
