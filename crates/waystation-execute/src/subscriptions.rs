//! Running every subscription of a connection as a platform stores it.

use std::sync::Arc;

use futures_util::future::join_all;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use waystation_json::JsonObject;
use waystation_kit::{Auth, Secret};
use waystation_runtime::pipeline::SubscribedPipeline;
use waystation_runtime::tokens::InMemoryTokens;
use waystation_runtime::{Connection, ConnectionSettings, Error, LoadedDestination, SubscriptionSettings};

use crate::call::{Call, CallSettings};
use crate::caller::ShownTokens;
use crate::delivery::{Delivery, Events, Way};
use crate::executor::Executor;
use crate::failure::Failure;
use crate::report::Report;

/// Events for every subscription of a connection.
pub struct SubscriptionTask {
    /// The connection with its subscriptions.
    pub stored: ConnectionSettings,
    /// Tokens, in place of those that are stored with it.
    pub auth: Option<Auth>,
    /// Features that are switched on.
    pub features: Arc<JsonObject>,
    /// The event, or a list of them.
    pub payload: Value,
}

/// What one subscription came to.
#[derive(Serialize, ToSchema)]
pub struct SubscriptionReport {
    /// The filter.
    pub subscribe: String,
    /// The slug of the action.
    pub action: String,
    /// Everything about it.
    #[serde(flatten)]
    pub report: Report,
}

/// A connection that is open, and what to hide of it.
struct Opened {
    connection: Result<Connection, Error>,
    secrets: Vec<Secret>,
}

impl Executor {
    /// Runs events through every subscription, all at once; a report for each, in their order. If tokens were
    /// refreshed on the way, they go to the caller, for nobody else keeps them.
    pub async fn run_subscriptions(
        &self,
        settings: &CallSettings,
        destination: &Arc<LoadedDestination>,
        task: SubscriptionTask,
    ) -> (Vec<SubscriptionReport>, Option<ShownTokens>) {
        let stored = task.stored;
        let auth = task
            .auth
            .unwrap_or_else(|| Auth::from_settings(stored.oauth.as_ref()));
        let secrets = destination.secrets(&stored.settings).into_iter();
        let opened = Opened {
            secrets: secrets.chain(auth.secrets().cloned()).collect(),
            connection: Connection::open(
                Arc::clone(destination),
                stored.settings,
                auth.clone(),
                Arc::new(InMemoryTokens),
            ),
        };
        let events = Events::from(task.payload);
        let runs = stored.subscriptions.into_iter().map(|subscription| {
            let mut call = Call::begin(settings, &opened.secrets);
            call.options.features = Arc::clone(&task.features);
            opened.run(call, subscription, events.clone())
        });
        let reports = join_all(runs).await;
        let now = opened
            .connection
            .as_ref()
            .map(|connection| connection.tokens().current());
        let tokens = now.ok().and_then(|now| ShownTokens::if_new(&auth, &now));
        (reports, tokens)
    }
}

impl Opened {
    async fn run(
        &self,
        call: Call,
        subscription: SubscriptionSettings,
        events: Events,
    ) -> SubscriptionReport {
        let subscribe = subscription.subscribe.clone().unwrap_or_default();
        let action = subscription.action.clone();
        let report = match &self.connection {
            Ok(connection) => {
                let subscription = SubscribedPipeline::compile(connection.destination(), subscription);
                let delivery = Delivery {
                    connection,
                    way: Way::Subscription(Arc::new(subscription)),
                    options: &call.options,
                };
                let (outcome, attempts) = delivery.make(events, &call.redactor).await;
                Report::new(&call, outcome, &attempts)
            }
            Err(error) => Report::refused(&call, Failure::new(error, &call.redactor)),
        };
        SubscriptionReport {
            subscribe,
            action,
            report,
        }
    }
}
