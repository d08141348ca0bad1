//! Whether an event may go to a connection: what its sender says in `integrations`, and the person's consent.
//!
//! The rules are Segment's: "Filtering with the Integrations object"
//! (<https://segment.com/docs/guides/filtering-data/>) and "Consent in Segment Connections"
//! (<https://segment.com/docs/privacy/consent-management/consent-in-segment-connections/>). Consent is looked at
//! first, as there.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::Value;
use waystation_config::ConnectionConfig;
use waystation_queue::SkipRule;

/// The member of `integrations` that speaks of all destinations.
const ALL: &str = "all";

/// Words that tell the kinds of a partner's destinations apart at Segment, and not one partner from another.
const KINDS: [&str; 3] = ["actions", "cloud", "mode"];

/// What an event says about where it may go.
#[derive(Debug)]
pub(super) struct Permission<'event> {
    integrations: Vec<(Named, bool)>,
    consent: Consent<'event>,
}

/// Whom a member of `integrations` means.
#[derive(Debug, PartialEq, Eq)]
enum Named {
    All,
    Destination(String),
}

/// What is known of a person's consent.
#[derive(Debug)]
enum Consent<'event> {
    /// Nothing: consent is not enforced.
    NotAsked,
    /// This was said about categories; what is not said is no consent.
    Asked(Option<&'event Value>),
}

/// What a connection answers to, and what it needs consent for.
#[derive(Debug)]
pub(super) struct Subject {
    names: HashSet<String>,
    categories: Arc<[String]>,
}

impl Subject {
    /// The connection's own name, and every name of its destination.
    pub(super) fn of(connection: &ConnectionConfig) -> Self {
        let destination = connection.destination.definition();
        let names = [destination.slug, destination.registered_slug, destination.name];
        let names = names.iter().chain(destination.other_names).copied();
        Self {
            names: names.chain([&*connection.name]).map(plain).collect(),
            categories: Arc::clone(&connection.consent),
        }
    }
}

impl<'event> Permission<'event> {
    /// What this event says.
    pub(super) fn of(event: &'event Value) -> Self {
        let integrations = event.get("integrations").and_then(Value::as_object);
        let said = integrations.into_iter().flatten().filter_map(|(name, value)| {
            let named = match name.eq_ignore_ascii_case(ALL) {
                true => Named::All,
                false => Named::Destination(plain(name)),
            };
            Some((named, allows(value)?))
        });
        Self {
            integrations: said.collect(),
            consent: Consent::of(event, integrations.is_some_and(|said| !said.is_empty())),
        }
    }

    /// The rule by which the event must not go there, if there is one.
    pub(super) fn refusal(&self, subject: &Subject) -> Option<SkipRule> {
        if !self.consent.covers(&subject.categories) {
            return Some(SkipRule::Consent);
        }
        (!self.integrates(subject)).then_some(SkipRule::Integrations)
    }

    /// A destination's own names are narrower than `All`. Of several names for one destination that contradict each
    /// other, the one that forbids counts.
    fn integrates(&self, subject: &Subject) -> bool {
        let about = |is_meant: &dyn Fn(&Named) -> bool| {
            let said = self.integrations.iter().filter(|(named, _)| is_meant(named));
            said.map(|(_, allowed)| *allowed)
                .reduce(|one, other| one && other)
        };
        about(&|named| matches!(named, Named::Destination(name) if subject.names.contains(name)))
            .or_else(|| about(&|named| *named == Named::All))
            .unwrap_or(true)
    }
}

impl<'event> Consent<'event> {
    /// Segment does not enforce the consent of an event that lacks the consent object. One that is there and empty
    /// counts as a refusal only beside an `integrations` object, by Segment's own table.
    fn of(event: &'event Value, has_integrations: bool) -> Self {
        let consent = event.get("context").and_then(|context| context.get("consent"));
        match consent {
            None | Some(Value::Null) => Self::NotAsked,
            Some(consent) => match consent.get("categoryPreferences") {
                None | Some(Value::Null) if !has_integrations => Self::NotAsked,
                preferences => Self::Asked(preferences),
            },
        }
    }

    /// A connection with several categories needs consent to each of them.
    fn covers(&self, categories: &[String]) -> bool {
        match self {
            Self::NotAsked => true,
            Self::Asked(preferences) => categories.iter().all(|category| {
                preferences.and_then(|preferences| preferences.get(category)) == Some(&Value::Bool(true))
            }),
        }
    }
}

/// What the value of a member says: `false` forbids, `true` and an object of options allow, null says nothing.
/// Senders that know texts alone write "false".
fn allows(value: &Value) -> Option<bool> {
    match value {
        Value::Null => None,
        Value::Bool(allowed) => Some(*allowed),
        Value::String(text) => Some(!text.eq_ignore_ascii_case("false")),
        _ => Some(true),
    }
}

/// A name without what spellings of it differ in, so that "Customer.io (Actions)", "Actions Customerio" and
/// `customerio` are one.
fn plain(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !KINDS.contains(word));
    match words.collect::<String>() {
        empty if empty.is_empty() => lower,
        plain => plain,
    }
}

#[cfg(test)]
mod tests;
