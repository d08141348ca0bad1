//! `waystation sources`

use clap::Args;
use serde::Deserialize;
use serde_json::Value;

use crate::api::Request;
use crate::api::operation::LIST_SOURCES;
use crate::arguments::Access;
use crate::failure::Failure;
use crate::output::{Cell, Column, Output, Table, Tone};

/// What `waystation sources` takes.
#[derive(Debug, Args)]
pub struct Sources {
    #[command(flatten)]
    access: Access,
}

#[derive(Deserialize)]
struct List {
    sources: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    name: String,
    enabled: bool,
    paused: Option<Paused>,
    rate_limit: Option<Rate>,
    connections: Vec<String>,
}

#[derive(Deserialize)]
struct Paused {
    events: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rate {
    per_second: u32,
}

impl Sources {
    pub(super) async fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        output.prefer(self.access.form());
        let client = self.access.client()?;
        let list: List = client.get(Request::new(LIST_SOURCES)).await?;
        if output.is_json() {
            for source in &list.sources {
                output.json(source)?;
            }
            return Ok(());
        }
        let mut table = Table::new(&[
            Column::text("SOURCE"),
            Column::text("STATE"),
            Column::number("EVENTS/S"),
            Column::text("CONNECTIONS"),
        ]);
        for source in list.sources {
            let source: Source = client.typed(source)?;
            let rate = source.rate_limit.map(|rate| format!("≤ {}", rate.per_second));
            table.row(vec![
                source.name.into(),
                match (source.enabled, source.paused) {
                    (false, _) => Cell::new("switched off", Tone::Quiet),
                    (true, Some(paused)) => {
                        Cell::new(format!("paused: events {}", paused.events), Tone::Uneasy)
                    }
                    (true, None) => Cell::new("taking events", Tone::Good),
                },
                rate.unwrap_or_default().into(),
                source.connections.join(", ").into(),
            ]);
        }
        match table.is_empty() {
            true => Ok(output.line(&[Cell::new("No source is configured.", Tone::Quiet)])?),
            false => Ok(output.table(&table)?),
        }
    }
}
