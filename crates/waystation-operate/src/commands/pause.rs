//! `waystation pause`, `waystation resume`, `waystation pauses`

use clap::Args;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::operation::{
    LIST_PAUSES, PAUSE_CONNECTION, PAUSE_SOURCE, PAUSE_SUBSCRIPTION, RESUME_CONNECTION, RESUME_SOURCE,
    RESUME_SUBSCRIPTION,
};
use crate::api::{Moment, Operation, Request};
use crate::arguments::Access;
use crate::failure::Failure;
use crate::output::{Cell, Column, Output, Table, Tone, age, count};

pub(super) const EXAMPLES: &str = "\
Examples:
  While a partner moves house, events wait:
    waystation pause --connection crm --reason \"the partner moves house\"
    waystation resume --connection crm

  One subscription, whose events nobody will miss:
    waystation pause --connection crm --subscription orders --skip";

/// What is paused or resumed.
#[derive(Debug, Clone, Args)]
#[group(id = "subject", required = true, multiple = true)]
struct Subject {
    /// The connection
    #[arg(short, long, value_name = "NAME", conflicts_with = "source")]
    connection: Option<String>,

    /// Only this subscription of it
    #[arg(long, value_name = "NAME", requires = "connection")]
    subscription: Option<String>,

    /// The source
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
}

/// What `waystation pause` takes.
#[derive(Debug, Args)]
pub struct Pause {
    #[command(flatten)]
    subject: Subject,

    /// Why, for those who see it later
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,

    /// Skip the events that come meanwhile; without this they wait
    #[arg(long)]
    skip: bool,

    #[command(flatten)]
    access: Access,
}

/// What `waystation resume` takes.
#[derive(Debug, Args)]
pub struct Resume {
    #[command(flatten)]
    subject: Subject,

    #[command(flatten)]
    access: Access,
}

/// What `waystation pauses` takes.
#[derive(Debug, Args)]
pub struct Pauses {
    #[command(flatten)]
    access: Access,
}

#[derive(Deserialize)]
struct List {
    pauses: Vec<Value>,
}

#[derive(Deserialize)]
struct Shown {
    connection: Option<String>,
    subscription: Option<String>,
    source: Option<String>,
    events: String,
    reason: Option<String>,
    since: Moment,
    by: Option<String>,
}

#[derive(Deserialize)]
struct Resumed {
    resumed: bool,
    released: u64,
}

/// The operations for the three things that can be paused: connection, subscription, source.
type Operations = [Operation; 3];

impl Subject {
    /// The request, and what it is about.
    fn request(&self, [connection, subscription, source]: Operations) -> (Request, String) {
        match (&self.connection, &self.subscription, &self.source) {
            (Some(name), Some(inner), _) => (
                Request::new(subscription).at(name).at(inner),
                format!("The subscription \"{inner}\" of \"{name}\""),
            ),
            (Some(name), None, _) => (
                Request::new(connection).at(name),
                format!("The connection \"{name}\""),
            ),
            (None, _, name) => {
                let name = name.as_deref().unwrap_or_default();
                (Request::new(source).at(name), format!("The source \"{name}\""))
            }
        }
    }
}

impl Pause {
    pub(super) async fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        output.prefer(self.access.form());
        let client = self.access.client()?;
        let (request, what) = self
            .subject
            .request([PAUSE_CONNECTION, PAUSE_SUBSCRIPTION, PAUSE_SOURCE]);
        let mut body = json!({"events": if self.skip { "skip" } else { "wait" }});
        if let Some(reason) = &self.reason {
            body["reason"] = reason.as_str().into();
        }
        let answer = client.send(request.body(body)).await?;
        if output.is_json() {
            return Ok(output.json(&answer)?);
        }
        let events = match self.skip {
            true => "Events that come meanwhile are skipped, by the rule \"paused\".",
            false => "Its events wait until it is resumed, over restarts as well.",
        };
        Ok(output.line(&[format!("{what} is paused. {events}").into()])?)
    }
}

impl Resume {
    pub(super) async fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        output.prefer(self.access.form());
        let client = self.access.client()?;
        let (request, what) = self
            .subject
            .request([RESUME_CONNECTION, RESUME_SUBSCRIPTION, RESUME_SOURCE]);
        let answer = client.send(request).await?;
        if output.is_json() {
            return Ok(output.json(&answer)?);
        }
        let told = match client.typed(answer)? {
            Resumed { resumed: false, .. } => format!("{what} was not paused."),
            Resumed { released: 0, .. } => format!("{what} is not paused any more."),
            Resumed { released, .. } => format!(
                "{what} is not paused any more; {} deliveries that waited are due now.",
                count(released)
            ),
        };
        Ok(output.line(&[told.into()])?)
    }
}

impl Pauses {
    pub(super) async fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        output.prefer(self.access.form());
        let client = self.access.client()?;
        let list: List = client.get(Request::new(LIST_PAUSES)).await?;
        if output.is_json() {
            for pause in &list.pauses {
                output.json(pause)?;
            }
            return Ok(());
        }
        let mut table = Table::new(&[
            Column::text("PAUSED"),
            Column::text("NAME"),
            Column::number("SINCE"),
            Column::whole("EVENTS"),
            Column::text("BY"),
            Column::text("REASON"),
        ]);
        for pause in list.pauses {
            let pause: Shown = client.typed(pause)?;
            let (kind, name) = match (&pause.connection, &pause.subscription, &pause.source) {
                (Some(connection), Some(subscription), _) => {
                    ("subscription", format!("{connection}/{subscription}"))
                }
                (Some(connection), None, _) => ("connection", connection.clone()),
                (None, _, source) => ("source", source.clone().unwrap_or_default()),
            };
            table.row(vec![
                Cell::new(kind, Tone::Uneasy),
                name.into(),
                age(*pause.since, Timestamp::now()).into(),
                pause.events.into(),
                pause.by.unwrap_or_default().into(),
                pause.reason.unwrap_or_default().into(),
            ]);
        }
        match table.is_empty() {
            true => Ok(output.line(&[Cell::new("Nothing is paused.", Tone::Quiet)])?),
            false => Ok(output.table(&table)?),
        }
    }
}
