//! Running every subscription of a connection as a platform stores it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;
use utoipa::ToSchema;
use waystation_client::redact::secrets_by_name;
use waystation_json::JsonObject;
use waystation_kit::Auth;
use waystation_kit::context::Events;
use waystation_runtime::entries::subscriptions::{AT_ONCE, in_order};
use waystation_runtime::pipeline::{SubscribedPipeline, SubscriptionSettings};
use waystation_runtime::tokens::InMemoryTokens;
use waystation_runtime::{Call, CallSettings, Connection, ConnectionSettings, Error, LoadedDestination, Way};

use crate::caller::ShownTokens;
use crate::carried::{Carried, ShownCarried};
use crate::executor::{Executor, MOST_PAYLOAD_BYTES, deliver, events};
use crate::failure::Failure;
use crate::report::Report;
use crate::room::Room;

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
        let begun = Instant::now();
        let room = self.room();
        let secrets = destination.secrets(&stored.settings).into_iter();
        let named = secrets_by_name(&Value::Object(stored.settings.clone()));
        let secrets: Vec<_> = secrets.chain(auth.secrets().cloned()).chain(named).collect();
        let connection = Connection::open(
            Arc::clone(destination),
            stored.settings,
            auth.clone(),
            Arc::new(InMemoryTokens),
        );
        let name = |subscription: &SubscriptionSettings| {
            (
                subscription.subscribe.clone().unwrap_or_default(),
                subscription.action.clone(),
            )
        };
        let named: Vec<_> = stored.subscriptions.iter().map(name).collect();
        let compiling = Arc::clone(destination);
        let compile = move || {
            let compile = |subscription| Arc::new(SubscribedPipeline::compile(&compiling, subscription));
            stored.subscriptions.into_iter().map(compile).collect()
        };
        let compiled = self.workshop().away(settings.time_limit, compile).await;
        let subscriptions: Vec<_> = match compiled {
            Ok(subscriptions) => subscriptions,
            Err(late) => return too_late(&Call::begin(settings, &secrets), named, &late, &room),
        };
        let whole = Call::begin(settings, &secrets);
        for pipeline in subscriptions
            .iter()
            .filter_map(|subscription| subscription.pipeline.as_ref().ok())
        {
            whole.hide(&secrets_by_name(pipeline.source()));
        }
        let carried = Carried::new(task.transaction, task.state);
        let events = events(task.payload);
        let reports = in_order(&subscriptions, |subscription| {
            let (whole, carried, events, room) = (&whole, &carried, &events, &room);
            let (connection, features, len) = (connection.as_ref(), &task.features, subscriptions.len());
            async move {
                // Those that have to wait for others have less time left.
                let time_limit = settings
                    .time_limit
                    .map(|limit| limit.saturating_sub(begun.elapsed()));
                let settings = CallSettings {
                    time_limit,
                    ..settings.clone()
                };
                let mut call = Call::begin(&settings, &whole.secrets());
                call.options.features = Arc::clone(features);
                call.options.most_payload_bytes = MOST_PAYLOAD_BYTES / len.clamp(1, AT_ONCE);
                carried.go_with(&mut call.options);
                run(call, connection, Arc::clone(subscription), events, room).await
            }
        });
        let reports = reports.await;
        let now = connection.ok().map(|connection| connection.tokens().current());
        if let Some(now) = &now {
            whole.hide(now.secrets());
        }
        SubscriptionReports {
            reports,
            tokens: now.and_then(|now| ShownTokens::if_new(&auth, &now)),
            carried: carried.shown(&whole.redactor()),
        }
    }
}

/// What every subscription came to when there was no time to compile them: they are named by filter and action.
fn too_late(call: &Call, named: Vec<(String, String)>, late: &Error, room: &Room) -> SubscriptionReports {
    let reports = named.into_iter().map(|(subscribe, action)| SubscriptionReport {
        subscribe,
        action,
        report: Report::refused(call, Failure::new(late, &call.redactor(), room), room),
    });
    SubscriptionReports {
        reports: reports.collect(),
        tokens: None,
        carried: ShownCarried::default(),
    }
}

async fn run(
    call: Call,
    connection: Result<&Connection, &Error>,
    subscription: Arc<SubscribedPipeline>,
    events: &Events,
    room: &Room,
) -> SubscriptionReport {
    let (subscribe, action) = (subscription.subscribe.clone(), subscription.action.clone());
    let report = match connection {
        Ok(connection) => {
            let way = Way::Subscription(subscription);
            Report::new(&call, deliver(&call, connection, &way, events, room).await, room)
        }
        Err(error) => Report::refused(&call, Failure::new(error, &call.redactor(), room), room),
    };
    SubscriptionReport {
        subscribe,
        action,
        report,
    }
}
