//! Tables that fit the terminal.

use super::screen::Screen;
use super::text::{Cell, Tone};

/// What stands between two columns.
const GAP: usize = 2;

/// A column that is cut off is at least this wide.
const LEAST: usize = 6;

/// A column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    title: &'static str,
    is_number: bool,
    is_flexible: bool,
}

impl Column {
    /// Numbers, on the right.
    pub(crate) const fn number(title: &'static str) -> Self {
        Self {
            title,
            is_number: true,
            is_flexible: false,
        }
    }

    /// A text that is always shown whole.
    pub(crate) const fn whole(title: &'static str) -> Self {
        Self {
            title,
            is_number: false,
            is_flexible: false,
        }
    }

    /// A text that is cut off where there is no room.
    pub(crate) const fn text(title: &'static str) -> Self {
        Self {
            title,
            is_number: false,
            is_flexible: true,
        }
    }
}

/// Rows under titles.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    has_titles: bool,
}

impl Table {
    pub(crate) fn new(columns: &[Column]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
            has_titles: true,
        }
    }

    /// Without the line of titles, for one that continues another.
    pub(crate) fn untitled(self) -> Self {
        Self {
            has_titles: false,
            ..self
        }
    }

    pub(crate) fn row(&mut self, cells: Vec<Cell>) {
        self.rows.push(cells);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The widths that it takes where there is this much room.
    fn widths(&self, room: usize) -> Vec<usize> {
        let natural = |(place, column): (usize, &Column)| {
            let cells = self.rows.iter().filter_map(|row| row.get(place));
            let widest = cells.map(Cell::width).max().unwrap_or_default();
            let title = if self.has_titles { column.title.len() } else { 0 };
            widest.max(title)
        };
        let mut widths: Vec<usize> = self.columns.iter().enumerate().map(natural).collect();
        let room = room.saturating_sub(GAP * widths.len().saturating_sub(1));
        // The widest of what may be cut off gives way, a column at a time.
        while widths.iter().sum::<usize>() > room {
            let flexible = self.columns.iter().zip(&mut widths);
            let widest = flexible
                .filter(|(column, width)| column.is_flexible && **width > LEAST)
                .max_by_key(|(_, width)| **width);
            match widest {
                Some((_, width)) => *width -= 1,
                None => break,
            }
        }
        widths
    }

    pub(crate) fn rendered(&self, screen: &Screen) -> String {
        let widths = self.widths(screen.width);
        let titles = self.has_titles.then(|| {
            let titles = self.columns.iter();
            titles
                .map(|column| Cell::new(column.title, Tone::Heading))
                .collect()
        });
        let rows = titles.iter().chain(&self.rows);
        rows.map(|row| self.line(row, &widths, screen.colour)).collect()
    }

    fn line(&self, row: &[Cell], widths: &[usize], colour: bool) -> String {
        let mut line = String::new();
        // Spaces at the end of a line are nobody's.
        let mut owed = 0;
        for ((cell, column), width) in row.iter().zip(&self.columns).zip(widths) {
            let cell = cell.cut(*width);
            let padding = width - cell.width();
            let (before, after) = match column.is_number {
                true => (padding, 0),
                false => (0, padding),
            };
            if !cell.text.is_empty() {
                line.extend(std::iter::repeat_n(' ', owed + before));
                line.push_str(&cell.painted(colour));
                owed = after + GAP;
            } else {
                owed += width + GAP;
            }
        }
        line.push('\n');
        line
    }
}

#[cfg(test)]
mod tests {
    use super::super::screen::Form;
    use super::*;

    fn screen(width: usize) -> Screen {
        Screen {
            width,
            colour: false,
            form: Form::Table,
        }
    }

    fn table() -> Table {
        let mut table = Table::new(&[
            Column::number("ID"),
            Column::text("EVENT"),
            Column::whole("OUTCOME"),
            Column::text("WHY"),
        ]);
        let why = "401 the partner refuses the credentials of this connection until somebody mends them";
        table.row(["4711", "Order Completed", "dead", why].map(Cell::from).to_vec());
        table.row(["12", "A", "delivered", ""].map(Cell::from).to_vec());
        table
    }

    #[test]
    fn tables_fit_the_terminal() {
        assert_rendered(
            &table().rendered(&screen(60)),
            "  ID  EVENT            OUTCOME    WHY\n\
             4711  Order Completed  dead       401 the partner refuses t…\n  12  A                delivered\n",
        );
        for width in [40, 60, 80] {
            let rendered = table().rendered(&screen(width));
            let widest = rendered.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(width), "{width}: {rendered}");
        }
        assert!(table().rendered(&screen(400)).contains("mends them"));
    }

    fn assert_rendered(rendered: &str, expected: &str) {
        assert_eq!(rendered, expected, "\n{rendered}");
    }

    #[test]
    fn what_continues_has_no_titles() {
        assert!(!table().untitled().rendered(&screen(80)).contains("EVENT"));
    }
}
