//! `waystation ledger`

use clap::Args;
use serde::Deserialize;

use crate::api::Request;
use crate::api::operation::GET_LEDGER;
use crate::arguments::Access;
use crate::failure::Failure;
use crate::output::{Cell, Column, Output, Table, Tone, count};

/// What `waystation ledger` takes.
#[derive(Debug, Args)]
pub struct Ledger {
    #[command(flatten)]
    access: Access,
}

#[derive(Deserialize)]
struct Counts {
    balanced: bool,
    total: Tally,
    connections: Vec<ConnectionTally>,
}

#[derive(Deserialize)]
struct ConnectionTally {
    connection: Option<String>,
    #[serde(flatten)]
    tally: Tally,
}

#[derive(Deserialize)]
struct Tally {
    accepted: u64,
    waiting: u64,
    delivered: u64,
    skipped: u64,
    dead: u64,
    purged: u64,
}

impl Tally {
    fn row(&self, name: Cell) -> Vec<Cell> {
        let number = |number: u64, tone: Tone| match number {
            0 => Cell::new("0", Tone::Quiet),
            _ => Cell::new(count(number), tone),
        };
        vec![
            name,
            number(self.accepted, Tone::Plain),
            number(self.waiting, Tone::Uneasy),
            number(self.delivered, Tone::Good),
            number(self.skipped, Tone::Plain),
            number(self.dead, Tone::Bad),
            number(self.purged, Tone::Plain),
        ]
    }
}

impl Ledger {
    pub(super) async fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        output.prefer(self.access.form());
        let client = self.access.client()?;
        let answer = client.send(Request::new(GET_LEDGER)).await?;
        if output.is_json() {
            return Ok(output.json(&answer)?);
        }
        let counts: Counts = client.typed(answer)?;
        let mut table = Table::new(&[
            Column::text("CONNECTION"),
            Column::number("ACCEPTED"),
            Column::number("WAITING"),
            Column::number("DELIVERED"),
            Column::number("SKIPPED"),
            Column::number("DEAD"),
            Column::number("PURGED"),
        ]);
        for ConnectionTally { connection, tally } in &counts.connections {
            let name = match connection {
                Some(name) => name.into(),
                None => Cell::new("(none)", Tone::Quiet),
            };
            table.row(tally.row(name));
        }
        table.row(counts.total.row(Cell::new("all", Tone::Heading)));
        output.table(&table)?;
        let told = match counts.balanced {
            true => Cell::new(
                "It adds up: accepted = waiting + delivered + skipped + dead + purged.",
                Tone::Quiet,
            ),
            false => Cell::new(
                "It does not add up: that is a fault of Waystation, please report it.",
                Tone::Bad,
            ),
        };
        Ok(output.line(&[told])?)
    }
}
