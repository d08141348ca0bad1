//! The parts put together: start, serve, end.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::Router;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Mutex;
use waystation_config::{Config, Watch};
use waystation_delivery::{Deliveries, Resources};
use waystation_http::Stopped;
use waystation_queue::{Queue, SqliteQueue, SqliteSettings};
use waystation_runtime::Registry;
use waystation_telemetry::{Logs, Sources, Telemetry};

use crate::acceptor::QueueAcceptor;
use crate::error::ServiceError;
use crate::origin::Origin;
use crate::reload::{Reloader, client};
use crate::router;

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
        let address = listener.local_addr().map_err(ServiceError::Serve)?;
        let queue = open_store(&config).await?;
        let deliveries = Deliveries::new(&queue);
        let telemetry = Telemetry::new();
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

    /// Serves until `signal` completes; then takes no more events, brings what is under way to an end within the
    /// configured grace, and closes the store. A second signal ends the grace.
    ///
    /// # Errors
    /// The socket or the store failed.
    pub async fn run<S>(
        self,
        signal: impl Fn() -> S + Clone + Send + Sync + 'static,
    ) -> Result<Stopped, ServiceError>
    where
        S: Future<Output = ()> + Send + 'static,
    {
        let grace = self.config.load().server.shutdown_grace;
        let reloads = tokio::spawn(reload_on_occasions(
            Arc::clone(&self.reloader),
            Arc::clone(&self.config),
        ));
        let (acceptor, deliveries) = (Arc::clone(&self.acceptor), Arc::clone(&self.deliveries));
        let (first, second) = (signal(), signal.clone());
        let ending = tokio::spawn(async move {
            first.await;
            acceptor.stop();
            let second = second();
            tokio::select! {
                complete = deliveries.shutdown(grace) => complete,
                () = second => {
                    deliveries.cut_off().await;
                    false
                }
            }
        });
        let served = waystation_http::serve(self.listener, self.router, signal, grace).await;
        reloads.abort();
        // Without a signal there is no end but a failure of the socket: what is under way ends as well then.
        if served.is_err() {
            ending.abort();
            self.deliveries.shutdown(grace).await;
        }
        let complete = ending.await.unwrap_or(false);
        if let Some(logs) = &self.logs {
            logs.finish().await;
        }
        self.queue.close().await?;
        let stopped = served.map_err(ServiceError::Serve)?;
        Ok(match complete {
            true => stopped,
            false => Stopped::Forced,
        })
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
        // What came of it is in the log.
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
