//! Redactors that were made before.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use waystation_kit::Secret;

use super::{NameRules, Redactor};

/// How many sets of secrets are remembered: an author's one or two, and those of the busiest callers.
const REMEMBERED: usize = 32;

/// Sets of more bytes of secrets than these are not remembered. A redactor takes some twenty times as much.
const LARGEST: usize = 8 << 10;

/// Makes redactors, each once while its secrets stay the same: what looks for secrets costs more to make than to use.
/// Copies share what is remembered.
#[derive(Debug, Clone, Default)]
pub struct Redactors(Arc<Mutex<VecDeque<Known>>>);

#[derive(Debug)]
struct Known {
    secrets: Vec<Secret>,
    names: NameRules,
    redactor: Redactor,
}

impl Redactors {
    /// What hides these secrets, and the values of these names.
    #[must_use]
    pub fn of(&self, mut secrets: Vec<Secret>, names: NameRules) -> Redactor {
        secrets.sort_unstable_by(|one, other| one.expose().cmp(other.expose()));
        secrets.dedup();
        if let Some(redactor) = self.remembered(&secrets, names) {
            return redactor;
        }
        let redactor = Redactor::builder().secrets(&secrets).names(names).build();
        let size: usize = secrets.iter().map(|secret| secret.expose().len()).sum();
        if size <= LARGEST {
            let mut known = self.locked();
            known.truncate(REMEMBERED - 1);
            known.push_front(Known {
                secrets,
                names,
                redactor: redactor.clone(),
            });
        }
        redactor
    }

    fn remembered(&self, secrets: &[Secret], names: NameRules) -> Option<Redactor> {
        let mut known = self.locked();
        let is_it = |known: &Known| known.names == names && known.secrets == secrets;
        let place = known.iter().position(is_it)?;
        let found = known.remove(place)?;
        let redactor = found.redactor.clone();
        known.push_front(found);
        Some(redactor)
    }

    fn locked(&self) -> MutexGuard<'_, VecDeque<Known>> {
        // What is in it is only a memory.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(redactors: &Redactors, secrets: &[&str]) -> Redactor {
        let secrets = secrets.iter().copied().map(Secret::from).collect();
        redactors.of(secrets, NameRules::Credentials)
    }

    #[test]
    fn a_redactor_is_made_once_for_the_same_secrets() {
        let redactors = Redactors::default();
        let first = of(&redactors, &["secret-one", "secret-two"]);
        let second = of(&redactors, &["secret-two", "secret-one", "secret-two"]);
        assert!(first.is_same(&second));
        assert!(!first.is_same(&of(&redactors, &["secret-one"])));
        assert!(!first.is_same(&redactors.of(
            vec!["secret-one".into(), "secret-two".into()],
            NameRules::Reference
        )));
    }

    #[test]
    fn few_are_remembered_and_none_of_large_ones() {
        let redactors = Redactors::default();
        let first = of(&redactors, &["secret-0"]);
        for number in 1..=REMEMBERED {
            let secret = format!("secret-{number}");
            assert_eq!(of(&redactors, &[&secret]).text(&secret), "<redacted>");
        }
        assert!(!first.is_same(&of(&redactors, &["secret-0"])));
        let large = "x".repeat(LARGEST + 1);
        assert!(!of(&redactors, &[&large]).is_same(&of(&redactors, &[&large])));
        assert_eq!(redactors.locked().len(), REMEMBERED);
    }
}
