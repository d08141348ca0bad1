//! What a run prints.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::{
    compare::describe,
    corpus::Tier,
    run::{Count, Counts, Failure, FileOutcome},
};

/// Differences shown of one failing case.
const SHOWN_DIFFERENCES: usize = 8;

/// The sum over all files.
#[must_use]
pub fn total(outcomes: &[FileOutcome]) -> Counts {
    outcomes
        .iter()
        .fold(Counts::default(), |sum, outcome| sum.plus(outcome.counts))
}

/// The counts as lines for people; with `failures`, every failing case above its file's line.
#[must_use]
pub fn text(outcomes: &[FileOutcome], failures: bool) -> String {
    let mut text = String::new();
    for outcome in outcomes {
        if failures {
            outcome
                .failures
                .iter()
                .for_each(|failure| push_failure(&mut text, outcome, failure));
        }
        push_file(&mut text, outcome);
    }
    let total = total(outcomes);
    // Writing to a String cannot fail; so it is ignored here and below.
    if total.by_design.total > 0 {
        let _ = writeln!(
            text,
            "different by design: {}",
            fraction_if_broken(total.by_design)
        );
    }
    if total.skipped > 0 {
        push_skipped(&mut text, outcomes, total.skipped);
    }
    let _ = writeln!(
        text,
        "total {} core {}",
        fraction(total.all()),
        fraction(total.core)
    );
    text
}

fn push_file(text: &mut String, outcome: &FileOutcome) {
    let (name, counts) = (outcome.file.name(), outcome.counts);
    if counts.all().total + counts.by_design.total > 0 || outcome.skipped.is_empty() {
        let (core, quirk) = (fraction(counts.core), fraction(counts.quirk));
        let _ = write!(
            text,
            "{name} {} (core {core}, quirk {quirk})",
            fraction(counts.all())
        );
        if counts.by_design.total > 0 {
            let _ = write!(
                text,
                ", different by design: {}",
                fraction_if_broken(counts.by_design)
            );
        }
        text.push('\n');
    }
}

/// Each reason once, however many files it keeps from being run.
fn push_skipped(text: &mut String, outcomes: &[FileOutcome], total: usize) {
    let _ = writeln!(text, "skipped: {total} (not counted as passed)");
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for (reason, cases) in outcomes.iter().flat_map(|outcome| &outcome.skipped) {
        *reasons.entry(reason).or_default() += cases;
    }
    for (reason, cases) in reasons {
        let _ = writeln!(text, "  {cases}: {reason}");
    }
}

fn push_failure(text: &mut String, outcome: &FileOutcome, failure: &Failure) {
    let _ = writeln!(
        text,
        "FAILED {} {} ({})",
        outcome.file.name(),
        failure.id,
        tier_name(failure.tier)
    );
    text.push_str(&describe(
        &failure.mismatch.expected,
        &failure.mismatch.actual,
        SHOWN_DIFFERENCES,
    ));
}

/// The counts for programs.
#[must_use]
pub fn as_json(outcomes: &[FileOutcome], failures: bool) -> Value {
    let files: Vec<Value> = outcomes
        .iter()
        .map(|outcome| file_json(outcome, failures))
        .collect();
    json!({ "files": files, "total": counts_json(total(outcomes)) })
}

fn file_json(outcome: &FileOutcome, failures: bool) -> Value {
    let mut file = json!({
        "name": outcome.file.name(),
        "area": outcome.file.area,
        "path": outcome.file.path.to_string_lossy(),
        "counts": counts_json(outcome.counts),
        "skipped": outcome.skipped,
    });
    if failures {
        file["failures"] = outcome.failures.iter().map(failure_json).collect();
    }
    file
}

fn failure_json(failure: &Failure) -> Value {
    json!({
        "id": failure.id,
        "tier": tier_name(failure.tier),
        "expected": failure.mismatch.expected,
        "actual": failure.mismatch.actual,
    })
}

fn counts_json(counts: Counts) -> Value {
    let pair = |count: Count| json!({ "passed": count.passed, "total": count.total });
    let all = counts.all();
    json!({
        "passed": all.passed,
        "total": all.total,
        "core": pair(counts.core),
        "quirk": pair(counts.quirk),
        "by_design": pair(counts.by_design),
        "skipped": counts.skipped,
    })
}

fn tier_name(tier: Tier) -> &'static str {
    match tier {
        Tier::Core => "core",
        Tier::Quirk => "quirk",
    }
}

fn fraction(count: Count) -> String {
    format!("{}/{}", count.passed, count.total)
}

/// The number of cases; with those that hold in front if not all do.
fn fraction_if_broken(count: Count) -> String {
    if count.passed == count.total {
        count.total.to_string()
    } else {
        fraction(count)
    }
}
