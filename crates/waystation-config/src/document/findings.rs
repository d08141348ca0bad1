//! Gathers what is wrong with a file, so that all of it is told at once.

use super::source::Source;
use super::spot::Spot;
use crate::fault::{Fault, Place, Problem, Severity};

/// What was found wrong so far.
#[derive(Debug)]
pub(crate) struct Findings<'s> {
    source: &'s Source,
    faults: Vec<Fault>,
}

impl<'s> Findings<'s> {
    pub(crate) fn new(source: &'s Source) -> Self {
        Self {
            source,
            faults: Vec::new(),
        }
    }

    /// Notes a problem of the value at a place.
    pub(crate) fn add(&mut self, spot: &Spot, problem: Problem) {
        let place = self.place(spot);
        self.faults.push(Fault { place, problem });
    }

    /// The place for people.
    pub(crate) fn place(&self, spot: &Spot) -> Place {
        Place {
            file: self.source.name.clone(),
            position: Some(self.source.position(spot.span.start)),
            key: spot.key.to_string(),
        }
    }

    /// Where in the file a place within a text is, given as bytes of the text; `None` if the text is not
    /// written as it reads, with escapes for example.
    pub(crate) fn within(&self, text: &str, spot: &Spot, offset: usize) -> Option<Spot> {
        let written = self.source.text.get(spot.span.clone())?;
        Some(spot.at(written.find(text)? + offset))
    }

    /// Whether something was found about a key of the table at a place.
    pub(crate) fn is_told(&self, table: &Spot, key: &str) -> bool {
        let path = table.key.key(key).to_string();
        self.faults.iter().any(|fault| {
            let rest = fault.place.key.strip_prefix(&path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }

    /// How many errors there are; warnings do not count.
    pub(crate) fn errors(&self) -> usize {
        self.faults
            .iter()
            .filter(|fault| fault.severity() == Severity::Error)
            .count()
    }

    pub(crate) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }
}
