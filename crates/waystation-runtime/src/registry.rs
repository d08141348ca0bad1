//! The destinations that this process offers.

use std::collections::BTreeMap;
use std::sync::Arc;

use waystation_kit::any::AnyDestination;

use crate::destination::LoadedDestination;
use crate::error::DefinitionError;

/// How unlike two names may be for one to be offered in place of the other (1 is equal).
const LEAST_LIKENESS: f64 = 0.7;

/// The destinations by slug.
#[derive(Default, Clone)]
pub struct Registry {
    destinations: BTreeMap<&'static str, Arc<LoadedDestination>>,
}

impl Registry {
    /// Compiles every destination; a faulty one is told at start, not at its first event.
    ///
    /// # Errors
    /// The first definition that cannot be used.
    pub fn new(definitions: impl IntoIterator<Item = AnyDestination>) -> Result<Self, DefinitionError> {
        let destinations = definitions
            .into_iter()
            .map(|definition| Ok((definition.slug, Arc::new(LoadedDestination::new(definition)?))))
            .collect::<Result<_, DefinitionError>>()?;
        Ok(Self { destinations })
    }

    /// The destination of this slug.
    #[must_use]
    pub fn get(&self, slug: &str) -> Option<&Arc<LoadedDestination>> {
        self.destinations.get(slug)
    }

    /// Every destination in the order of slugs.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<LoadedDestination>> {
        self.destinations.values()
    }

    /// The slug that looks most like the given one, for a hint in an error message.
    #[must_use]
    pub fn nearest(&self, slug: &str) -> Option<&'static str> {
        nearest(slug, self.destinations.keys().copied())
    }
}

/// The name that looks most like the given one, if any does: for hints in error messages.
#[must_use]
pub fn nearest<'n>(name: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let lower = name.to_lowercase();
    names
        .map(|candidate| (strsim::jaro_winkler(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= LEAST_LIKENESS)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_typing_mistake_finds_its_name() {
        let names = ["trackEvent", "trackPageView", "deletePerson"];
        assert_eq!(nearest("trackEvnt", names.into_iter()), Some("trackEvent"));
        assert_eq!(nearest("TRACKEVENT", names.into_iter()), Some("trackEvent"));
        assert_eq!(nearest("zzz", names.into_iter()), None);
    }
}
