//! What the output looks like where it is read.

use std::env;
use std::io::{IsTerminal as _, stdout};

/// How wide the output is where nothing says so.
const USUAL_WIDTH: usize = 80;

/// A table that is narrower than this says nothing.
const LEAST_WIDTH: usize = 40;

/// Whom the output is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Tables, for people.
    Table,
    /// A line of JSON for each thing, for programs.
    Json,
}

/// What the output looks like where it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screen {
    /// How many columns fit.
    pub width: usize,
    /// Whether there are colours.
    pub colour: bool,
    /// Whom it is for.
    pub form: Form,
}

impl Screen {
    /// The one that standard output is: tables on a terminal, JSON elsewhere; coloured on a terminal, unless `NO_COLOR`
    /// is set to something (<https://no-color.org>).
    #[must_use]
    pub fn detect() -> Self {
        let is_terminal = stdout().is_terminal();
        let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        let columns = || env::var("COLUMNS").ok()?.parse().ok();
        let measured = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        Self {
            width: measured.or_else(columns).unwrap_or(USUAL_WIDTH).max(LEAST_WIDTH),
            colour: is_terminal && !is_set("NO_COLOR") && !is_dumb,
            form: match is_terminal {
                true => Form::Table,
                false => Form::Json,
            },
        }
    }
}
