//! What is paused by hand.

use serde::Serialize;
use utoipa::ToSchema;
use waystation_delivery::{Meanwhile, Pause, Paused, Pauses};

use crate::time::Time;

/// A pause by hand.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Pause)]
pub(crate) struct ShownPause {
    /// The connection that is paused, or whose subscription is.
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<String>,
    /// The subscription that is paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    subscription: Option<String>,
    /// The source that is paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    /// What becomes of events meanwhile: `wait` or `skip`.
    events: &'static str,
    /// Why, in somebody's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    since: Time,
    /// By whom: the name of a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
}

impl From<&Pause> for ShownPause {
    fn from(pause: &Pause) -> Self {
        let (connection, subscription, source) = match pause.paused.clone() {
            Paused::Connection { name } => (Some(name), None, None),
            Paused::Subscription { connection, name } => (Some(connection), Some(name), None),
            Paused::Source { name } => (None, None, Some(name)),
        };
        Self {
            connection,
            subscription,
            source,
            events: match pause.meanwhile {
                Meanwhile::Wait => "wait",
                Meanwhile::Skip => "skip",
            },
            reason: pause.reason.clone(),
            since: pause.since.into(),
            by: pause.by.clone(),
        }
    }
}

impl ShownPause {
    /// The pauses of a connection and its subscriptions.
    pub(crate) fn of_connection(name: &str, pauses: &Pauses) -> Vec<Self> {
        let is_of = |pause: &Pause| match &pause.paused {
            Paused::Connection { name: paused }
            | Paused::Subscription {
                connection: paused, ..
            } => paused == name,
            Paused::Source { .. } => false,
        };
        let pauses = pauses.all();
        pauses
            .iter()
            .filter(|pause| is_of(pause))
            .map(Self::from)
            .collect()
    }

    /// The pause of a source.
    pub(crate) fn of_source(name: &str, pauses: &Pauses) -> Option<Self> {
        let pause = pauses.get(&Paused::Source {
            name: name.to_owned(),
        })?;
        Some(Self::from(&pause))
    }
}
