//! Mistakes that a destination's definition may hold, which no compiler finds.
//!
//! Authors meet this as `waystation_testkit::check`; the scaffold asks the same of what it is about to write.
#![forbid(unsafe_code)]

mod dynamic;
mod fields;
mod finding;
mod names;
mod subscriptions;

use waystation_kit::Destination;
use waystation_kit::any::{AnyAction, AnyDestination};
use waystation_kit::fields::Fields;

use finding::Findings;
pub use finding::{Finding, Rule};

/// Checks the definition of a destination; every destination has this as a test.
///
/// ```ignore
/// #[test]
/// fn the_definition_holds_together() {
///     waystation_testkit::check::<ExampleCrm>();
/// }
/// ```
///
/// # Panics
/// With all findings.
#[track_caller]
pub fn check<D: Destination>() {
    check_except::<D>(&[]);
}

/// As [`check`], but for findings that are meant: a rule and the place that is allowed to break it.
///
/// # Panics
/// With all other findings, and with exceptions that nothing is found for any more.
#[track_caller]
pub fn check_except<D: Destination>(exceptions: &[(Rule, &str)]) {
    let findings = findings::<D>();
    let found = |(rule, place): &(Rule, &str)| {
        let mut findings = findings.iter();
        findings.any(|finding| finding.rule == *rule && finding.place == *place)
    };
    let allowed = |finding: &&Finding| exceptions.contains(&(finding.rule, finding.place.as_str()));
    let stale = exceptions.iter().filter(|exception| !found(exception));
    let stale =
        stale.map(|(rule, place)| format!("{place}: the exception from {rule:?} is no longer needed"));
    let left = findings.iter().filter(|finding| !allowed(finding));
    let told: Vec<String> = left.map(ToString::to_string).chain(stale).collect();
    assert!(
        told.is_empty(),
        "the definition of {} has {} to mend:\n  {}",
        D::SLUG,
        if told.len() == 1 { "something" } else { "things" },
        told.join("\n  ")
    );
}

/// Everything that is found in the definition of a destination.
#[must_use]
pub fn findings<D: Destination>() -> Vec<Finding> {
    findings_in(&D::definition().build())
}

/// Everything that is found in a definition whose types are forgotten.
#[must_use]
pub fn findings_in(destination: &AnyDestination) -> Vec<Finding> {
    let mut findings = Findings::default();
    names::check(destination, &mut findings);
    for list in field_lists(destination) {
        fields::check(&list, &mut findings);
    }
    fields::check_secrets(destination, &mut findings);
    for action in &destination.actions {
        dynamic::check(action, &mut findings);
    }
    subscriptions::check(destination, &mut findings);
    findings.into_list()
}

/// A list of fields, and what it is for.
struct FieldList<'d> {
    place: String,
    fields: &'d Fields,
    purpose: Purpose,
}

/// What fields are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// A person fills them in.
    Form,
    /// A mapping fills them in.
    Payload,
    /// A hook fills them in.
    Output,
}

fn field_lists(destination: &AnyDestination) -> Vec<FieldList<'_>> {
    let mut lists = Vec::new();
    let mut add = |place: String, fields, purpose| {
        lists.push(FieldList {
            place,
            fields,
            purpose,
        });
    };
    if let Some(authentication) = &destination.authentication {
        add("settings".to_owned(), &authentication.fields, Purpose::Form);
    }
    if let Some(audiences) = &destination.audiences {
        add("audience settings".to_owned(), &audiences.fields, Purpose::Form);
    }
    for action in &destination.actions {
        add(action.slug.to_owned(), &action.fields, Purpose::Payload);
        for hook in &action.hooks {
            let place = format!("{}.{}", action.slug, hook.hook_type.name());
            add(format!("{place}.inputs"), &hook.input_fields, Purpose::Form);
            add(format!("{place}.outputs"), &hook.output_types, Purpose::Output);
        }
    }
    lists
}

/// The action of this slug.
fn action<'d>(destination: &'d AnyDestination, slug: &str) -> Option<&'d AnyAction> {
    destination.action(slug).map(AsRef::as_ref)
}

#[cfg(test)]
mod tests;
