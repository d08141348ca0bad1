//! Running every subscription of a connection as a platform stores it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use waystation_json::JsonObject;
use waystation_kit::Auth;
use waystation_kit::context::Events;
use waystation_runtime::entries::subscriptions::in_order;
use waystation_runtime::pipeline::SubscribedPipeline;
use waystation_runtime::tokens::InMemoryTokens;
use waystation_runtime::{Call, CallSettings, Connection, ConnectionSettings, Error, LoadedDestination, Way};

use crate::caller::ShownTokens;
use crate::carried::{Carried, ShownCarried};
use crate::executor::{Executor, deliver, events};
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
    /// What actions before these noted for the same event.
    pub transaction: BTreeMap<String, String>,
    /// Values that the caller kept for the actions.
    pub state: BTreeMap<String, String>,
    /// The event, or a list of them.
    pub payload: Value,
}

/// What every subscription came to.
pub struct SubscriptionReports {
    /// A report for each subscription, in their order.
    pub reports: Vec<SubscriptionReport>,
    /// The tokens of a refresh on the way: they go to the caller, for nobody else keeps them.
    pub tokens: Option<ShownTokens>,
    /// What the actions noted.
    pub carried: ShownCarried,
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

impl Executor {
    /// Runs events through every subscription. Actions that build on others run after them, the rest at once; those of
    /// a single event share its transaction.
    pub async fn run_subscriptions(
        &self,
        settings: &CallSettings,
        destination: &Arc<LoadedDestination>,
        task: SubscriptionTask,
    ) -> SubscriptionReports {
        let stored = task.stored;
        let auth = task
            .auth
            .unwrap_or_else(|| Auth::from_settings(stored.oauth.as_ref()));
        let secrets = destination.secrets(&stored.settings).into_iter();
        let secrets: Vec<_> = secrets.chain(auth.secrets().cloned()).collect();
        let connection = Connection::open(
            Arc::clone(destination),
            stored.settings,
            auth.clone(),
            Arc::new(InMemoryTokens),
        );
        let compile = |subscription| Arc::new(SubscribedPipeline::compile(destination, subscription));
        let subscriptions: Vec<_> = stored.subscriptions.into_iter().map(compile).collect();
        let carried = Carried::new(task.transaction, task.state);
        let events = events(task.payload);
        let reports = in_order(&subscriptions, |subscription| {
            let mut call = Call::begin(settings, &secrets);
            call.options.features = Arc::clone(&task.features);
            carried.go_with(&mut call.options);
            run(call, connection.as_ref(), Arc::clone(subscription), &events)
        });
        let reports = reports.await;
        let now = connection.ok().map(|connection| connection.tokens().current());
        let redactor = settings.redactor(&secrets);
        SubscriptionReports {
            reports,
            tokens: now.and_then(|now| ShownTokens::if_new(&auth, &now)),
            carried: carried.shown(&redactor),
        }
    }
}

async fn run(
    call: Call,
    connection: Result<&Connection, &Error>,
    subscription: Arc<SubscribedPipeline>,
    events: &Events,
) -> SubscriptionReport {
    let (subscribe, action) = (subscription.subscribe.clone(), subscription.action.clone());
    let report = match connection {
        Ok(connection) => {
            let way = Way::Subscription(subscription);
            Report::new(&call, deliver(&call, connection, &way, events).await)
        }
        Err(error) => Report::refused(&call, Failure::new(error, &call.redactor)),
    };
    SubscriptionReport {
        subscribe,
        action,
        report,
    }
}
