//! What a destination can do, counted from its definition: for lists that people choose from.

use std::fmt;

use crate::any::{AnyDestination, Perform};
use crate::auth::Scheme;

/// What a destination can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities {
    /// How many actions it has.
    pub actions: usize,
    /// How many of them take batches, with a result for each item.
    pub batched: usize,
    /// How many hand batches in as jobs and ask about them later.
    pub asynchronous: usize,
    /// Whether the partner forgets a person on request.
    pub deletes_people: bool,
    /// Whether audiences are kept at the partner.
    pub keeps_audiences: bool,
    /// Whether it is connected by OAuth.
    pub uses_oauth: bool,
    /// Whether the partner is asked for choices while a mapping is edited.
    pub has_dynamic_fields: bool,
    /// Whether something happens at the partner when a mapping is saved.
    pub has_hooks: bool,
}

impl Capabilities {
    /// Counts what a definition has.
    #[must_use]
    pub fn of(destination: &AnyDestination) -> Self {
        let count = |is: fn(&Perform) -> bool| {
            let actions = destination.actions.iter();
            actions.filter(|action| is(&action.perform)).count()
        };
        let scheme = destination
            .authentication
            .as_ref()
            .map(|authentication| authentication.scheme);
        Self {
            actions: destination.actions.len(),
            batched: count(|perform| matches!(perform, Perform::Batched { .. })),
            asynchronous: count(|perform| matches!(perform, Perform::Asynchronous { .. })),
            deletes_people: destination.delete.is_some(),
            keeps_audiences: destination.audiences.is_some(),
            uses_oauth: matches!(scheme, Some(Scheme::OAuth2 | Scheme::OAuthManaged)),
            has_dynamic_fields: destination
                .actions
                .iter()
                .any(|action| !action.dynamic_fields.handlers.is_empty()),
            has_hooks: destination.actions.iter().any(|action| !action.hooks.is_empty()),
        }
    }
}

/// `15 actions, 15 in batches; deletes people; OAuth`.
impl fmt::Display for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.actions == 1 { "" } else { "s" };
        write!(f, "{} action{plural}", self.actions)?;
        if self.batched > 0 {
            write!(f, ", {} in batches", self.batched)?;
        }
        if self.asynchronous > 0 {
            write!(f, ", {} as jobs", self.asynchronous)?;
        }
        let others = [
            (self.deletes_people, "deletes people"),
            (self.keeps_audiences, "keeps audiences"),
            (self.uses_oauth, "OAuth"),
            (self.has_dynamic_fields, "asks for choices"),
            (self.has_hooks, "hooks"),
        ];
        others
            .iter()
            .filter(|(has, _)| *has)
            .try_for_each(|(_, what)| write!(f, "; {what}"))
    }
}
