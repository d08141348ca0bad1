//! The way in for every entrance: the delivery, the execution API and the author's server make calls here, and
//! nowhere else.
//!
//! An entrance says once how it makes calls ([`CallSettings`]). [`Call::begin`] gives each call a transport of its
//! own, with it a record of its exchanges, a deadline that leaves the record time to be complete, and a redactor;
//! the methods of [`Call`] run it and hand back the outcome; [`Call::attempts`] and [`Call::record`] are its trail.

mod secrets;
mod spectator;
mod transport;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use waystation_client::record::ShownExchange;
use waystation_client::{CallLimits, Client, Exchanges, NameRules, Redactor};
use waystation_kit::any::AnyAction;
use waystation_kit::context::{Services, SubscriptionMetadata};
use waystation_kit::jobs::{JobPoll, JobStatus};
use waystation_kit::request::{Addresses, Transport};
use waystation_kit::{Error as ActionError, Secret};

use crate::connection::{CallOptions, Connection, UNKNOWN_OUTCOME_TRIES};
use crate::entries::{batch, event, job};
use crate::error::{Error, Result};
use crate::observe::{NoObserver, Observer};
use crate::outcome::{BatchOutcome, EventOutcome};
use crate::pipeline::{Pipeline, SubscribedPipeline};
use crate::retry::{Attempt, History, RetrySettings};

use secrets::Secrets;
pub use spectator::{Sight, Spectator};
use transport::HeldToPublic;

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
    /// How often a delivery is tried again, over its whole life, whose outcome is unknown.
    pub unknown_outcome_tries: u32,
    /// How long a whole call may take, attempts and waits included; `None` for no limit but those of its
    /// requests.
    pub time_limit: Option<Duration>,
    /// Told when the caller gives up.
    pub cancellation: CancellationToken,
    /// Which addresses the requests may reach at most.
    pub addresses: Addresses,
    /// Which names hide their values in what is shown. Known secrets are hidden in any case.
    pub hidden_names: NameRules,
    /// How many bytes of each body stay in the record of a call; `None` for all of them. A call that waits for its next
    /// attempt holds them meanwhile. It takes [`MARGIN`](waystation_client::record::MARGIN) more than is to be shown.
    pub kept_bodies: Option<usize>,
    /// Clock, cache and environment for actions.
    pub services: Services,
    /// Keeps metrics.
    pub observer: Arc<dyn Observer>,
    /// Is told of every request while it is made.
    pub spectator: Option<Spectator>,
}

impl CallSettings {
    /// One attempt, no limit of time or of addresses, names of credentials hidden, no metrics.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self {
            client,
            retries: RetrySettings::single_attempt(),
            unknown_outcome_tries: UNKNOWN_OUTCOME_TRIES,
            time_limit: None,
            cancellation: CancellationToken::new(),
            addresses: Addresses::Any,
            hidden_names: NameRules::Credentials,
            kept_bodies: None,
            services: Services::default(),
            observer: Arc::new(NoObserver),
            spectator: None,
        }
    }
}

/// The way that events take to an action.
#[derive(Clone)]
pub enum Way {
    /// All of them go through the pipeline.
    Pipeline(Arc<Pipeline>, SubscriptionMetadata),
    /// A subscription is asked first.
    Subscription(Arc<SubscribedPipeline>),
}

/// A call that has begun.
pub struct Call {
    /// What the runtime is given.
    pub options: CallOptions,
    secrets: Arc<Secrets>,
    history: History,
    exchanges: Exchanges,
    started: Instant,
}

impl Call {
    /// Begins a call that involves these secrets.
    pub fn begin<'s>(settings: &CallSettings, secrets: impl IntoIterator<Item = &'s Secret>) -> Self {
        let started = Instant::now();
        let transport = settings.client.per_call(CallLimits {
            deadline: settings.time_limit.and_then(|limit| started.checked_add(limit)),
            cancellation: Some(settings.cancellation.clone()),
            kept: settings.kept_bodies,
        });
        let exchanges = transport.exchanges();
        let secrets = Arc::new(Secrets::new(settings, secrets));
        let transport: Arc<dyn Transport> = match settings.addresses {
            Addresses::Any => Arc::new(transport),
            Addresses::PublicOnly => Arc::new(HeldToPublic(transport)),
        };
        let transport = match &settings.spectator {
            Some(spectator) => spectator.watching(transport, Arc::clone(&secrets)),
            None => transport,
        };
        let options = CallOptions {
            services: settings.services.clone(),
            retries: settings.retries,
            unknown_outcome_tries: settings.unknown_outcome_tries,
            deadline: settings.time_limit.map(|limit| limit.saturating_add(GRACE)),
            is_dry_run: settings.client.is_dry_run(),
            cancellation: settings.cancellation.clone(),
            observer: Arc::clone(&settings.observer),
            ..CallOptions::new(transport)
        };
        Self {
            options,
            secrets,
            history: History::default(),
            exchanges,
            started,
        }
    }

    /// Hides these secrets, too, which have come to light since the call began.
    pub fn hide<'s>(&self, secrets: impl IntoIterator<Item = &'s Secret>) {
        self.secrets.add(secrets);
    }

    /// The secrets that the call knows of.
    #[must_use]
    pub fn secrets(&self) -> Vec<Secret> {
        self.secrets.all()
    }

    /// Hides the secrets of the call, those included that its actions took from the environment so far. It is made when
    /// something is to be shown, and once for the same secrets.
    #[must_use]
    pub fn redactor(&self) -> Redactor {
        self.secrets.redactor()
    }

    /// Sends an event on its way.
    ///
    /// # Errors
    /// The mapping, the payload or the action failed.
    pub async fn event(
        &self,
        connection: &Connection,
        way: &Way,
        event: &Arc<Value>,
    ) -> Result<EventOutcome> {
        let (options, history) = (&self.options, &self.history);
        unless_panicked(async {
            match way {
                Way::Subscription(subscription) => {
                    event::run(connection, subscription, event, options, history).await
                }
                Way::Pipeline(pipeline, metadata) => {
                    let metadata = metadata.clone();
                    event::perform_event(connection, pipeline, event, metadata, options, history).await
                }
            }
        })
        .await
    }

    /// Sends a batch of events on its way.
    ///
    /// # Errors
    /// The mapping failed, or the action takes no batches.
    pub async fn batch(
        &self,
        connection: &Connection,
        way: &Way,
        events: &Arc<[Value]>,
    ) -> Result<BatchOutcome> {
        let (options, history) = (&self.options, &self.history);
        unless_panicked(async {
            match way {
                Way::Subscription(subscription) => {
                    batch::run(connection, subscription, events, options, history).await
                }
                Way::Pipeline(pipeline, metadata) => {
                    let (events, metadata) = (Arc::clone(events), metadata.clone());
                    batch::perform_batch(connection, pipeline, events, metadata, options, history).await
                }
            }
        })
        .await
    }

    /// Hands a batch in as a job.
    ///
    /// # Errors
    /// As [`job::submit_job`].
    pub async fn submit(
        &self,
        connection: &Connection,
        pipeline: &Pipeline,
        events: Arc<[Value]>,
        metadata: SubscriptionMetadata,
    ) -> Result<job::Submission> {
        let (options, history) = (&self.options, &self.history);
        unless_panicked(job::submit_job(
            connection, pipeline, events, metadata, options, history,
        ))
        .await
    }

    /// Asks what became of a job.
    ///
    /// # Errors
    /// As [`job::poll_job`].
    pub async fn poll(
        &self,
        connection: &Connection,
        action: &Arc<AnyAction>,
        poll: JobPoll,
    ) -> Result<JobStatus> {
        let (options, history) = (&self.options, &self.history);
        unless_panicked(job::poll_job(connection, action, poll, options, history)).await
    }

    /// The attempts so far.
    #[must_use]
    pub fn attempts(&self) -> Vec<Attempt> {
        self.history.attempts()
    }

    /// In how many attempts the answer did not tell whether the partner took the item at this place of the batch; a
    /// single event has place 0.
    #[must_use]
    pub fn unknown_outcomes(&self, place: usize) -> u32 {
        self.history.unknown_outcomes(place)
    }

    /// What was sent and came back so far; it holds secrets.
    #[must_use]
    pub fn record(&self) -> &Exchanges {
        &self.exchanges
    }

    /// Every exchange so far, without secrets.
    #[must_use]
    pub fn exchanges(&self) -> Vec<ShownExchange> {
        self.exchanges.all(&self.redactor())
    }

    /// Since the beginning.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}

/// A panic of a destination is a failure of the call, not of the process. Another attempt may fare better: what
/// one answer of the partner brings down, the next need not.
async fn unless_panicked<T>(call: impl Future<Output = Result<T>>) -> Result<T> {
    let caught = AssertUnwindSafe(call).catch_unwind().await;
    caught.unwrap_or_else(|_| {
        tracing::error!("a destination panicked");
        Err(Error::Action(ActionError::retryable("The destination panicked")))
    })
}
