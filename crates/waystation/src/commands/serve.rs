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
use waystation_kit::JsonObject;
use waystation_runtime::calls::{Sight, Spectator};
use waystation_runtime::{LoadedDestination, Registry, RetrySettings};

use super::settings_file;
use crate::cli::{LogFormat, Serve};
use crate::failure::Failure;
use crate::output;

/// Serves a destination until a signal comes.
pub(crate) fn run(arguments: Serve, registry: Registry) -> Result<ExitCode, Failure> {
    let named = arguments.destination.as_deref();
    let destination = named.map(|slug| super::find(&registry, slug)).transpose()?;
    let logging = waystation_config::Logging {
        format: arguments.logging.format.into(),
        level: arguments.logging.level.clone(),
    };
    // Held to the end: with it goes the writer of the log.
    let _logs = waystation_telemetry::logging::start(&logging, None)?;
    let outlet = outlet(&arguments)?;
    let settings = match &arguments.settings {
        Some(path) => settings_file::read(path)?,
        None => JsonObject::new(),
    };
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
            settings,
            spectator: Some(spectator(arguments.logging.format)),
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
        tell_routes(&mut told, destination, &url, arguments.settings.is_some());
    }
    output::print(&told)
}

/// The routes of the destination, and a command to paste.
fn tell_routes(told: &mut String, destination: &LoadedDestination, url: &str, has_settings: bool) {
    told.push('\n');
    for route in listing::lines(destination) {
        // Writing to a text cannot fail.
        let _ = writeln!(told, "  {route}");
    }
    let examples = listing::examples(destination, url, has_settings);
    if !examples.is_empty() {
        told.push_str("\nTry:\n");
    }
    for example in examples {
        let _ = writeln!(told, "\n  {}", example.command);
    }
    told.push('\n');
}

/// As much of a body as a terminal shows, in characters.
const SHOWN_BODY: usize = 2_000;

/// Tells in the log of each request as it goes out, and of its answer.
fn spectator(format: LogFormat) -> Spectator {
    Spectator::new(move |sight| match (format, sight) {
        (LogFormat::Text, Sight::Leaving(request)) => {
            tracing::info!(
                "-> {} {} {}",
                request.method,
                request.url,
                beginning(&request.body)
            );
        }
        (LogFormat::Json, Sight::Leaving(request)) => {
            tracing::info!(
                method = request.method,
                url = request.url,
                body = beginning(&request.body),
                "sent"
            );
        }
        (LogFormat::Text, Sight::Answered(status, took)) => {
            tracing::info!("<- {status} in {} ms", took.as_millis());
        }
        (LogFormat::Json, Sight::Answered(status, took)) => {
            tracing::info!(status, duration_ms = took.as_millis(), "answered");
        }
        (_, Sight::Failed(why)) => tracing::info!("<- no answer: {why}"),
    })
}

fn beginning(body: &str) -> String {
    match body.char_indices().nth(SHOWN_BODY) {
        Some((end, _)) => format!("{}... ({} bytes)", &body[..end], body.len()),
        None => body.to_owned(),
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
