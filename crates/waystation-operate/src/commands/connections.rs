//! `waystation connections`

use clap::Args;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::api::operation::{GET_CONNECTION, LIST_CONNECTIONS};
use crate::api::{Moment, Request};
use crate::arguments::Access;
use crate::failure::Failure;
use crate::output::{Cell, Column, Output, Table, Tone, age, count};

/// What `waystation connections` takes.
#[derive(Debug, Args)]
pub struct Connections {
    /// Show this one with its configuration, without secrets
    #[arg(value_name = "NAME")]
    name: Option<String>,

    #[command(flatten)]
    access: Access,
}

#[derive(Deserialize)]
struct List {
    connections: Vec<Value>,
}

#[derive(Deserialize)]
struct Connection {
    name: String,
    destination: String,
    enabled: bool,
    depth: Depth,
    tally: Tally,
    #[serde(default)]
    paused: Vec<Paused>,
    guards: Option<Guards>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Depth {
    waiting: u64,
    oldest_received: Option<Moment>,
}

/// A pause of the connection, or of a subscription of it.
#[derive(Deserialize)]
struct Paused {
    subscription: Option<String>,
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Tally {
    delivered: u64,
    dead: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Guards {
    breaker: Option<String>,
    held_for_ms: Option<u64>,
    credentials_refused: Option<RefusedCredentials>,
}

#[derive(Deserialize)]
struct RefusedCredentials {
    message: String,
}

impl Paused {
    fn told(&self, what: &str) -> String {
        match &self.reason {
            Some(reason) => format!("{what}, {reason}"),
            None => what.to_owned(),
        }
    }
}

impl Connection {
    /// What it does, and how good that is.
    fn state(&self) -> Cell {
        let mut pauses = self.paused.iter();
        if let Some(pause) = pauses.find(|pause| pause.subscription.is_none()) {
            return Cell::new(pause.told("paused"), Tone::Uneasy);
        }
        let Some(guards) = &self.guards else {
            return match self.enabled {
                true => Cell::new("not running", Tone::Bad),
                false => Cell::new("switched off", Tone::Quiet),
            };
        };
        if let Some(RefusedCredentials { message }) = &guards.credentials_refused {
            return Cell::new(format!("credentials refused: {message}"), Tone::Bad);
        }
        if let Some(milliseconds) = guards.held_for_ms.filter(|rest| *rest > 0) {
            let told = format!(
                "rests for {} s, as the partner asked",
                milliseconds.div_ceil(1_000)
            );
            return Cell::new(told, Tone::Uneasy);
        }
        let mut pauses = self.paused.iter();
        if let Some((pause, name)) = pauses.find_map(|pause| Some((pause, pause.subscription.as_ref()?))) {
            return Cell::new(pause.told(&format!("paused: {name}")), Tone::Uneasy);
        }
        match guards.breaker.as_deref() {
            None | Some("admitting") => Cell::new("running", Tone::Good),
            Some(breaker) => Cell::new(format!("breaker: {breaker}"), Tone::Bad),
        }
    }

    fn row(&self, now: Timestamp) -> Vec<Cell> {
        let oldest = self.depth.oldest_received.map(|oldest| age(*oldest, now));
        let waits = self.depth.waiting > 0;
        vec![
            self.name.as_str().into(),
            Cell::new(&self.destination, Tone::Quiet),
            Cell::new(
                count(self.depth.waiting),
                if waits { Tone::Uneasy } else { Tone::Quiet },
            ),
            oldest.filter(|_| waits).unwrap_or_default().into(),
            count(self.tally.delivered).into(),
            Cell::new(
                count(self.tally.dead),
                if self.tally.dead > 0 {
                    Tone::Bad
                } else {
                    Tone::Quiet
                },
            ),
            self.state(),
        ]
    }
}

impl Connections {
    pub(super) async fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        output.prefer(self.access.form());
        let client = self.access.client()?;
        let (connections, is_one) = match &self.name {
            Some(name) => (
                vec![client.send(Request::new(GET_CONNECTION).at(name)).await?],
                true,
            ),
            None => {
                let list: List = client.get(Request::new(LIST_CONNECTIONS)).await?;
                (list.connections, false)
            }
        };
        if output.is_json() {
            for connection in &connections {
                output.json(connection)?;
            }
            return Ok(());
        }
        let mut table = Table::new(&[
            Column::text("CONNECTION"),
            Column::text("DESTINATION"),
            Column::number("WAITING"),
            Column::number("OLDEST"),
            Column::number("DELIVERED"),
            Column::number("DEAD"),
            Column::text("STATE"),
        ]);
        for connection in &connections {
            let connection: Connection = client.typed(connection.clone())?;
            table.row(connection.row(Timestamp::now()));
        }
        match table.is_empty() {
            true => output.line(&[Cell::new("No connection is configured.", Tone::Quiet)])?,
            false => output.table(&table)?,
        }
        if let (true, Some(connection)) = (is_one, connections.first()) {
            output.line(&[])?;
            output.line(&[Cell::new("Configuration", Tone::Heading)])?;
            let configuration = connection.get("configuration").unwrap_or(&Value::Null);
            for line in format!("{configuration:#}").lines() {
                output.line(&[line.into()])?;
            }
        }
        Ok(())
    }
}
