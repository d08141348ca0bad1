//! A destination, its partner, and short ways to deliver to it.

pub(crate) mod partner;
pub(crate) mod shop;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use waystation_kit::future::BoxFuture;
use waystation_kit::{Auth, ItemOutcome, RefreshedTokens, Result};
use waystation_runtime::entries::batch::deliver_batch;
use waystation_runtime::entries::event::deliver_event;
use waystation_runtime::outcome::Report;
use waystation_runtime::pipeline::{SubscribedPipeline, SubscriptionSettings};
use waystation_runtime::retry::Jitter;
use waystation_runtime::tokens::{InMemoryTokens, TokenStore};
use waystation_runtime::{
    BatchOutcome, CallOptions, Connection, EventOutcome, LoadedDestination, RetrySettings,
};

use partner::Partner;

/// The service's settings without chance.
pub(crate) fn four_attempts() -> RetrySettings {
    RetrySettings {
        jitter: Jitter::None,
        ..RetrySettings::default()
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
        let subscription = SubscriptionSettings {
            subscribe: Some("type = \"track\"".into()),
            action: "order".into(),
            mapping: json!({"id": {"@path": "$.id"}}),
            ..SubscriptionSettings::default()
        };
        Self {
            partner,
            options,
            subscription: Arc::new(SubscribedPipeline::compile(&destination, subscription)),
            connection: Connection::open(destination, serde_json::Map::new(), auth, store).unwrap(),
        }
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
    fn lock(&self) -> BoxFuture<'_, Result<()>> {
        self.locks.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Box::pin(async { Ok(()) })
    }

    fn save<'a>(&'a self, tokens: &'a RefreshedTokens) -> BoxFuture<'a, Result<()>> {
        self.saved.lock().unwrap().push(tokens.clone());
        Box::pin(async { Ok(()) })
    }
}
