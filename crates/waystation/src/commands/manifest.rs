//! `waystation manifest <slug>`

use std::process::ExitCode;

use waystation_kit::manifest::{manifest, structure};
use waystation_runtime::Registry;

use crate::cli::Manifest;
use crate::failure::Failure;
use crate::output;

/// Prints a destination's definition.
pub(crate) fn run(arguments: &Manifest, registry: &Registry) -> Result<ExitCode, Failure> {
    let destination = super::find(registry, &arguments.destination)?;
    let definition = destination.definition();
    let shown = if arguments.structure {
        structure(definition)
    } else {
        manifest(definition)
    };
    output::print(&format!("{shown:#}\n"))?;
    Ok(ExitCode::SUCCESS)
}
