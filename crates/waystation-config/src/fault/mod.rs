//! What can be wrong with a configuration, and how it is told.

mod advice;
mod place;
mod problem;

use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;

use serde::Serialize;
use serde::ser::{SerializeStruct, Serializer};

pub use place::{Place, Position};
pub use problem::Problem;

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// What.
    pub problem: Problem,
}

/// Whether a configuration can be used in spite of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It cannot.
    Error,
    /// It can, but it hardly does what its author meant.
    Warning,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

impl Fault {
    /// Whether the configuration can be used in spite of it.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.problem.severity()
    }

    /// What is wrong, as a sentence that names the key.
    #[must_use]
    pub fn message(&self) -> String {
        match self.place.key.as_str() {
            "" => self.problem.to_string(),
            key => format!("`{key}` {}", self.problem),
        }
    }

    /// What to do about it, where that can be told.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        self.problem.hint()
    }
}

/// On two or three lines: `error: message`, the place, the hint.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = self.severity().name();
        write!(f, "{severity}: {}\n   --> {}", self.message(), self.place)?;
        match self.hint() {
            Some(hint) => write!(f, "\n  hint: {hint}"),
            None => Ok(()),
        }
    }
}

impl Serialize for Fault {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut shape = serializer.serialize_struct("Fault", 5)?;
        shape.serialize_field("severity", &self.severity())?;
        shape.serialize_field("code", self.problem.code())?;
        shape.serialize_field("message", &self.message())?;
        shape.serialize_field("hint", &self.hint())?;
        shape.serialize_field("place", &self.place)?;
        shape.end()
    }
}

/// Everything that is wrong with a configuration, errors first, in the order of the file.
#[derive(Debug, Clone, Default, PartialEq, thiserror::Error)]
pub struct Faults {
    faults: Vec<Fault>,
    files: Vec<PathBuf>,
}

impl Faults {
    pub(crate) fn new(mut faults: Vec<Fault>, files: Vec<PathBuf>) -> Self {
        let place = |fault: &Fault| {
            let position = fault.place.position;
            position.map_or((0, 0), |position| (position.line, position.column))
        };
        faults.sort_by_key(|fault| (fault.severity(), place(fault)));
        // What is wrong with the defaults of all connections is found again with every connection.
        let mut told = HashSet::new();
        faults.retain(|fault| told.insert((fault.place.to_string(), fault.message())));
        Self { faults, files }
    }

    /// The faults, errors first.
    pub fn iter(&self) -> std::slice::Iter<'_, Fault> {
        self.faults.iter()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.faults.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// How many of them keep the configuration from being used.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.count(Severity::Error)
    }

    /// The files that were looked at, for whoever waits for one of them to change.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    fn count(&self, severity: Severity) -> usize {
        let of_severity = self.iter().filter(|fault| fault.severity() == severity);
        of_severity.count()
    }
}

impl<'f> IntoIterator for &'f Faults {
    type Item = &'f Fault;
    type IntoIter = std::slice::Iter<'f, Fault>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// One after the other with blank lines between, and how many they are.
impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for fault in &self.faults {
            write!(f, "{fault}\n\n")?;
        }
        let count = |count: usize, one: &str| match count {
            1 => format!("1 {one}"),
            count => format!("{count} {one}s"),
        };
        match (self.errors(), self.count(Severity::Warning)) {
            (0, 0) => f.write_str("no faults"),
            (0, warnings) => f.write_str(&count(warnings, "warning")),
            (errors, 0) => f.write_str(&count(errors, "error")),
            (errors, warnings) => write!(f, "{}, {}", count(errors, "error"), count(warnings, "warning")),
        }
    }
}

impl Serialize for Faults {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.faults.serialize(serializer)
    }
}
