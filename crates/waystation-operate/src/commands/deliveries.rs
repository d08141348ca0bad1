//! `waystation deliveries`

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::delivery::{self, Delivery, Failed};
use crate::api::operation::{GET_DELIVERY, LIST_DELIVERIES};
use crate::api::{Moment, Request};
use crate::arguments::{Access, Filter};
use crate::failure::Failure;
use crate::output::{Cell, Column, Output, Table, Tone, age};

pub(super) const EXAMPLES: &str = "\
Examples:
  What failed within the last hour, and one of them in full:
    waystation deliveries --failed --since 1h
    waystation deliveries 4711

  What became of an event:
    waystation deliveries --message-id 0192f6a0-...

  How often each partner's answer came today:
    waystation deliveries --since 1d --limit 10000 | jq .status | sort | uniq -c";

/// What `waystation deliveries` takes.
#[derive(Debug, Args)]
pub struct Deliveries {
    /// Show this one with everything that is known of it
    #[arg(value_name = "ID")]
    id: Option<u64>,

    /// Only those whose last round failed: dead ones, and those that wait for another round
    #[arg(long, conflicts_with = "outcome", help_heading = "Which")]
    failed: bool,

    /// Only those that came to this
    #[arg(long, value_enum, value_name = "OUTCOME", help_heading = "Which")]
    outcome: Option<Outcome>,

    /// Only those that were skipped by this rule
    #[arg(long, value_name = "RULE", help_heading = "Which")]
    rule: Option<String>,

    /// Only those that the partner took and complained about
    #[arg(long, help_heading = "Which")]
    warning: bool,

    #[command(flatten)]
    filter: Filter,

    /// How many to show at most
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 50)]
    limit: usize,

    #[command(flatten)]
    access: Access,
}

/// Where a delivery is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Outcome {
    /// It waits, or is under way.
    Waiting,
    /// The partner took it.
    Delivered,
    /// Nothing was to be done.
    Skipped,
    /// It failed for good.
    Dead,
}

impl Outcome {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Skipped => "skipped",
            Self::Dead => "dead",
        }
    }
}

#[derive(Deserialize)]
struct Detail {
    #[serde(flatten)]
    delivery: Delivery,
    event: Value,
    history: Vec<Round>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Round {
    number: u32,
    started_at: Moment,
    status: Option<u16>,
    attempts: u32,
    failure: Option<Failed>,
    detail: Option<Value>,
}

impl Deliveries {
    pub(super) async fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        output.prefer(self.access.form());
        let client = self.access.client()?;
        if let Some(id) = self.id {
            let answer = client.send(Request::new(GET_DELIVERY).at(id)).await?;
            if output.is_json() {
                return Ok(output.json(&answer)?);
            }
            return show(&client.typed(answer)?, output);
        }
        let request = Request::new(LIST_DELIVERIES)
            .with("failed", self.failed.then_some(true))
            .with("outcome", self.outcome.map(Outcome::name))
            .with("rule", self.rule.as_ref())
            .with("warning", self.warning.then_some(true));
        let shown = delivery::list(&client, self.filter.query(request), self.limit, output).await?;
        if shown == 0 && !output.is_json() {
            output.line(&[Cell::new("No deliveries are like that.", Tone::Quiet)])?;
        }
        Ok(())
    }
}

/// A delivery in full.
fn show(detail: &Detail, output: &mut Output<'_>) -> Result<(), Failure> {
    let now = Timestamp::now();
    let delivery = &detail.delivery;
    let mut facts = Table::new(&[Column::whole(""), Column::text("")]).untitled();
    let mut fact = |name: &str, value: Cell| facts.row(vec![Cell::new(name, Tone::Quiet), value]);
    fact("delivery", delivery.id.to_string().into());
    fact("outcome", delivery.outcome());
    if !delivery.why().is_empty() {
        fact("why", delivery.why().into());
    }
    let names = [&delivery.connection, &delivery.subscription, &delivery.action];
    let names: Vec<&str> = names.into_iter().filter_map(|name| name.as_deref()).collect();
    fact("where to", names.join(" / ").into());
    fact(
        "event",
        format!("{} from {}", delivery.event(), delivery.source).into(),
    );
    fact("message id", delivery.message_id.as_str().into());
    if let Some(user) = &delivery.user {
        fact("user", user.into());
    }
    let told = |time: Timestamp| format!("{time:.3} ({})", age(time, now));
    fact("received", told(*delivery.received_at).into());
    if let Some(finished) = delivery.finished_at {
        fact("finished", told(*finished).into());
    }
    if let Some(due) = delivery.due {
        fact("due", told(*due).into());
    }
    fact("attempts", delivery.attempts.to_string().into());
    output.table(&facts)?;
    for round in &detail.history {
        show_round(round, output)?;
    }
    output.line(&[])?;
    output.line(&[Cell::new("Event", Tone::Heading)])?;
    pretty(&detail.event, output)
}

fn show_round(round: &Round, output: &mut Output<'_>) -> Result<(), Failure> {
    output.line(&[])?;
    let heading = format!("Round {}", round.number);
    let status = round.status.map(|status| format!(", status {status}"));
    let told = format!(
        "  {:.3}, attempts: {}{}",
        *round.started_at,
        round.attempts,
        status.unwrap_or_default()
    );
    output.line(&[Cell::new(heading, Tone::Heading), Cell::new(told, Tone::Quiet)])?;
    if let Some(failure) = &round.failure {
        output.line(&[Cell::new(failure.told(), Tone::Bad)])?;
    }
    let exchanges = round.detail.as_ref().and_then(|detail| detail.get("exchanges"));
    for exchange in exchanges.and_then(Value::as_array).into_iter().flatten() {
        pretty(exchange, output)?;
    }
    Ok(())
}

/// A value over several lines.
fn pretty(value: &Value, output: &mut Output<'_>) -> Result<(), Failure> {
    for line in format!("{value:#}").lines() {
        output.line(&[Cell::new(line, Tone::Plain)])?;
    }
    Ok(())
}
