//! Where in the configuration something is.

use std::fmt;

use serde::Serialize;

/// Where in the configuration something is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file as it was named.
    pub file: String,
    /// The place in the file; `None` if it is about the file as a whole.
    #[serde(flatten)]
    pub position: Option<Position>,
    /// The path of the key, as in `connections.crm.settings.apiKey`; empty for the file as a whole.
    pub key: String,
}

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The character of the line, from 1.
    pub column: usize,
}

/// As editors and terminals take it: `waystation.toml:12:5`.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(Position { line, column }) => write!(f, "{}:{line}:{column}", self.file),
            None => f.write_str(&self.file),
        }
    }
}
