//! The record against the partner's own notes.

use std::collections::BTreeMap;
use std::fmt;

use super::answers::Meaning;
use super::partner::Arrivals;
use super::service::{connection, mark};
use crate::stage::Error;
use crate::stage::store::{Recorded, Store};

/// What the comparison found.
#[derive(Default)]
pub(super) struct Report {
    /// What is not true.
    pub(super) faults: Vec<String>,
    /// Events of which the record tells the truth.
    pub(super) true_events: usize,
    /// By connection.
    pub(super) tallies: BTreeMap<&'static str, Tally>,
}

/// How the events of a connection ended.
#[derive(Default)]
pub(super) struct Tally(BTreeMap<String, usize>);

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (ending, count)) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{ending} {count}")?;
        }
        Ok(())
    }
}

/// Compares every event.
pub(super) fn compare(store: &Store, arrivals: &Arrivals, events: usize) -> Result<Report, Error> {
    let recorded = store.recorded()?;
    let mut report = Report::default();
    for number in 0..events {
        let (mark, connection) = (mark(number), connection(number));
        let meanings = arrivals.get(&mark).map_or(&[][..], Vec::as_slice);
        let Some(record) = recorded.get(&mark) else {
            report.faults.push(format!("nothing is recorded of {mark}"));
            continue;
        };
        let tally = report.tallies.entry(connection).or_default();
        *tally.0.entry(ending(record)).or_default() += 1;
        match contradiction(record, meanings) {
            None => report.true_events += 1,
            Some(why) => report.faults.push(format!(
                "{connection} {mark}: {why}; the partner meant {meanings:?}"
            )),
        }
    }
    Ok(report)
}

fn ending(record: &Recorded) -> String {
    match &record.stage {
        Some(stage) => format!("{} ({stage})", record.outcome),
        None => record.outcome.clone(),
    }
}

/// What the record says that the partner's notes do not bear out.
fn contradiction(record: &Recorded, meanings: &[Meaning]) -> Option<String> {
    let Some((last, earlier)) = meanings.split_last() else {
        return Some(format!("it is {} and never arrived", ending(record)));
    };
    if earlier
        .iter()
        .any(|meaning| matches!(meaning, Meaning::Taken | Meaning::Refused))
    {
        return Some("it was sent again after the partner had decided".to_owned());
    }
    let expected = match last {
        Meaning::Taken => ("delivered", None),
        Meaning::Refused => ("dead", Some("delivery")),
        Meaning::Unknown => ("dead", Some("unknown_outcome")),
        Meaning::Failing => ("dead", Some("delivery")),
    };
    let said = (record.outcome.as_str(), record.stage.as_deref());
    (said != expected).then(|| format!("it is {said:?} and should be {expected:?}"))
}
