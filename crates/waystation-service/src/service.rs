//! The parts put together: start, serve, end.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use waystation_config::{Config, ServerTls, Watch};
use waystation_delivery::{Deliveries, Resources};
use waystation_http::Stopped;
use waystation_http::server::{Limits, Phases, Server, Tls, raise_descriptor_limit};
use waystation_queue::{Queue, SqliteQueue, SqliteSettings};
use waystation_runtime::Registry;
use waystation_telemetry::{Logs, Sources, Telemetry};

use crate::acceptor::QueueAcceptor;
use crate::error::ServiceError;
use crate::origin::Origin;
use crate::reload::{Reloader, client};
use crate::router;
use crate::supervision;

/// How long requests may take that are under way when all deliveries have ended.
const LAST_REQUESTS: Duration = Duration::from_secs(2);

/// What the service is started with.
pub struct Options {
    /// The destinations that connections can be made to.
    pub registry: Registry,
    /// Where the configuration comes from.
    pub origin: Origin,
    /// The log, with the export of metrics if there is one.
    pub logs: Option<Arc<Logs>>,
}

/// A service that has its socket and its store, and delivers.
pub struct Service {
    config: Arc<ArcSwap<Config>>,
    listener: TcpListener,
    address: SocketAddr,
    router: Router,
    acceptor: Arc<QueueAcceptor>,
    queue: Arc<dyn Queue>,
    deliveries: Arc<Deliveries>,
    reloader: Arc<Reloader>,
    logs: Option<Arc<Logs>>,
}

impl Service {
    /// Opens the store and the socket, and begins to deliver what waits.
    ///
    /// # Errors
    /// The store, the socket or a connection cannot be opened.
    pub async fn start(options: Options, config: Config) -> Result<Self, ServiceError> {
        let listener = listen(&config).await?;
        let address = listener.local_addr().map_err(ServiceError::Address)?;
        raise_descriptor_limit();
        let tls = read_certificate(&config).await?;
        let queue = open_store(&config).await?;
        let deliveries = Deliveries::new(&queue);
        let telemetry = Telemetry::new(queue.clock().clone());
        telemetry.expect(&config);
        if let Some(logs) = &options.logs {
            telemetry.show_losses(logs);
        }
        let client = client(&config)?;
        let resources = Arc::new(Resources {
            queue: Arc::clone(&queue),
            client: client.clone(),
            record: config.record.clone(),
            watch: Arc::clone(&telemetry) as _,
        });
        deliveries.apply(&config, &resources).await?;
        let sources = Sources {
            queue: Arc::clone(&queue),
            deliveries: Arc::clone(&deliveries),
        };
        if let Some(logs) = &options.logs {
            logs.export_metrics(&telemetry, &sources);
        }
        let acceptor = Arc::new(QueueAcceptor::new(Arc::clone(&queue), Arc::clone(&deliveries)));
        let reloader = Arc::new(Reloader {
            origin: options.origin,
            registry: options.registry,
            deliveries: Arc::clone(&deliveries),
            config: Arc::new(ArcSwap::from_pointee(config)),
            client: Arc::new(ArcSwap::from_pointee(client)),
            resources: Mutex::new(resources),
            telemetry,
            logs: options.logs.clone(),
            bound: address,
            tls,
            refused: ArcSwap::default(),
        });
        Ok(Self {
            config: Arc::clone(&reloader.config),
            listener,
            address,
            router: router::router(&reloader, &acceptor, sources),
            acceptor,
            queue,
            deliveries,
            reloader,
            logs: options.logs,
        })
    }

    /// The configuration in force.
    #[must_use]
    pub fn config(&self) -> Arc<Config> {
        self.config.load_full()
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `signal` completes. Then what is under way is brought to an end within the configured grace, and the
    /// store is closed. Until deliveries are done or handed back to the queue, events are still taken: they are safe on
    /// disk, and senders find somebody else when their connections are closed after each answer. A second signal ends
    /// the grace.
    ///
    /// # Errors
    /// The store failed.
    pub async fn run<S>(
        self,
        signal: impl Fn() -> S + Clone + Send + Sync + 'static,
    ) -> Result<Stopped, ServiceError>
    where
        S: Future<Output = ()> + Send + 'static,
    {
        let grace = self.config.load().server.shutdown_grace;
        supervision::ready();
        let watchdog = tokio::spawn(supervision::watchdog());
        let reloads = tokio::spawn(reload_on_occasions(
            Arc::clone(&self.reloader),
            Arc::clone(&self.config),
        ));
        let server = Server {
            limits: limits(&self.config.load()),
            tls: self.reloader.tls.clone(),
            stats: self.reloader.telemetry.server(),
        };
        let (draining, closing) = (CancellationToken::new(), CancellationToken::new());
        let ending = tokio::spawn(end_deliveries(
            Ending {
                deliveries: Arc::clone(&self.deliveries),
                acceptor: Arc::clone(&self.acceptor),
                draining: draining.clone(),
                closing: closing.clone(),
                grace,
            },
            signal.clone(),
        ));
        let phases = Phases {
            draining: draining.cancelled_owned(),
            closing: closing.cancelled(),
            forced: cut_off(closing.clone(), signal),
        };
        let served = server.run(self.listener, self.router, phases).await;
        reloads.abort();
        watchdog.abort();
        let complete = ending.await.unwrap_or(false);
        if let Some(logs) = &self.logs {
            logs.finish().await;
        }
        self.queue.close().await?;
        Ok(match complete {
            true => served,
            false => Stopped::Forced,
        })
    }
}

/// What ends deliveries in good order.
struct Ending {
    deliveries: Arc<Deliveries>,
    acceptor: Arc<QueueAcceptor>,
    draining: CancellationToken,
    closing: CancellationToken,
    grace: Duration,
}

/// Waits for the signal, then for deliveries within the grace; then the server may close. Whether every delivery under
/// way came to its end.
async fn end_deliveries<S: Future<Output = ()>>(ending: Ending, signal: impl Fn() -> S) -> bool {
    signal().await;
    supervision::stopping();
    tracing::info!("stopping: deliveries under way may finish; events are taken until they have");
    ending.acceptor.drain();
    ending.draining.cancel();
    let complete = tokio::select! {
        complete = ending.deliveries.shutdown(ending.grace) => complete,
        () = signal() => {
            ending.deliveries.cut_off().await;
            false
        }
    };
    if !complete {
        tracing::warn!("deliveries under way were cut off: they wait in the queue for the next start");
    }
    ending.acceptor.stop();
    ending.closing.cancel();
    complete
}

/// Completes when requests that are under way after the server has begun to close have had their time.
async fn cut_off<S: Future<Output = ()>>(closing: CancellationToken, signal: impl Fn() -> S) {
    closing.cancelled().await;
    tokio::select! {
        () = tokio::time::sleep(LAST_REQUESTS) => {}
        () = signal() => {}
    }
    tracing::warn!("requests under way were cut off");
}

fn limits(config: &Config) -> Limits {
    let server = &config.server;
    Limits {
        idle_timeout: server.idle_timeout,
        body_timeout: server.body_timeout,
        connections: server.max_connections,
        // Behind proxies the address of a connection is that of a proxy.
        connections_per_address: match config.ingest.trusted_proxies {
            0 => server.max_connections_per_address,
            _ => None,
        },
    }
}

async fn read_certificate(config: &Config) -> Result<Option<Arc<Tls>>, ServiceError> {
    let Some(ServerTls {
        certificate: Some(certificate),
        key: Some(key),
    }) = config.server.tls.clone()
    else {
        return Ok(None);
    };
    match tokio::task::spawn_blocking(move || Tls::read(&certificate, &key)).await {
        Ok(tls) => Ok(Some(Arc::new(tls?))),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

async fn listen(config: &Config) -> Result<TcpListener, ServiceError> {
    let listen = &config.server.listen;
    let listener = TcpListener::bind((listen.host.as_str(), listen.port)).await;
    listener.map_err(|error| ServiceError::Listen {
        address: listen.to_string(),
        error,
    })
}

async fn open_store(config: &Config) -> Result<Arc<dyn Queue>, ServiceError> {
    let settings = SqliteSettings {
        max_bytes: config.store.max_size,
        duplicate_window: config.ingest.dedupe_window,
        full_retry_after: config.store.full_retry_after,
        record_retention: config.record.keep,
        dead_letter_retention: config.record.keep_dead_letters,
        ..SqliteSettings::new(&config.store.path)
    };
    let opened = tokio::task::spawn_blocking(|| SqliteQueue::open(settings)).await;
    match opened {
        Ok(opened) => Ok(Arc::new(opened?)),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

/// Reloads when the process is told to (SIGHUP), and when a file of the configuration changes.
async fn reload_on_occasions(reloader: Arc<Reloader>, config: Arc<ArcSwap<Config>>) {
    let mut hangups = signal(SignalKind::hangup()).inspect_err(|error| {
        tracing::warn!(%error, "SIGHUP cannot be caught");
    });
    let mut watch = Watch::start(config.load().files.clone()).inspect_err(|error| {
        tracing::warn!(%error, "changes of the configuration are not noticed; SIGHUP reloads it");
    });
    if reloader.origin.is_read_once() {
        tracing::info!("the configuration can be read only once: it stays as it is");
        return;
    }
    // Files may have changed between being read and being watched.
    if !config.load().files.is_empty() {
        let _ = reloader.reload_on("start").await;
    }
    loop {
        let occasion = tokio::select! {
            Some(()) = hung_up(hangups.as_mut().ok()) => "SIGHUP",
            Some(()) = changed(watch.as_mut().ok()) => "a file changed",
            else => return,
        };
        // The log has the outcome.
        let _ = reloader.reload_on(occasion).await;
        if let Ok(watch) = &watch {
            watch.follow(reloader.files());
        }
    }
}

async fn hung_up(hangups: Option<&mut Signal>) -> Option<()> {
    match hangups {
        Some(hangups) => hangups.recv().await,
        None => std::future::pending().await,
    }
}

async fn changed(watch: Option<&mut Watch>) -> Option<()> {
    match watch {
        Some(watch) => watch.changed().await,
        None => std::future::pending().await,
    }
}
