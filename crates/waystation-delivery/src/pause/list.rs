//! What is paused, and what was not long ago.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use waystation_queue::Millis;

/// How long the end of a pause is remembered: longer than anything is tried again.
const REMEMBERED: Duration = Duration::from_hours(31 * 24);

/// How many ends are remembered.
const MOST_REMEMBERED: usize = 256;

/// What is paused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Paused {
    /// A connection.
    Connection {
        /// Its name.
        name: String,
    },
    /// A subscription of a connection.
    Subscription {
        /// The name of its connection.
        connection: String,
        /// Its name.
        name: String,
    },
    /// A source.
    Source {
        /// Its name.
        name: String,
    },
}

/// What becomes of events that come during a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Meanwhile {
    /// They wait for its end.
    #[default]
    Wait,
    /// They are skipped by the rule `paused`.
    Skip,
}

/// A pause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// What is paused.
    pub paused: Paused,
    /// What becomes of its events.
    pub meanwhile: Meanwhile,
    /// Why, in somebody's words.
    pub reason: Option<String>,
    /// Since when.
    pub since: Millis,
    /// By whom: the name of a token.
    pub by: Option<String>,
}

/// A pause that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Ended {
    pub(super) paused: Paused,
    pub(super) since: Millis,
    pub(super) until: Millis,
    /// Whether what was parked for it has been released.
    released: bool,
}

/// What is paused, and what was not long ago.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct List {
    pub(super) pauses: Vec<Pause>,
    pub(super) ended: Vec<Ended>,
}

impl Paused {
    pub(super) fn is_connection(&self, connection: &str) -> bool {
        matches!(self, Self::Connection { name } if *name == *connection)
    }

    /// Whether such a pause parks deliveries of this origin and aim.
    pub(super) fn parks(&self, source: &str, connection: &str, subscription: &str) -> bool {
        match self {
            Self::Connection { .. } => false,
            Self::Subscription {
                connection: paused_of,
                name,
            } => *paused_of == *connection && *name == *subscription,
            Self::Source { name } => *name == *source,
        }
    }
}

impl fmt::Display for Paused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connection { name } => write!(f, "connection \"{name}\""),
            Self::Subscription { connection, name } => {
                write!(f, "subscription \"{name}\" of connection \"{connection}\"")
            }
            Self::Source { name } => write!(f, "source \"{name}\""),
        }
    }
}

impl Pause {
    /// What deliveries are told that wait for its end.
    pub(super) fn told(&self) -> String {
        match &self.reason {
            Some(reason) => format!("{} is paused by hand: {reason}", self.paused),
            None => format!("{} is paused by hand", self.paused),
        }
    }
}

impl List {
    pub(super) fn get(&self, paused: &Paused) -> Option<&Pause> {
        self.pauses.iter().find(|pause| pause.paused == *paused)
    }

    pub(super) fn pause(&mut self, pause: Pause) {
        self.pauses.retain(|before| before.paused != pause.paused);
        self.pauses.push(pause);
    }

    pub(super) fn end(&mut self, paused: &Paused, now: Millis) {
        let ended = self.get(paused).map(|pause| Ended {
            paused: pause.paused.clone(),
            since: pause.since,
            until: now,
            released: false,
        });
        self.pauses.retain(|pause| pause.paused != *paused);
        self.ended
            .retain(|before| !before.released || before.until.plus(REMEMBERED) > now);
        self.ended.extend(ended);
        let surplus = self.ended.len().saturating_sub(MOST_REMEMBERED);
        self.ended.drain(..surplus);
    }

    /// Until when something is tried that was to be tried from `start` until `horizon`, if the pauses it has waited
    /// through do not count. Where they overlap, that time counts once.
    pub(super) fn prolonged(
        &self,
        start: Millis,
        horizon: Millis,
        concerns: impl Fn(&Paused) -> bool,
    ) -> Millis {
        let mut stretches: Vec<(Millis, Millis)> = self
            .ended
            .iter()
            .filter(|ended| concerns(&ended.paused))
            .map(|ended| (ended.since, ended.until))
            .collect();
        stretches.sort_unstable();
        let (mut from, mut horizon) = (start, horizon);
        for (since, until) in stretches {
            let began = since.max(from);
            if began < until && began < horizon {
                horizon = horizon.plus(until.since(began));
                from = until;
            }
        }
        horizon
    }

    pub(super) fn unreleased(&self) -> impl Iterator<Item = &Paused> {
        let unreleased = self.ended.iter().filter(|ended| !ended.released);
        unreleased.map(|ended| &ended.paused)
    }

    /// What was parked for the pauses that are over has been released.
    pub(super) fn released(&mut self) {
        for ended in &mut self.ended {
            ended.released = true;
        }
    }
}
