//! `waystation list`

use std::fmt::Write;
use std::process::ExitCode;

use waystation_kit::Capabilities;
use waystation_kit::any::{AnyAction, AnyDestination, Perform};
use waystation_runtime::Registry;

use crate::failure::Failure;
use crate::output;

/// Lists every destination with its actions.
pub(crate) fn run(registry: &Registry) -> Result<ExitCode, Failure> {
    let listed: Vec<String> = registry
        .iter()
        .map(|known| destination(known.definition()))
        .collect();
    output::print(&listed.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// The destination's name, what it can do, and a line for each action.
fn destination(definition: &AnyDestination) -> String {
    let capabilities = Capabilities::of(definition);
    let mut listed = format!("{}  {}\n  ({capabilities})\n", definition.slug, definition.name);
    let actions = definition.actions.iter();
    let width = actions.map(|action| action.slug.len()).max().unwrap_or_default();
    for action in &definition.actions {
        let hidden = if action.hidden { " (hidden)" } else { "" };
        let how = how(action);
        // Writing to a text cannot fail.
        let _ = writeln!(
            listed,
            "  {:width$}  {how:5}  {}{hidden}",
            action.slug, action.title
        );
    }
    listed
}

/// How events reach the action.
fn how(action: &AnyAction) -> &'static str {
    match action.perform {
        Perform::Single(_) => "",
        Perform::Batched { .. } => "batch",
        Perform::Asynchronous { .. } => "jobs",
    }
}
