//! `waystation tail`

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::deliveries::Outcome;
use super::delivery::Delivery;
use crate::api::operation::TAIL_DELIVERIES;
use crate::api::{Client, Request, ServerEvent};
use crate::arguments::Access;
use crate::failure::Failure;
use crate::output::{Cell, Output, Tone, count};

pub(super) const EXAMPLES: &str = "\
Examples:
  What fails at one partner, while you mend it:
    waystation tail --connection crm --failed

  Only names of events that were delivered:
    waystation tail --outcome delivered | jq -r .eventName";

/// The pause before a service that has ended the stream is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// What `waystation tail` takes.
#[derive(Debug, Args)]
pub struct Tail {
    /// Only deliveries of this connection
    #[arg(short, long, value_name = "NAME", help_heading = "Which")]
    connection: Option<String>,

    /// Only deliveries whose events came from this source
    #[arg(long, value_name = "NAME", help_heading = "Which")]
    source: Option<String>,

    /// Only those that failed, for now or for good
    #[arg(long, conflicts_with = "outcome", help_heading = "Which")]
    failed: bool,

    /// Only those that came to this
    #[arg(long, value_enum, value_name = "OUTCOME", help_heading = "Which")]
    outcome: Option<Outcome>,

    /// End after so many
    #[arg(short = 'n', long, value_name = "COUNT")]
    limit: Option<u64>,

    #[command(flatten)]
    access: Access,
}

#[derive(Deserialize)]
struct Missed {
    missed: u64,
}

impl Tail {
    pub(super) async fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        output.prefer(self.access.form());
        let client = self.access.client()?;
        let request = Request::new(TAIL_DELIVERIES)
            .with("connection", self.connection.as_ref())
            .with("source", self.source.as_ref())
            .with("failed", self.failed.then_some(true))
            .with("outcome", self.outcome.map(Outcome::name));
        let mut left = self.limit.unwrap_or(u64::MAX);
        let mut is_first = true;
        while left > 0 {
            let mut events = match client.follow(request.clone()).await {
                Ok(events) => events,
                // It restarts; the first time, whoever typed the address wants to know.
                Err(Failure::Unreachable { .. }) if !is_first => {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
                Err(failure) => return Err(failure),
            };
            is_first = false;
            while left > 0 {
                match events.next().await {
                    Ok(Some(event)) => left -= u64::from(show(&client, &event, output)?),
                    Ok(None) | Err(Failure::Unreachable { .. }) => break,
                    Err(failure) => return Err(failure),
                }
            }
            if left > 0 {
                if !output.is_json() {
                    let told = "-- the service has hung up; it is asked again --";
                    output.line(&[Cell::new(told, Tone::Quiet)])?;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
        Ok(())
    }
}

/// Shows an event of the stream; whether it was a delivery.
fn show(client: &Client, event: &ServerEvent, output: &mut Output<'_>) -> Result<bool, Failure> {
    let data: Value = serde_json::from_str(&event.data).map_err(|error| client.foreign(error))?;
    let is_delivery = event.name == "delivery";
    match (is_delivery, output.is_json()) {
        (true, true) => output.json(&data)?,
        (true, false) => line(&client.typed(data)?, output)?,
        (false, true) => {}
        (false, false) => {
            let Missed { missed } = client.typed(data)?;
            let told = format!("-- {} more are not shown: too many at once --", count(missed));
            output.line(&[Cell::new(told, Tone::Quiet)])?;
        }
    }
    Ok(is_delivery)
}

/// A delivery on a line; the columns stand where they always do.
fn line(delivery: &Delivery, output: &mut Output<'_>) -> Result<(), Failure> {
    let width = output.width();
    let time = delivery.finished_at.map_or_else(Timestamp::now, |moment| *moment);
    let padded = |cell: Cell, width: usize| {
        let cell = cell.cut(width);
        let padding = " ".repeat(width - cell.width() + 2);
        [cell, padding.into()]
    };
    let connection = delivery.connection.as_deref().unwrap_or("-");
    let (connections, events) = ((width / 6).clamp(8, 24), (width / 4).clamp(10, 40));
    let mut cells = Vec::new();
    cells.extend(padded(
        Cell::new(time.strftime("%H:%M:%S").to_string(), Tone::Quiet),
        8,
    ));
    cells.extend(padded(delivery.outcome(), 9));
    cells.extend(padded(connection.into(), connections));
    cells.extend(padded(delivery.event().into(), events));
    let taken: usize = cells.iter().map(Cell::width).sum();
    cells.push(Cell::from(delivery.why()).cut(width.saturating_sub(taken).max(1)));
    Ok(output.line(&cells)?)
}
