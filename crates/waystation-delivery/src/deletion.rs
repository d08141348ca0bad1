//! Deleting what partners know about a person.
//!
//! A deletion is an event of the type `delete`, with a delivery for each connection whose destination offers it. So it is on
//! disk before it is acknowledged, is tried like every other delivery, and has its outcomes in the record.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::json;
use waystation_config::{Config, ConnectionConfig, Ordering};
use waystation_queue::{Fate, Leased, Millis, NewDelivery, NewEvent};

/// What stands for an action in deliveries of deletions.
pub const ACTION: &str = "(delete)";

/// What stands for a source in their events.
pub const SOURCE: &str = "(admin API)";

/// Whom a deletion is about; by one id at least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The user's id.
    pub user_id: Option<String>,
    /// The id from before the user was known.
    pub anonymous_id: Option<String>,
}

/// Whether a leased delivery is one of a deletion.
pub(crate) fn is_deletion(leased: &Leased) -> bool {
    leased.subscription.is_none() && leased.action.as_deref() == Some(ACTION)
}

/// Whether a connection offers deletion.
#[must_use]
pub fn offers(connection: &ConnectionConfig) -> bool {
    connection.destination.definition().delete.is_some()
}

/// The event of a deletion, for every connection that runs and offers it; it may have no deliveries.
#[must_use]
pub fn event(config: &Config, person: &Person, message_id: String, now: Millis) -> NewEvent {
    let running = config.connections.iter().filter(|connection| connection.enabled);
    let delivery = |connection: &Arc<ConnectionConfig>| NewDelivery {
        connection: Some(Arc::clone(&connection.name)),
        subscription: None,
        action: Some(ACTION.into()),
        // What waits for the person goes first, for it would bring them back.
        order: match connection.policy.ordering {
            Ordering::User => person.user_id.clone().or_else(|| person.anonymous_id.clone()),
            _ => None,
        },
        fate: Fate::Waiting {
            due: now,
            horizon: now.plus(connection.policy.horizon),
        },
    };
    let mut body = json!({"type": "delete", "messageId": message_id});
    let ids = [("userId", &person.user_id), ("anonymousId", &person.anonymous_id)];
    for (key, id) in ids {
        if let Some(id) = id {
            body[key] = id.as_str().into();
        }
    }
    NewEvent {
        source: SOURCE.into(),
        message_id,
        user: person.user_id.clone().or_else(|| person.anonymous_id.clone()),
        event_type: Some("delete".to_owned()),
        event_name: None,
        received_at: now,
        body: Bytes::from(body.to_string()),
        deliveries: running
            .filter(|connection| offers(connection))
            .map(delivery)
            .collect(),
    }
}
