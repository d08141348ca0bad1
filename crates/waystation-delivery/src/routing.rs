//! Which deliveries an event means, decided once, when it is accepted.
//!
//! The decision is stored with the event, in one transaction. A later configuration changes where later events
//! go, and how waiting deliveries are made, but not what was decided.

mod permission;

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::Value;
use waystation_config::{Config, ConnectionConfig, Ordering, Source, SubscriptionConfig};
use waystation_queue::{Fate, Millis, NewDelivery, SkipRule};

use self::permission::{Permission, Subject};
use crate::pause::{Meanwhile, Pauses};

/// Where the events of each source go.
#[derive(Debug, Default)]
pub struct Routing {
    by_write_key: HashMap<String, Arc<Source>>,
    by_source: HashMap<Arc<str>, Vec<Arc<Route>>>,
    pauses: Option<Arc<Pauses>>,
}

/// A way to a connection.
#[derive(Debug)]
struct Route {
    connection: Arc<ConnectionConfig>,
    subject: Subject,
}

/// Whose event it is, and when it came: what a delivery has to know besides the event.
#[derive(Debug, Clone, Copy)]
pub struct Arrival<'event> {
    /// When it came.
    pub received_at: Millis,
    /// The user, by whom deliveries are put in order where a connection asks for it.
    pub user: Option<&'event str>,
}

impl Routing {
    /// The routing of a configuration. Sources that are switched off have no write keys.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let enabled = config.sources.iter().filter(|source| source.enabled);
        let by_write_key = enabled
            .flat_map(|source| {
                let keys = source.write_keys.iter();
                keys.map(|key| (key.expose().to_owned(), Arc::clone(source)))
            })
            .collect();
        let mut by_source: HashMap<Arc<str>, Vec<Arc<Route>>> = HashMap::new();
        for connection in &config.connections {
            let route = Arc::new(Route {
                connection: Arc::clone(connection),
                subject: Subject::of(connection),
            });
            for source in &connection.sources {
                by_source
                    .entry(Arc::clone(source))
                    .or_default()
                    .push(Arc::clone(&route));
            }
        }
        Self {
            by_write_key,
            by_source,
            pauses: None,
        }
    }

    /// The same, with what is paused left to wait or skipped.
    #[must_use]
    pub fn pausing(self, pauses: Arc<Pauses>) -> Self {
        Self {
            pauses: Some(pauses),
            ..self
        }
    }

    /// The source that sends with this key.
    #[must_use]
    pub fn source(&self, write_key: &str) -> Option<&Arc<Source>> {
        self.by_write_key.get(write_key)
    }

    /// The deliveries that an event of this source means for this connection; none if it is switched off, does not get
    /// the events of the source, may not have this one, or has no subscription for it.
    #[must_use]
    pub fn deliveries_to(
        &self,
        source: &str,
        connection: &str,
        event: &Value,
        arrival: Arrival<'_>,
    ) -> Vec<NewDelivery> {
        let mut routes = self.by_source.get(source).into_iter().flatten();
        let route = routes.find(|route| *route.connection.name == *connection);
        let Some(Route { connection, subject }) = route.map(Arc::as_ref) else {
            return Vec::new();
        };
        if !connection.enabled || Permission::of(event).refusal(subject).is_some() {
            return Vec::new();
        }
        let mut deliveries = matching(connection, event, arrival);
        if let Some(pauses) = &self.pauses {
            pause(pauses, source, &mut deliveries);
        }
        deliveries
    }

    /// The deliveries that an event of this source means; never none, for every event comes to something.
    #[must_use]
    pub fn deliveries(&self, source: &str, event: &Value, arrival: Arrival<'_>) -> Vec<NewDelivery> {
        let routes = self.by_source.get(source).map(Vec::as_slice).unwrap_or_default();
        if routes.is_empty() {
            return vec![skipped(None, SkipRule::NoConnection)];
        }
        let permission = Permission::of(event);
        let mut deliveries = Vec::with_capacity(routes.len());
        for Route { connection, subject } in routes.iter().map(Arc::as_ref) {
            if !connection.enabled {
                deliveries.push(skipped(Some(&connection.name), SkipRule::ConnectionDisabled));
                continue;
            }
            if let Some(rule) = permission.refusal(subject) {
                deliveries.push(skipped(Some(&connection.name), rule));
                continue;
            }
            let before = deliveries.len();
            deliveries.extend(matching(connection, event, arrival));
            if let Some(pauses) = &self.pauses {
                pause(pauses, source, &mut deliveries[before..]);
            }
            if deliveries.len() == before {
                deliveries.push(skipped(Some(&connection.name), SkipRule::NoSubscriptionMatched));
            }
        }
        deliveries
    }
}

/// The subscriptions that match, those whose actions build on others after them.
fn matching(connection: &ConnectionConfig, event: &Value, arrival: Arrival<'_>) -> Vec<NewDelivery> {
    let horizon = arrival.received_at.plus(connection.policy.horizon);
    let subscribed = connection.subscriptions.iter().filter(|subscription| {
        let filter = subscription.pipeline.filter.as_ref();
        filter.is_ok_and(|filter| filter.matches(event))
    });
    let mut subscribed: Vec<&SubscriptionConfig> = subscribed.collect();
    subscribed.sort_by_key(|subscription| subscription.pipeline.stage());
    let delivery = |subscription: &&SubscriptionConfig| NewDelivery {
        connection: Some(Arc::clone(&connection.name)),
        subscription: Some(Arc::clone(&subscription.name)),
        action: Some(subscription.pipeline.action.as_str().into()),
        order: match (connection.policy.ordering, arrival.user) {
            (Ordering::User, Some(user)) => Some(user.to_owned()),
            _ => in_order(subscription, &subscribed).then(|| key_of(event, arrival)),
        },
        fate: Fate::Waiting {
            due: arrival.received_at,
            horizon,
        },
    };
    subscribed.iter().map(delivery).collect()
}

/// Deliveries of what is paused wait for its end, or are skipped.
fn pause(pauses: &Pauses, source: &str, deliveries: &mut [NewDelivery]) {
    for delivery in deliveries {
        let (connection, subscription) = (delivery.connection.as_deref(), delivery.subscription.as_deref());
        let meanwhile = pauses.meanwhile(
            source,
            connection.unwrap_or_default(),
            subscription.unwrap_or_default(),
        );
        match (&mut delivery.fate, meanwhile) {
            (Fate::Waiting { due, .. }, Some(Meanwhile::Wait)) => *due = Millis::PARKED,
            (fate @ Fate::Waiting { .. }, Some(Meanwhile::Skip)) => {
                *fate = Fate::Skipped {
                    rule: SkipRule::Paused,
                };
            }
            _ => {}
        }
    }
}

/// Whether a delivery of the event has to wait for another, or another for it.
fn in_order(subscription: &SubscriptionConfig, subscribed: &[&SubscriptionConfig]) -> bool {
    let pipeline = &subscription.pipeline;
    let mut others = subscribed.iter().map(|other| &other.pipeline);
    others.any(|other| pipeline.builds_on(other) || other.builds_on(pipeline))
}

/// A key that no other event has.
fn key_of(event: &Value, arrival: Arrival<'_>) -> String {
    let id = event.get("messageId").and_then(Value::as_str);
    format!("event {} {}", arrival.received_at.0, id.unwrap_or_default())
}

fn skipped(connection: Option<&Arc<str>>, rule: SkipRule) -> NewDelivery {
    NewDelivery {
        connection: connection.cloned(),
        subscription: None,
        action: None,
        order: None,
        fate: Fate::Skipped { rule },
    }
}

#[cfg(test)]
mod tests;
