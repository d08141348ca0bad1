//! One call of a destination: its own transport, its own record, its own redactor.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;
use waystation_client::record::ShownExchange;
use waystation_client::{CallLimits, Client, Exchanges, NameRules, Redactor};
use waystation_kit::Secret;
use waystation_kit::context::Services;
use waystation_kit::request::Addresses;
use waystation_runtime::observe::{NoObserver, Observer};
use waystation_runtime::{CallOptions, RetrySettings};

use crate::transport::HeldToPublic;

/// How much longer than its transport a call may take: when the call's time limit passes, the request that
/// hangs is ended first, and so gets into the record.
const GRACE: Duration = Duration::from_millis(50);

/// How an entrance makes calls.
#[derive(Clone)]
pub struct CallSettings {
    /// The way to partners. Each call gets a transport of its own from it, and with it a record of its own.
    pub client: Client,
    /// How often and how long is tried in process.
    pub retries: RetrySettings,
    /// How long a whole call may take, attempts and waits included; `None` for no limit but those of its
    /// requests.
    pub time_limit: Option<Duration>,
    /// Told when the caller gives up.
    pub cancellation: CancellationToken,
    /// Which addresses the requests may reach at most.
    pub addresses: Addresses,
    /// Which names hide their values in what is shown. Known secrets are hidden in any case.
    pub hidden_names: NameRules,
    /// Clock, cache and environment for actions.
    pub services: Services,
    /// Keeps metrics.
    pub observer: Arc<dyn Observer>,
}

impl CallSettings {
    /// One attempt, no limit of time or of addresses, names of credentials hidden, no metrics.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self {
            client,
            retries: RetrySettings::single_attempt(),
            time_limit: None,
            cancellation: CancellationToken::new(),
            addresses: Addresses::Any,
            hidden_names: NameRules::Credentials,
            services: Services::default(),
            observer: Arc::new(NoObserver),
        }
    }
}

/// A call that has begun.
pub struct Call {
    /// What the runtime is given.
    pub options: CallOptions,
    /// Hides the secrets of the call.
    pub redactor: Redactor,
    started: Instant,
    exchanges: Exchanges,
}

impl Call {
    /// Begins a call that involves these secrets.
    pub fn begin<'s>(settings: &CallSettings, secrets: impl IntoIterator<Item = &'s Secret>) -> Self {
        let deadline = settings
            .time_limit
            .and_then(|limit| tokio::time::Instant::now().checked_add(limit));
        let transport = settings.client.per_call(CallLimits {
            deadline,
            cancellation: Some(settings.cancellation.clone()),
        });
        let exchanges = transport.exchanges();
        let transport: Arc<dyn waystation_kit::request::Transport> = match settings.addresses {
            Addresses::Any => Arc::new(transport),
            Addresses::PublicOnly => Arc::new(HeldToPublic(transport)),
        };
        let options = CallOptions {
            services: settings.services.clone(),
            retries: settings.retries,
            deadline: settings.time_limit.map(|limit| limit.saturating_add(GRACE)),
            cancellation: settings.cancellation.clone(),
            observer: Arc::clone(&settings.observer),
            ..CallOptions::new(transport)
        };
        let redactor = Redactor::builder().secrets(secrets).names(settings.hidden_names);
        Self {
            options,
            redactor: redactor.build(),
            started: Instant::now(),
            exchanges,
        }
    }

    /// What was sent and came back so far.
    #[must_use]
    pub fn record(&self) -> &Exchanges {
        &self.exchanges
    }

    /// Every exchange so far, without secrets.
    #[must_use]
    pub fn exchanges(&self) -> Vec<ShownExchange> {
        self.exchanges.all(&self.redactor)
    }

    /// Since the beginning.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}
