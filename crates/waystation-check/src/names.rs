//! Names: well formed, unique, with a word to people.

use std::collections::HashSet;

use waystation_kit::any::AnyDestination;

use crate::finding::{Findings, Rule};

pub(crate) fn check(destination: &AnyDestination, findings: &mut Findings) {
    if !is_destination_slug(destination.slug) {
        let message = format!("\"{}\" is not made of a-z, 0-9 and hyphens", destination.slug);
        findings.add(Rule::NamesWellFormed, "slug", message);
    }
    described("name", "name", destination.name, findings);
    described("description", "description", destination.description, findings);
    let actions = &destination.actions;
    for action in actions {
        if !is_action_slug(action.slug) {
            let message = "the slug is not a letter followed by letters, digits, hyphens and underscores";
            findings.add(Rule::NamesWellFormed, action.slug, message);
        }
        described(action.slug, "title", action.title, findings);
        described(action.slug, "description", action.description, findings);
        for hook in &action.hooks {
            let place = format!("{}.{}", action.slug, hook.hook_type.name());
            described(&place, "label", hook.label, findings);
            described(&place, "description", hook.description, findings);
        }
        unique(
            action.hooks.iter().map(|hook| hook.hook_type.name()),
            &format!("{}.", action.slug),
            findings,
        );
    }
    unique(actions.iter().map(|action| action.slug), "", findings);
    unique(
        destination.presets.iter().map(|preset| preset.name),
        "preset ",
        findings,
    );
}

fn is_destination_slug(slug: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    slug.starts_with(|c: char| c.is_ascii_lowercase()) && slug.chars().all(plain)
}

fn is_action_slug(slug: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    slug.starts_with(|c: char| c.is_ascii_alphabetic()) && slug.chars().all(plain)
}

pub(crate) fn described(place: &str, what: &str, text: &str, findings: &mut Findings) {
    if text.trim().is_empty() {
        findings.add(Rule::Described, place, format!("it has no {what}"));
    }
}

fn unique<'n>(names: impl Iterator<Item = &'n str>, kind: &str, findings: &mut Findings) {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            findings.add(
                Rule::NamesUnique,
                format!("{kind}{name}"),
                "the name is taken twice",
            );
        }
    }
}
