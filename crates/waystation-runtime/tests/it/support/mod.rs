//! A destination, its partner, and short ways to deliver to it.

pub(crate) mod partner;
pub(crate) mod shop;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use waystation_kit::context::SubscriptionMetadata;
use waystation_kit::error::NotSent;
use waystation_kit::future::BoxFuture;
use waystation_kit::jobs::{JobPoll, JobStatus};
use waystation_kit::{Auth, Error, ItemOutcome, RefreshedTokens, Result};
use waystation_runtime::entries::batch::deliver_batch;
use waystation_runtime::entries::event::deliver_event;
use waystation_runtime::entries::job::{Submission, poll_job, submit_job};
use waystation_runtime::error::Error as RunError;
use waystation_runtime::guards::{ConcurrencySettings, HoldSettings};
use waystation_runtime::outcome::Report;
use waystation_runtime::pipeline::{SubscribedPipeline, SubscriptionSettings};
use waystation_runtime::retry::{History, Jitter};
use waystation_runtime::tokens::{AccountLock, InMemoryTokens, TokenStore};
use waystation_runtime::{
    BatchOutcome, CallOptions, Connection, EventOutcome, GuardSettings, Guards, LoadedDestination,
    RetrySettings,
};

use partner::Partner;

/// The service's settings without chance, and with batches as they are.
pub(crate) fn four_attempts() -> RetrySettings {
    RetrySettings {
        jitter: Jitter::None,
        ..RetrySettings::attempts(4)
    }
}

/// A connection to the shop, a partner, and what a caller brings along.
pub(crate) struct Bench {
    pub(crate) partner: Arc<Partner>,
    pub(crate) options: CallOptions,
    pub(crate) connection: Connection,
    subscription: Arc<SubscribedPipeline>,
}

impl Bench {
    /// A connection whose requests are answered by this partner.
    pub(crate) fn new(partner: Partner) -> Self {
        Self::with_store(partner, Arc::new(InMemoryTokens))
    }

    pub(crate) fn with_store(partner: Partner, store: Arc<dyn TokenStore>) -> Self {
        let partner = Arc::new(partner);
        let destination = Arc::new(LoadedDestination::new(shop::definition()).unwrap());
        let auth = Auth {
            access_token: Some("old".into()),
            refresh_token: Some("refresh".into()),
            ..Auth::default()
        };
        let mut options = CallOptions::new(Arc::clone(&partner) as _);
        options.retries = four_attempts();
        Self {
            partner,
            options,
            subscription: subscription(&destination, "order"),
            connection: Connection::open(destination, serde_json::Map::new(), auth, store).unwrap(),
        }
    }

    /// The same, with guards that are set so.
    pub(crate) fn guarded(partner: Partner, settings: GuardSettings) -> Self {
        let mut bench = Self::new(partner);
        bench.connection = bench.connection.with_guards(Arc::new(Guards::new(settings)));
        bench
    }

    /// What the guards do at the moment.
    pub(crate) fn guards(&self) -> &Guards {
        self.connection.guards().unwrap()
    }

    /// Subscribes another action of the shop.
    pub(crate) fn subscribe(&mut self, action: &str) {
        self.subscription = subscription(self.connection.destination(), action);
    }

    /// Runs an event through these actions of the shop.
    pub(crate) async fn event_through(&self, actions: &[&str]) -> Vec<Report<EventOutcome>> {
        let event = Arc::new(json!({"type": "track", "id": "a"}));
        let subscribe = |action: &&str| subscription(self.connection.destination(), action);
        let subscriptions: Vec<_> = actions.iter().map(subscribe).collect();
        deliver_event(&self.connection, &subscriptions, &event, &self.options).await
    }

    /// Hands orders with these ids in as a job.
    pub(crate) async fn submit(&self, ids: &[&str], history: &History) -> Result<Submission, RunError> {
        let subscription = subscription(self.connection.destination(), "import");
        let pipeline = subscription.pipeline.as_ref().unwrap();
        let events = ids.iter().map(|id| json!({"type": "track", "id": id}));
        let metadata = SubscriptionMetadata::default();
        submit_job(
            &self.connection,
            pipeline,
            events.collect(),
            metadata,
            &self.options,
            history,
        )
        .await
    }

    /// Asks about a job.
    pub(crate) async fn poll(&self, history: &History) -> Result<JobStatus, RunError> {
        let destination = self.connection.destination();
        let action = destination.action("import").unwrap().shared_definition();
        let poll = JobPoll {
            job_id: "job-1".to_owned(),
            upload_count: 2,
        };
        poll_job(&self.connection, action, poll, &self.options, history).await
    }

    pub(crate) async fn event(&self) -> Report<EventOutcome> {
        let event = Arc::new(json!({"type": "track", "id": "a"}));
        let subscriptions = [Arc::clone(&self.subscription)];
        let mut reports = deliver_event(&self.connection, &subscriptions, &event, &self.options).await;
        reports.remove(0)
    }

    /// Delivers orders with these ids; an id that is no text is refused by validation.
    pub(crate) async fn batch(&self, ids: impl IntoIterator<Item = Value>) -> Report<BatchOutcome> {
        let events: Arc<[Value]> = ids
            .into_iter()
            .map(|id| json!({"type": "track", "id": id}))
            .collect();
        let subscriptions = [Arc::clone(&self.subscription)];
        let mut reports = deliver_batch(&self.connection, &subscriptions, &events, &self.options).await;
        reports.remove(0)
    }
}

fn subscription(destination: &LoadedDestination, action: &str) -> Arc<SubscribedPipeline> {
    let settings = SubscriptionSettings {
        subscribe: Some("type = \"track\"".into()),
        action: action.to_owned(),
        mapping: json!({"id": {"@path": "$.id"}}),
        ..SubscriptionSettings::default()
    };
    Arc::new(SubscribedPipeline::compile(destination, settings))
}

/// Guards that do nothing unless they are set to.
pub(crate) fn no_guards() -> GuardSettings {
    GuardSettings {
        breaker: None,
        rate_limit: None,
        concurrency: ConcurrencySettings::Fixed {
            limit: NonZeroUsize::new(1_000).unwrap(),
        },
        hold: HoldSettings {
            without_hint: Duration::ZERO,
            longest: Duration::ZERO,
        },
        retry_budget: None,
        ..GuardSettings::default()
    }
}

/// Why nothing was sent, and for how many whole seconds.
pub(crate) fn not_sent<O: std::fmt::Debug>(report: &Report<O>) -> (NotSent, u64) {
    match report.result.as_ref().unwrap_err().action() {
        Some(Error::NotSent { reason, after }) => (*reason, after.as_secs()),
        other => panic!("not held back: {other:?}"),
    }
}

/// The results of a batch that did not fail as a whole.
pub(crate) fn items(report: &Report<BatchOutcome>) -> &[ItemOutcome] {
    match &report.result {
        Ok(BatchOutcome::Items(items)) => items,
        other => panic!("not a result for each item: {other:?}"),
    }
}

pub(crate) fn statuses(report: &Report<BatchOutcome>) -> Vec<u16> {
    items(report).iter().map(ItemOutcome::status).collect()
}

/// The waits between attempts, in seconds.
pub(crate) fn waits<O>(report: &Report<O>) -> Vec<Option<u64>> {
    let waits = report.attempts.iter().map(|attempt| attempt.waited);
    waits.map(|wait| wait.as_ref().map(Duration::as_secs)).collect()
}

/// A store that says how often it was locked and what it saved.
#[derive(Debug, Default)]
pub(crate) struct NotedTokens {
    pub(crate) locks: std::sync::atomic::AtomicUsize,
    pub(crate) saved: std::sync::Mutex<Vec<RefreshedTokens>>,
}

impl TokenStore for NotedTokens {
    fn lock(&self) -> BoxFuture<'_, Result<AccountLock>> {
        self.locks.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Box::pin(async { Ok(AccountLock::none()) })
    }

    fn save<'a>(&'a self, tokens: &'a RefreshedTokens) -> BoxFuture<'a, Result<()>> {
        self.saved.lock().unwrap().push(tokens.clone());
        Box::pin(async { Ok(()) })
    }
}
