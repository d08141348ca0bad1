//! What actions share with each other and with the caller: the transaction of an event, the state of a request.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use waystation_kit::services::{RequestState, StateLifetime, Transaction};

/// The transaction of one event: what its actions at one connection note for those that follow.
#[derive(Debug, Default)]
pub struct EventTransaction(Mutex<BTreeMap<String, String>>);

impl EventTransaction {
    /// A transaction in which this was noted before.
    #[must_use]
    pub fn new(values: BTreeMap<String, String>) -> Self {
        Self(Mutex::new(values))
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        // A value is inserted as a whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transaction for EventTransaction {
    fn values(&self) -> BTreeMap<String, String> {
        self.locked().clone()
    }

    fn set(&self, key: &str, value: &str) {
        self.locked().insert(key.to_owned(), value.to_owned());
    }
}

/// Values that came with a request, and those that go back with its answer.
#[derive(Debug, Default)]
pub struct CarriedState {
    given: BTreeMap<String, String>,
    noted: Mutex<BTreeMap<String, (String, StateLifetime)>>,
}

impl CarriedState {
    /// What came with the request.
    #[must_use]
    pub fn new(given: BTreeMap<String, String>) -> Self {
        Self {
            given,
            noted: Mutex::default(),
        }
    }

    /// What goes back: each value, and how long the caller is to keep it.
    #[must_use]
    pub fn noted(&self) -> BTreeMap<String, (String, StateLifetime)> {
        self.locked().clone()
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<String, (String, StateLifetime)>> {
        // A value is inserted as a whole.
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RequestState for CarriedState {
    fn request_value(&self, key: &str) -> Option<String> {
        self.given.get(key).cloned()
    }

    fn set_response_value(&self, key: &str, value: &str, lifetime: StateLifetime) {
        self.locked().insert(key.to_owned(), (value.to_owned(), lifetime));
    }
}
