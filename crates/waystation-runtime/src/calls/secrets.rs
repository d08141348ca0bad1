//! What is to be hidden of a call.

use std::sync::{Mutex, MutexGuard, PoisonError};

use waystation_client::{NameRules, Redactor, Redactors};
use waystation_kit::Secret;
use waystation_kit::services::TakenSecrets;

use super::CallSettings;

/// The secrets of a call as they become known.
pub(super) struct Secrets {
    known: Mutex<Vec<Secret>>,
    taken: TakenSecrets,
    names: NameRules,
    redactors: Redactors,
}

impl Secrets {
    pub(super) fn new<'s>(settings: &CallSettings, secrets: impl IntoIterator<Item = &'s Secret>) -> Self {
        Self {
            known: Mutex::new(secrets.into_iter().cloned().collect()),
            taken: settings.services.taken.clone(),
            names: settings.hidden_names,
            redactors: settings.client.redactors().clone(),
        }
    }

    pub(super) fn add<'s>(&self, secrets: impl IntoIterator<Item = &'s Secret>) {
        self.locked().extend(secrets.into_iter().cloned());
    }

    pub(super) fn all(&self) -> Vec<Secret> {
        let mut secrets = self.taken.all();
        secrets.extend_from_slice(&self.locked());
        secrets
    }

    pub(super) fn redactor(&self) -> Redactor {
        self.redactors.of(self.all(), self.names)
    }

    fn locked(&self) -> MutexGuard<'_, Vec<Secret>> {
        // Secrets are only ever added, one by one.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
