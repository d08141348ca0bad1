//! What outlives a call: cache, transaction, state, clock, environment.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::future::BoxFuture;
use crate::secret::Secret;

pub use waystation_clock::{Clock, Millis};

/// Remembers texts between calls of one destination; bounded, and never the only place where something is
/// kept.
pub trait Cache: Send + Sync {
    /// What was remembered under the key, if it is still there.
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Option<String>>;

    /// Remembers a text for a time.
    fn set<'a>(&'a self, key: &'a str, value: String, time_to_live: Duration) -> BoxFuture<'a, ()>;
}

/// Texts shared between the actions of one event.
pub trait Transaction: Send + Sync {
    /// Every value set so far.
    fn values(&self) -> BTreeMap<String, String>;

    /// Sets a value for the actions that follow.
    fn set(&self, key: &str, value: &str);
}

/// Values that travel with the caller's request and answer.
pub trait RequestState: Send + Sync {
    /// A value that came with the request.
    fn request_value(&self, key: &str) -> Option<String>;

    /// A value to send back, and how long the caller is to keep it.
    fn set_response_value(&self, key: &str, value: &str, lifetime: StateLifetime);
}

/// How long the caller is to keep a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StateLifetime {
    /// Whole hours.
    pub hour: Option<u32>,
    /// Minutes.
    pub minute: Option<u32>,
    /// Seconds.
    pub second: Option<u32>,
}

impl StateLifetime {
    /// The whole of it; `None` where the action does not say.
    #[must_use]
    pub fn duration(self) -> Option<Duration> {
        let parts = [(self.hour, 3_600), (self.minute, 60), (self.second, 1)];
        let seconds = parts
            .into_iter()
            .filter_map(|(number, seconds)| Some(u64::from(number?) * seconds));
        seconds.reduce(|sum, more| sum + more).map(Duration::from_secs)
    }
}

/// Values of the operator's environment; tests bring their own.
#[derive(Debug, Clone, Default)]
pub enum Environment {
    /// The process's environment variables.
    #[default]
    Process,
    /// These and no others.
    Fixed(Arc<BTreeMap<String, String>>),
}

impl Environment {
    /// A value, if it is set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<String> {
        match self {
            Self::Process => std::env::var(name).ok(),
            Self::Fixed(values) => values.get(name).cloned(),
        }
    }
}

/// The secrets that actions took from the environment, for whoever shows what they did: nobody else knows which of the
/// operator's variables were used. Copies share one list.
#[derive(Debug, Clone, Default)]
pub struct TakenSecrets(Arc<Mutex<Vec<Secret>>>);

impl TakenSecrets {
    /// Every secret that was taken so far, each once.
    #[must_use]
    pub fn all(&self) -> Vec<Secret> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many there are so far; the list only grows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Notes that an action was given a secret.
    pub(crate) fn note(&self, secret: &Secret) {
        // A value is pushed as a whole.
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !taken.contains(secret) {
            taken.push(secret.clone());
        }
    }
}
