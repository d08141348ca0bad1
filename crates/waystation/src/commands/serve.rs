//! `waystation serve`

use std::fmt::Write;
use std::fs;
use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use tokio::net::TcpListener;
use waystation_author::{AccessLog, ServerConfig, listing};
use waystation_client::{Client, ClientConfig, Mock, NetworkConfig, Outlet, Script};
use waystation_http::Stopped;
use waystation_http::shutdown::{self, DEFAULT_GRACE};
use waystation_runtime::{LoadedDestination, RetrySettings};

use crate::cli::{LogFormat, Serve};
use crate::failure::Failure;
use crate::output;

/// Serves a destination until a signal comes.
pub(crate) fn run(arguments: Serve) -> Result<ExitCode, Failure> {
    let registry = super::registry()?;
    let named = arguments.destination.as_deref();
    let destination = named.map(|slug| super::find(&registry, slug)).transpose()?;
    let logging = waystation_config::Logging {
        format: arguments.logging.format.into(),
        level: arguments.logging.level.clone(),
    };
    waystation_telemetry::logging::start(&logging, None)?;
    let outlet = outlet(&arguments)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(Failure::Runtime)?;
    let stopped = runtime.block_on(async {
        let listener = listen(&arguments.host, arguments.port).await?;
        let address = listener.local_addr().map_err(Failure::Serve)?;
        announce(&arguments, destination.as_deref(), address)?;
        let client = Client::new(ClientConfig {
            outlet,
            rewrites: arguments.rewrites.into_iter().collect(),
        })?;
        let config = ServerConfig {
            // The first attempt is no retry.
            retries: RetrySettings::attempts(arguments.retries.saturating_add(1)),
            time_limit: arguments.timeout,
            body_limit: arguments.body_limit,
            allowed_hosts: arguments.allowed_hosts,
            access_log: match arguments.logging.format {
                LogFormat::Text => AccessLog::Line,
                LogFormat::Json => AccessLog::Fields,
            },
            ..ServerConfig::new(registry, destination, client)
        };
        let router = waystation_author::router(config);
        waystation_http::serve(listener, router, shutdown::signal, DEFAULT_GRACE)
            .await
            .map_err(Failure::Serve)
    })?;
    Ok(match stopped {
        Stopped::Clean => ExitCode::SUCCESS,
        Stopped::Forced => {
            // Not waiting for what was cut off.
            runtime.shutdown_background();
            ExitCode::FAILURE
        }
    })
}

/// Where requests end.
fn outlet(arguments: &Serve) -> Result<Outlet, Failure> {
    if let Some(path) = &arguments.mock {
        let mock = Mock::new(script(path)?);
        return Ok(Outlet::Mock(Arc::new(mock)));
    }
    if arguments.dry_run {
        return Ok(Outlet::DryRun);
    }
    Ok(Outlet::Network(NetworkConfig {
        answer_limit: arguments.max_response_bytes,
        ..NetworkConfig::default()
    }))
}

fn script(path: &Path) -> Result<Script, Failure> {
    let path = || PathBuf::from(path);
    let text = fs::read_to_string(path()).map_err(|error| Failure::ReadScript { path: path(), error })?;
    Script::from_json(&text).map_err(|error| Failure::Script { path: path(), error })
}

async fn listen(host: &str, port: u16) -> Result<TcpListener, Failure> {
    let address = || match host.contains(':') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    };
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    TcpListener::bind((bare, port))
        .await
        .map_err(|error| match error.kind() {
            ErrorKind::AddrInUse => Failure::PortTaken {
                address: address(),
                port,
            },
            _ => Failure::Listen {
                address: address(),
                error,
            },
        })
}

/// Tells where the server is and what it takes: in words on standard output, or as a line of the JSON log.
fn announce(
    arguments: &Serve,
    destination: Option<&LoadedDestination>,
    address: SocketAddr,
) -> Result<(), Failure> {
    let url = format!("http://{address}");
    if !address.ip().is_loopback() {
        tracing::warn!(%address, "other machines can connect and drive the destination");
    }
    if arguments.logging.format == LogFormat::Json {
        let slug = destination.map(|destination| destination.definition().slug);
        tracing::info!(url, destination = slug, "listening");
        return Ok(());
    }
    let name = destination.map_or("All destinations", |destination| destination.definition().name);
    let mut told = format!(
        "{name} at {url}\n{}\n\nThe workbench: open {url}/ in a browser.\n",
        whereto(arguments)
    );
    if let Some(destination) = destination {
        tell_routes(&mut told, destination, &url);
    }
    output::print(&told)
}

/// The routes of the destination, and a command to paste.
fn tell_routes(told: &mut String, destination: &LoadedDestination, url: &str) {
    told.push('\n');
    for route in listing::lines(destination) {
        // Writing to a text cannot fail.
        let _ = writeln!(told, "  {route}");
    }
    if let Some(example) = listing::example(destination, url) {
        let _ = writeln!(told, "\nTry:\n\n  {example}\n");
    }
}

/// Where requests to the partner go.
fn whereto(arguments: &Serve) -> String {
    let end = match &arguments.mock {
        Some(path) => format!("Requests are answered by the script {}.", path.display()),
        None if arguments.dry_run => "Requests are shown, not sent.".to_owned(),
        None => "Requests go to the partner.".to_owned(),
    };
    match arguments.rewrites.len() {
        0 => end,
        1 => format!("{end} One origin is rewritten."),
        count => format!("{end} {count} origins are rewritten."),
    }
}
