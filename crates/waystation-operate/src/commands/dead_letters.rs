//! `waystation dead-letters`, `waystation replay`, `waystation purge`

use clap::Args;
use serde::Deserialize;
use serde_json::{Value, json};

use super::delivery;
use crate::api::operation::{LIST_DEAD_LETTERS, PURGE_DEAD_LETTERS, REPLAY_DEAD_LETTERS};
use crate::api::{Client, Operation, Request};
use crate::arguments::{Access, Filter, When, when};
use crate::failure::Failure;
use crate::output::{Cell, Output, Tone, count};

pub(super) const EXAMPLES: &str = "\
Examples:
  What a partner refused since yesterday:
    waystation dead-letters --connection crm --stage delivery --died-since 1d
    waystation dead-letters --cause 422";

pub(super) const REPLAY_EXAMPLES: &str = "\
Examples:
  How many it would be, then do it:
    waystation replay --connection crm --cause 503 --dry-run
    waystation replay --connection crm --cause 503

  One of them:
    waystation replay 4711";

/// Which dead letters.
#[derive(Debug, Clone, Default, Args)]
struct Which {
    #[command(flatten)]
    filter: Filter,

    /// Only those that died then or later: 15m, 1h, 2d (ago), 2026-01-31, 2026-01-31T12:00:00Z
    #[arg(long, value_name = "WHEN", value_parser = when, help_heading = "Which")]
    died_since: Option<When>,

    /// Only those that died before
    #[arg(long, value_name = "WHEN", value_parser = when, help_heading = "Which")]
    died_until: Option<When>,
}

/// What `waystation dead-letters` takes.
#[derive(Debug, Args)]
pub struct DeadLetters {
    #[command(flatten)]
    which: Which,

    /// How many to show at most
    #[arg(short = 'n', long, value_name = "COUNT", default_value_t = 50)]
    limit: usize,

    #[command(flatten)]
    access: Access,
}

/// What `waystation replay` takes.
#[derive(Debug, Args)]
pub struct Replay {
    #[command(flatten)]
    selection: Selected,

    /// Only count them
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    access: Access,
}

/// What `waystation purge` takes.
#[derive(Debug, Args)]
pub struct Purge {
    #[command(flatten)]
    selection: Selected,

    /// Remove them; without this they are only counted
    #[arg(long)]
    yes: bool,

    #[command(flatten)]
    access: Access,
}

/// Dead letters that something is done with.
#[derive(Debug, Args)]
struct Selected {
    /// This one
    #[arg(value_name = "ID")]
    id: Option<u64>,

    /// All of them, where nothing else says which
    #[arg(long)]
    all: bool,

    #[command(flatten)]
    which: Which,
}

/// What the service has done.
#[derive(Deserialize)]
struct Done {
    #[serde(alias = "replayed", alias = "purged")]
    done: u64,
    matching: Option<u64>,
    exact: Option<bool>,
}

impl Which {
    fn body(&self) -> Value {
        let mut body = self.filter.body();
        let times = [("diedFrom", self.died_since), ("diedUntil", self.died_until)];
        for (name, time) in times {
            if let Some(time) = time {
                body.insert(name.to_owned(), time.to_string().into());
            }
        }
        body.into()
    }
}

impl Selected {
    /// What is meant.
    fn body(&self, dry_run: bool) -> Result<Value, Failure> {
        let filter = self.which.body();
        let says_nothing = filter.as_object().is_some_and(serde_json::Map::is_empty);
        let mut body = match (self.id, says_nothing) {
            (Some(id), true) if !self.all => json!({"id": id}),
            (Some(_), _) => {
                return Err(Failure::Usage(
                    "an id names one dead letter: leave out what else says which".to_owned(),
                ));
            }
            (None, true) if !self.all => {
                return Err(Failure::Usage(
                    "say which dead letters: an id, filters such as --connection or --cause, or --all"
                        .to_owned(),
                ));
            }
            (None, _) => json!({"filter": filter}),
        };
        if dry_run {
            body["dryRun"] = true.into();
        }
        Ok(body)
    }

    async fn ask(&self, client: &Client, operation: Operation, dry_run: bool) -> Result<Value, Failure> {
        client
            .send(Request::new(operation).body(self.body(dry_run)?))
            .await
    }
}

impl Done {
    /// How many a dry run found: `at least 100 000`.
    fn counted(&self) -> String {
        let number = count(self.matching.unwrap_or_default());
        match self.exact {
            Some(false) => format!("at least {number}"),
            _ => number,
        }
    }
}

impl DeadLetters {
    pub(super) async fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        output.prefer(self.access.form());
        let client = self.access.client()?;
        let request = self
            .which
            .filter
            .query(Request::new(LIST_DEAD_LETTERS))
            .with("diedFrom", self.which.died_since)
            .with("diedUntil", self.which.died_until);
        let shown = delivery::list(&client, request, self.limit, output).await?;
        if output.is_json() {
            return Ok(());
        }
        let told = match shown {
            0 => "No dead letters are like that.",
            _ => "`waystation deliveries ID` shows one in full; `replay` sends them again.",
        };
        Ok(output.line(&[Cell::new(told, Tone::Quiet)])?)
    }
}

impl Replay {
    pub(super) async fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        output.prefer(self.access.form());
        let client = self.access.client()?;
        let answer = self
            .selection
            .ask(&client, REPLAY_DEAD_LETTERS, self.dry_run)
            .await?;
        if output.is_json() {
            return Ok(output.json(&answer)?);
        }
        let done: Done = client.typed(answer)?;
        let told = match self.dry_run {
            true => format!(
                "{} dead letters would be sent again; nothing has changed.",
                done.counted()
            ),
            false => format!(
                "{} dead letters wait again{}.",
                count(done.done),
                match self.selection.which.filter.connection() {
                    Some(connection) =>
                        format!(": `waystation tail --connection {connection}` shows what becomes of them"),
                    None => String::new(),
                }
            ),
        };
        Ok(output.line(&[told.into()])?)
    }
}

impl Purge {
    pub(super) async fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        output.prefer(self.access.form());
        let client = self.access.client()?;
        let answer = self.selection.ask(&client, PURGE_DEAD_LETTERS, !self.yes).await?;
        if !self.yes {
            return Err(Failure::Unconfirmed {
                count: client.typed::<Done>(answer)?.counted(),
                what: "dead letters",
                done: "removed for good",
            });
        }
        if output.is_json() {
            return Ok(output.json(&answer)?);
        }
        let done: Done = client.typed(answer)?;
        let told = format!("{} dead letters are removed for good.", count(done.done));
        Ok(output.line(&[told.into()])?)
    }
}
