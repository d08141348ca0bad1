//! `waystation resend`, `waystation backfill`, `waystation resends`

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::api::operation::{CREATE_RESEND, GET_RESEND, LIST_RESENDS, STOP_RESEND};
use crate::api::{Client, Moment, Request};
use crate::arguments::{Access, When, when};
use crate::failure::Failure;
use crate::output::{Cell, Column, Output, Table, Tone, age, count};

pub(super) const BACKFILL_EXAMPLES: &str = "\
Examples:
  Fill a new connection with the track events since Monday, counted first:
    waystation backfill crm2 --event-type track --since 2026-01-26 --dry-run
    waystation backfill crm2 --event-type track --since 2026-01-26 --per-second 50";

pub(super) const RESEND_EXAMPLES: &str = "\
Examples:
  A partner has lost what it took this morning:
    waystation resend --connection crm --outcome delivered --since 6h --dry-run

  What consent kept back, after it was given:
    waystation resend --connection crm --rule consent --user user-1";

/// How often progress is looked at.
const LOOK: Duration = Duration::from_millis(500);

/// Which events.
#[derive(Debug, Clone, Args)]
struct Which {
    /// Only events that came from this source
    #[arg(long, value_name = "NAME", help_heading = "Which")]
    source: Option<String>,

    /// Only events of this type: track, identify, page, screen, group, alias
    #[arg(long, value_name = "TYPE", help_heading = "Which")]
    event_type: Option<String>,

    /// Only events of this name
    #[arg(long, value_name = "NAME", help_heading = "Which")]
    event_name: Option<String>,

    /// Only the events with this message id
    #[arg(long, value_name = "ID", help_heading = "Which")]
    message_id: Option<String>,

    /// Only events about this user
    #[arg(long, value_name = "USER", help_heading = "Which")]
    user: Option<String>,

    /// Only events that arrived then or later: 15m, 1h, 2d (ago), 2026-01-31, 2026-01-31T12:00:00Z
    #[arg(long, value_name = "WHEN", value_parser = when, help_heading = "Which")]
    since: Option<When>,

    /// Only events that arrived before
    #[arg(long, value_name = "WHEN", value_parser = when, help_heading = "Which")]
    until: Option<When>,
}

/// How it is done.
#[derive(Debug, Clone, Args)]
struct How {
    /// How many events a second are sent again at most
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    per_second: u32,

    /// Only count them
    #[arg(long)]
    dry_run: bool,

    /// Do not wait for the end; `waystation resends` shows how far it has come
    #[arg(long, conflicts_with = "dry_run")]
    detach: bool,

    #[command(flatten)]
    access: Access,
}

/// What `waystation backfill` takes.
#[derive(Debug, Args)]
pub struct Backfill {
    /// The connection that gets the events, if it has not had them
    #[arg(value_name = "CONNECTION")]
    to: String,

    /// All events that the store has, where nothing else says which
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    how: How,
}

/// What `waystation resend` takes.
#[derive(Debug, Args)]
pub struct Resend {
    /// Only deliveries of this connection
    #[arg(short, long, value_name = "NAME", help_heading = "Which")]
    connection: String,

    /// Only deliveries of this subscription
    #[arg(long, value_name = "NAME", help_heading = "Which")]
    subscription: Option<String>,

    /// Only those that were delivered, or those that were skipped
    #[arg(long, value_parser = ["delivered", "skipped"], value_name = "OUTCOME", help_heading = "Which")]
    outcome: Option<String>,

    /// Only those that were skipped by this rule
    #[arg(long, value_name = "RULE", help_heading = "Which")]
    rule: Option<String>,

    #[command(flatten)]
    which: Which,

    #[command(flatten)]
    how: How,
}

/// What `waystation resends` takes.
#[derive(Debug, Args)]
pub struct Resends {
    /// Stop this one; what it has sent goes on its way
    #[arg(long, value_name = "ID")]
    stop: Option<u64>,

    #[command(flatten)]
    access: Access,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Counted {
    matching: u64,
    exact: bool,
    oldest: Option<Moment>,
    kept_since: Moment,
    may_be_missing: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Progress {
    id: u64,
    state: String,
    to: Option<String>,
    total: u64,
    looked_at: u64,
    sent: u64,
    passed_over: u64,
    started_at: Moment,
    finished_at: Option<Moment>,
    problem: Option<String>,
}

#[derive(Deserialize)]
struct List {
    resends: Vec<Value>,
}

impl Which {
    fn filter(&self) -> Map<String, Value> {
        let time = |when: Option<When>| when.map(|when| when.to_string());
        let members = [
            ("source", self.source.clone()),
            ("eventType", self.event_type.clone()),
            ("eventName", self.event_name.clone()),
            ("messageId", self.message_id.clone()),
            ("user", self.user.clone()),
            ("from", time(self.since)),
            ("until", time(self.until)),
        ];
        let said = members
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
        said.collect()
    }
}

impl Backfill {
    pub(super) async fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        let filter = self.which.filter();
        if filter.is_empty() && !self.all {
            return Err(Failure::Usage(
                "say which events, for instance by --since or --event-type, or --all".to_owned(),
            ));
        }
        let body = json!({"filter": filter, "to": self.to});
        self.how.send(body, "events", output).await
    }
}

impl Resend {
    pub(super) async fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        let mut filter = self.which.filter();
        let members = [
            ("connection", Some(self.connection)),
            ("subscription", self.subscription),
            ("outcome", self.outcome),
            ("rule", self.rule),
        ];
        for (name, value) in members {
            if let Some(value) = value {
                filter.insert(name.to_owned(), value.into());
            }
        }
        self.how
            .send(json!({"filter": filter}), "deliveries", output)
            .await
    }
}

impl How {
    async fn send(&self, mut body: Value, what: &str, output: &mut Output<'_>) -> Result<(), Failure> {
        output.prefer(self.access.form());
        let client = self.access.client()?;
        body["perSecond"] = self.per_second.into();
        body["dryRun"] = self.dry_run.into();
        let answer = client.send(Request::new(CREATE_RESEND).body(body)).await?;
        if self.dry_run {
            return match output.is_json() {
                true => Ok(output.json(&answer)?),
                false => tell_count(&client.typed(answer)?, self.per_second, what, output),
            };
        }
        let progress: Progress = client.typed(answer.clone())?;
        if self.detach {
            return match output.is_json() {
                true => Ok(output.json(&answer)?),
                false => {
                    let told = format!(
                        "Resend {id} has begun; `waystation resends --stop {id}` stops it.",
                        id = progress.id
                    );
                    Ok(output.line(&[told.into()])?)
                }
            };
        }
        follow(&client, progress, what, output).await
    }
}

fn tell_count(
    counted: &Counted,
    per_second: u32,
    what: &str,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    let seconds = counted.matching.div_ceil(u64::from(per_second.max(1)));
    let least = if counted.exact { "" } else { "more than " };
    let told = format!(
        "{least}{} {what} would be looked at, within about {}; nothing is sent.",
        count(counted.matching),
        length(seconds)
    );
    output.line(&[told.into()])?;
    if let Some(oldest) = counted.oldest {
        output.line(&[Cell::new(
            format!("The oldest arrived at {:.0}.", *oldest),
            Tone::Quiet,
        )])?;
    }
    if counted.may_be_missing {
        let told = format!(
            "The record keeps what ended since {:.0}: older ones may be missing.",
            *counted.kept_since
        );
        output.line(&[Cell::new(told, Tone::Uneasy)])?;
    }
    Ok(())
}

/// A length of time for people.
fn length(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h", seconds.div_ceil(3_600)),
    }
}

/// Shows how far a resend has come until it ends. Whoever does not want to wait leaves it to itself.
async fn follow(
    client: &Client,
    mut progress: Progress,
    what: &str,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    if !output.is_json() {
        let told = format!(
            "Resend {id}: it goes on without this command; `waystation resends --stop {id}` stops it.",
            id = progress.id
        );
        output.line(&[Cell::new(told, Tone::Quiet)])?;
    }
    let id = progress.id;
    let mut shown = 0;
    loop {
        let answer = client.send(Request::new(GET_RESEND).at(id)).await?;
        progress = client.typed(answer.clone())?;
        let is_over = progress.finished_at.is_some();
        // A line for each tenth of the way.
        let tenth = (progress.looked_at * 10)
            .checked_div(progress.total)
            .unwrap_or_default();
        if !output.is_json() && !is_over && tenth > shown {
            shown = tenth;
            output.line(&[progress.told(what).into()])?;
        }
        if is_over {
            match output.is_json() {
                true => output.json(&answer)?,
                false => output.line(&[progress.told(what).into()])?,
            }
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    match progress.problem {
        Some(problem) => Err(Failure::Refused {
            message: format!("resend {id} cannot go on: {problem}"),
            code: "RESEND_FAILED".to_owned(),
            request_id: String::new(),
            is_for_now: false,
        }),
        None => Ok(()),
    }
}

impl Progress {
    fn told(&self, what: &str) -> String {
        format!(
            "{}: {} of {} {what}, {} sent, {} passed over",
            self.state,
            count(self.looked_at),
            count(self.total),
            count(self.sent),
            count(self.passed_over)
        )
    }
}

impl Resends {
    pub(super) async fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        output.prefer(self.access.form());
        let client = self.access.client()?;
        let resends = match self.stop {
            Some(id) => vec![client.send(Request::new(STOP_RESEND).at(id)).await?],
            None => client.get::<List>(Request::new(LIST_RESENDS)).await?.resends,
        };
        if output.is_json() {
            for resend in &resends {
                output.json(resend)?;
            }
            return Ok(());
        }
        let mut table = Table::new(&[
            Column::number("ID"),
            Column::whole("STATE"),
            Column::text("TO"),
            Column::number("AGE"),
            Column::number("TOTAL"),
            Column::number("LOOKED AT"),
            Column::number("SENT"),
            Column::text("PROBLEM"),
        ]);
        for resend in resends {
            let resend: Progress = client.typed(resend)?;
            let tone = match resend.state.as_str() {
                "done" => Tone::Good,
                "failed" => Tone::Bad,
                _ => Tone::Uneasy,
            };
            table.row(vec![
                resend.id.to_string().into(),
                Cell::new(&resend.state, tone),
                resend.to.unwrap_or_else(|| "(as before)".to_owned()).into(),
                age(*resend.started_at, Timestamp::now()).into(),
                count(resend.total).into(),
                count(resend.looked_at).into(),
                count(resend.sent).into(),
                resend.problem.unwrap_or_default().into(),
            ]);
        }
        match table.is_empty() {
            true => Ok(output.line(&[Cell::new("Nothing was sent again since the start.", Tone::Quiet)])?),
            false => Ok(output.table(&table)?),
        }
    }
}
