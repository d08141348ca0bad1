//! What is shown: tables for people, lines of JSON for programs.

mod screen;
mod table;
mod text;

use std::io::{self, Write};

use serde_json::Value;

pub use screen::{Form, Screen};
pub(crate) use table::{Column, Table};
pub(crate) use text::{Cell, Tone, age, count};

/// Where a command shows what it has found.
pub struct Output<'out> {
    out: &'out mut (dyn Write + Send),
    screen: Screen,
}

impl<'out> Output<'out> {
    /// Shows things there, as it fits on that screen.
    #[must_use]
    pub fn new(out: &'out mut (dyn Write + Send), screen: Screen) -> Self {
        Self { out, screen }
    }

    /// The same in another form than the screen would have by itself.
    pub(crate) fn prefer(&mut self, form: Option<Form>) {
        self.screen.form = form.unwrap_or(self.screen.form);
    }

    /// Whether programs read it.
    pub(crate) fn is_json(&self) -> bool {
        self.screen.form == Form::Json
    }

    /// A value on a line of its own.
    pub(crate) fn json(&mut self, value: &Value) -> io::Result<()> {
        writeln!(self.out, "{value}")?;
        self.out.flush()
    }

    /// A line for people.
    pub(crate) fn line(&mut self, cells: &[Cell]) -> io::Result<()> {
        let line: String = cells
            .iter()
            .map(|cell| cell.painted(self.screen.colour))
            .collect();
        writeln!(self.out, "{}", line.trim_end())?;
        self.out.flush()
    }

    /// A table.
    pub(crate) fn table(&mut self, table: &Table) -> io::Result<()> {
        self.out.write_all(table.rendered(&self.screen).as_bytes())?;
        self.out.flush()
    }

    /// How wide it is, in columns.
    pub(crate) const fn width(&self) -> usize {
        self.screen.width
    }
}
