//! Deliveries as lists show them.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::api::{Client, Moment, Request};
use crate::failure::Failure;
use crate::output::{Cell, Column, Output, Table, Tone, age};

/// The most that the service gives in one part.
const LARGEST_PART: usize = 500;

/// A delivery, as far as tables show it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Delivery {
    pub(super) id: u64,
    pub(super) received_at: Moment,
    pub(super) finished_at: Option<Moment>,
    pub(super) due: Option<Moment>,
    pub(super) source: String,
    pub(super) message_id: String,
    pub(super) user: Option<String>,
    pub(super) connection: Option<String>,
    pub(super) subscription: Option<String>,
    pub(super) action: Option<String>,
    event_type: Option<String>,
    event_name: Option<String>,
    pub(super) outcome: String,
    rule: Option<String>,
    warning: Option<String>,
    failure: Option<Failed>,
    pub(super) attempts: u32,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Failed {
    stage: String,
    status: Option<u16>,
    error_type: Option<String>,
    message: String,
    held_back: Option<String>,
}

#[derive(Deserialize)]
struct Part {
    items: Vec<Value>,
    next: Option<u64>,
}

impl Failed {
    pub(super) fn told(&self) -> String {
        let status = self.status.map(|status| status.to_string());
        let cause = self.error_type.as_deref().unwrap_or(&self.stage);
        let causes: Vec<&str> = status.as_deref().into_iter().chain([cause]).collect();
        let held_back = self
            .held_back
            .as_deref()
            .map(|why| format!(" (left alone: {why})"));
        format!(
            "{}: {}{}",
            causes.join(" "),
            self.message,
            held_back.unwrap_or_default()
        )
    }
}

impl Delivery {
    /// The event's name, or its type.
    pub(super) fn event(&self) -> &str {
        let name = self.event_name.as_deref().or(self.event_type.as_deref());
        name.unwrap_or("(no type)")
    }

    pub(super) fn outcome(&self) -> Cell {
        let tone = match (self.outcome.as_str(), &self.warning, &self.failure) {
            ("delivered", None, _) => Tone::Good,
            ("delivered", ..) | ("waiting", _, Some(_)) => Tone::Uneasy,
            ("dead", ..) => Tone::Bad,
            ("skipped", ..) => Tone::Quiet,
            _ => Tone::Plain,
        };
        Cell::new(&self.outcome, tone)
    }

    /// Why it is what it is.
    pub(super) fn why(&self) -> String {
        let failure = self.failure.as_ref().map(Failed::told);
        failure
            .or_else(|| self.warning.clone())
            .or_else(|| self.rule.clone())
            .unwrap_or_default()
    }

    fn row(&self, now: Timestamp) -> Vec<Cell> {
        vec![
            self.id.to_string().into(),
            Cell::new(age(*self.received_at, now), Tone::Quiet),
            self.connection.as_deref().unwrap_or("-").into(),
            self.event().into(),
            self.outcome(),
            self.why().into(),
        ]
    }
}

const COLUMNS: [Column; 6] = [
    Column::number("ID"),
    Column::number("AGE"),
    Column::text("CONNECTION"),
    Column::text("EVENT"),
    Column::whole("OUTCOME"),
    Column::text("WHY"),
];

/// Shows up to `limit` deliveries that a request finds.
pub(super) async fn list(
    client: &Client,
    request: Request,
    limit: usize,
    output: &mut Output<'_>,
) -> Result<usize, Failure> {
    let mut shown = 0;
    let mut next: Option<u64> = None;
    loop {
        let part_limit = LARGEST_PART.min(limit - shown);
        let request = request
            .clone()
            .with("limit", Some(part_limit))
            .with("cursor", next);
        let part: Part = client.get(request).await?;
        let table = Table::new(&COLUMNS);
        let mut table = if shown > 0 { table.untitled() } else { table };
        shown += part.items.len();
        for item in part.items {
            match output.is_json() {
                true => output.json(&item)?,
                false => table.row(client.typed::<Delivery>(item)?.row(Timestamp::now())),
            }
        }
        if !table.is_empty() {
            output.table(&table)?;
        }
        next = part.next;
        if next.is_none() || shown >= limit {
            break;
        }
    }
    if !output.is_json() && next.is_some() {
        let more = format!("These are the newest {shown}: --limit shows more.");
        output.line(&[Cell::new(more, Tone::Quiet)])?;
    }
    Ok(shown)
}
