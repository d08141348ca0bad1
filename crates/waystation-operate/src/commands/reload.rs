//! `waystation reload`

use clap::Args;
use serde::Deserialize;

use crate::api::Request;
use crate::api::operation::RELOAD_CONFIGURATION;
use crate::arguments::Access;
use crate::failure::Failure;
use crate::output::{Cell, Output, Tone};

/// What `waystation reload` takes.
#[derive(Debug, Args)]
pub struct Reload {
    #[command(flatten)]
    access: Access,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reloaded {
    changed: bool,
    sources: Difference,
    connections: Difference,
    sections: Vec<String>,
    at_next_start: Vec<String>,
}

#[derive(Deserialize)]
struct Difference {
    added: Vec<String>,
    removed: Vec<String>,
    changed: Vec<String>,
}

impl Difference {
    fn lines(&self, what: &str) -> Vec<String> {
        let changes = [
            ("new", &self.added),
            ("gone", &self.removed),
            ("changed", &self.changed),
        ];
        let told = changes.into_iter().filter(|(_, names)| !names.is_empty());
        told.map(|(how, names)| format!("{what} {how}: {}", names.join(", ")))
            .collect()
    }
}

impl Reload {
    pub(super) async fn run(self, output: &mut Output<'_>) -> Result<(), Failure> {
        output.prefer(self.access.form());
        let client = self.access.client()?;
        let answer = client.send(Request::new(RELOAD_CONFIGURATION)).await?;
        if output.is_json() {
            return Ok(output.json(&answer)?);
        }
        let reloaded: Reloaded = client.typed(answer)?;
        if !reloaded.changed {
            return Ok(output.line(&["The configuration is the same as before.".into()])?);
        }
        output.line(&["The new configuration is in force.".into()])?;
        let mut lines = reloaded.sources.lines("sources");
        lines.extend(reloaded.connections.lines("connections"));
        if !reloaded.sections.is_empty() {
            lines.push(format!("sections changed: {}", reloaded.sections.join(", ")));
        }
        for line in lines {
            output.line(&[line.into()])?;
        }
        if !reloaded.at_next_start.is_empty() {
            let told = format!("at the next start only: {}", reloaded.at_next_start.join(", "));
            output.line(&[Cell::new(told, Tone::Uneasy)])?;
        }
        Ok(())
    }
}
