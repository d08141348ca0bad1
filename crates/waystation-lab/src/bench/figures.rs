//! Figures as they are printed: for people, and as a line of JSON.

use std::io::Write;

use serde::Serialize;

use crate::stage::Error;

/// What a figure should be.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

impl Goal {
    fn is_reached(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
        }
    }

    fn words(self) -> String {
        match self {
            Self::AtLeast(least) => format!("goal at least {least}"),
            Self::AtMost(most) => format!("goal at most {most}"),
        }
    }
}

/// Several measurements of the same thing.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

impl Spread {
    /// The spread of values; zeros if there are none.
    pub(crate) fn of(values: &[f64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        Self {
            median: percentile(&sorted, 50.0),
            low: sorted.first().copied().unwrap_or_default(),
            high: sorted.last().copied().unwrap_or_default(),
        }
    }
}

/// The value below which so many percent of sorted values are; 0 if there are none.
pub(crate) fn percentile(sorted: &[f64], percent: f64) -> f64 {
    let place = (sorted.len() as f64 * percent / 100.0) as usize;
    let value = sorted.get(place.min(sorted.len().saturating_sub(1)));
    value.copied().unwrap_or_default()
}

/// One line of a benchmark's result.
#[derive(Debug, Serialize)]
struct Line {
    case: String,
    unit: &'static str,
    ours: Spread,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    theirs: Option<Spread>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ratio: Option<Spread>,
    #[serde(skip_serializing_if = "Option::is_none")]
    goal: Option<Goal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reached: Option<bool>,
}

/// The results of one benchmark.
#[derive(Debug, Serialize)]
pub(crate) struct Figures {
    bench: &'static str,
    lines: Vec<Line>,
}

impl Figures {
    pub(crate) fn new(bench: &'static str) -> Self {
        Self {
            bench,
            lines: Vec::new(),
        }
    }

    /// Measurements of both sides, taken in turn; the goal is for the ratio of ours to theirs.
    pub(crate) fn compare(
        &mut self,
        case: impl Into<String>,
        unit: &'static str,
        ours: &[f64],
        (against, theirs): (&'static str, &[f64]),
        goal: Option<Goal>,
    ) {
        let ratios: Vec<f64> = ours
            .iter()
            .zip(theirs)
            .map(|(ours, theirs)| ours / theirs)
            .collect();
        let (case, ratio) = (case.into(), Spread::of(&ratios));
        let (ours, theirs) = (Spread::of(ours), Spread::of(theirs));
        say(&format!(
            "{case}: {} {unit}, {against} {}: {:.3} of it ({:.3} to {:.3}){}",
            rounded(ours.median),
            rounded(theirs.median),
            ratio.median,
            ratio.low,
            ratio.high,
            verdict(goal, ratio.median)
        ));
        self.lines.push(Line {
            case,
            unit,
            ours,
            against: Some(against),
            theirs: Some(theirs),
            ratio: Some(ratio),
            reached: goal.map(|goal| goal.is_reached(ratio.median)),
            goal,
        });
    }

    /// Measurements that stand for themselves.
    pub(crate) fn absolute(
        &mut self,
        case: impl Into<String>,
        unit: &'static str,
        values: &[f64],
        goal: Option<Goal>,
    ) {
        let (case, ours) = (case.into(), Spread::of(values));
        say(&format!(
            "{case}: {} {unit} ({} to {}){}",
            rounded(ours.median),
            rounded(ours.low),
            rounded(ours.high),
            verdict(goal, ours.median)
        ));
        self.lines.push(Line {
            case,
            unit,
            ours,
            against: None,
            theirs: None,
            ratio: None,
            reached: goal.map(|goal| goal.is_reached(ours.median)),
            goal,
        });
    }

    /// The line for machines.
    pub(crate) fn finish(self) -> Result<(), Error> {
        let line = serde_json::to_string(&self);
        let line = line.map_err(|error| Error::Other(format!("the result is no JSON: {error}")))?;
        writeln!(std::io::stdout(), "{line}").map_err(Error::io("writing the result"))
    }
}

/// Tells while it is measured.
pub(crate) fn say(text: &str) {
    // Nobody may be reading any more; the line for machines finds out.
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn rounded(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value => format!("{value:.2}"),
    }
}

fn verdict(goal: Option<Goal>, value: f64) -> String {
    let Some(goal) = goal else { return String::new() };
    let reached = if goal.is_reached(value) {
        "reached"
    } else {
        "NOT reached"
    };
    format!("; {}: {reached}", goal.words())
}
